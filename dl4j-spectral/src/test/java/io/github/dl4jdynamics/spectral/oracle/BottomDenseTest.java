/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.oracle;

import java.util.Arrays;

import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.lossfunctions.LossFunctions;

import static org.assertj.core.api.Assertions.assertThat;

class BottomDenseTest {
    private static final int IN = 7;
    private static final int OUT = 3;

    private static NeuralNetConfiguration.Builder settings(DataType type) {
        return new NeuralNetConfiguration.Builder().seed(3).dataType(type).activation(Activation.TANH);
    }

    private static DenseLayer dense(boolean bias) {
        return new DenseLayer.Builder().nIn(IN).nOut(5).hasBias(bias).build();
    }

    private static OutputLayer output(int in) {
        return new OutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                .nIn(in)
                .nOut(OUT)
                .activation(Activation.SOFTMAX)
                .build();
    }

    private static INDArray rows(DataType type, int count, int seed) {
        Nd4j.getRandom().setSeed(seed);
        return Nd4j.randn(type, count, IN);
    }

    private static INDArray labels(DataType type, int count) {
        INDArray labels = Nd4j.zeros(type, count, OUT);
        for (int i = 0; i < count; i++) {
            labels.putScalar(i, i % OUT, 1);
        }
        return labels;
    }

    private static double[] gradient(LossOracle oracle, MultiDataSet batch) {
        oracle.gradient(LossData.of(batch), oracle.zeros());
        return oracle.scratch().toDoubleVector();
    }

    /** Not one bit is lost with the product that is left out. */
    @ParameterizedTest
    @CsvSource({"FLOAT, true", "DOUBLE, false", "FLOAT, false"})
    void gradient_isThatOfTheFramework(DataType type, boolean bias) {
        MultiLayerNetwork net = new MultiLayerNetwork(
                settings(type).list().layer(dense(bias)).layer(output(5)).build());
        net.init();
        INDArray rows = rows(type, 6, 1);
        INDArray labels = labels(type, 6);
        LossOracle oracle = LossOracle.builder(net).build();

        net.setInput(rows);
        net.setLabels(labels);
        net.computeGradientAndScore();

        assertThat(gradient(oracle, new MultiDataSet(rows, labels)))
                .containsExactly(net.getFlattenedGradients().toDoubleVector());
    }

    /** Images in, one row of 16 pixels each for the layer. */
    @Test
    void gradientBelowAPreprocessor_isThatOfTheFramework() {
        MultiLayerNetwork net = new MultiLayerNetwork(images());
        net.init();
        ComputationGraph graph = net.toComputationGraph();
        INDArray pixels = rows(DataType.FLOAT, 6 * 16, 1).get(NDArrayIndex.all(), NDArrayIndex.point(0));
        INDArray rows = pixels.dup().reshape(6, 1, 4, 4);
        INDArray labels = labels(DataType.FLOAT, 6);
        MultiDataSet batch = new MultiDataSet(rows, labels);

        net.setInput(rows);
        net.setLabels(labels);
        net.computeGradientAndScore();
        double[] expected = net.getFlattenedGradients().toDoubleVector();

        assertThat(gradient(LossOracle.builder(net).build(), batch)).containsExactly(expected);
        assertThat(gradient(LossOracle.builder(graph).build(), batch)).containsExactly(expected);
    }

    /** A row that does not count gives no gradient, whatever it holds. */
    @Test
    void maskedRow_isLeftOut() {
        MultiLayerNetwork net = new MultiLayerNetwork(settings(DataType.DOUBLE)
                .list()
                .layer(dense(true))
                .layer(output(5))
                .build());
        net.init();
        ComputationGraph graph = net.toComputationGraph();
        INDArray rows = rows(DataType.DOUBLE, 6, 1);
        INDArray labels = labels(DataType.DOUBLE, 6);
        INDArray mask = Nd4j.ones(DataType.DOUBLE, 6, 1).putScalar(2, 0, 0);

        net.setLayerMaskArrays(mask, mask);
        net.setInput(rows);
        net.setLabels(labels);
        net.computeGradientAndScore();
        double[] expected = net.getFlattenedGradients().toDoubleVector();
        MultiDataSet batch = new MultiDataSet(
                new INDArray[] {rows}, new INDArray[] {labels}, new INDArray[] {mask}, new INDArray[] {mask});

        assertThat(gradient(LossOracle.builder(net).build(), batch)).containsExactly(expected);
        assertThat(gradient(LossOracle.builder(graph).build(), batch)).containsExactly(expected);
        assertThat(Arrays.stream(expected).anyMatch(slope -> slope != 0)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"FLOAT", "DOUBLE"})
    void gradientOfAGraph_isThatOfTheFramework(DataType type) {
        ComputationGraph net = new ComputationGraph(towers(type));
        net.init();
        INDArray[] rows = {rows(type, 6, 1), rows(type, 6, 2)};
        INDArray[] labels = {labels(type, 6)};
        LossOracle oracle = LossOracle.builder(net).build();

        net.setInputs(rows);
        net.setLabels(labels);
        net.computeGradientAndScore();

        assertThat(gradient(oracle, new MultiDataSet(rows, labels)))
                .containsExactly(net.getFlattenedGradients().toDoubleVector());
    }

