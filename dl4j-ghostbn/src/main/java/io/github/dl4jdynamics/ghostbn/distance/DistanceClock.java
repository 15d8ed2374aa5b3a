/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.distance;

import java.lang.ref.WeakReference;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.github.dl4jdynamics.ghostbn.distance.WeightDistanceSample.Place;
import io.github.dl4jdynamics.spectral.report.TimeBudget;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static com.google.common.base.Preconditions.checkArgument;

/** The start vector, the updates counted since, and the samples taken; of one network at a time, for one thread. */
final class DistanceClock {
    private static final Logger log = LoggerFactory.getLogger(DistanceClock.class);

    private final WeightDistanceBuilder settings;
    private final TimeBudget budget;
    private final List<WeightDistanceSample> samples = new ArrayList<>();

    /** Why the next update starts a segment; null when it does not. */
    private String pending = "start of training";

    private INDArray given;
    private RateDrops drops;

    private TrainableWeights weights;
    private INDArray start;

    /** Tells the network's parameter memory from another that replaced it; weak, as it is the network's. */
    private WeakReference<DataBuffer> memory;

    private int segment = -1;
    private int t;
    private int epoch;
    private double rate = Double.NaN;
    private boolean lastWasRefused;

    DistanceClock(WeightDistanceBuilder settings) {
        this.settings = settings;
        this.budget = TimeBudget.ofFraction(settings.timeBudget);
        this.given = settings.start;
    }

    /** Lets the next update start a segment. */
    void restart(String reason) {
        pending = reason;
    }

    boolean isRunning() {
        return start != null && pending == null;
    }

    /** Between the gradient and the update, when constraints of the last update have been applied. */
    void beforeUpdate(Model net) {
        INDArray parameters = net.params();
        if (isRunning() && (memory(parameters) != memory.get() || parameters.length() != start.length())) {
            restart("the network's parameters were replaced");
        }
        if (pending != null) {
            drops = new RateDrops(settings.rateDropFactor);
            begin(net, pending);
            drops.isDrop(rate);
        } else if (start != null) {
            double before = drops.last();
            rate = weights.rate(net, iteration(net), epoch(net));
            if (drops.isDrop(rate) && settings.restartAtRateDrop) {
                begin(net, "the rate fell from " + text(before) + " to " + text(rate));
            }
        }
    }

    /** A failure leaves the clock stopped until the next {@link #restart}. */
    @SuppressWarnings("try") // the workspace scope is left by closing it
    private void begin(Model net, String reason) {
        long begun = System.nanoTime();
        pending = null;
        start = null;
        segment++;
        t = 0;
        epoch = epoch(net);
        weights = TrainableWeights.of(net);
        rate = weights.rate(net, iteration(net), epoch);
        INDArray parameters = net.params();
        memory = new WeakReference<>(memory(parameters));
        boolean wasGiven = given != null;
        Optional<INDArray> resumed = resumedStart(parameters, iteration(net));
        try (MemoryWorkspace outside = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            INDArray origin = resumed.orElseGet(parameters::dup);
            ImmutableMap<String, Double> distances = weights.distances(parameters, origin);
            String note = !wasGiven
                    ? reason
                    : resumed.isPresent()
                            ? "resumed from a given start vector"
                            : reason + "; the given start vector is of another length";
            add(WeightDistanceSample.measured(place(iteration(net)), distances, millisecondsSince(begun), note));
            start = origin;
        }
        log.debug("WeightDistance segment {} starts at iteration {}: {}", segment, iteration(net), reason);
    }

    /** The start vector that was given, with the clock set to it; asked for once. */
    private Optional<INDArray> resumedStart(INDArray parameters, int iteration) {
        INDArray vector = given;
        given = null;
        if (vector == null) {
            return Optional.empty();
        }
        boolean fits = vector.length() == parameters.length();
        checkArgument(
                fits || !settings.failFast,
                "the start vector must have as many elements as the network has parameters, %s, got %s; "
                        + "is it from another network?",
                parameters.length(),
                vector.length());
        if (!fits) {
            log.warn(
                    "WeightDistance was given a start vector of {} elements for a network of {} parameters; it starts "
                            + "from the weights as they are now",
                    vector.length(),
                    parameters.length());
            return Optional.empty();
        }
        t = settings.startUpdates == WeightDistanceBuilder.COUNTED_BY_THE_NETWORK ? iteration : settings.startUpdates;
        return Optional.of(vector);
    }

    /** Counts the update and measures if it is time to. */
    void afterUpdate(Model net, int iteration, int epochOfUpdate) {
        t++;
        epoch = epochOfUpdate;
        if (settings.schedule.isDueAtIteration(t)) {
            sample(net, iteration + 1);
        }
    }

    void epochEnded(Model net) {
        if (settings.schedule.isDueAtEpochEnd(epoch(net)) && !isSampledNow()) {
            sample(net, iteration(net));
        }
    }

    private void sample(Model net, int iteration) {
        if (!budget.tryBegin()) {
            addRefused(WeightDistanceSample.missing(place(iteration), "skipped: time budget, " + budget));
            return;
        }
        try {
            measure(net, iteration);
        } finally {
            budget.end();
        }
    }

    /** Measures whatever schedule and budget say, unless the latest sample is of now. */
    void sampleNow(Model net) {
        if (!isSampledNow()) {
            measure(net, iteration(net));
        }
    }

    private boolean isSampledNow() {
        WeightDistanceSample last = samples.get(samples.size() - 1);
        return last.isMeasured() && last.segment() == segment && last.t() == t;
    }

    @SuppressWarnings("try") // the workspace scope is left by closing it
    private void measure(Model net, int iteration) {
        long begun = System.nanoTime();
        try (MemoryWorkspace outside = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            ImmutableMap<String, Double> distances = weights.distances(net.params(), start);
            WeightDistanceSample sample =
                    WeightDistanceSample.measured(place(iteration), distances, millisecondsSince(begun), "");
            add(sample);
            log.debug("WeightDistance {}", sample);
        }
    }

    void addFailure(Model net, Throwable failure) {
        add(WeightDistanceSample.missing(place(iteration(net)), "failed: " + failure));
    }

    private void add(WeightDistanceSample sample) {
        samples.add(sample);
        lastWasRefused = false;
    }

    /** One row for all that are refused in a row: a small budget refuses most. */
    private void addRefused(WeightDistanceSample sample) {
        if (lastWasRefused) {
            samples.remove(samples.size() - 1);
        }
        samples.add(sample);
        lastWasRefused = true;
    }

    private Place place(int iteration) {
        return new Place(segment, iteration, epoch, t, rate);
    }

    /** The memory itself: a graph shows its parameters through a new view each time. */
    private static DataBuffer memory(INDArray parameters) {
        DataBuffer original = parameters.data().originalDataBuffer();
        return original == null ? parameters.data() : original;
    }

    private static String text(double value) {
        return new BigDecimal(value)
                .round(new MathContext(4))
                .stripTrailingZeros()
                .toString();
    }

    private static double millisecondsSince(long nanos) {
        return (System.nanoTime() - nanos) / 1e6;
    }

    ImmutableList<WeightDistanceSample> samples() {
        return ImmutableList.copyOf(samples);
    }

    /** The start vector itself, or null before the clock runs. */
    INDArray start() {
        return start;
    }

    int updates() {
        return t;
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
