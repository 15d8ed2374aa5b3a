/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.lowrank;

import java.util.Map;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.constraint.NonNegativeConstraint;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.RmsProp;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.impl.LossMSE;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** Dense and output layers: the same function, the same settings, fewer parameters. */
class DenseFactorizationTest {
    private static final InputType FLAT = InputType.feedForward(LowRankNets.IN);

    @ParameterizedTest
    @CsvSource({"false, DOUBLE", "true, DOUBLE", "false, FLOAT", "true, FLOAT", "false, HALF"})
    void network_ofLowRank_isTheSameFunctionWithFewerParameters(boolean graph, DataType type) {
        Model net = LowRankNets.lowRank(LowRankNets.of(graph, type, FLAT, LowRankNets.plain()), 3);
        INDArray features = LowRankNets.features(type, 9, LowRankNets.IN);

        FactorizedNetwork<? extends Model> small = LowRankNets.factorize(net);

        assertThat(small.layers()).allMatch(LayerFactorization::replaced);
        assertThat(small.layers()).extracting(LayerFactorization::rank).containsOnly(3);
        assertClose(
                small.network(), net, features, type == DataType.DOUBLE ? 1e-12 : type == DataType.FLOAT ? 1e-5 : 0.03);
        // 3 (20 + 24) + 24, 3 (24 + 16) + 16, 3 (16 + 12) + 12
        assertThat(small.layers())
                .extracting(LayerFactorization::parametersAfter)
                .containsExactly(156L, 136L, 96L);
        assertThat(small.parametersBefore()).isEqualTo(net.numParams());
        assertThat(small.parametersAfter())
                .isEqualTo(small.network().numParams())
                .isEqualTo(388);
    }

    @Test
    void network_ofFullRank_staysWhatItIs() {
        MultiLayerNetwork net = LowRankNets.sequence(FLAT, LowRankNets.plain());

        FactorizedNetwork<MultiLayerNetwork> small =
                LowRankFactorization.builder().energy(1).build().factorize(net);

        assertThat(small.layers()).noneMatch(LayerFactorization::replaced);
        assertThat(small.layer("first").orElseThrow().note()).contains("rank 20 saves nothing, it takes 10 or less");
        assertThat(small.network()).isNotSameAs(net);
        assertThat(small.network().params().toDoubleVector())
                .containsExactly(net.params().toDoubleVector());
        assertThat(small.network().getLayerWiseConfigurations().toJson())
                .isEqualTo(net.getLayerWiseConfigurations().toJson());
    }

    @Test
    void truncatedLayer_hasTheErrorOfItsEnergy() {
        MultiLayerNetwork net = LowRankNets.sequence(FLAT, LowRankNets.plain());
        INDArray weights = net.getLayer("first").getParam("W");

        FactorizedNetwork<MultiLayerNetwork> small = LowRankFactorization.builder()
                .rank("first", 6)
                .layers("first")
                .build()
                .factorize(net);

        Map<String, INDArray> parameters = small.network().paramTable();
        INDArray product = parameters.get("0_W").mmul(parameters.get("1_W"));
        double relative = product.distance2(weights) / weights.norm2Number().doubleValue();
        LayerFactorization row = small.layer("first").orElseThrow();
        assertThat(row.rank()).isEqualTo(6);
        assertThat(1 - relative * relative).isCloseTo(row.energy(), within(1e-12));
        assertThat(row.energy()).isBetween(0.3, 0.99);
    }

