/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn;

import java.util.stream.Stream;

import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToRnnPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.RnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** The five modes act on gamma and beta by the framework's formulas, and not on the running statistics. */
class GradientNormalizationTest {
    private static final DataType TYPE = DataType.DOUBLE;
    private static final InputType INPUT = InputType.feedForward(3);

    static Stream<Arguments> modes() {
        Stream.Builder<Arguments> cases = Stream.builder();
        for (GradientNormalization mode : GradientNormalization.values()) {
            for (double threshold : new double[] {0.05, 1, 1e6}) {
                for (boolean miniBatch : new boolean[] {true, false}) {
                    cases.add(Arguments.of(mode, threshold, miniBatch));
                }
            }
        }
        return cases.build();
    }

    @ParameterizedTest(name = "{0} {1} minibatch {2}")
    @MethodSource("modes")
    void gammaAndBeta_areNormalisedByTheFrameworksFormula(
            GradientNormalization mode, double threshold, boolean miniBatch) {
        double[][] raw = step(LiveNets.net(sgd().miniBatch(miniBatch), INPUT, norm(), LiveNets.loss()));
        double[][] expected = expected(mode, threshold, raw);

        MultiLayerNetwork byNetwork = LiveNets.net(
                sgd().miniBatch(miniBatch).gradientNormalization(mode).gradientNormalizationThreshold(threshold),
                INPUT,
                norm(),
                LiveNets.loss());
        MultiLayerNetwork byLayer = LiveNets.net(
                sgd().miniBatch(miniBatch),
                INPUT,
                LiveNets.ghost(3)
                        .gradientNormalization(mode)
                        .gradientNormalizationThreshold(threshold)
                        .build(),
                LiveNets.loss());

        for (MultiLayerNetwork net : new MultiLayerNetwork[] {byNetwork, byLayer}) {
            double[][] actual = step(net);
            assertThat(actual[0]).as("gamma").containsExactly(expected[0], within(1e-12));
            assertThat(actual[1]).as("beta").containsExactly(expected[1], within(1e-12));
            assertThat(actual[2]).as("mean").isEqualTo(raw[2]);
            assertThat(actual[3]).as("log10stdev").isEqualTo(raw[3]);
        }
    }

    @ParameterizedTest
    @EnumSource(value = GradientNormalization.class, mode = EnumSource.Mode.EXCLUDE, names = "None")
    void runningStatistics_areDamagedInThePlainLayerOnly(GradientNormalization mode) {
        double[] plain = step(clipped(mode, new BatchNormalization()))[2];
        double[] ghost = step(clipped(mode, norm()))[2];
        double[] free = step(clipped(GradientNormalization.None, new BatchNormalization()))[2];

        assertThat(ghost).containsExactly(free, within(1e-12));
        assertThat(plain[0]).isNotCloseTo(free[0], within(1e-3));
    }

    @ParameterizedTest
    @EnumSource(GradientNormalization.class)
    void graph_normalisesAsAStackDoes(GradientNormalization mode) {
        double[][] expected = step(clipped(mode, norm()));
        ComputationGraph graph = new ComputationGraph(sgd().gradientNormalization(mode)
                .gradientNormalizationThreshold(0.05)
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(INPUT)
                .addLayer("norm", norm(), "in")
                .addLayer("out", LiveNets.loss(), "norm")
                .setOutputs("out")
                .build());
        graph.init();

        graph.fit(data());

        assertThat(LiveNets.values(graph.getParam("norm_gamma").rsub(1))).containsExactly(expected[0], within(1e-12));
        assertThat(LiveNets.values(graph.getParam("norm_beta").neg())).containsExactly(expected[1], within(1e-12));
        assertThat(LiveNets.values(graph.getParam("norm_mean").neg())).containsExactly(expected[2], within(1e-12));
    }

    @ParameterizedTest
    @EnumSource(GradientNormalization.class)
    void sequences_areDividedByTheExamples(GradientNormalization mode) {
        double[][] raw = sequenceStep(GradientNormalization.None);

        double[][] actual = sequenceStep(mode);

        double[][] expected = expected(mode, 0.05, raw);
        assertThat(actual[0]).containsExactly(expected[0], within(1e-12));
        assertThat(actual[1]).containsExactly(expected[1], within(1e-12));
        assertThat(actual[2]).isEqualTo(raw[2]);
    }

    /** A graph does not tell its layers the batch size: dense layers over time see all steps as examples. */
    @ParameterizedTest
    @EnumSource(value = GradientNormalization.class)
    void denseOverTimeInAGraph_isBoundedInTheMeanOverSteps(GradientNormalization mode) {
        int steps = 4;
        double[][] raw = timeDistributedStep(GradientNormalization.None);
        double[][] meanOverSteps = {raw[0].clone(), raw[1].clone()};
        for (double[] gradient : meanOverSteps) {
            for (int i = 0; i < gradient.length; i++) {
                gradient[i] /= steps;
            }
        }

        double[][] actual = timeDistributedStep(mode);

        double[][] expected = expected(mode, 0.01, meanOverSteps);
        for (int k = 0; k < 2; k++) {
            for (int i = 0; i < 3; i++) {
                assertThat(actual[k][i]).isCloseTo(steps * expected[k][i], within(1e-12));
            }
        }
    }

