/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.oracle;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class LossOracleNormalizationTest {
    private static final DataSet ROWS = Networks.rows(10, 4);

    static Stream<Arguments> networks() {
        List<Arguments> cases = new ArrayList<>();
        for (boolean logStd : new boolean[] {false, true}) {
            String suffix = logStd ? " log" : "";
            LossOracleGradientTest.add(cases, "rows" + suffix, flat(norm(logStd).build()), ROWS);
            for (CNN2DFormat format : CNN2DFormat.values()) {
                boolean first = format == CNN2DFormat.NCHW;
                LossOracleGradientTest.add(
                        cases,
                        format + suffix,
                        images(format, norm(logStd).build()),
                        first ? Networks.rows(6, 2, 6, 6) : Networks.rows(6, 6, 6, 2));
            }
        }
        for (double[] locked : new double[][] {{1, 0}, {2, 0}, {1, 1}, {2, 1}}) {
            BatchNormalization layer = norm(false)
                    .lockGammaBeta(true)
                    .gamma(locked[0])
                    .beta(locked[1])
                    .build();
            LossOracleGradientTest.add(cases, "locked " + locked[0] + " " + locked[1], flat(layer), ROWS);
        }
        return cases.stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("networks")
    void gradientOfBatchStatistics_isTheDerivativeAndTheLossTheTrainingScore(String name, Model net, DataSet data) {
        LossOracle oracle = LossOracle.builder(net).build();

        double loss = Networks.assertGradient(oracle, LossData.of(data));

        assertThat(loss).isCloseTo(Networks.score(net, data, true), within(1e-12));
        Networks.assertGradient(oracle, LossData.of(data).batches(4));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("networks")
    void gradientOfRunningStatistics_isTheDerivativeAndTheLossTheInferenceScore(String name, Model net, DataSet data) {
        LossOracle oracle = LossOracle.builder(net)
                .batchNormalization(BatchNormalizationMode.RUNNING_STATISTICS)
                .build();

        double loss = Networks.assertGradient(oracle, LossData.of(data).batches(4));

        assertThat(loss).isCloseTo(Networks.score(net, data, false), within(1e-12));
        assertThat(oracle.mask().counted()).isEqualTo(oracle.mask().arrays());
    }

    @ParameterizedTest
    @EnumSource(BatchNormalizationMode.class)
    void floatNetwork_hasItsOwnScore(BatchNormalizationMode mode) {
        MultiLayerNetwork net = Networks.sequence(
                Networks.settings(DataType.FLOAT),
                InputType.feedForward(4),
                new DenseLayer.Builder().nOut(5).build(),
                new BatchNormalization(),
                Networks.output());
        net.fit(ROWS);

        double loss = LossOracle.builder(net).batchNormalization(mode).build().loss(LossData.of(ROWS));

        assertThat(loss).isCloseTo(net.score(ROWS, mode == BatchNormalizationMode.BATCH_STATISTICS), within(2e-6));
    }

    @Test
    void evaluation_leavesRunningStatisticsAlone() {
        MultiLayerNetwork net = flat(norm(false).build());
        LossOracle oracle = LossOracle.builder(net).build();
        double[] before = Networks.bits(net.params());

        oracle.addGradient(LossData.of(ROWS), 1, oracle.zeros());

        assertThat(Networks.bits(oracle.parameters())).isEqualTo(before);
        assertThat(Networks.bits(net.params())).isEqualTo(before);
    }

    @Test
    void sequencesWithRunningStatistics_areRefusedInWords() {
        MultiLayerNetwork net = Networks.sequence(
                InputType.recurrent(4, 3),
                new BatchNormalization.Builder().name("norm").nIn(4).nOut(4).build(),
                Networks.sequenceOutput());
        LossOracle oracle = LossOracle.builder(net)
                .batchNormalization(BatchNormalizationMode.RUNNING_STATISTICS)
                .build();

        assertThatThrownBy(() -> oracle.loss(LossData.of(Networks.sequences(5, 4, 3))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith(
                        "input of layer 'norm' must have shape [N, C], [N, C, H, W], with dataFormat(NHWC) [N, H, W, C] or "
                                + "[N, T, C], and C = 4 to be normalized with running statistics, got [5, 4, 3]");
    }

    @ParameterizedTest
    @EnumSource(BatchNormalizationMode.class)
    void sequencesWithChannelsLast_areNormalizedWithRunningStatistics(BatchNormalizationMode mode) {
        BatchNormalization norm = new BatchNormalization.Builder()
                .dataFormat(CNN2DFormat.NHWC)
                .nIn(4)
                .nOut(4)
                .build();
        RnnOutputLayer output = Networks.sequenceOutput();
        output.setRnnDataFormat(RNNFormat.NWC);
        MultiLayerNetwork net = Networks.sequence(
                InputType.recurrent(2, 3, RNNFormat.NWC),
                new LSTM.Builder().nOut(4).dataFormat(RNNFormat.NWC).build(),
                mode == BatchNormalizationMode.RUNNING_STATISTICS ? norm : new FrozenLayer(norm),
                output);
        DataSet sequences = Networks.sequences(5, 2, 3);
        DataSet data = new DataSet(
                sequences.getFeatures().permute(0, 2, 1).dup('c'),
                sequences.getLabels().permute(0, 2, 1).dup('c'));
        LossOracle oracle = LossOracle.builder(net).batchNormalization(mode).build();

        double loss = Networks.assertGradient(oracle, LossData.of(data).batches(3));

        assertThat(loss).isCloseTo(net.score(data, false), within(1e-12));
    }

    @Test
    void singleRowWithItsOwnStatistics_isRefusedInWords() {
        LossOracle oracle = LossOracle.builder(flat(norm(false).build())).build();

        assertThatThrownBy(() -> oracle.addGradient(LossData.of(ROWS).batches(3), 1, oracle.zeros()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(
                        "the network must be able to evaluate batch 3 of the loss data, got features [[1, 4]] "
                                + "and labels [[1, 3]]: ")
                .hasMessageEndingWith("; batch normalization of one row with its own statistics is not possible");
    }

    private static BatchNormalization.Builder norm(boolean logStd) {
        return new BatchNormalization.Builder().useLogStd(logStd);
    }

    private static MultiLayerNetwork flat(BatchNormalization norm) {
        return Networks.sequence(
                InputType.feedForward(4),
                new DenseLayer.Builder().nOut(5).activation(Activation.IDENTITY).build(),
                norm,
                new ActivationLayer(Activation.TANH),
                Networks.output());
    }

    private static MultiLayerNetwork images(CNN2DFormat format, BatchNormalization norm) {
        return Networks.sequence(
                InputType.convolutional(6, 6, 2, format),
                new ConvolutionLayer.Builder(3, 3)
                        .nOut(3)
                        .activation(Activation.IDENTITY)
                        .build(),
                norm,
                new ActivationLayer(Activation.SOFTPLUS),
                new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX)
                        .kernelSize(2, 2)
                        .stride(2, 2)
                        .build(),
                Networks.output());
    }
}
