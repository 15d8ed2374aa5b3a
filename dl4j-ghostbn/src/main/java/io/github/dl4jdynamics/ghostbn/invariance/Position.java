/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.invariance;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;

/** Where a network is in its training. */
final class Position {
    private final int iteration;
    private final int epoch;

    private Position(int iteration, int epoch) {
        this.iteration = iteration;
        this.epoch = epoch;
    }

    static Position of(Model net) {
        if (net instanceof MultiLayerNetwork) {
            MultiLayerNetwork stack = (MultiLayerNetwork) net;
            return new Position(stack.getIterationCount(), stack.getEpochCount());
        }
        ComputationGraph graph = (ComputationGraph) net;
        return new Position(
                graph.getConfiguration().getIterationCount(),
                graph.getConfiguration().getEpochCount());
    }

    int iteration() {
        return iteration;
    }

    int epoch() {
        return epoch;
    }

    /** Loss of the batch without the penalties, which fall with the norm and would hide what it does to the loss. */
    static double dataLoss(Model net) {
        double penalty = net instanceof MultiLayerNetwork
                ? ((MultiLayerNetwork) net).calcRegularizationScore(true)
                : ((ComputationGraph) net).calcRegularizationScore(true);
        return net.score() - penalty;
    }

    /** What the updater divides the summed gradient by. */
    static int divisor(Model net) {
        return net.conf().isMiniBatch() ? net.batchSize() : 1;
    }
}
