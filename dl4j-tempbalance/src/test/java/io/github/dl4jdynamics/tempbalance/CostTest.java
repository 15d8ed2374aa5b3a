/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.dl4jdynamics.spectral.math.EsdEstimator;
import io.github.dl4jdynamics.spectral.math.MatrixGroup;
import io.github.dl4jdynamics.spectral.math.MedianFit;
import io.github.dl4jdynamics.spectral.math.TailFitter;
import io.github.dl4jdynamics.spectral.math.WholeMatrixEsd;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;

import static org.assertj.core.api.Assertions.assertThat;

/** Skipping, the time budget, the background, and measuring by hand. */
class CostTest {

    /** Counts fits: one per layer that is measured. */
    private static TailFitter counting(AtomicInteger fits) {
        return spectrum -> {
            fits.incrementAndGet();
            return MedianFit.released().fit(spectrum);
        };
    }

    @Test
    void skipUnchanged_measuresOnlyLayersThatMovedAndReusesTheRest() {
        MultiLayerNetwork net = Networks.stack(new Sgd(0.1));
        AtomicInteger fits = new AtomicInteger();
        TempBalanceListener listener = Networks.settings()
                .fit(counting(fits))
                .skipUnchanged(0.01)
                .build()
                .attach(net);
        TempBalanceUpdate before = listener.history().last().get();
        assertThat(fits).hasValue(4);

        net.getParam("2_W").putScalar(0, 0, 3.0);
        net.getParam("3_W").muli(1.005);
        listener.update(net);
        TempBalanceUpdate after = listener.history().last().get();

        assertThat(fits).as("the third layer moved by half a percent only").hasValue(5);
        assertThat(after.layer("second").get().score())
                .isNotEqualTo(before.layer("second").get().score());
        assertThat(after.layer("third").get().score())
                .isEqualTo(before.layer("third").get().score());

        net.getParam("3_W").muli(1.006);
        listener.update(net);
        assertThat(fits)
                .as("small changes add up, for they are counted from the last measurement")
                .hasValue(6);
    }

    @Test
    void skipUnchanged_weightsThatAreNotFinite_countAsChanged() {
        MultiLayerNetwork net = Networks.stack(new Sgd(0.1));
        TempBalanceListener listener =
                Networks.settings().skipUnchanged(0.5).build().attach(net);

        net.getParam("2_W").putScalar(0, 0, Double.NaN);
        listener.update(net);

        assertThat(listener.history().last().get().layer("second").get().score())
                .isNaN();
    }

    @Test
    void timeBudget_refusedMeasurements_areOneMarkedRowAndRatesStay() {
        MultiLayerNetwork net = Networks.stack(new Sgd(0.1));
        TempBalanceListener listener =
                Networks.settings().everyIterations(1).timeBudget(1e-9).build().attach(net);
        double rate = Networks.rate(net, "second", "W");

        Networks.fitBatches(net, 5);

        List<TempBalanceUpdate> updates = listener.history().updates();
        assertThat(updates).hasSize(2);
        assertThat(updates.get(1).iteration()).isEqualTo(5);
        assertThat(updates.get(1).failure().get())
                .startsWith("skipped: time budget, 1 measurement in ")
                .endsWith("5 skipped");
        assertThat(listener.history().last().get().iteration()).isZero();
        assertThat(Networks.rate(net, "second", "W")).isEqualTo(rate);

        listener.update(net);
        Networks.fitBatches(net, 2);
        assertThat(Networks.iterations(listener.history()))
                .as("by hand whatever the budget says")
                .containsExactly(0, 5, 5, 7);
    }

    @Test
    void update_byHandOnANetworkWithoutCallbacks_setsRatesAndWarnsOfNothing() {
        MultiLayerNetwork net = Networks.stack(new Adam(1e-2));
        TempBalanceListener listener = Networks.settings().build().listener();

        try (Logs logs = new Logs()) {
            listener.update(net);
            Networks.fitBatches(net, 4);
            listener.update(net);

            assertThat(logs.warnings()).isEmpty();
        }
        assertThat(Networks.iterations(listener.history(net))).containsExactly(0, 4);
        assertThat(Networks.rate(net, "second", "W"))
                .isEqualTo(1e-2 * Networks.factors(listener.history()).get("second"));
        TempBalance.detach(net);
        assertThat(Networks.json(net)).doesNotContain("dl4jdynamics");
    }

    @Test
    void background_afterIterations_isTheSameInEveryRunAndLate() {
        List<double[]> runs = new ArrayList<>();
        for (int run = 0; run < 2; run++) {
            MultiLayerNetwork net = Networks.stack(new Adam(1e-2));
            TempBalanceListener listener = Networks.settings()
                    .everyIterations(4)
                    .background(Background.afterIterations(2))
                    .build()
                    .attach(net);
            Networks.seed(1);
            Networks.fitBatches(net, 12);

            assertThat(Networks.iterations(listener.history())).containsExactly(0, 6, 10);
            runs.add(Networks.bits(net.params()));
        }
        assertThat(runs.get(1)).isEqualTo(runs.get(0));
    }

