/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.regime;

import java.util.Arrays;

import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** What the weights do to gradient and score of networks. */
class GradientNoiseGradientsTest {
    private static MultiLayerNetwork classifier() {
        return weighing(Networks.conf(new Sgd(0.1))
                .list()
                .layer(Networks.dense(4).nIn(Networks.IN).build())
                .layer(Networks.output().nIn(4).build())
                .build());
    }

    private static MultiLayerNetwork weighing(MultiLayerConfiguration conf) {
        MultiLayerNetwork net = Networks.initialised(conf);
        ExampleWeightedLoss.install(net);
        return net;
    }

    /** The weights in the first column of a mask. */
    private static double[] weights(INDArray mask) {
        return Networks.bits(mask.reshape(mask.size(0), mask.length() / mask.size(0))
                .get(NDArrayIndex.all(), NDArrayIndex.interval(0, 1)));
    }

    private static INDArray rows(INDArray array, int from, int to) {
        return array == null
                ? null
                : array.dup('c')
                        .reshape(array.size(0), array.length() / array.size(0))
                        .get(NDArrayIndex.interval(from, to), NDArrayIndex.all())
                        .dup('c')
                        .reshape(shape(array, to - from));
    }

    private static long[] shape(INDArray array, int rows) {
        long[] shape = array.shape().clone();
        shape[0] = rows;
        return shape;
    }

    /** The sum of the gradients of single examples, each times its weight. */
    private static INDArray weightedSum(MultiLayerNetwork net, DataSet data, double[] weights) {
        INDArray sum = Nd4j.zeros(DataType.DOUBLE, net.numParams());
        for (int n = 0; n < weights.length; n++) {
            DataSet one = new DataSet(
                    rows(data.getFeatures(), n, n + 1),
                    rows(data.getLabels(), n, n + 1),
                    null,
                    rows(data.getLabelsMaskArray(), n, n + 1));
            sum.addi(Networks.gradient(net, one).reshape(net.numParams()).mul(weights[n]));
        }
        return sum;
    }

    private static void assertClose(INDArray actual, INDArray expected) {
        assertThat(Networks.bits(actual)).containsExactly(Networks.bits(expected), within(1e-12));
    }

    @Test
    void gradient_ofASoftmaxClassifier_isTheWeightedSum() {
        MultiLayerNetwork net = classifier();
        DataSet data = Networks.batch(1, 7);
        DataSet noisy = Networks.batch(1, 7);

        GradientNoise.ofVariance(2).seed(3).preProcess(noisy);

        assertThat(noisy.getLabelsMaskArray().shape()).containsExactly(7, 1);
        double[] weights = weights(noisy.getLabelsMaskArray());
        assertThat(Arrays.stream(weights).min().getAsDouble()).isNegative();
        assertClose(Networks.gradient(net, noisy), weightedSum(net, data, weights));
    }

    @Test
    void score_isTheWeightedSumOverTheNumberOfExamples() {
        MultiLayerNetwork net = classifier();
        DataSet data = Networks.batch(1, 7);
        double[] losses = Networks.bits(net.scoreExamples(data, false));

        GradientNoise.ofVariance(2).preProcess(data);

        double[] weights = weights(data.getLabelsMaskArray());
        double sum = 0;
        for (int n = 0; n < 7; n++) {
            sum += weights[n] * losses[n];
        }
        assertThat(net.score(data, true)).isCloseTo(sum / 7, within(1e-12));
    }

    @Test
    void gradient_ofMaskedSequences_isTheWeightedSum() {
        MultiLayerNetwork net = weighing(Networks.conf(new Sgd(0.1))
                .list()
                .layer(new LSTM.Builder().nIn(Networks.IN).nOut(4).build())
                .layer(Networks.sequenceOutput().nIn(4).build())
                .build());
        DataSet data = Networks.sequences(1, 3, 4);
        INDArray mask = Nd4j.create(new double[][] {{1, 1, 1, 1}, {1, 1, 0, 0}, {0.5, 1, 1, 0}});
        data.setLabelsMaskArray(mask);
        DataSet noisy = new DataSet(data.getFeatures(), data.getLabels(), null, mask);
        double[] before = Networks.bits(mask);

        GradientNoise.ofVariance(2).seed(3).preProcess(noisy);

        assertThat(Networks.bits(mask)).as("the mask that was there").containsExactly(before);
        double[] weights = weights(noisy.getLabelsMaskArray());
        weights[2] *= 2;
        assertClose(noisy.getLabelsMaskArray(), mask.mulColumnVector(Nd4j.createFromArray(weights)));
        assertClose(Networks.gradient(net, noisy), weightedSum(net, data, weights));
    }

    @Test
    void gradient_ofSequencesWithoutMask_isTheWeightedSum() {
        MultiLayerNetwork net = weighing(Networks.conf(new Sgd(0.1))
                .list()
                .layer(new LSTM.Builder().nIn(Networks.IN).nOut(4).build())
                .layer(Networks.sequenceOutput().nIn(4).build())
                .build());
        DataSet data = Networks.sequences(1, 3, 4);
        DataSet noisy = Networks.sequences(1, 3, 4);

        GradientNoise.ofVariance(2).seed(3).preProcess(noisy);

        assertThat(noisy.getLabelsMaskArray().shape()).containsExactly(3, 4);
        assertClose(Networks.gradient(net, noisy), weightedSum(net, data, weights(noisy.getLabelsMaskArray())));
    }

