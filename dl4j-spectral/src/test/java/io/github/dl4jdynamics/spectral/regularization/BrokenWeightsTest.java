/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.regularization;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.github.dl4jdynamics.spectral.nd4j.eigen.BasisRefresh;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

/** Weights that are not finite, and calls that Deeplearning4j would not make. */
class BrokenWeightsTest {
    private final INDArray weights = Nd4j.create(DataType.FLOAT, new long[] {6, 5}, 'f');

    /** With a period, the refusal may be at a refresh and the weights whole again before the next one. */
    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void nan_stopsNothingAndIsForgotten(int period) {
        MultiLayerNetwork net = Nets.plain();
        SpectralRegularization.nuclearNorm(0.1).period(period).build().attach(net);
        DataSet data = Nets.batch(DataType.DOUBLE, 10, 1);
        for (int i = 0; i < 8; i++) {
            net.fit(data);
        }
        INDArray whole = net.params().dup();
        SpectralRegularization penalty = Nets.on(net, 0, "W");

        Nets.parameter(net, "first", "W").putScalar(2, 1, Double.NaN);
        net.fit(data);
        assertThat(penalty.parameters().get(0L).records("").get(0).refresh().outcome())
                .isEqualTo(BasisRefresh.Outcome.REFUSED);
        net.setParams(whole);
        double norm = Nets.nuclearNorm(net, "first");
        assertThat(net.getLayer(0).calcRegularizationScore(true)).isCloseTo(0.1 * norm, within(0.01));

        for (int i = 0; i < 8; i++) {
            net.fit(data);
            assertThat(net.score()).isFinite();
        }
        norm = Nets.nuclearNorm(net, "first");
        assertThat(net.getLayer(0).calcRegularizationScore(true)).isCloseTo(0.1 * norm, within(0.01));
    }

    /** Each cause once; a basis computed anew is another cause, and less of one. */
    @Test
    void nan_isLoggedOnceForAParameter() {
        Logger logger = (Logger) LoggerFactory.getLogger(SpectralRegularization.class);
        ListAppender<ILoggingEvent> appender = new ListAppender<>();
        Level level = logger.getLevel();
        logger.setLevel(Level.INFO);
        appender.start();
        logger.addAppender(appender);
        logger.setAdditive(false);
        try {
            SpectralRegularization nuclear =
                    SpectralRegularization.nuclearNorm(0.1).build();
            nuclear.score(random(1), 0, 0);
            for (int iteration = 1; iteration < 4; iteration++) {
                nuclear.score(random(iteration + 1), 2 * iteration, 0);
                weights.putScalar(1, 1, Float.NaN);
                nuclear.score(weights, 2 * iteration + 1, 0);
            }
        } finally {
            logger.setAdditive(true);
            logger.detachAppender(appender);
            logger.setLevel(level);
        }

        assertThat(appender.list).extracting(ILoggingEvent::getLevel).containsExactly(Level.INFO, Level.WARN);
        assertThat(appender.list.get(1).getFormattedMessage())
                .isEqualTo(
                        "parameter of shape [6, 5] or the slope of its spectral penalty is not finite in iteration 3: the"
                                + " penalty keeps the gradient it had; further cases are not logged");
    }

    private INDArray random(int seed) {
        Nd4j.getRandom().setSeed(seed);
        return weights.assign(Nd4j.randn(DataType.FLOAT, 6, 5));
    }

    @Test
    void nanFromTheStart_hasNoPenalty() {
        MultiLayerNetwork net = Nets.plain();
        SpectralRegularization.nuclearNorm(0.1).build().attach(net, "first");
        INDArray whole = net.params().dup();
        Nets.parameter(net, "first", "W").putScalar(2, 1, Double.POSITIVE_INFINITY);

        assertThat(net.getLayer(0).calcRegularizationScore(true)).isZero();

        net.setParams(whole);
        net.fit(Nets.batch(DataType.DOUBLE, 10, 1));
        assertThat(net.getLayer(0).calcRegularizationScore(true))
                .isCloseTo(0.1 * Nets.nuclearNorm(net, "first"), within(1e-3));
    }

    @Test
    void flatVectorBeforeAnyScore_isRefusedWithTheRemedy() {
        SpectralRegularization nuclear = SpectralRegularization.nuclearNorm(0.1).build();
        INDArray flat = Nd4j.rand(DataType.FLOAT, 20);

        assertThatIllegalStateException()
                .isThrownBy(() -> nuclear.apply(flat, flat.like(), 0.1, 0, 0))
                .withMessageEndingWith("compute the score first, or attach it to the network");
    }

    @Test
    void secondApplicationInAnUpdate_isRefused() {
        SpectralRegularization nuclear = SpectralRegularization.nuclearNorm(0.1).build();
        INDArray w = Nd4j.rand(DataType.FLOAT, 4, 5).dup('f');
        INDArray flat = w.reshape('f', new long[] {20});
        INDArray gradient = flat.like();
        nuclear.score(w, 0, 0);
        nuclear.apply(flat, gradient, 0.1, 0, 0);

        assertThatIllegalStateException()
                .isThrownBy(() -> nuclear.apply(flat, gradient, 0.1, 0, 0))
                .withMessageContaining("once per update")
                .withMessageContaining("set it on layers, or attach it to the network");
        nuclear.apply(flat, gradient, 0.1, 1, 0);
    }
}