    @Test
    void background_scores_areThoseOfTheSnapshotNotOfTheWeightsSince() {
        MultiLayerNetwork net = Networks.stack(new Adam(0.0));
        MultiLayerNetwork now = Networks.stack(new Adam(0.0));
        TempBalanceListener background = Networks.settings()
                .everyIterations(1)
                .background(Background.afterIterations(2))
                .build()
                .attach(net);
        TempBalanceListener foreground =
                Networks.settings().everyIterations(1).build().attach(now);
        for (MultiLayerNetwork each : new MultiLayerNetwork[] {net, now}) {
            each.getParam("2_W").muli(2).addi(0.1);
            Networks.fitBatches(each, 1);
            each.getParam("2_W").assign(0);
        }
        double expected =
                foreground.history().last().get().layer("second").get().score();

        Networks.fitBatches(net, 2);

        TempBalanceUpdate late = background.history().last().get();
        assertThat(late.iteration()).isEqualTo(3);
        assertThat(late.layer("second").get().score())
                .isCloseTo(expected, org.assertj.core.api.Assertions.withinPercentage(1e-4));
    }

    @Test
    void background_firstMeasurementOfAHalfTrainedNetwork_isNotLate() {
        MultiLayerNetwork net = Networks.stack(new Adam(1e-2));
        Networks.fitBatches(net, 3);

        TempBalanceListener listener =
                Networks.settings().background(Background.WHEN_READY).build().attach(net);

        assertThat(Networks.iterations(listener.history())).containsExactly(3);
        assertThat(Networks.rate(net, "second", "W")).isNotEqualTo(1e-2);
    }

    @Test
    void background_whenReady_changesRatesOnceThePassIsDone() throws Exception {
        MultiLayerNetwork net = Networks.stack(new Adam(1e-2));
        CountDownLatch release = new CountDownLatch(1);
        List<String> threads = Collections.synchronizedList(new ArrayList<>());
        TempBalanceListener listener = Networks.settings()
                .fit(spectrum -> {
                    threads.add(Thread.currentThread().getName());
                    if (threads.size() > 4) {
                        await(release);
                    }
                    return MedianFit.released().fit(spectrum);
                })
                .everyIterations(2)
                .background(Background.WHEN_READY)
                .build()
                .attach(net);

        Networks.fitBatches(net, 5);
        assertThat(Networks.iterations(listener.history()))
                .as("the pass of iteration 2 is under way, that of 4 is left out")
                .containsExactly(0);
        release.countDown();
        for (int i = 0; i < 1000 && listener.history().updates().size() < 2; i++) {
            Thread.sleep(5);
            Networks.fitBatches(net, 1);
        }

        assertThat(listener.history().updates().get(1).iteration()).isGreaterThan(5);
        List<String> seen = List.copyOf(threads);
        assertThat(seen.subList(0, 4)).containsOnly(Thread.currentThread().getName());
        assertThat(seen.get(4)).startsWith("tempbalance-");
        assertThat(listener.history().updates().get(1).milliseconds()).isPositive();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void update_byHandWithABackgroundPassUnderWay_measuresNowAndDropsThePass() {
        MultiLayerNetwork net = Networks.stack(new Adam(1e-2));
        TempBalanceListener listener = Networks.settings()
                .everyIterations(4)
                .background(Background.afterIterations(3))
                .build()
                .attach(net);
        Networks.fitBatches(net, 5);

        listener.update(net);
        assertThat(Networks.iterations(listener.history())).containsExactly(0, 5);
        Networks.fitBatches(net, 2);

        assertThat(Networks.iterations(listener.history()))
                .as("the pass begun at 4 would be due at 7")
                .containsExactly(0, 5);
    }

    @Test
    void customEstimator_isAskedForShapesOnceAndThenPerMeasurement() {
        List<MatrixGroup> groups = new ArrayList<>();
        EsdEstimator esd = group -> {
            groups.add(group);
            return new WholeMatrixEsd().divisions(group);
        };
        MultiLayerNetwork net = Networks.stack(new Adam(1e-2));

        TempBalanceListener listener = Networks.settings().esd(esd).build().attach(net);
        int attached = groups.size();
        listener.update(net);

        assertThat(groups.size() - attached).isEqualTo(4);
        assertThat(listener.history().totalMilliseconds())
                .isEqualTo(listener.history().updates().get(0).milliseconds()
                        + listener.history().updates().get(1).milliseconds());
    }
}
