/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance;

import java.lang.ref.WeakReference;
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

import static com.google.common.base.Preconditions.checkArgument;

/** One network under control: when its spectra are measured, and what became of it. Called by its training thread. */
final class TempBalanceSession {
    private static final Logger log = LoggerFactory.getLogger(TempBalanceSession.class);

    private final TempBalanceBuilder settings;
    private final WeakReference<Model> network;
    private final Measurement measurement;
    private final LayerControl control;
    private final Attendance attendance;
    private final TimeBudget budget;
    private final List<TempBalanceUpdate> updates = new ArrayList<>();

    /** Between the hooks of an epoch; false where {@code fit(DataSet)} trains without them. */
    private boolean insideEpoch;

    private int lastEpoch;
    private boolean warnedOfEpochs;
    private boolean warnedOfFailure;

    TempBalanceSession(TempBalanceBuilder settings, Model net) {
        this.settings = settings;
        this.network = new WeakReference<>(net);
        List<LayerWeights> layers = LayerWeights.of(net);
        checkMentioned(layers);
        LayerScoring.Selection selection = LayerControl.selection(settings, net, layers);
        this.measurement = new Measurement(settings, selection);
        this.control = LayerControl.install(settings, net, selection);
        this.attendance = new Attendance("TempBalanceListener", iteration(net));
        control.follow(attendance);
        this.budget = TimeBudget.ofFraction(settings.timeBudget());
        this.lastEpoch = epoch(net);
        if (control.isFresh() && settings.schedule().isActive(iteration(net), epoch(net))) {
            measure(net, iteration(net), epoch(net));
        }
        log.info("TempBalance steers {} of {} layers: {}", selection.kept().size(), layers.size(), settings);
    }

    private void checkMentioned(List<LayerWeights> layers) {
        List<String> names = new ArrayList<>();
        layers.forEach(layer -> names.add(layer.layer()));
        settings.mentionedLayers()
                .forEach((layer, setting) -> checkArgument(
                        names.contains(layer),
                        "layer '%s' named in %s does not exist; the network has %s",
                        layer,
                        setting,
                        names));
    }

    synchronized TempBalanceHistory history() {
        return new TempBalanceHistory(settings.toString(), updates);
    }

    void epochStarted() {
        insideEpoch = true;
    }

    void iterationStarted() {
        attendance.seen(iteration(net()));
    }

    void iterationDone(int iteration, int epoch) {
        attendance.seen(iteration);
        int next = iteration + 1;
        guarded(next, epoch, () -> {
            measurement.finished(next).ifPresent(scores -> record(control.apply(scores, next, epoch), 0));
            if (settings.schedule().isDueAtIteration(next)) {
                measure(net(), next, epoch);
            } else if (!insideEpoch) {
                epochWithoutHooks(next, epoch);
            }
        });
    }

    void epochEnded() {
        insideEpoch = false;
        Model net = net();
        int ended = epoch(net);
        lastEpoch = ended + 1;
        if (settings.schedule().isDueAtEpochEnd(ended)) {
            guarded(iteration(net), ended + 1, () -> measure(net, iteration(net), ended + 1));
        }
    }

    void updateNow() {
        Model net = net();
        measure(net, iteration(net), epoch(net));
    }

    /** {@code fit(DataSet)} fires no epoch hooks: an epoch ends by count, or when the caller moves the epoch counter. */
    private void epochWithoutHooks(int next, int epoch) {
        int length = settings.iterationsPerEpoch();
        if (length > 0 && next % length == 0 && settings.schedule().isDueAtEpochEnd(next / length - 1)) {
            measure(net(), next, epoch);
        } else if (length == 0 && epoch != lastEpoch) {
            lastEpoch = epoch;
            if (settings.schedule().isDueAtEpochEnd(epoch - 1)) {
                measure(net(), next, epoch);
            }
        } else if (length == 0 && settings.schedule().countsEpochs() && !warnedOfEpochs) {
            warnedOfEpochs = true;
            log.warn(
                    "the network is trained by fit(DataSet), which ends no epoch, and rates are to be measured at epoch "
                            + "ends: they stay as they are. Set iterationsPerEpoch(..) or everyIterations(..).");
        }
    }

    private void measure(Model net, int iteration, int epoch) {
        if (!budget.tryBegin()) {
            add(new TempBalanceUpdate(iteration, epoch, 0, ImmutableList.of(), "skipped: time budget, " + budget));
            return;
        }
        long start = System.nanoTime();
        try {
            if (measurement.startInBackground(net, iteration)) {
                return;
            }
            TempBalanceUpdate.Draft draft = control.apply(measurement.now(net), iteration, epoch);
            record(draft, (System.nanoTime() - start) / 1e6);
        } finally {
            budget.end();
        }
    }

    private void record(TempBalanceUpdate.Draft draft, double milliseconds) {
        TempBalanceUpdate update = draft.took(milliseconds);
        add(update);
        log.debug("TempBalance {}", update);
    }

    private synchronized void add(TempBalanceUpdate update) {
        updates.add(update);
    }

    /** A failing measurement never stops training: logged once, marked in the history, the rates stay. */
    private void guarded(int iteration, int epoch, Runnable action) {
        try {
            action.run();
        } catch (RuntimeException e) {
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

    private Model net() {
        return network.get();
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
