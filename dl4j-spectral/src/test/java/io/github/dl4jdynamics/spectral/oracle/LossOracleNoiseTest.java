/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.oracle;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.dropout.AlphaDropout;
import org.deeplearning4j.nn.conf.dropout.GaussianDropout;
import org.deeplearning4j.nn.conf.dropout.GaussianNoise;
import org.deeplearning4j.nn.conf.dropout.IDropout;
import org.deeplearning4j.nn.conf.dropout.SpatialDropout;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.weightnoise.DropConnect;
import org.deeplearning4j.nn.conf.weightnoise.WeightNoise;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationRReLU;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class LossOracleNoiseTest {
    private static final DataSet ROWS = Networks.rows(6, 4);

    static Stream<Arguments> noises() {
        List<Arguments> cases = new ArrayList<>();
        add(cases, "dropout layer", dense().build(), new DropoutLayer(0.5));
        for (IDropout noise : List.of(new GaussianNoise(0.5), new GaussianDropout(0.5), new AlphaDropout(0.5))) {
            add(cases, noise.getClass().getSimpleName(), dense().dropOut(noise).build());
        }
        add(cases, "DropConnect", dense().weightNoise(new DropConnect(0.5)).build());
        add(
                cases,
                "weight noise",
                dense().weightNoise(new WeightNoise(
                                new org.deeplearning4j.nn.conf.distribution.NormalDistribution(0, 1), true))
                        .build());
        LossOracleGradientTest.add(
                cases,
                "spatial dropout",
                Networks.sequence(
                        InputType.convolutional(4, 4, 2),
                        new ConvolutionLayer.Builder(2, 2)
                                .nOut(3)
                                .dropOut(new SpatialDropout(0.5))
                                .build(),
                        Networks.output()),
                Networks.rows(6, 2, 4, 4));
        LossOracleGradientTest.add(
                cases,
                "inside Bidirectional",
                Networks.sequence(
                        InputType.recurrent(2, 4),
                        new Bidirectional(new LSTM.Builder()
                                .nOut(3)
                                .dropOut(0.5)
                                .weightNoise(new DropConnect(0.5))
                                .build()),
                        Networks.sequenceOutput()),
                Networks.sequences(6, 2, 4));
        return cases.stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("noises")
    void noise_isLeftOut(String name, Model net, DataSet data) {
        LossOracle oracle = LossOracle.builder(net).build();

        double loss = Networks.assertGradient(oracle, LossData.of(data).batches(4));

        assertThat(loss).isCloseTo(Networks.score(net, data, false), within(1e-12));
        assertThat(Networks.score(net, data, true)).isNotCloseTo(loss, within(1e-12));
    }

    @Test
    void randomSlopes_areTheirMean() {
        for (boolean own : new boolean[] {false, true}) {
            IActivation random = new ActivationRReLU(0.1, 0.6);
            IActivation mean = new ActivationLReLU(0.35);
            MultiLayerNetwork net = own ? activated(new ActivationLayer(random)) : activated(random);
            MultiLayerNetwork leaky = own ? activated(new ActivationLayer(mean)) : activated(mean);
            for (Model model : List.of(net, net.toComputationGraph())) {
                double loss = Networks.assertGradient(LossOracle.builder(model).build(), LossData.of(ROWS));

                assertThat(loss).isCloseTo(leaky.score(ROWS), within(1e-12));
            }
        }
    }

    @Test
    void clippedLogarithms_areNotClipped() {
        MultiLayerNetwork net =
                Networks.sequence(InputType.feedForward(4), Networks.output(LossFunction.XENT, Activation.SIGMOID));
        net.params().muli(300);
        LossOracle oracle = LossOracle.builder(net).build();

        double loss = Networks.assertGradient(oracle, LossData.of(ROWS));

        assertThat(loss).isGreaterThan(net.score(ROWS) + 1);
    }

    static Stream<Arguments> saturated() {
        return Stream.of(DataType.FLOAT, DataType.DOUBLE)
                .flatMap(type -> Stream.of(
                        Arguments.of(type, Networks.output(LossFunction.XENT, Activation.SIGMOID)),
                        Arguments.of(type, weighted()),
                        Arguments.of(type, Networks.output(LossFunction.MCXENT, Activation.SOFTMAX)),
                        Arguments.of(type, Networks.output(LossFunction.NEGATIVELOGLIKELIHOOD, Activation.SOFTMAX))));
    }

    @ParameterizedTest
    @MethodSource("saturated")
    void saturatedOutput_hasFiniteLossAndGradient(DataType type, OutputLayer output) {
        MultiLayerNetwork net = Networks.sequence(Networks.settings(type), InputType.feedForward(4), output);
        net.params().muli(3000);
        LossOracle oracle = LossOracle.builder(net).build();
        INDArray gradient = oracle.zeros();

        double loss = oracle.addGradient(LossData.of(ROWS), 1, gradient);

        assertThat(loss).isFinite().isGreaterThan(10);
        assertThat(gradient.sumNumber().doubleValue()).isFinite();
    }

    /** Half of these activations are exactly 0 or 1, as those of a sigmoid never are. */
    @Test
    void hardSigmoid_keepsTheClippingOfItsLoss() {
        MultiLayerNetwork net =
                Networks.sequence(InputType.feedForward(4), Networks.output(LossFunction.XENT, Activation.HARDSIGMOID));
        net.params().muli(10);
        LossOracle oracle = LossOracle.builder(net).build();
        INDArray gradient = oracle.zeros();

        double loss = oracle.addGradient(LossData.of(ROWS), 1, gradient);

        assertThat(net.output(ROWS.getFeatures()).minNumber().doubleValue()).isZero();
        assertThat(loss).isCloseTo(net.score(ROWS), within(1e-12));
        assertThat(gradient.sumNumber().doubleValue()).isFinite();
        assertThat(gradient.norm2Number().doubleValue()).isPositive();
    }

    private static MultiLayerNetwork activated(IActivation activation) {
        return Networks.sequence(
                InputType.feedForward(4), dense().activation(activation).build(), Networks.output());
    }

    private static MultiLayerNetwork activated(ActivationLayer layer) {
        return Networks.sequence(InputType.feedForward(4), dense().build(), layer, Networks.output());
    }

    private static OutputLayer weighted() {
        return new OutputLayer.Builder(
                        new org.nd4j.linalg.lossfunctions.impl.LossBinaryXENT(Nd4j.createFromArray(0.5, 2, 1.5)))
                .nOut(Networks.CLASSES)
                .activation(Activation.SIGMOID)
                .build();
    }

    private static DenseLayer.Builder dense() {
        return new DenseLayer.Builder().nOut(5).activation(Activation.TANH);
    }

    private static void add(List<Arguments> cases, String name, Layer... layers) {
        Layer[] all =
                Stream.concat(Stream.of(layers), Stream.of(Networks.output())).toArray(Layer[]::new);
        LossOracleGradientTest.add(cases, name, Networks.sequence(InputType.feedForward(4), all), ROWS);
    }
}
