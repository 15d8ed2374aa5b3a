/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance;

import java.util.ArrayList;
import java.util.List;

import com.google.common.collect.ImmutableList;
import io.github.dl4jdynamics.spectral.rates.Attendance;
import io.github.dl4jdynamics.spectral.report.TimeBudget;
import io.github.dl4jdynamics.spectral.weights.LayerWeights;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One network under control: its schedules, its measurements and what became of them. Called by its training thread. */
final class TempBalanceSession {
    private static final Logger log = LoggerFactory.getLogger(TempBalanceSession.class);

    private final TempBalanceSettings settings;
    private final Measurement measurement;
    private final Attendance attendance = new Attendance("TempBalanceListener");
    private final LayerControl control;
    private final MeasurementTimes times;
    private final TimeBudget budget;
    private final List<TempBalanceUpdate> updates = new ArrayList<>();

    /** Training time the background pass under way has taken so far. */
    private long snapshotNanos;

    private boolean lastWasRefused;
    private boolean warnedOfFailure;

    /**
     * Installs the schedules; nothing is measured yet. Holds no reference to the network or its arrays.
     *
     * @throws IllegalArgumentException or IllegalStateException before anything is changed
     */
    TempBalanceSession(TempBalanceSettings settings, Model net) {
        this.settings = settings;
        List<LayerWeights> layers = LayerWeights.of(net);
        this.control = LayerControl.of(settings, net, layers);
        this.measurement = new Measurement(settings, control.scored());
        this.times = new MeasurementTimes(settings.schedule(), settings.iterationsPerEpoch(), epoch(net));
        this.budget = settings.timeBudget();
        control.install(net, attendance);
        log.info("TempBalance steers {} of {} layers: {}", control.scored().size(), layers.size(), settings);
    }

    synchronized TempBalanceHistory history() {
        return new TempBalanceHistory(settings.toString(), updates);
    }

    /** Measures before the first update; a network whose factors were restored continues with them. */
    void start(Model net) {
        int iteration = iteration(net);
        attendance.seen(iteration);
        if (control.isFresh(iteration) && times.includes(iteration, epoch(net))) {
            measure(net, iteration, epoch(net));
        }
    }

    void startGuarded(Model net) {
        guarded(iteration(net), epoch(net), () -> start(net));
    }

    void epochStarted() {
        times.epochStarted();
    }

    void iterationStarted(Model net) {
        int iteration = iteration(net);
        int epoch = epoch(net);
        attendance.seen(iteration);
        if (times.isDueSinceEpochMovedTo(epoch)) {
            guarded(iteration, epoch, () -> measure(net, iteration, epoch));
        }
    }

    void iterationDone(Model net, int iteration, int epoch) {
        int next = iteration + 1;
        attendance.seen(iteration);
        guarded(next, epoch, () -> applyFinished(net, next, epoch));
        if (times.isDueBeforeIteration(next)) {
            guarded(next, epoch, () -> measure(net, next, epoch));
        }
    }

    void epochEnded(Model net) {
        int ended = epoch(net);
        if (times.isDueAfterEpoch(ended)) {
            guarded(iteration(net), ended + 1, () -> measure(net, iteration(net), ended + 1));
        }
    }

    /** Measures at once, whatever the schedule, the time budget and the background setting say. */
    void updateNow(Model net) {
        long start = System.nanoTime();
        measurement.drop();
        record(control.apply(net, measurement.now(net), iteration(net), epoch(net)), start);
    }

    private void measure(Model net, int iteration, int epoch) {
        if (!budget.tryBegin()) {
            addRefused(
                    new TempBalanceUpdate(iteration, epoch, 0, ImmutableList.of(), "skipped: time budget, " + budget));
            return;
        }
        long start = System.nanoTime();
        try {
            // The first rates decide the first update, so they cannot come later.
            if (settings.background().isOn() && !control.isFresh(iteration)) {
                measurement.startInBackground(net, iteration);
                snapshotNanos += System.nanoTime() - start;
            } else {
                record(control.apply(net, measurement.now(net), iteration, epoch), start);
            }
        } finally {
            budget.end();
        }
    }

    private void applyFinished(Model net, int iteration, int epoch) {
        long start = System.nanoTime() - snapshotNanos;
        measurement.finished(iteration).ifPresent(scores -> {
            record(control.apply(net, scores, iteration, epoch), start);
            snapshotNanos = 0;
        });
    }

    private void record(TempBalanceUpdate.Draft draft, long start) {
        TempBalanceUpdate update = draft.took((System.nanoTime() - start) / 1e6);
        add(update);
        log.debug("TempBalance {}", update);
    }

    private synchronized void add(TempBalanceUpdate update) {
        updates.add(update);
        lastWasRefused = false;
    }

    /** One row for all that are refused in a row: a small budget refuses most. */
    private synchronized void addRefused(TempBalanceUpdate update) {
        if (lastWasRefused) {
            updates.remove(updates.size() - 1);
        }
        updates.add(update);
        lastWasRefused = true;
    }

    /**
     * A failing measurement never stops training: logged once, marked in the history, the rates stay. Errors too, since
     * native memory runs out as an {@code OutOfMemoryError} and a missing library as a {@code LinkageError}.
     */
    private void guarded(int iteration, int epoch, Runnable action) {
        try {
            action.run();
        } catch (RuntimeException | Error e) {
            if (settings.failFast()) {
                throw e;
            }
            add(new TempBalanceUpdate(iteration, epoch, 0, ImmutableList.of(), "failed: " + e));
            if (!warnedOfFailure) {
                warnedOfFailure = true;
                log.warn(
                        "TempBalance could not measure at iteration {}; the rates stay as they are. Logged once.",
                        iteration,
                        e);
            }
        }
    }

    private static int iteration(Model net) {
        return net instanceof MultiLayerNetwork
                ? ((MultiLayerNetwork) net).getIterationCount()
                : ((ComputationGraph) net).getConfiguration().getIterationCount();
    }

    private static int epoch(Model net) {
        return net instanceof MultiLayerNetwork
                ? ((MultiLayerNetwork) net).getEpochCount()
                : ((ComputationGraph) net).getConfiguration().getEpochCount();
    }
}