    private static double[][] timeDistributedStep(GradientNormalization mode) {
        ComputationGraph net = new ComputationGraph(sgd().gradientNormalization(mode)
                .gradientNormalizationThreshold(0.01)
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(InputType.recurrent(3, 4))
                .addLayer("norm", norm(), new RnnToFeedForwardPreProcessor(), "in")
                .addLayer("lstm", new LSTM.Builder().nOut(2).build(), new FeedForwardToRnnPreProcessor(), "norm")
                .addLayer("out", LiveNets.rnnOutput(), "lstm")
                .setOutputs("out")
                .build());
        net.init();
        double[] before = LiveNets.values(net.getParam("lstm_W"));
        net.fit(new DataSet(LiveNets.random(TYPE, 3, 7, 3, 4), LiveNets.sequenceLabels(TYPE, 4, 7, 4)));
        assertThat(LiveNets.values(net.getParam("lstm_W"))).isNotEqualTo(before);
        return new double[][] {
            LiveNets.values(net.getParam("norm_gamma").rsub(1)),
            LiveNets.values(net.getParam("norm_beta").neg())
        };
    }

    @Test
    void zeroGradient_staysZero() {
        for (GradientNormalization mode : GradientNormalization.values()) {
            double[] gamma = {0, 0};
            double[] beta = {0, 0};

            new AffineGradientNormalization(mode, 1, 8).apply(gamma, beta);

            assertThat(gamma).containsOnly(0);
            assertThat(beta).containsOnly(0);
        }
    }

    @Test
    void notANumber_isNotHidden() {
        for (GradientNormalization mode : GradientNormalization.values()) {
            double[] gamma = {Double.NaN, 0};

            new AffineGradientNormalization(mode, 1, 8).apply(gamma, new double[] {1, 2});

            assertThat(gamma[0]).as("%s", mode).isNaN();
        }
    }

    private static GhostBatchNormalization norm() {
        return LiveNets.ghost(3).build();
    }

    private static NeuralNetConfiguration.Builder sgd() {
        return LiveNets.base(TYPE).updater(new Sgd(1));
    }

    private static MultiLayerNetwork clipped(GradientNormalization mode, Layer layer) {
        return LiveNets.net(
                sgd().gradientNormalization(mode).gradientNormalizationThreshold(0.05), INPUT, layer, LiveNets.loss());
    }

    private static DataSet data() {
        return new DataSet(LiveNets.random(TYPE, 3, 7, 3).addi(99), LiveNets.random(TYPE, 4, 7, 3));
    }

    /** What one iteration takes off gamma, beta, mean and log10stdev. */
    private static double[][] step(MultiLayerNetwork net) {
        net.fit(data());
        return taken(net);
    }

    private static double[][] sequenceStep(GradientNormalization mode) {
        MultiLayerNetwork net = LiveNets.net(
                sgd().gradientNormalization(mode).gradientNormalizationThreshold(0.05),
                InputType.recurrent(3, 4),
                norm(),
                new RnnLossLayer.Builder(LossFunction.MSE)
                        .activation(Activation.IDENTITY)
                        .build());
        INDArray x = LiveNets.random(TYPE, 3, 7, 3, 4).addi(99);
        net.fit(new DataSet(x, LiveNets.random(TYPE, 4, 7, 3, 4)));
        return taken(net);
    }

    private static double[][] taken(MultiLayerNetwork net) {
        return new double[][] {
            LiveNets.values(net.getParam("0_gamma").rsub(1)),
            LiveNets.values(net.getParam("0_beta").neg()),
            LiveNets.values(net.getParam("0_mean").neg()),
            LiveNets.values(net.getParam("0_log10stdev").neg())
        };
    }

    /** Applied to the gradients after the division by the batch size, as the framework does to other layers. */
    private static double[][] expected(GradientNormalization mode, double threshold, double[][] raw) {
        double gammaNorm = Math.sqrt(squares(raw[0]));
        double betaNorm = Math.sqrt(squares(raw[1]));
        double layerNorm = Math.sqrt(squares(raw[0]) + squares(raw[1]));
        switch (mode) {
            case RenormalizeL2PerLayer:
                return scaled(raw, 1 / layerNorm, 1 / layerNorm);
            case RenormalizeL2PerParamType:
                return scaled(raw, 1 / gammaNorm, 1 / betaNorm);
            case ClipL2PerLayer:
                double factor = Math.min(1, threshold / layerNorm);
                return scaled(raw, factor, factor);
            case ClipL2PerParamType:
                return scaled(raw, Math.min(1, threshold / gammaNorm), Math.min(1, threshold / betaNorm));
            case ClipElementWiseAbsoluteValue:
                double[][] clipped = scaled(raw, 1, 1);
                for (double[] gradient : clipped) {
                    for (int i = 0; i < gradient.length; i++) {
                        gradient[i] =
                                Math.abs(gradient[i]) > threshold ? Math.copySign(threshold, gradient[i]) : gradient[i];
                    }
                }
                return clipped;
            default:
                return scaled(raw, 1, 1);
        }
    }

    private static double[][] scaled(double[][] raw, double gamma, double beta) {
        double[][] scaled = {raw[0].clone(), raw[1].clone()};
        for (int i = 0; i < raw[0].length; i++) {
            scaled[0][i] *= gamma;
            scaled[1][i] *= beta;
        }
        return scaled;
    }

    private static double squares(double[] x) {
        double squares = 0;
        for (double v : x) {
            squares += v * v;
        }
        return squares;
    }
}
