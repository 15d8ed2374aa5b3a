/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.oracle;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GravesBidirectionalLSTM;
import org.deeplearning4j.nn.conf.layers.GravesLSTM;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

@SuppressWarnings("deprecation") // Deeplearning4j still reads models with them
class LossOracleRecurrentTest {
    private static final int STEPS = 3;
    private static final int CHANNELS = 2;
    private static final InputType SEQUENCE = InputType.recurrent(CHANNELS, STEPS);

    static Stream<Arguments> networks() {
        List<Arguments> cases = new ArrayList<>();
        addMasked(cases, "LSTM", lstm(), Networks.sequenceOutput());
        addMasked(cases, "GravesLSTM", new GravesLSTM.Builder().nOut(3).build(), Networks.sequenceOutput());
        addMasked(cases, "SimpleRnn", new SimpleRnn.Builder().nOut(3).build(), Networks.sequenceOutput());
        addMasked(cases, "Bidirectional", new Bidirectional(lstm()), Networks.sequenceOutput());
        addMasked(
                cases,
                "GravesBidirectionalLSTM",
                new GravesBidirectionalLSTM.Builder().nOut(3).build(),
                Networks.sequenceOutput());
        LossOracleGradientTest.add(
                cases,
                "channels last",
                Networks.sequence(
                        InputType.recurrent(CHANNELS, STEPS, RNNFormat.NWC), lstm(), Networks.sequenceOutput()),
                channelsLast());
        addMasked(
                cases,
                "dense inside",
                lstm(),
                new DenseLayer.Builder().nOut(3).activation(Activation.TANH).build(),
                lstm(),
                rnnLoss());
        return cases.stream();
    }