    @ParameterizedTest
    @CsvSource({"false", "true"})
    void layersOfEverySort_betweenThem_keepTheirParameters(boolean graph) {
        Model net = LowRankNets.lowRank(
                LowRankNets.of(
                        graph,
                        DataType.DOUBLE,
                        FLAT,
                        new DenseLayer.Builder()
                                .name("normed")
                                .nOut(24)
                                .hasLayerNorm(true)
                                .dropOut(0.5)
                                .build(),
                        new BatchNormalization.Builder().name("norm").build(),
                        new ActivationLayer.Builder()
                                .name("relu")
                                .activation(Activation.RELU)
                                .build(),
                        new DenseLayer.Builder()
                                .name("free")
                                .nOut(18)
                                .hasBias(false)
                                .build(),
                        LowRankNets.output()),
                2);

        FactorizedNetwork<? extends Model> small = LowRankNets.factorize(net);

        assertThat(small.layers())
                .filteredOn(LayerFactorization::replaced)
                .extracting(LayerFactorization::layer)
                .containsExactly("normed", "free", "out");
        assertThat(small.network().paramTable()).containsKey(graph ? "normed_g" : "1_g");
        assertClose(small.network(), net, LowRankNets.features(DataType.DOUBLE, 9, LowRankNets.IN), 1e-12);
        assertThat(small.parametersAfter()).isEqualTo(small.network().numParams());
    }

    @Test
    void preprocessors_keepTheirPlaces() {
        MultiLayerNetwork net = LowRankNets.lowRank(
                LowRankNets.sequence(
                        InputType.convolutional(6, 6, 8),
                        new ConvolutionLayer.Builder(3, 3).nOut(10).build(),
                        new DenseLayer.Builder().nOut(14).build(),
                        new DenseLayer.Builder().nOut(14).build(),
                        LowRankNets.output()),
                2);

        MultiLayerNetwork small =
                LowRankFactorization.builder().energy(1).build().factorize(net).network();

        assertThat(small.getLayerWiseConfigurations().getInputPreProcessors()).containsOnlyKeys(2);
        assertThat(small.getLayerNames())
                .containsExactly("layer0-in", "layer0", "layer1-in", "layer1", "layer2-in", "layer2", "out-in", "out");
        assertClose(small, net, LowRankNets.features(DataType.DOUBLE, 5, 8, 6, 6), 1e-12);
    }

    @ParameterizedTest
    @CsvSource({"false", "true"})
    void denseLayersOfSequences_withMasks_areTheSame(boolean graph) {
        Model net = LowRankNets.lowRank(
                LowRankNets.of(
                        graph,
                        DataType.DOUBLE,
                        InputType.recurrent(14, 7),
                        LowRankNets.dense("dense", 16),
                        new LSTM.Builder().name("lstm").nOut(5).build(),
                        LowRankNets.dense("back", 15),
                        new RnnOutputLayer.Builder()
                                .name("out")
                                .nOut(4)
                                .activation(Activation.SOFTMAX)
                                .build()),
                2);
        INDArray features = LowRankNets.features(DataType.DOUBLE, 3, 14, 7);
        INDArray mask = LowRankNets.features(DataType.DOUBLE, 3, 7).gt(0).castTo(DataType.DOUBLE);

        FactorizedNetwork<? extends Model> small = LowRankNets.factorize(net);

        assertThat(small.layers())
                .filteredOn(LayerFactorization::replaced)
                .extracting(LayerFactorization::layer)
                .containsExactly("dense", "back");
        assertThat(masked(small.network(), features, mask).distance2(masked(net, features, mask)))
                .isLessThan(1e-12);
    }

    @Test
    void graph_withBranchesAndTwoOutputs_keepsItsNamesAndOutputs() {
        ComputationGraph net = new ComputationGraph(branches());
        net.init();
        LowRankNets.lowRank(net, 2);
        INDArray[] features = {
            LowRankNets.features(DataType.DOUBLE, 4, 20), LowRankNets.features(DataType.DOUBLE, 4, 3, 5, 5)
        };

        ComputationGraph small =
                LowRankFactorization.builder().energy(1).build().factorize(net).network();

        INDArray[] expected = net.output(features);
        INDArray[] actual = small.output(features);
        assertThat(small.getConfiguration().getNetworkOutputs()).containsExactly("one", "two");
        assertThat(small.getConfiguration().getVertexInputs().get("sum")).containsExactly("left", "right");
        assertThat(small.getConfiguration().getVertexInputs().get("right")).containsExactly("right-in");
        assertThat(small.getConfiguration().getVertexInputs().get("right-in")).containsExactly("image");
        assertThat(small.numParams()).isLessThan(net.numParams());
        for (int i = 0; i < 2; i++) {
            assertThat(actual[i].distance2(expected[i])).isLessThan(1e-12);
        }
    }

