/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.regularization;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import io.github.dl4jdynamics.spectral.nd4j.eigen.SpectralSolver;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.within;

/** Which matrices are penalized: the score tells. */
class AttachmentTest {
    private static final double C = 0.1;

    private static SpectralRegularization nuclear() {
        return SpectralRegularization.nuclearNorm(C).build();
    }

    /** What attaching adds to the score, in units of the coefficient. */
    private static double added(MultiLayerNetwork net, DataSet data, SpectralRegularization penalty, String... layers) {
        double before = net.score(data);
        penalty.attach(net, layers);
        return (net.score(data) - before) / C;
    }

    static Stream<Model> networks() {
        return Stream.of(
                Nets.sequence(
                        Nets.settings(DataType.DOUBLE, new Adam(0.01), 1).l2(1e-2),
                        InputType.feedForward(Nets.IN),
                        Nets.noisy()),
                Nets.graph(
                        Nets.settings(DataType.DOUBLE, new Adam(0.01), 1).l2(1e-2),
                        InputType.feedForward(Nets.IN),
                        Nets.noisy()));
    }

    @ParameterizedTest
    @MethodSource("networks")
    void score_growsByThePenaltyAsADecompositionGivesIt(Model net) {
        DataSet data = Nets.batch(DataType.DOUBLE, 10, 1);
        double before = Nets.score(net, data);
        nuclear().attach(net);

        double norm = Nets.nuclearNorm(net, "first", "second", "out");
        assertThat(Nets.score(net, data) - before).isCloseTo(C * norm, within(1e-9));
        for (int i = 0; i < 10; i++) {
            Nets.fit(net, data);
        }
        double with = Nets.score(net, data);
        norm = Nets.nuclearNorm(net, "first", "second", "out");
        SpectralRegularization.detach(net);
        assertThat(with - Nets.score(net, data)).isCloseTo(C * norm, within(1e-3 * norm));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void layerBuilder_penalizesTheLayerAlone(boolean besidesL2) {
        DenseLayer.Builder layer = new DenseLayer.Builder().name("first").nOut(12);
        layer.regularization(new ArrayList<>(List.of(nuclear())));
        DenseLayer.Builder free = new DenseLayer.Builder().name("first").nOut(12);
        if (besidesL2) {
            layer.l2(1e-2);
            free.l2(1e-2);
        }
        MultiLayerNetwork with = sequence(InputType.feedForward(Nets.IN), layer.build(), Nets.output());
        MultiLayerNetwork without = sequence(InputType.feedForward(Nets.IN), free.build(), Nets.output());
        DataSet data = Nets.batch(DataType.DOUBLE, 10, 1);

        assertThat(with.score(data) - without.score(data)).isCloseTo(C * Nets.nuclearNorm(with, "first"), within(1e-9));
        with.fit(data);
        without.fit(data);
        assertThat(Nets.nuclearNorm(with, "first")).isLessThan(Nets.nuclearNorm(without, "first"));
    }

    /** Its weights are a column, which must not be taken for a flat vector. */
    @Test
    void layerOfOneOutput_isPenalized() {
        for (boolean attached : new boolean[] {true, false}) {
            OutputLayer.Builder out = new OutputLayer.Builder(LossFunction.MSE)
                    .name("out")
                    .nOut(1)
                    .activation(Activation.IDENTITY);
            if (!attached) {
                out.regularization(List.of(nuclear()));
            }
            MultiLayerNetwork net = sequence(InputType.feedForward(Nets.IN), Nets.dense("first", 5), out.build());
            if (attached) {
                nuclear().attach(net, "out");
            }

            net.fit(Nd4j.rand(DataType.DOUBLE, 4, Nets.IN), Nd4j.rand(DataType.DOUBLE, 4, 1));

            INDArray w = net.getLayer("out").getParam("W");
            assertThat(net.getLayer("out").calcRegularizationScore(true))
                    .isCloseTo(C * w.norm2Number().doubleValue(), within(1e-9));
        }
    }

    @Test
    void recurrentLayers_haveAMatrixPerGate() {
        MultiLayerNetwork net = sequence(
                InputType.recurrent(Nets.IN),
                new Bidirectional(new LSTM.Builder().nOut(5).build()),
                new LastTimeStep(new LSTM.Builder().nOut(4).build()),
                Nets.output());
        DataSet data = new DataSet(
                Nd4j.rand(DataType.DOUBLE, 6, Nets.IN, 3),
                Nets.batch(DataType.DOUBLE, 6, 1).getLabels());
        double expected = Nets.nuclearNorm(net, "out");
        for (INDArray array : List.of(
                net.getLayer(0).getParam("fW"),
                net.getLayer(0).getParam("fRW"),
                net.getLayer(0).getParam("bW"),
                net.getLayer(0).getParam("bRW"),
                net.getLayer(1).getParam("W"),
                net.getLayer(1).getParam("RW"))) {
            long units = array.size(1) / 4;
            for (int gate = 0; gate < 4; gate++) {
                expected += Nets.nuclearNorm(
                        array.get(NDArrayIndex.all(), NDArrayIndex.interval(gate * units, (gate + 1) * units)));
            }
        }

        assertThat(added(net, data, nuclear())).isCloseTo(expected, within(1e-8));
        for (int i = 0; i < 5; i++) {
            net.fit(data);
        }
        assertThat(net.score()).isFinite();
    }

    @Test
    void convolutions_areOutTimesRestOrPositions() {
        InputType image = InputType.convolutional(5, 5, 2);
        Layer convolution =
                new ConvolutionLayer.Builder(3, 2).name("conv").nOut(4).build();
        DataSet data = new DataSet(
                Nd4j.rand(DataType.DOUBLE, 6, 2, 5, 5),
                Nets.batch(DataType.DOUBLE, 6, 1).getLabels());
        MultiLayerNetwork whole = sequence(image, convolution.clone(), Nets.output());
        INDArray w = whole.getLayer("conv").getParam("W");
        double ofPositions = 0;
        for (int i = 0; i < 3; i++) {
            for (int j = 0; j < 2; j++) {
                ofPositions += Nets.nuclearNorm(
                        w.get(NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.point(i), NDArrayIndex.point(j)));
            }
        }

        assertThat(added(whole, data, nuclear(), "conv"))
                .isCloseTo(Nets.nuclearNorm(w.dup('c').reshape('c', 4, 12)), within(1e-8));
        MultiLayerNetwork positions = sequence(image, convolution.clone(), Nets.output());
        assertThat(added(
                        positions,
                        data,
                        SpectralRegularization.nuclearNorm(C)
                                .perKernelPosition(true)
                                .build(),
                        "conv"))
                .isCloseTo(ofPositions, within(1e-8));
        for (MultiLayerNetwork net : List.of(whole, positions)) {
            net.fit(data);
        }
    }

    @Test
    void separableConvolution_isPenalizedInItsPointwisePart() {
        MultiLayerNetwork net = sequence(
                InputType.convolutional(5, 5, 2),
                new SeparableConvolution2D.Builder(3, 3)
                        .name("separable")
                        .nOut(4)
                        .depthMultiplier(2)
                        .build(),
                Nets.output());
        DataSet data = new DataSet(
                Nd4j.rand(DataType.DOUBLE, 6, 2, 5, 5),
                Nets.batch(DataType.DOUBLE, 6, 1).getLabels());
        INDArray pointwise = net.getLayer("separable").getParam("pW");

        assertThat(added(net, data, nuclear(), "separable"))
                .isCloseTo(Nets.nuclearNorm(pointwise.dup('c').reshape('c', 4, 4)), within(1e-8));
        net.fit(data);
    }

    @Test
    void embeddings_areLeftOutUnlessNamed() {
        MultiLayerNetwork net = sequence(
                InputType.feedForward(9),
                new EmbeddingLayer.Builder().name("words").nIn(9).nOut(5).build(),
                Nets.output());
        DataSet data = new DataSet(
                Nd4j.createFromArray(new double[][] {{1}, {8}, {3}}),
                Nets.batch(DataType.DOUBLE, 3, 1).getLabels());

        assertThat(added(net, data, nuclear())).isCloseTo(Nets.nuclearNorm(net, "out"), within(1e-9));
        assertThat(added(net, data, nuclear(), "words")).isCloseTo(Nets.nuclearNorm(net, "words"), within(1e-9));
    }

    @Test
    void frozenLayers_areLeftOutAndRefusedByName() {
        MultiLayerNetwork net = new TransferLearning.Builder(Nets.plain())
                .setFeatureExtractor(0)
                .build();
        DataSet data = Nets.batch(DataType.DOUBLE, 10, 1);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> nuclear().attach(net, "first"))
                .withMessage(
                        "a spectral regularization can be attached to layers with weight matrices that are trained, got"
                                + " 'first'; this network has [second, out]");
        assertThat(added(net, data, nuclear())).isCloseTo(Nets.nuclearNorm(net, "second", "out"), within(1e-9));
        INDArray before = Nets.parameter(net, "first", "W").dup();
        net.fit(data);
        assertThat(Nets.parameter(net, "first", "W")).isEqualTo(before);
    }

