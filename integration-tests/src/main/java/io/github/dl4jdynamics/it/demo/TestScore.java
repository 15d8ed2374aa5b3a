/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.demo;

import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/** What a network makes of images it was not trained with. */
final class TestScore {
    private static final double SMALLEST_PROBABILITY = 1e-12;

    private final double accuracy;
    private final double loss;

    private TestScore(double accuracy, double loss) {
        this.accuracy = accuracy;
        this.loss = loss;
    }

    static TestScore of(ComputationGraph net, DataSetIterator test) {
        test.reset();
        double loss = 0;
        int right = 0;
        int count = 0;
        while (test.hasNext()) {
            DataSet batch = test.next();
            INDArray predicted = net.outputSingle(batch.getFeatures());
            INDArray labels = batch.getLabels();
            for (int i = 0; i < labels.size(0); i++) {
                int label = labels.getRow(i).argMax().getInt(0);
                right += predicted.getRow(i).argMax().getInt(0) == label ? 1 : 0;
                loss -= Math.log(Math.max(SMALLEST_PROBABILITY, predicted.getDouble(i, label)));
                count++;
            }
        }
        return new TestScore((double) right / count, loss / count);
    }

    /** Share of the images whose most probable class is theirs. */
    double accuracy() {
        return accuracy;
    }

    /** Mean cross-entropy. */
    double loss() {
        return loss;
    }
}