    private static ComputationGraphConfiguration branches() {
        return LowRankNets.settings(DataType.DOUBLE)
                .graphBuilder()
                .addInputs("flat", "image")
                .setInputTypes(InputType.feedForward(20), InputType.convolutional(5, 5, 3))
                .addLayer("left", LowRankNets.dense("left", 16), "flat")
                .addLayer("right", LowRankNets.dense("right", 16), "image")
                .addVertex("sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), "left", "right")
                .addVertex("both", new MergeVertex(), "sum", "left")
                .addLayer("one", LowRankNets.output(), "both")
                .addLayer(
                        "two",
                        new OutputLayer.Builder(new LossMSE())
                                .nOut(9)
                                .activation(Activation.IDENTITY)
                                .build(),
                        "sum",
                        "flat")
                .setOutputs("one", "two")
                .build();
    }

    @Test
    void settings_ofTheLayer_areWhereTheyBelong() {
        MultiLayerNetwork net = LowRankNets.lowRank(
                LowRankNets.sequence(
                        FLAT,
                        LowRankNets.dense("first", 16),
                        new OutputLayer.Builder(new LossMSE())
                                .name("out")
                                .nOut(LowRankNets.IN - 4)
                                .activation(Activation.SIGMOID)
                                .updater(new RmsProp(0.02))
                                .biasUpdater(new Sgd(0.3))
                                .l2(0.01)
                                .l1Bias(0.02)
                                .dropOut(0.7)
                                .weightInit(WeightInit.IDENTITY)
                                .constrainBias(new NonNegativeConstraint())
                                .gradientNormalization(GradientNormalization.ClipL2PerLayer)
                                .gradientNormalizationThreshold(3)
                                .build()),
                2);

        MultiLayerNetwork small = LowRankFactorization.builder()
                .energy(1)
                .layers("out")
                .build()
                .factorize(net)
                .network();

        DenseLayer first = (DenseLayer) small.getLayer("out-in").conf().getLayer();
        OutputLayer second = (OutputLayer) small.getLayer("out").conf().getLayer();
        OutputLayer original = (OutputLayer) net.getLayer("out").conf().getLayer();
        assertThat(first.getActivationFn()).isEqualTo(new ActivationIdentity());
        assertThat(first.hasBias()).isFalse();
        assertThat(first.getIUpdater()).isEqualTo(original.getIUpdater());
        assertThat(first.getRegularization()).isEqualTo(original.getRegularization());
        assertThat(first.getIDropout()).isEqualTo(original.getIDropout());
        assertThat(first.getConstraints()).isNull();
        assertThat(first.getGradientNormalization()).isEqualTo(GradientNormalization.ClipL2PerLayer);
        assertThat(first.getGradientNormalizationThreshold()).isEqualTo(3);
        assertThat(second.getIDropout()).isNull();
        assertThat(second.getConstraints()).isEqualTo(original.getConstraints());
        second.setIDropout(original.getIDropout());
        second.setNIn(original.getNIn());
        assertThat(second).isEqualTo(original);
    }

    private static void assertClose(Model small, Model net, INDArray features, double tolerance) {
        INDArray expected = LowRankNets.output(net, features);
        assertThat(expected.castTo(DataType.DOUBLE).stdNumber().doubleValue()).isGreaterThan(1e-3);
        assertThat(LowRankNets.output(small, features)
                        .castTo(DataType.DOUBLE)
                        .distance2(expected.castTo(DataType.DOUBLE)))
                .isLessThan(tolerance);
    }

    private static INDArray masked(Model net, INDArray features, INDArray mask) {
        return net instanceof MultiLayerNetwork
                ? ((MultiLayerNetwork) net).output(features, false, mask, null)
                : ((ComputationGraph) net).output(false, new INDArray[] {features}, new INDArray[] {mask}, null)[0];
    }
}
