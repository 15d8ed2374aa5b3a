/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.weights;

import java.util.List;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** The layers of a network, what they refuse, snapshots and how far weights moved. */
class LayerWeightsTest {
    private static final InputType FLAT = InputType.feedForward(6);

    private static MultiLayerNetwork net(DataType type) {
        return Networks.sequence(
                type,
                FLAT,
                new DenseLayer.Builder().nOut(5).build(),
                new ActivationLayer(Activation.RELU),
                new DenseLayer.Builder().name("named").nOut(4).build());
    }

    @Test
    void sequence_layersInOrder_unnamedOnesByIndex() {
        List<LayerWeights> layers = LayerWeights.of(net(DataType.FLOAT));

        assertThat(layers).extracting(LayerWeights::layer).containsExactly("layer0", "layer1", "named");
        assertThat(layers)
                .extracting(LayerWeights::type)
                .containsExactly("DenseLayer", "ActivationLayer", "DenseLayer");
        assertThat(layers).extracting(layer -> layer.arrays().size()).containsExactly(1, 0, 1);
        assertThat(layers.get(0).reason()).isEmpty();
        assertThat(layers.get(1).reason()).contains("ActivationLayer has no parameters");
    }

    @Test
    void graph_verticesInTopologicalOrder_withoutInputs() {
        ComputationGraph net = new ComputationGraph(Networks.settings(DataType.FLOAT)
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(FLAT)
                .addLayer("right", new DenseLayer.Builder().nOut(6).build(), "left")
                .addLayer("left", new DenseLayer.Builder().nOut(6).build(), "in")
                .addVertex("sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), "left", "right")
                .addLayer(
                        "out",
                        new OutputLayer.Builder()
                                .nOut(2)
                                .activation(Activation.SOFTMAX)
                                .build(),
                        "sum")
                .setOutputs("out")
                .build());
        net.init();

        List<LayerWeights> layers = LayerWeights.of(net);

        assertThat(layers).extracting(LayerWeights::layer).containsExactly("left", "right", "sum", "out");
        assertThat(layers.get(2).type()).isEqualTo("ElementWiseVertex");
        assertThat(layers.get(2).reason()).contains("ElementWiseVertex has no parameters");
    }

    @Test
    void modelOfAnotherKind_isRefused() {
        assertThatThrownBy(() -> LayerWeights.of(net(DataType.FLOAT).getLayer(0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("weight spectra need a MultiLayerNetwork or a ComputationGraph, got "
                        + "org.deeplearning4j.nn.layers.feedforward.dense.DenseLayer");
        assertThatThrownBy(() -> WeightSpectrumAnalyzer.create().analyze((Model) null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("weight spectra need a MultiLayerNetwork or a ComputationGraph, got null");
    }

    @Test
    void networkBeforeInit_isRefused() {
        MultiLayerNetwork sequence = new MultiLayerNetwork(
                net(DataType.FLOAT).getLayerWiseConfigurations().clone());
        ComputationGraph graph = new ComputationGraph(Networks.graph(
                        DataType.FLOAT,
                        FLAT,
                        new DenseLayer.Builder().name("a").nOut(3).build())
                .getConfiguration()
                .clone());

        for (Model model : List.of(sequence, graph)) {
            assertThatThrownBy(() -> LayerWeights.of(model))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("the network must be initialised to have weights; call init() first");
        }
    }

    @Test
    void closedNetwork_isRefused() {
        MultiLayerNetwork sequence = net(DataType.FLOAT);
        ComputationGraph graph = Networks.graph(
                DataType.FLOAT, FLAT, new DenseLayer.Builder().name("a").nOut(3).build());
        sequence.close();
        graph.close();

        for (Model model : List.of(sequence, graph)) {
            assertThatThrownBy(() -> WeightSpectrumAnalyzer.create().analyze(model))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("the network must not be closed to have weights; analyze it before close()");
        }
    }

    @Test
    void snapshot_keepsTheWeightsOfItsTime() {
        MultiLayerNetwork net = net(DataType.FLOAT);
        LayerWeights live = LayerWeights.of(net).get(0);
        INDArray before = net.getLayer(0).getParam("W").dup();

        LayerWeights snapshot = live.snapshot();
        net.getLayer(0).getParam("W").muli(3);

        assertThat(snapshot.arrays().get(0).values()).isEqualTo(before);
        assertThat(live.arrays().get(0).values()).isEqualTo(before.mul(3));
        assertThat(snapshot.layer()).isEqualTo(live.layer());
        assertThat(snapshot.arrays().get(0).kind()).isEqualTo(WeightKind.DENSE);
        assertThat(LayerWeights.of(net).get(1).snapshot().reason()).contains("ActivationLayer has no parameters");
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"DOUBLE", "FLOAT", "HALF"})
    void relativeChange_isTheNormOfTheDifference(DataType type) {
        MultiLayerNetwork net = net(type);
        LayerWeights live = LayerWeights.of(net).get(0);
        LayerWeights before = live.snapshot();
        assertThat(live.relativeChangeFrom(before)).isZero();

        net.getLayer(0).getParam("W").muli(1.25);

        assertThat(live.relativeChangeFrom(before)).isCloseTo(0.25, within(0.005));
    }

    @Test
    void relativeChange_ofLargeHalfPrecisionWeights_isSeen() {
        MultiLayerNetwork net = net(DataType.FLOAT16);
        LayerWeights live = LayerWeights.of(net).get(0);
        net.getLayer(0).getParam("W").assign(30000);
        LayerWeights before = live.snapshot();

        net.getLayer(0).getParam("W").assign(15000);

        assertThat(live.relativeChangeFrom(before)).isCloseTo(0.5, within(0.005));
    }

    @Test
    void relativeChange_aroundZero_isDefined() {
        MultiLayerNetwork net = net(DataType.FLOAT);
        LayerWeights live = LayerWeights.of(net).get(0);
        net.getLayer(0).getParam("W").assign(0);
        LayerWeights zero = live.snapshot();

        assertThat(live.relativeChangeFrom(zero)).isZero();
        net.getLayer(0).getParam("W").putScalar(0, 1);
        assertThat(live.relativeChangeFrom(zero)).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(zero.relativeChangeFrom(live.snapshot())).isEqualTo(1);
    }

    @Test
    void relativeChange_ofWeightsThatAreNotFinite_isNaN() {
        MultiLayerNetwork net = net(DataType.FLOAT);
        LayerWeights live = LayerWeights.of(net).get(0);
        LayerWeights before = live.snapshot();

        net.getLayer(0).getParam("W").putScalar(0, Double.NaN);
        assertThat(live.relativeChangeFrom(before)).isNaN();
        assertThat(before.relativeChangeFrom(live)).isNaN();
        assertThat(live.relativeChangeFrom(live.snapshot())).isNaN();

        net.getLayer(0).getParam("W").putScalar(0, Double.POSITIVE_INFINITY);
        assertThat(live.relativeChangeFrom(before)).isNaN();
        assertThat(live.relativeChangeFrom(live.snapshot())).isNaN();
    }

    @Test
    void relativeChange_fromAnotherLayer_isRefused() {
        MultiLayerNetwork net = net(DataType.FLOAT);
        List<LayerWeights> layers = LayerWeights.of(net);

        assertThatThrownBy(() -> layers.get(0).relativeChangeFrom(layers.get(2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the earlier weights must be of the same layer, [layer0.W [6, 5]], got [named.W [5, 4]]");
    }
}
