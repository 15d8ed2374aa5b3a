/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.oracle;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class LossOracleTest {

    @ParameterizedTest
    @EnumSource(BatchNormalizationMode.class)
    void gradient_isTheDerivativeOfTheLoss(BatchNormalizationMode mode) {
        MultiLayerNetwork net = net();
        LossData data = LossData.of(rows(10)).batches(4);
        net.fit(rows(10));
        LossOracle oracle = LossOracle.builder(net)
                .batchNormalization(mode)
                .regularization(true)
                .build();
        INDArray theta = net.params().dup();
        oracle.moveTo(theta);
        INDArray gradient = oracle.zeros();
        double loss = oracle.addGradient(data, 1, gradient);
        assertThat(oracle.loss(data)).isCloseTo(loss, within(1e-12));

        for (ParameterArray array : oracle.mask().arrays()) {
            for (long i = array.offset(); i < array.end(); i++) {
                double h = 1e-6;
                double value = theta.getDouble(i);
                theta.putScalar(i, value + h);
                oracle.moveTo(theta);
                double up = oracle.loss(data);
                theta.putScalar(i, value - h);
                oracle.moveTo(theta);
                double down = oracle.loss(data);
                theta.putScalar(i, value);
                assertThat(gradient.getDouble(i)).as(array + " " + i).isCloseTo((up - down) / (2 * h), within(1e-7));
            }
        }
    }

    @Test
    void evaluation_leavesTheNetworkAlone() {
        MultiLayerNetwork net = net();
        INDArray before = net.params().dup();
        LossOracle oracle = LossOracle.builder(net).build();
        oracle.moveTo(before.mul(2));
        oracle.addGradient(LossData.of(rows(6)), 1, oracle.zeros());

        assertThat(Networks.bits(net.params())).isEqualTo(Networks.bits(before));
    }

    private static DataSet rows(int n) {
        Nd4j.getRandom().setSeed(7);
        INDArray x = Nd4j.randn(DataType.DOUBLE, n, 3);
        INDArray y = Nd4j.zeros(DataType.DOUBLE, n, 2);
        for (int i = 0; i < n; i++) {
            y.putScalar(i, i % 2, 1);
        }
        return new DataSet(x, y);
    }

    private static MultiLayerNetwork net() {
        MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(3)
                .dataType(DataType.DOUBLE)
                .updater(new Adam(1e-2))
                .l2(0.01)
                .list()
                .layer(new DenseLayer.Builder()
                        .nIn(3)
                        .nOut(4)
                        .activation(Activation.TANH)
                        .dropOut(0.5)
                        .build())
                .layer(new BatchNormalization.Builder().nIn(4).nOut(4).build())
                .layer(new DenseLayer.Builder()
                        .nIn(4)
                        .nOut(4)
                        .activation(Activation.TANH)
                        .weightDecay(0.02)
                        .build())
                .layer(new OutputLayer.Builder().nIn(4).nOut(2).build())
                .build());
        net.init();
        return net;
    }
}
