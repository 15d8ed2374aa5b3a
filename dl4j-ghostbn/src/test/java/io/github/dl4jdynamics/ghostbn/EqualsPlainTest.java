/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn;

import java.util.stream.Stream;

import io.github.dl4jdynamics.ghostbn.math.RunningRule;
import io.github.dl4jdynamics.ghostbn.math.SplitRule;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** A ghost batch size at or above the batch size is the framework's own batch normalization, whole trainings through. */
class EqualsPlainTest {

    static Stream<Arguments> cases() {
        Stream.Builder<Arguments> cases = Stream.builder();
        for (DataType type : new DataType[] {DataType.DOUBLE, DataType.FLOAT}) {
            for (RunningRule rule : RunningRule.values()) {
                for (boolean logDeviation : new boolean[] {true, false}) {
                    for (CNN2DFormat format : CNN2DFormat.values()) {
                        cases.add(Arguments.of(type, rule, logDeviation, format));
                    }
                }
            }
        }
        return cases.build();
    }

    @ParameterizedTest(name = "{0} {1} log {2} {3}")
    @MethodSource("cases")
    void unsplitTraining_followsPlainBatchNormalization(
            DataType type, RunningRule rule, boolean logDeviation, CNN2DFormat format) {
        MultiLayerNetwork plain = network(type, format, plain(logDeviation), plain(logDeviation));
        MultiLayerNetwork ghost =
                network(type, format, ghost(rule, logDeviation, 16), ghost(rule, logDeviation, SplitRule.NEVER));
        assertThat(ghost.params().toDoubleVector())
                .containsExactly(plain.params().toDoubleVector());

        Nd4j.getRandom().setSeed(5);
        for (int i = 0; i < 4; i++) {
            INDArray images = format == CNN2DFormat.NCHW
                    ? Nd4j.rand(DataType.DOUBLE, 16, 2, 5, 5)
                    : Nd4j.rand(DataType.DOUBLE, 16, 5, 5, 2);
            INDArray labels = Nd4j.eye(3).castTo(type).getRows(0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0);
            DataSet batch = new DataSet(images.castTo(type), labels);
            plain.fit(batch);
            ghost.fit(batch);
        }

        double[] expected = plain.params().dup().data().asDouble();
        double[] actual = ghost.params().dup().data().asDouble();
        double tolerance = type == DataType.DOUBLE ? 1e-9 : 2e-3;
        assertThat(actual).containsExactly(expected, within(tolerance));
        INDArray one = format == CNN2DFormat.NCHW ? Nd4j.rand(type, 1, 2, 5, 5) : Nd4j.rand(type, 1, 5, 5, 2);
        assertThat(ghost.output(one).toDoubleVector())
                .containsExactly(plain.output(one).toDoubleVector(), within(tolerance));
    }

    private static BatchNormalization plain(boolean logDeviation) {
        return new BatchNormalization.Builder()
                .useLogStd(logDeviation)
                .decay(0.8)
                .build();
    }

    private static GhostBatchNormalization ghost(RunningRule rule, boolean logDeviation, int size) {
        return GhostBatchNormalization.builder()
                .useLogStd(logDeviation)
                .decay(0.8)
                .ghostBatchSize(size)
                .runningRule(rule)
                .build();
    }

    private static MultiLayerNetwork network(DataType type, CNN2DFormat format, Layer first, Layer second) {
        MultiLayerConfiguration conf = new NeuralNetConfiguration.Builder()
                .seed(3)
                .dataType(type)
                .updater(new Adam(0.01))
                .weightInit(WeightInit.XAVIER)
                .activation(Activation.TANH)
                .list()
                .layer(new ConvolutionLayer.Builder(3, 3).nOut(4).build())
                .layer(first)
                .layer(new DenseLayer.Builder().nOut(6).build())
                .layer(second)
                .layer(new OutputLayer.Builder()
                        .nOut(3)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.convolutional(5, 5, 2, format))
                .build();
        MultiLayerNetwork network = new MultiLayerNetwork(conf);
        network.init();
        return network;
    }
}
