/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance;

import java.util.function.Consumer;
import java.util.stream.Stream;

import io.github.dl4jdynamics.spectral.math.MedianFit;
import io.github.dl4jdynamics.spectral.math.WholeMatrixEsd;
import io.github.dl4jdynamics.tempbalance.math.LinearMap;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.learning.config.Adam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A measurement that fails in training is logged once and marked; training and rates go on. */
class FailureTest {
    private static volatile Throwable failure;

    private static void mayFail() {
        if (failure instanceof RuntimeException) {
            throw (RuntimeException) failure;
        }
        if (failure != null) {
            throw (Error) failure;
        }
    }

    @AfterEach
    void repair() {
        failure = null;
    }

    static Stream<Arguments> failingParts() {
        return Stream.of(
                part(
                        "fit",
                        builder -> builder.fit(spectrum -> {
                            mayFail();
                            return MedianFit.released().fit(spectrum);
                        })),
                part(
                        "esd",
                        builder -> builder.esd(group -> {
                            mayFail();
                            return new WholeMatrixEsd().divisions(group);
                        })),
                part(
                        "assignment",
                        builder -> builder.assignment(scores -> {
                            mayFail();
                            return LinearMap.of(0.5, 1.5).factors(scores);
                        })),
                part(
                        "assignment of another length",
                        builder -> builder.assignment(scores ->
                                failure == null ? LinearMap.of(0.5, 1.5).factors(scores) : new double[0])),
                part(
                        "assignment of NaN",
                        builder -> builder.assignment(scores -> failure == null
                                ? LinearMap.of(0.5, 1.5).factors(scores)
                                : new double[] {Double.NaN, 1, 1, 1})),
                part("decay assignment", builder -> builder.targets(Target.LEARNING_RATE, Target.WEIGHT_DECAY)
                        .decayAssignment(scores -> {
                            mayFail();
                            return LinearMap.of(0.5, 1.5).factors(scores);
                        })),
                part("background", builder -> builder.background(Background.afterIterations(1))
                        .fit(spectrum -> {
                            mayFail();
                            return MedianFit.released().fit(spectrum);
                        })));
    }

    private static Arguments part(String name, Consumer<TempBalanceBuilder> settings) {
        return Arguments.of(name, settings);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("failingParts")
    void failingPart_isLoggedOnceAndMarkedAndTrainingGoesOn(String name, Consumer<TempBalanceBuilder> part) {
        MultiLayerNetwork net = Networks.stack(new Adam(1e-2));
        TempBalanceBuilder settings = Networks.settings().everyIterations(2);
        part.accept(settings);
        TempBalanceListener listener = settings.build().attach(net);
        TempBalanceUpdate good = listener.history().last().get();
        String rates = ratesOf(net);

        failure = new IllegalStateException("broken " + name);
        try (Logs logs = new Logs()) {
            Networks.fitBatches(net, 6);

            assertThat(logs.warnings()).hasSize(1).allSatisfy(line -> assertThat(line)
                    .startsWith("TempBalance could not measure at iteration "));
        }

        assertThat(net.getIterationCount()).isEqualTo(6);
        assertThat(ratesOf(net))
                .as("neither rates nor decays were half changed")
                .isEqualTo(rates);
        assertThat(listener.history().last().get().iteration()).isEqualTo(good.iteration());
        assertThat(listener.history().updates().subList(1, 3)).allSatisfy(update -> {
            assertThat(update.failure().get()).startsWith("failed: ");
            assertThat(update.layers()).isEmpty();
        });

        failure = null;
        Networks.fitBatches(net, 3);
        assertThat(listener.history().last().get().iteration()).isGreaterThan(6);
    }

    private static String ratesOf(MultiLayerNetwork net) {
        return Networks.json(net).replaceAll("\"(iterationCount|epochCount)\" : \\d+", "");
    }

    @Test
    void errors_asWhenNativeMemoryRunsOut_areCaughtToo() {
        MultiLayerNetwork net = Networks.stack(new Adam(1e-2));
        TempBalanceBuilder settings = Networks.settings().everyIterations(1);
        settings.fit(spectrum -> {
            mayFail();
            return MedianFit.released().fit(spectrum);
        });
        TempBalanceListener listener = settings.build().attach(net);

        failure = new OutOfMemoryError("Physical memory usage is too high");
        Networks.fitBatches(net, 2);

        assertThat(listener.history().updates().get(2).failure())
                .contains("failed: java.lang.OutOfMemoryError: Physical memory usage is too high");
    }

    @Test
    void plainListener_firstMeasurementFails_laterOnesAreTried() {
        MultiLayerNetwork net = Networks.stack(new Adam(1e-2));
        TempBalanceBuilder settings = Networks.settings().everyIterations(2).fit(spectrum -> {
            mayFail();
            return MedianFit.released().fit(spectrum);
        });
        TempBalanceListener listener = settings.build().listener();
        net.setListeners(listener);

        failure = new IllegalStateException("broken");
        Networks.fitBatches(net, 1);
        assertThat(Networks.rate(net, "second", "W")).isEqualTo(1e-2);
        failure = null;
        Networks.fitBatches(net, 1);

        assertThat(listener.history().updates().get(0).failure())
                .contains("failed: java.lang.IllegalStateException: broken");
        assertThat(listener.history().last().get().iteration()).isEqualTo(2);
        assertThat(Networks.rate(net, "second", "W"))
                .isEqualTo(1e-2 * Networks.factors(listener.history()).get("second"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("failingParts")
    void failFast_stopsTraining(String name, Consumer<TempBalanceBuilder> part) {
        MultiLayerNetwork net = Networks.stack(new Adam(1e-2));
        TempBalanceBuilder settings = Networks.settings().everyIterations(2).failFast(true);
        part.accept(settings);
        settings.build().attach(net);

        failure = new IllegalStateException("broken " + name);
        assertThatThrownBy(() -> Networks.fitBatches(net, 6)).isInstanceOf(RuntimeException.class);
        assertThat(net.getIterationCount()).isBetween(1, 2);
    }
}
