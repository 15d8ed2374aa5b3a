/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.regime;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

class GradientNormClippingTest {

    /** LSTM, last step, dense, batch normalization, dropout: all that has gradients, and what only looks so. */
    private static MultiLayerConfiguration conf(NeuralNetConfiguration.Builder builder) {
        return builder.l2(1e-3)
                .list()
                .layer(new LastTimeStep(
                        new LSTM.Builder().nIn(Networks.IN).nOut(4).build()))
                .layer(Networks.dense(6).dropOut(0.7).build())
                .layer(new BatchNormalization())
                .layer(Networks.output().build())
                .setInputType(InputType.recurrent(Networks.IN))
                .build();
    }

    private static MultiLayerNetwork net(IUpdater updater) {
        return Networks.initialised(conf(Networks.conf(updater)));
    }

    private static DataSet data(long seed) {
        DataSet data = new DataSet(Networks.random(seed, 7, Networks.IN, 3), Networks.classes(seed, 7));
        data.setFeaturesMaskArray(Nd4j.create(
                new double[][] {{1, 1, 1}, {1, 1, 0}, {1, 0, 0}, {1, 1, 1}, {1, 1, 1}, {1, 1, 0}, {1, 1, 1}}));
        return data;
    }

    private static MultiLayerNetwork fitted(MultiLayerNetwork net, int batches) {
        Networks.seed(5);
        for (int i = 0; i < batches; i++) {
            net.fit(data(i));
        }
        return net;
    }

    /** Clips one number after the other, by the names of the parameters. */
    private static final class NaiveClipping extends BaseTrainingListener {
        private final double threshold;
        private double largest;

        private NaiveClipping(double threshold) {
            this.threshold = threshold;
        }

        @Override
        public void onGradientCalculation(Model model) {
            double sum = 0;
            for (Map.Entry<String, INDArray> entry :
                    model.gradient().gradientForVariable().entrySet()) {
                if (!entry.getKey().endsWith("_mean") && !entry.getKey().contains("log10stdev")) {
                    for (double value : Networks.bits(entry.getValue())) {
                        sum += value / 7 * (value / 7);
                    }
                }
            }
            double norm = Math.sqrt(sum);
            largest = Math.max(largest, norm);
            for (Map.Entry<String, INDArray> entry :
                    model.gradient().gradientForVariable().entrySet()) {
                if (norm > threshold
                        && !entry.getKey().endsWith("_mean")
                        && !entry.getKey().contains("log10stdev")) {
                    INDArray values = entry.getValue();
                    for (long i = 0; i < values.length(); i++) {
                        values.putScalar(i, values.getDouble(i) * threshold / norm);
                    }
                }
            }
        }
    }

    private static void assertClose(INDArray actual, INDArray expected, double tolerance) {
        assertThat(Networks.bits(actual)).containsExactly(Networks.bits(expected), within(tolerance));
    }

    @Test
    void clippedTraining_equalsTheNaiveCalculation() {
        GradientNormClipping clipping = new GradientNormClipping(0.05);
        NaiveClipping naive = new NaiveClipping(0.05);
        MultiLayerNetwork net = net(new Adam(0.01));
        MultiLayerNetwork twin = net(new Adam(0.01));
        net.setListeners(clipping);
        twin.setListeners(naive);

        fitted(net, 4);
        fitted(twin, 4);

        assertThat(clipping.gradients()).isEqualTo(4);
        assertThat(clipping.clipped()).isEqualTo(4);
        assertThat(clipping.largestNorm()).isCloseTo(naive.largest, within(1e-14));
        assertClose(net.params(), twin.params(), 1e-10);
        assertThat(Networks.bits(net.params()))
                .as("clipping acts")
                .isNotEqualTo(Networks.bits(fitted(net(new Adam(0.01)), 4).params()));
    }

    @Test
    void gradientsBelowTheThreshold_stayBitIdentical() {
        GradientNormClipping clipping = new GradientNormClipping(1e6);
        MultiLayerNetwork net = net(new Adam(0.01));
        net.setListeners(clipping);

        fitted(net, 4);

        assertThat(Networks.bits(net.params()))
                .containsExactly(Networks.bits(fitted(net(new Adam(0.01)), 4).params()));
        assertThat(clipping.gradients()).isEqualTo(4);
        assertThat(clipping.clipped()).isZero();
        assertThat(clipping.largestNorm()).isPositive();
    }

    @Test
    void stepOfPlainSgd_hasTheLengthOfTheThresholdAndTheDirectionOfTheGradient() {
        NeuralNetConfiguration.Builder builder = Networks.conf(new Sgd(1));
        MultiLayerNetwork net = Networks.initialised(builder.list()
                .layer(Networks.dense(4).nIn(Networks.IN).build())
                .layer(Networks.output().nIn(4).build())
                .build());
        INDArray before = net.params().dup();
        INDArray gradient = Networks.gradient(net, Networks.batch(1, 6));
        net.setListeners(new GradientNormClipping(1e-3));

        net.fit(Networks.batch(1, 6));

        INDArray step = before.sub(net.params());
        assertThat(step.norm2Number().doubleValue()).isCloseTo(1e-3, within(1e-15));
        assertClose(step, gradient.mul(1e-3 / gradient.norm2Number().doubleValue()), 1e-15);
    }