    /** One tower with an input of its own, two that share one. */
    private static ComputationGraphConfiguration towers(DataType type) {
        return settings(type)
                .graphBuilder()
                .addInputs("own", "shared")
                .addLayer("a", dense(true), "own")
                .addLayer("b", dense(true), "shared")
                .addLayer("c", dense(false), "shared")
                .addVertex("all", new MergeVertex(), "a", "b", "c")
                .addLayer("out", output(15), "all")
                .setOutputs("out")
                .build();
    }

    private static boolean isReplaced(MultiLayerConfiguration conf, int layer) {
        MultiLayerConfiguration copy = new NoiseFreeConfiguration(BatchNormalizationMode.BATCH_STATISTICS).of(conf);
        return copy.getConf(layer).getLayer() instanceof BottomDense;
    }

    @Test
    void lowestDenseLayer_isReplaced() {
        MultiLayerConfiguration conf = settings(DataType.FLOAT)
                .list()
                .layer(dense(true))
                .layer(new DenseLayer.Builder().nIn(5).nOut(4).build())
                .layer(output(4))
                .build();

        assertThat(isReplaced(conf, 0)).isTrue();
        assertThat(isReplaced(conf, 1)).isFalse();
        assertThat(conf.getConf(0).getLayer()).isExactlyInstanceOf(DenseLayer.class);
    }

    @Test
    void layerAboveFrozenOnes_isReplaced() {
        MultiLayerConfiguration conf = settings(DataType.FLOAT)
                .list()
                .layer(new FrozenLayer(dense(true)))
                .layer(new DenseLayer.Builder().nIn(5).nOut(4).build())
                .layer(output(4))
                .build();

        assertThat(isReplaced(conf, 1)).isTrue();
    }

    private static MultiLayerConfiguration images() {
        return settings(DataType.FLOAT)
                .list()
                .layer(new DenseLayer.Builder().nOut(5).build())
                .layer(output(5))
                .setInputType(InputType.convolutional(4, 4, 1))
                .build();
    }

    @Test
    void layerBelowAPreprocessor_isReplaced() {
        assertThat(isReplaced(images(), 0)).isTrue();
    }

    /** Layer normalization has a gradient of its own. */
    @Test
    void layerWithMoreToDo_isLeftAlone() {
        MultiLayerConfiguration normalized = settings(DataType.FLOAT)
                .list()
                .layer(new DenseLayer.Builder()
                        .nIn(IN)
                        .nOut(5)
                        .hasLayerNorm(true)
                        .build())
                .layer(output(5))
                .build();

        assertThat(isReplaced(normalized, 0)).isFalse();
    }

    @Test
    void vertexAboveAFrozenOne_isReplaced() {
        ComputationGraphConfiguration conf = settings(DataType.FLOAT)
                .graphBuilder()
                .addInputs("in")
                .addLayer("frozen", new FrozenLayer(dense(true)), "in")
                .addLayer("dense", new DenseLayer.Builder().nIn(5).nOut(4).build(), "frozen")
                .addLayer("out", output(4), "dense")
                .setOutputs("out")
                .build();

        ComputationGraphConfiguration copy =
                new NoiseFreeConfiguration(BatchNormalizationMode.BATCH_STATISTICS).of(conf);

        assertThat(layer(copy, "dense")).isInstanceOf(BottomDense.class);
        assertThat(layer(copy, "frozen")).isInstanceOf(FrozenLayer.class);
    }

    @Test
    void layersThatShareAnInput_areLeftAlone() {
        ComputationGraphConfiguration copy =
                new NoiseFreeConfiguration(BatchNormalizationMode.BATCH_STATISTICS).of(towers(DataType.FLOAT));

        assertThat(layer(copy, "a")).isInstanceOf(BottomDense.class);
        assertThat(layer(copy, "b")).isExactlyInstanceOf(DenseLayer.class);
        assertThat(layer(copy, "c")).isExactlyInstanceOf(DenseLayer.class);
    }

    private static Object layer(ComputationGraphConfiguration conf, String name) {
        return ((LayerVertex) conf.getVertices().get(name)).getLayerConf().getLayer();
    }
}
