/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.oracle;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.variational.VariationalAutoencoder;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.regularization.L2Regularization;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class LossOracleRegularizationTest {
    private static final InputType FLAT = InputType.feedForward(4);
    private static final DataSet ROWS = Networks.rows(6, 4);

    static Stream<Arguments> networks() {
        List<Arguments> cases = new ArrayList<>();
        add(cases, "L1", settings().l1(0.1), FLAT, ROWS, dense(), dense());
        add(cases, "L2", settings().l2(0.1), FLAT, ROWS, dense(), dense());
        add(cases, "L1 and L2", settings().l1(0.1).l2(0.2), FLAT, ROWS, dense(), dense());
        add(cases, "biases", settings().l1Bias(0.1).l2Bias(0.2).l2(0.3), FLAT, ROWS, dense(), dense());
        add(cases, "weight decay, listed twice", settings().weightDecay(0.1), FLAT, ROWS, dense(), dense());
        add(cases, "weight decay times rate", settings().weightDecay(0.1, true), FLAT, ROWS, dense(), dense());
        add(cases, "one layer", settings(), FLAT, ROWS, dense(), decayed());
        add(cases, "schedule", settings(), FLAT, ROWS, dense(), scheduled());
        add(cases, "normalization", settings().l2(0.1), FLAT, ROWS, dense(), new BatchNormalization(), dense());
        add(
                cases,
                "VAE",
                settings().l2(0.1),
                FLAT,
                ROWS,
                new VariationalAutoencoder.Builder()
                        .nOut(3)
                        .encoderLayerSizes(5)
                        .decoderLayerSizes(4)
                        .build());
        DataSet sequences = Networks.sequences(6, 2, 4);
        sequences.setLabels(Networks.classes(6));
        add(
                cases,
                "sequences",
                settings().l2(0.1).l1Bias(0.2),
                InputType.recurrent(2, 4),
                sequences,
                new Bidirectional(new LSTM.Builder().nOut(2).build()),
                new LastTimeStep(new LSTM.Builder().nOut(2).build()));
        return cases.stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("networks")
    void regularizedLoss_isTheScoreAndHasItsGradient(String name, Model net, DataSet data) {
        BatchNormalizationMode mode = BatchNormalizationMode.RUNNING_STATISTICS;
        LossOracle oracle = LossOracle.builder(net)
                .regularization(true)
                .batchNormalization(mode)
                .build();

        double loss = Networks.assertGradient(oracle, LossData.of(data).batches(4));
        double without = Networks.assertGradient(
                LossOracle.builder(net).batchNormalization(mode).build(), LossData.of(data));

        assertThat(loss).isCloseTo(Networks.score(net, data, false), within(1e-11));
        assertThat(loss).isGreaterThan(without + 0.01);
    }

    @Test
    void gradient_isAddedOnceHoweverManyBatches() {
        MultiLayerNetwork net = Networks.sequence(settings().l2(0.5), FLAT, dense(), Networks.output());
        LossOracle oracle = LossOracle.builder(net).regularization(true).build();
        LossData data = LossData.of(ROWS);

        assertThat(gradient(oracle, data.batches(1))).isCloseTo(gradient(oracle, data), within(1e-12));
    }

    @Test
    void miniBatchFalse_stillMeansOverRows() {
        MultiLayerNetwork net = Networks.sequence(settings().miniBatch(false), FLAT, dense(), Networks.output());
        MultiLayerNetwork usual = Networks.sequence(settings(), FLAT, dense(), Networks.output());
        for (Model model : List.of(net, net.toComputationGraph())) {
            double loss = Networks.assertGradient(LossOracle.builder(model).build(), LossData.of(ROWS));

            assertThat(loss).isCloseTo(usual.score(ROWS), within(1e-12));
        }
    }

    private static double gradient(LossOracle oracle, LossData data) {
        org.nd4j.linalg.api.ndarray.INDArray sum = oracle.zeros();
        oracle.addGradient(data, 1, sum);
        return sum.norm2Number().doubleValue();
    }

    private static NeuralNetConfiguration.Builder settings() {
        return Networks.settings(DataType.DOUBLE);
    }

    private static Layer dense() {
        return new DenseLayer.Builder().nOut(5).activation(Activation.TANH).build();
    }

    private static Layer decayed() {
        return new DenseLayer.Builder()
                .nOut(5)
                .weightDecay(0.1)
                .weightDecayBias(0.2)
                .build();
    }

    private static Layer scheduled() {
        BaseLayer layer = (BaseLayer) dense();
        layer.setRegularization(List.of(new L2Regularization(
                new MapSchedule.Builder(ScheduleType.ITERATION).add(0, 0.3).build())));
        return layer;
    }

    private static void add(
            List<Arguments> cases,
            String name,
            NeuralNetConfiguration.Builder settings,
            InputType input,
            DataSet data,
            Layer... layers) {
        Layer[] all =
                Stream.concat(Stream.of(layers), Stream.of(Networks.output())).toArray(Layer[]::new);
        LossOracleGradientTest.add(cases, name, Networks.sequence(settings, input, all), data);
    }
}