    @Test
    void gradient_ofASegmentation_isTheWeightedSum() {
        MultiLayerNetwork net = weighing(Networks.conf(new Sgd(0.1))
                .list()
                .layer(new ConvolutionLayer.Builder(3, 3)
                        .padding(1, 1)
                        .nIn(2)
                        .nOut(2)
                        .build())
                .layer(new CnnLossLayer.Builder(LossFunctions.LossFunction.XENT)
                        .activation(Activation.SIGMOID)
                        .build())
                .build());
        INDArray labels = Networks.random(2, 3, 2, 4, 5).gt(0).castTo(DataType.DOUBLE);
        DataSet data = new DataSet(Networks.random(1, 3, 2, 4, 5), labels);
        DataSet noisy = new DataSet(data.getFeatures(), labels);
        DataSet masked = new DataSet(data.getFeatures(), labels);
        DataSet halfMasked = new DataSet(data.getFeatures(), labels);
        INDArray mask = Nd4j.ones(DataType.DOUBLE, 3, 1, 4, 5);
        mask.get(NDArrayIndex.interval(1, 3), NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.interval(0, 2))
                .assign(0);
        masked.setLabelsMaskArray(mask);
        halfMasked.setLabelsMaskArray(mask);

        GradientNoise.ofVariance(2).preProcess(noisy);
        GradientNoise.ofVariance(2).preProcess(masked);

        double[] weights = weights(noisy.getLabelsMaskArray());
        assertThat(noisy.getLabelsMaskArray().shape()).containsExactly(3, 1);
        assertThat(masked.getLabelsMaskArray().shape()).containsExactly(3, 1, 4, 5);
        assertClose(Networks.gradient(net, noisy), weightedSum(net, data, weights));
        assertClose(Networks.gradient(net, masked), weightedSum(net, halfMasked, weights));
    }

    @Test
    void gradient_ofMaskedRegression_isTheWeightedSum() {
        MultiLayerNetwork net = weighing(Networks.conf(new Sgd(0.1))
                .list()
                .layer(new org.deeplearning4j.nn.conf.layers.OutputLayer.Builder(LossFunctions.LossFunction.MSE)
                        .activation(Activation.IDENTITY)
                        .nIn(Networks.IN)
                        .nOut(2)
                        .build())
                .build());
        INDArray mask = Nd4j.create(new double[][] {{1, 0}, {1, 1}, {0, 1}, {0, 0}});
        DataSet data = new DataSet(Networks.random(1, 4, Networks.IN), Networks.random(2, 4, 2), null, mask);
        DataSet noisy = new DataSet(data.getFeatures(), data.getLabels(), null, mask.castTo(DataType.BOOL));

        GradientNoise.ofVariance(2).preProcess(noisy);

        assertThat(noisy.getLabelsMaskArray().dataType()).isEqualTo(DataType.DOUBLE);
        double[] weights = new double[4];
        GradientNoise again = GradientNoise.ofVariance(2);
        DataSet plain = new DataSet(data.getFeatures(), data.getLabels());
        again.preProcess(plain);
        System.arraycopy(weights(plain.getLabelsMaskArray()), 0, weights, 0, 4);
        assertClose(noisy.getLabelsMaskArray(), mask.mulColumnVector(Nd4j.createFromArray(weights)));
        assertClose(Networks.gradient(net, noisy), weightedSum(net, data, weights));
    }

    @Test
    void outputsOfAGraph_shareTheWeightsOfTheirExamples() {
        ComputationGraph net = Networks.initialised(Networks.conf(new Sgd(0.1))
                .graphBuilder()
                .addInputs("in")
                .addLayer("shared", Networks.dense(4).nIn(Networks.IN).build(), "in")
                .addLayer("one", Networks.output().nIn(4).build(), "shared")
                .addLayer("two", Networks.output().nIn(4).build(), "shared")
                .setOutputs("one", "two")
                .build());
        ExampleWeightedLoss.install(net);
        MultiDataSet data = new MultiDataSet(
                new INDArray[] {Networks.random(1, 5, Networks.IN)},
                new INDArray[] {Networks.classes(2, 5), Networks.classes(3, 5)});
        data.setLabelsMaskArray(new INDArray[] {null, Nd4j.create(new double[] {1, 1, 0, 1, 1}, new long[] {5, 1})});

        GradientNoise.ofVariance(2).preProcess(data);

        double[] weights = weights(data.getLabelsMaskArray(0));
        double[] masked = weights.clone();
        masked[2] = 0;
        assertThat(weights(data.getLabelsMaskArray(1))).containsExactly(masked);
        INDArray sum = Nd4j.zeros(DataType.DOUBLE, net.numParams());
        for (int n = 0; n < 5; n++) {
            // Twice the example, since softmax refuses a mask of one row, and half of the sum.
            INDArray[] twice = {
                Nd4j.vstack(rows(data.getLabels(0), n, n + 1), rows(data.getLabels(0), n, n + 1)),
                Nd4j.vstack(rows(data.getLabels(1), n, n + 1), rows(data.getLabels(1), n, n + 1))
            };
            INDArray input = rows(data.getFeatures(0), n, n + 1);
            INDArray[] masks = {
                Nd4j.ones(DataType.DOUBLE, 2, 1),
                Nd4j.valueArrayOf(new long[] {2, 1}, n == 2 ? 0.0 : 1.0, DataType.DOUBLE)
            };
            sum.addi(gradient(net, Nd4j.vstack(input, input), twice, masks).mul(weights[n] / 2));
        }
        assertClose(gradient(net, data.getFeatures(0), data.getLabels(), data.getLabelsMaskArrays()), sum);
    }

    private static INDArray gradient(ComputationGraph net, INDArray input, INDArray[] labels, INDArray[] masks) {
        net.setInput(0, input);
        net.setLabels(labels);
        net.setLayerMaskArrays(null, masks);
        net.computeGradientAndScore();
        net.clearLayerMaskArrays();
        return net.gradient().gradient().dup().reshape(net.numParams());
    }
}