    @ParameterizedTest
    @MethodSource("networks")
    void unknownLayer_isRefusedBeforeAnythingIsAttached(Model net) {
        DataSet data = Nets.batch(DataType.DOUBLE, 10, 1);
        double before = Nets.score(net, data);

        for (String name : List.of("frist", "norm")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> nuclear().attach(net, "second", name))
                    .withMessageEndingWith("got '" + name + "'; this network has [first, second, out]");
        }

        assertThat(Nets.score(net, data)).isEqualTo(before);
    }

    @ParameterizedTest
    @MethodSource("networks")
    void equalPenalty_twice_isRefusedBeforeAnythingIsAttached(Model net) {
        DataSet data = Nets.batch(DataType.DOUBLE, 10, 1);
        nuclear().attach(net, "second");
        double before = Nets.score(net, data);

        assertThatIllegalStateException()
                .isThrownBy(() -> nuclear().attach(net))
                .withMessageStartingWith("layer 'second' must not have the same spectral regularization twice, got '")
                .withMessageEndingWith("call SpectralRegularization.detach(net) first");

        assertThat(Nets.score(net, data)).isEqualTo(before);
        SpectralRegularization.nuclearNorm(2 * C).build().attach(net, "second");
        assertThat(Nets.score(net, data)).isCloseTo(before + 2 * C * Nets.nuclearNorm(net, "second"), within(1e-9));
        Nets.fit(net, data);
    }

    @Test
    void otherModels_areRefused() {
        MultiLayerNetwork net = new MultiLayerNetwork(Nets.plain().getLayerWiseConfigurations());
        ComputationGraph graph = new ComputationGraph(Nets.graph(
                        Nets.settings(DataType.FLOAT, new Sgd(0.1), 1),
                        InputType.feedForward(Nets.IN),
                        Nets.dense("first", 4),
                        Nets.output())
                .getConfiguration());
        for (Model uninitialised : List.of(net, graph)) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> nuclear().attach(uninitialised))
                    .withMessageContaining("call init() first");
        }
    }

    @Test
    void settings_outOfRange_areRefused() {
        for (double c : new double[] {-1e-9, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> SpectralRegularization.nuclearNorm(c))
                    .withMessageContaining("got " + c);
        }
        assertThatIllegalArgumentException().isThrownBy(() -> SpectralRegularization.kyFanNorm(1, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> SpectralRegularization.tailEnergy(1, -1));
        assertThatIllegalArgumentException().isThrownBy(() -> SpectralRegularization.schattenNorm(1, 0.5));
        SpectralRegularization.Builder builder = SpectralRegularization.stableRank(1);
        assertThatIllegalArgumentException().isThrownBy(() -> builder.period(0));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.residualLimit(0));
        assertThatNullPointerException().isThrownBy(() -> builder.solver(null));
        assertThatNullPointerException().isThrownBy(() -> builder.coefficient(null));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.solver(SpectralSolver.NEWTON_SCHULZ).build())
                .withMessageStartingWith("NEWTON_SCHULZ finds the gradient of the nuclear norm alone");
    }

    private static MultiLayerNetwork sequence(InputType input, Layer... layers) {
        return Nets.sequence(Nets.settings(DataType.DOUBLE, new Sgd(0.1), 3), input, layers);
    }
}
