/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.oracle;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.constraint.UnitNormConstraint;
import org.deeplearning4j.nn.conf.graph.AttentionVertex;
import org.deeplearning4j.nn.conf.graph.FrozenVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.FineTuneConfiguration;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class LossOracleFrozenTest {
    private static final DataSet ROWS = Networks.rows(6, 4);

    static Stream<Arguments> networks() {
        List<Arguments> cases = new ArrayList<>();
        add(cases, "bottom", new FrozenLayer(dense()), dense(), Networks.output());
        add(cases, "middle", dense(), new FrozenLayer(dense()), dense(), Networks.output());
        add(cases, "bottom and middle", new FrozenLayer(dense()), dense(), new FrozenLayer(dense()), Networks.output());
        add(cases, "middle, on purpose", dense(), new FrozenLayerWithBackprop(dense()), Networks.output());
        add(cases, "output", dense(), new FrozenLayerWithBackprop(Networks.output()));
        add(cases, "normalization", dense(), new FrozenLayer(new BatchNormalization()), dense(), Networks.output());
        add(
                cases,
                "lower normalization",
                new FrozenLayer(dense()),
                new FrozenLayer(norm()),
                dense(),
                Networks.output());
        add(
                cases,
                "normalization, on purpose",
                dense(),
                new FrozenLayerWithBackprop(new BatchNormalization()),
                Networks.output());
        return cases.stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("networks")
    void gradient_isTheDerivativeAboveAndBelowFrozenLayers(String name, Model net, DataSet data) {
        for (boolean regularized : new boolean[] {false, true}) {
            LossOracle oracle =
                    LossOracle.builder(net).regularization(regularized).build();

            double loss = Networks.assertGradient(oracle, LossData.of(data).batches(4));

            assertThat(oracle.mask().arrays()).anyMatch(array -> array.role() == ParameterArray.Role.FROZEN);
            if (regularized && !(name.startsWith("output") && net instanceof ComputationGraph)) {
                assertThat(loss).isCloseTo(Networks.score(net, data, false), within(1e-12));
            }
        }
    }

    @Test
    void transferredNetwork_hasGradientsInItsNewLayersOnly() {
        MultiLayerNetwork before = Networks.sequence(
                InputType.feedForward(4), dense(), new BatchNormalization(), dense(), Networks.output());
        before.fit(ROWS);
        MultiLayerNetwork net = new TransferLearning.Builder(before)
                .fineTuneConfiguration(new FineTuneConfiguration.Builder().build())
                .setFeatureExtractor(1)
                .removeOutputLayer()
                .addLayer(outputOf(5))
                .build();
        Networks.shake(net);

        LossOracle oracle = LossOracle.builder(net).regularization(true).build();
        double loss = Networks.assertGradient(oracle, LossData.of(ROWS));

        assertThat(loss).isCloseTo(net.score(ROWS), within(1e-12));
        assertThat(oracle.mask().counted())
                .extracting(ParameterArray::name)
                .containsExactly("layer2_W", "layer2_b", "layer3_W", "layer3_b");
    }

    @Test
    void transferredGraph_mayHaveFrozenVertices() {
        ComputationGraph graph = new TransferLearning.GraphBuilder(attention(attentionVertex()))
                .setFeatureExtractor("attention")
                .build();
        Networks.shake(graph);

        LossOracle oracle = LossOracle.builder(graph).build();
        // DL4J-M2.1: transfer learning makes a FLOAT graph of one of DOUBLE.
        double loss = Networks.assertGradient(oracle, LossData.of(sequences()), 1e-2, 1e-4);

        assertThat(loss).isCloseTo(graph.score(sequences()), within(1e-6));
        assertThat(oracle.mask().counted()).extracting(ParameterArray::name).containsExactly("out_W", "out_b");
    }

    @Test
    void layerBelowFrozenVertex_hasItsGradient() {
        ComputationGraph graph = attention(new FrozenVertex(attentionVertex()));

        LossOracle oracle = LossOracle.builder(graph).build();
        Networks.assertGradient(oracle, LossData.of(sequences()));

        assertThat(oracle.mask().counted())
                .extracting(ParameterArray::name)
                .containsExactly("lstm_W", "lstm_RW", "lstm_b", "out_W", "out_b");
    }

    private static ComputationGraph attention(GraphVertex vertex) {
        ComputationGraph graph = new ComputationGraph(Networks.settings(DataType.DOUBLE)
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(InputType.recurrent(2, 4))
                .addLayer("lstm", new LSTM.Builder().nOut(3).build(), "in")
                .addVertex("attention", vertex, "lstm", "lstm", "lstm")
                .addLayer("pool", new GlobalPoolingLayer(PoolingType.AVG), "attention")
                .addLayer("out", outputOf(4), "pool")
                .setOutputs("out")
                .build());
        graph.init();
        return Networks.shake(graph);
    }

    private static AttentionVertex attentionVertex() {
        return new AttentionVertex.Builder()
                .nInKeys(3)
                .nInQueries(3)
                .nInValues(3)
                .nOut(4)
                .nHeads(2)
                .projectInput(true)
                .build();
    }

    private static DataSet sequences() {
        DataSet data = Networks.sequences(6, 2, 4);
        data.setLabels(Networks.classes(6));
        return data;
    }

    @ParameterizedTest
    @EnumSource(BatchNormalizationMode.class)
    void frozenNormalization_usesItsRunningStatistics(BatchNormalizationMode mode) {
        MultiLayerNetwork net = Networks.sequence(
                InputType.feedForward(4), dense(), new FrozenLayer(new BatchNormalization()), Networks.output());

        LossOracle oracle = LossOracle.builder(net)
                .batchNormalization(mode)
                .regularization(true)
                .build();

        assertThat(oracle.loss(LossData.of(ROWS).batches(2))).isCloseTo(net.score(ROWS), within(1e-12));
        assertThat(oracle.mask().countedLength()).isEqualTo(4 * 5 + 5 + 5 * 3 + 3);
    }

    @Test
    void constraintsOfFrozenOutput_areNotApplied() {
        ComputationGraph graph = Networks.sequence(
                        Networks.settings(DataType.DOUBLE).constrainWeights(new UnitNormConstraint(0)),
                        InputType.feedForward(4),
                        dense(),
                        new FrozenLayerWithBackprop(Networks.output()))
                .toComputationGraph();
        String name = graph.getConfiguration().getNetworkOutputs().get(0);
        LayerVertex vertex =
                (LayerVertex) graph.getConfiguration().getVertices().get(name);
        // Set now, as configuring a network takes them from a layer inside a wrapper.
        ((FrozenLayerWithBackprop) vertex.getLayerConf().getLayer())
                .getUnderlying()
                .setConstraints(List.of(new UnitNormConstraint(Set.of("W"), 0)));
        LossOracle oracle = LossOracle.builder(graph).build();
        double[] before = Networks.bits(oracle.parameters());

        graph.applyConstraints(1, 0);
        oracle.applyConstraints(1, 0);

        assertThat(Networks.bits(oracle.parameters()))
                .isEqualTo(Networks.bits(graph.params()))
                .isNotEqualTo(before);
    }

    private static Layer dense() {
        return new DenseLayer.Builder()
                .nOut(5)
                .activation(Activation.TANH)
                .l2(0.1)
                .build();
    }

    private static Layer norm() {
        return new BatchNormalization.Builder().useLogStd(true).build();
    }

    private static Layer outputOf(int inputs) {
        org.deeplearning4j.nn.conf.layers.OutputLayer output = Networks.output();
        output.setNIn(inputs);
        return output;
    }

    private static void add(List<Arguments> cases, String name, Layer... layers) {
        LossOracleGradientTest.add(cases, name, Networks.sequence(InputType.feedForward(4), layers), ROWS);
    }
}
