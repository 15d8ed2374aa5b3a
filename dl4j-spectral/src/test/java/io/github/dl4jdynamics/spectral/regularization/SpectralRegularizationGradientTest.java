/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.regularization;

import java.util.List;
import java.util.stream.Stream;

import io.github.dl4jdynamics.spectral.nd4j.eigen.SpectralSolver;
import org.deeplearning4j.gradientcheck.GradientCheckUtil;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SelfAttentionLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.regularization.Regularization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** Gradients against finite differences of the score, and of the penalty as a decomposition gives it. */
class SpectralRegularizationGradientTest {

    @BeforeAll
    static void gradientChecksWantDoubles() {
        Nd4j.setDefaultDataTypes(DataType.DOUBLE, DataType.DOUBLE);
    }

    @AfterAll
    static void back() {
        Nd4j.setDefaultDataTypes(DataType.FLOAT, DataType.FLOAT);
    }

    static Stream<SpectralRegularization.Builder> penalties() {
        return Stream.of(
                SpectralRegularization.nuclearNorm(0.3),
                SpectralRegularization.kyFanNorm(0.3, 2),
                SpectralRegularization.spectralNorm(0.3),
                SpectralRegularization.schattenNorm(0.3, 1.5),
                SpectralRegularization.stableRank(0.3),
                SpectralRegularization.tailEnergy(0.3, 2),
                SpectralRegularization.conditionNumber(0.3));
    }

    static Stream<Arguments> penaltiesAndNets() {
        return penalties()
                .flatMap(penalty -> Stream.of("dense", "convolution", "lstm").map(net -> Arguments.of(penalty, net)));
    }

    @ParameterizedTest
    @MethodSource("penaltiesAndNets")
    void score_hasTheGradientThatIsApplied(SpectralRegularization.Builder penalty, String kind) {
        MultiLayerNetwork net = net(kind);
        penalty.build().attach(net);

        boolean passed = GradientCheckUtil.checkGradients(new GradientCheckUtil.MLNConfig()
                .net(net)
                .epsilon(1e-6)
                .maxRelError(1e-5)
                .minAbsoluteError(1e-9)
                .input(input(kind))
                .labels(labels(kind)));

        assertThat(passed).isTrue();
    }

    /** Its own, since Deeplearning4j's gradient of the loss is twice the derivative in attention layers. */
    @Test
    void attention_hasAPenaltyOnEachProjection() {
        MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(3)
                .dataType(DataType.DOUBLE)
                .list()
                .layer(new SelfAttentionLayer.Builder()
                        .nIn(3)
                        .nOut(4)
                        .nHeads(2)
                        .projectInput(true)
                        .build())
                .layer(new RnnOutputLayer.Builder()
                        .nIn(4)
                        .nOut(6)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.recurrent(3, 2))
                .build());
        net.init();
        SpectralRegularization.nuclearNorm(0.3).build().attach(net, "layer0");

        for (String key : List.of("Wq", "Wk", "Wv", "Wo")) {
            Regularization penalty =
                    net.getLayer(0).getConfig().getRegularizationByParam(key).get(0);
            INDArray w = net.getLayer(0).getParam(key);
            INDArray gradient = Nd4j.zeros(DataType.DOUBLE, w.length());
            double before = penalty.score(w, 0, 0);
            penalty.apply(
                    net.params()
                            .reshape(net.numParams())
                            .get(NDArrayIndex.interval(w.offset(), w.offset() + w.length())),
                    gradient,
                    1,
                    0,
                    0);
            INDArray flat = net.params().reshape(net.numParams());
            for (int i = 0; i < w.length(); i++) {
                double entry = flat.getDouble(w.offset() + i);
                flat.putScalar(w.offset() + i, entry + 1e-6);
                double slope = (penalty.score(w, 0, 0) - before) / 1e-6;
                flat.putScalar(w.offset() + i, entry);
                assertThat(gradient.getDouble(i)).as("%s %d", key, i).isCloseTo(slope, within(1e-5));
            }
            assertThat(before).isGreaterThan(0.3);
        }
    }

    @ParameterizedTest
    @MethodSource("penalties")
    void gradient_isThatOfThePenaltyByDecomposition(SpectralRegularization.Builder penalty) {
        SpectralRegularization exact = penalty.solver(SpectralSolver.EXACT).build();
        INDArray w = weights(5, 4);
        INDArray gradient = w.like();

        exact.score(w, 0, 0);
        exact.apply(flat(w), flat(gradient), 1, 0, 0);

        for (int i = 0; i < 5; i++) {
            for (int j = 0; j < 4; j++) {
                double slope = (value(penalty, w, i, j, 1e-6) - value(penalty, w, i, j, -1e-6)) / 2e-6;
                assertThat(gradient.getDouble(i, j)).isCloseTo(slope, within(1e-7));
            }
        }
    }

    private static double value(SpectralRegularization.Builder penalty, INDArray w, int i, int j, double step) {
        INDArray moved = w.dup('f');
        moved.putScalar(i, j, w.getDouble(i, j) + step);
        return penalty.build().score(moved, 0, 0);
    }

    private static INDArray weights(int rows, int cols) {
        Nd4j.getRandom().setSeed(7);
        return Nd4j.randn(DataType.DOUBLE, rows, cols).dup('f');
    }

    private static INDArray flat(INDArray w) {
        return w.reshape('f', new long[] {w.length()});
    }

    private static MultiLayerNetwork net(String kind) {
        NeuralNetConfiguration.ListBuilder list = new NeuralNetConfiguration.Builder()
                .seed(3)
                .dataType(DataType.DOUBLE)
                .activation(Activation.TANH)
                .updater(new NoOp())
                .list();
        switch (kind) {
            case "dense":
                list.layer(new DenseLayer.Builder().nIn(5).nOut(4).build())
                        .layer(new OutputLayer.Builder()
                                .nIn(4)
                                .nOut(6)
                                .activation(Activation.SOFTMAX)
                                .build());
                break;
            case "convolution":
                list.layer(new ConvolutionLayer.Builder(2, 2).nOut(3).build())
                        .layer(new OutputLayer.Builder()
                                .nOut(6)
                                .activation(Activation.SOFTMAX)
                                .build())
                        .setInputType(InputType.convolutional(4, 4, 2));
                break;
            default:
                list.layer(new LSTM.Builder().nIn(5).nOut(3).build())
                        .layer(new RnnOutputLayer.Builder()
                                .nIn(3)
                                .nOut(6)
                                .activation(Activation.SOFTMAX)
                                .build());
        }
        MultiLayerNetwork net = new MultiLayerNetwork(list.build());
        net.init();
        return net;
    }

    private static INDArray input(String kind) {
        Nd4j.getRandom().setSeed(1);
        switch (kind) {
            case "dense":
                return Nd4j.randn(DataType.DOUBLE, 3, 5);
            case "convolution":
                return Nd4j.randn(DataType.DOUBLE, 3, 2, 4, 4);
            default:
                return Nd4j.randn(DataType.DOUBLE, 3, 5, 2);
        }
    }

    private static INDArray labels(String kind) {
        INDArray labels =
                "lstm".equals(kind) ? Nd4j.zeros(DataType.DOUBLE, 3, 6, 2) : Nd4j.zeros(DataType.DOUBLE, 3, 6);
        for (int i = 0; i < 3; i++) {
            if (labels.rank() == 3) {
                labels.putScalar(new int[] {i, i, 0}, 1);
                labels.putScalar(new int[] {i, i + 1, 1}, 1);
            } else {
                labels.putScalar(i, i, 1);
            }
        }
        return labels;
    }
}