    @Test
    void runningStatistics_areDamagedByDeeplearning4jsClippingAlone() {
        MultiLayerNetwork plain = fitted(net(new Sgd(0.1)), 1);
        MultiLayerNetwork theirs = fitted(
                Networks.initialised(conf(Networks.conf(new Sgd(0.1))
                        .gradientNormalization(GradientNormalization.ClipL2PerLayer)
                        .gradientNormalizationThreshold(1e-3))),
                1);
        MultiLayerNetwork ours = net(new Sgd(0.1));
        ours.setListeners(new GradientNormClipping(1e-3));
        fitted(ours, 1);

        for (String statistic : List.of("2_mean", "2_log10stdev")) {
            double[] expected = Networks.bits(plain.getParam(statistic));
            assertThat(Networks.bits(ours.getParam(statistic))).containsExactly(expected);
            assertThat(Networks.bits(theirs.getParam(statistic))).isNotEqualTo(expected);
        }
        assertThat(Networks.bits(ours.getParam("2_gamma"))).isNotEqualTo(Networks.bits(plain.getParam("2_gamma")));
    }

    @Test
    void sumsOverTheMinibatch_areNotDivided() {
        GradientNormClipping clipping = new GradientNormClipping(1e-3);
        Networks.Gradients before = new Networks.Gradients();
        Networks.Gradients after = new Networks.Gradients();
        MultiLayerNetwork net = Networks.initialised(Networks.conf(new Sgd(0.1))
                .miniBatch(false)
                .list()
                .layer(Networks.output().nIn(Networks.IN).build())
                .build());
        net.setListeners(before, clipping, after);

        net.fit(Networks.batch(1, 6));

        assertThat(clipping.largestNorm())
                .isCloseTo(before.seen.get(0).norm2Number().doubleValue(), within(1e-15));
        assertThat(after.seen.get(0).norm2Number().doubleValue()).isCloseTo(1e-3, within(1e-15));
    }

    @Test
    void gradientWithNaN_staysAsItIsAndIsLoggedOnce() {
        Logger logger = (Logger) LoggerFactory.getLogger(GradientNormClipping.class);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        logger.addAppender(lines);
        logger.setAdditive(false);
        try {
            GradientNormClipping clipping = new GradientNormClipping(1e-3);
            Networks.Gradients before = new Networks.Gradients();
            Networks.Gradients after = new Networks.Gradients();
            MultiLayerNetwork net = Networks.initialised(Networks.conf(new Sgd(0))
                    .list()
                    .layer(Networks.dense(4).nIn(Networks.IN).build())
                    .layer(Networks.output().nIn(4).build())
                    .build());
            net.setListeners(before, clipping, after);
            DataSet bad = Networks.batch(1, 6);
            bad.getLabels().putScalar(2, 1, Double.NaN);
            DataSet endless = Networks.batch(1, 6);
            endless.getLabels().putScalar(2, 1, Double.POSITIVE_INFINITY);
            INDArray params = net.params().dup();

            net.fit(bad);
            net.params().assign(params);
            net.fit(endless);
            net.params().assign(params);
            net.fit(Networks.batch(1, 6));

            assertThat(clipping.gradients()).isEqualTo(3);
            assertThat(clipping.nonFinite()).isEqualTo(2);
            assertThat(clipping.clipped()).isEqualTo(1);
            assertThat(clipping.largestNorm()).isBetween(1e-3, 10.0);
            for (int i = 0; i < 2; i++) {
                assertThat(Networks.bits(after.seen.get(i))).containsExactly(Networks.bits(before.seen.get(i)));
            }
            assertThat(lines.list)
                    .extracting(ILoggingEvent::getFormattedMessage)
                    .containsExactly("norm of the gradient is NaN; left as it is. Later ones are counted only");
        } finally {
            logger.setAdditive(true);
            logger.detachAppender(lines);
        }
    }

    @Test
    void halfPrecision_whoseSquaresOverflow_isClipped() {
        GradientNormClipping clipping = new GradientNormClipping(1);
        Networks.Gradients after = new Networks.Gradients();
        MultiLayerNetwork net = Networks.initialised(Networks.conf(new Sgd(0.1))
                .dataType(DataType.FLOAT16)
                .list()
                .layer(Networks.output().nIn(Networks.IN).build())
                .build());
        net.setListeners(clipping, after);
        DataSet data = new DataSet(
                Networks.random(1, 6, Networks.IN).mul(1000).castTo(DataType.FLOAT16),
                Networks.classes(2, 6).castTo(DataType.FLOAT16));

        net.fit(data);

        assertThat(clipping.clipped()).isEqualTo(1);
        assertThat(clipping.largestNorm()).isBetween(100.0, 10_000.0);
        assertThat(after.seen.get(0).castTo(DataType.DOUBLE).norm2Number().doubleValue() / 6)
                .isCloseTo(1, within(1e-2));
    }

    @Test
    void settings_areShownAndChecked() {
        assertThat(new GradientNormClipping().threshold()).isEqualTo(5);
        assertThat(new GradientNormClipping(2))
                .hasToString(
                        "GradientNormClipping(threshold=2.0, gradients=0, clipped=0, nonFinite=0, largestNorm=0.0)");
        for (double bad : Arrays.asList(0.0, -1.0, Double.NaN, Double.POSITIVE_INFINITY)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new GradientNormClipping(bad))
                    .withMessage(
                            "threshold of the gradient norm must be finite and > 0, got %s; 5 is usual, and without the"
                                    + " listener nothing is clipped",
                            bad);
        }
    }
}
