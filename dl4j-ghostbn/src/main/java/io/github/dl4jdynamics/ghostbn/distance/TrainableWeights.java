/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.distance;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.github.dl4jdynamics.spectral.oracle.ParameterArray;
import io.github.dl4jdynamics.spectral.oracle.ParameterMask;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.Trainable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;

/**
 * Where in the flat parameter vector each layer's weights lie, without what training does not move by gradients: running
 * statistics, frozen layers, parameters of layer-wise pretraining. Holds no reference to the network.
 */
final class TrainableWeights {
    private final ImmutableList<ParameterArray> arrays;

    private TrainableWeights(ImmutableList<ParameterArray> arrays) {
        this.arrays = arrays;
    }

    static TrainableWeights of(Model net) {
        return new TrainableWeights(ParameterMask.of(net).counted());
    }

    /**
     * Learning rate of an update, the mean over all trainable weights: per-layer factors cancel in it, a step of the whole
     * network does not. NaN when no updater has a rate, as with AdaDelta.
     */
    double rate(Model net, int iteration, int epoch) {
        List<Trainable> layers = ParameterMask.layersWithParameters(net);
        double first = Double.NaN;
        boolean differ = false;
        double sum = 0;
        long weights = 0;
        for (ParameterArray array : arrays) {
            IUpdater updater = layers.get(array.layerIndex()).getConfig().getUpdaterByParam(array.key());
            if (updater != null && updater.hasLearningRate()) {
                double rate = updater.getLearningRate(iteration, epoch);
                first = weights == 0 ? rate : first;
                differ |= rate != first;
                sum += rate * array.length();
                weights += array.length();
            }
        }
        return differ ? sum / weights : first;
    }

    /** Euclidean distance of each layer's weights in two flat vectors; keys are the layers' names in network order. */
    ImmutableMap<String, Double> distances(INDArray now, INDArray start) {
        ImmutableMap.Builder<String, Double> distances = ImmutableMap.builder();
        try (BlockwiseDistance distance = new BlockwiseDistance(now, start)) {
            ranges().forEach((layer, ranges) -> {
                double squared = 0;
                for (long[] range : ranges) {
                    squared += distance.squared(range[0], range[1]);
                }
                distances.put(layer, Math.sqrt(squared));
            });
        }
        return distances.build();
    }

    /** The ranges that each layer fills, neighbours joined. */
    private Map<String, List<long[]>> ranges() {
        Map<String, List<long[]>> ranges = new LinkedHashMap<>();
        for (ParameterArray array : arrays) {
            List<long[]> ofLayer = ranges.computeIfAbsent(array.layer(), name -> new ArrayList<>());
            long[] last = ofLayer.isEmpty() ? null : ofLayer.get(ofLayer.size() - 1);
            if (last != null && last[1] == array.offset()) {
                last[1] = array.end();
            } else {
                ofLayer.add(new long[] {array.offset(), array.end()});
            }
        }
        return ranges;
    }
}