    static Stream<Arguments> lastSteps() {
        List<Arguments> cases = new ArrayList<>();
        addMasked(cases, "LastTimeStep", new LastTimeStep(lstm()), Networks.output());
        addMasked(
                cases,
                "LastTimeStep of Bidirectional",
                new LastTimeStep(new Bidirectional(
                        Bidirectional.Mode.CONCAT,
                        new SimpleRnn.Builder().nOut(3).build())),
                Networks.output());
        return cases.stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("networks")
    void gradient_ofSequences_isTheDerivative(String name, Model net, DataSet data) {
        LossOracle oracle = LossOracle.builder(net).build();

        double loss = Networks.assertGradient(oracle, LossData.of(data).batches(4));

        double live = Networks.score(net, data, false);
        assertThat(loss).isCloseTo(live, within(1e-12));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("lastSteps")
    void gradientOfLastSteps_isTheDerivative(String name, Model net, DataSet data) {
        LossOracle oracle = LossOracle.builder(net).build();

        // DL4J-M2.1: the last steps of masked sequences are rounded to the default type, FLOAT.
        boolean rounded = data.getFeaturesMaskArray() != null;
        double loss = Networks.assertGradient(
                oracle, LossData.of(data).batches(4), rounded ? 4e-3 : 1e-6, rounded ? 5e-5 : 2e-7);

        double live = Networks.score(net, data, false);
        assertThat(loss).isCloseTo(live, within(1e-12));
    }

    @Test
    void truncatedNetwork_isDifferentiatedOverWholeSequencesFromStateZero() {
        MultiLayerNetwork plain = Networks.sequence(SEQUENCE, lstm(), Networks.sequenceOutput());
        MultiLayerConfiguration conf = plain.getLayerWiseConfigurations().clone();
        conf.setBackpropType(BackpropType.TruncatedBPTT);
        conf.setTbpttFwdLength(2);
        conf.setTbpttBackLength(2);
        MultiLayerNetwork truncated = new MultiLayerNetwork(conf);
        truncated.init();
        DataSet data = Networks.sequences(5, CHANNELS, STEPS);
        truncated.fit(data);
        truncated.rnnTimeStep(Networks.features(5, CHANNELS, 3));
        truncated.setParams(plain.params());
        LossData rows = LossData.of(data);

        LossOracle oracle = LossOracle.builder(truncated).build();
        double loss = Networks.assertGradient(oracle, rows);

        assertThat(loss)
                .isEqualTo(LossOracle.builder(plain).build().loss(rows))
                .isCloseTo(plain.score(data), within(1e-12));
        LossOracle ofGraph = LossOracle.builder(truncated.toComputationGraph()).build();
        assertThat(ofGraph.loss(rows)).isCloseTo(loss, within(1e-14));
    }

    @Test
    void batchWithoutMasksAfterOneWithMasks_isNotMasked() {
        DataSet masked = Networks.sequences(4, CHANNELS, STEPS);
        masked.setLabelsMaskArray(Networks.lengths(4, STEPS));
        masked.setFeaturesMaskArray(Networks.lengths(4, STEPS));
        DataSet whole = Networks.sequences(4, CHANNELS, STEPS);
        MultiLayerNetwork net = Networks.sequence(SEQUENCE, new Bidirectional(lstm()), Networks.sequenceOutput());
        for (Model model : List.of(net, net.toComputationGraph())) {
            LossOracle fresh = LossOracle.builder(model).build();
            double expected = fresh.loss(LossData.of(whole));
            LossOracle used = LossOracle.builder(model).build();
            used.loss(LossData.of(masked));

            assertThat(used.addGradient(LossData.of(whole), 1, used.zeros())).isEqualTo(expected);
            used.addGradient(LossData.of(masked), 1, used.zeros());
            assertThat(used.loss(LossData.of(whole))).isEqualTo(expected);
        }
    }

    @Test
    void lossOfSequencesWithChannelsLast_isRefusedInWords() {
        MultiLayerNetwork net = Networks.sequence(
                InputType.recurrent(CHANNELS, STEPS, RNNFormat.NWC),
                lstm(),
                new RnnLossLayer.Builder(LossFunction.MCXENT)
                        .activation(Activation.SOFTMAX)
                        .dataFormat(RNNFormat.NWC)
                        .name("loss")
                        .build());

        assertThatThrownBy(() -> LossOracle.builder(net).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "data format of RnnLossLayer 'loss' must be NCW, got NWC: Deeplearning4j 1.0.0-M2.1 computes "
                                + "another score than its gradient is of");
    }

    private static Layer lstm() {
        return new LSTM.Builder().nOut(3).build();
    }

    private static DataSet channelsLast() {
        DataSet data = Networks.sequences(6, CHANNELS, STEPS);
        return new DataSet(
                data.getFeatures().permute(0, 2, 1).dup(),
                data.getLabels().permute(0, 2, 1).dup());
    }

    private static RnnLossLayer rnnLoss() {
        return new RnnLossLayer.Builder(LossFunction.MCXENT)
                .activation(Activation.SOFTMAX)
                .build();
    }

    /** Without masks, and with sequences of unequal length. */
    private static void addMasked(List<Arguments> cases, String name, Layer... layers) {
        boolean perStep = layers[layers.length - 1] instanceof RnnLossLayer
                || layers[layers.length - 1] instanceof org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
        for (boolean masked : new boolean[] {false, true}) {
            DataSet data = Networks.sequences(6, CHANNELS, STEPS);
            if (!perStep) {
                data.setLabels(Networks.classes(6));
            }
            if (masked) {
                data.setFeaturesMaskArray(Networks.lengths(6, STEPS));
                if (perStep) {
                    data.setLabelsMaskArray(Networks.lengths(6, STEPS));
                }
            }
            LossOracleGradientTest.add(
                    cases, name + (masked ? " with masks" : ""), Networks.sequence(SEQUENCE, copies(layers)), data);
        }
    }

    private static Layer[] copies(Layer... layers) {
        return Stream.of(layers).map(Layer::clone).toArray(Layer[]::new);
    }
}
