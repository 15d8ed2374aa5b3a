/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.distance;

import java.lang.ref.WeakReference;
import java.util.Optional;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkState;

/**
 * Measures how far the weights have travelled from where they started, and fits the law by which they do.
 *
 * <pre>{@code
 * d(t) = || w_t - w_0 ||,   d = a + b ln t  against  d = e^a t^b
 * }</pre>
 *
 * <pre>{@code
 * WeightDistanceListener distance = WeightDistanceListener.create();
 * net.addListeners(distance);
 * net.fit(trainingData, 100);
 *
 * System.out.println(distance.history());             // table, fits, cost
 * DiffusionFit first = distance.history().fit(0);     // up to the first drop of the rate
 * double slope = first.logarithmic().slope();
 * boolean ultraSlow = first.logarithmic().rSquared() > first.powerLaw().rSquaredOfDistance();
 * distance.history().writeCsv(Path.of("distance.csv"));
 * HtmlReport.write(Path.of("report"), "Run 1", distance.history().section());
 * }</pre>
 *
 * <p>Distances are of all trainable weights, whole and by layer; running statistics and frozen layers are masked as they were
 * when the segment began. t is the number of updates, so the segments of truncated backpropagation count one each. The
 * start vector is taken before an update. Samples are taken right after one, before Deeplearning4j applies constraints,
 * so they show the weights as the updater left them.
 *
 * <p>The clock starts anew, with a new segment of the history, at each step down of the learning rate (see
 * {@link WeightDistanceBuilder#restartAtRateDrop}), after {@link #restart} and when the network's parameters are replaced.
 * A restored network begins a new segment too, unless its listener gets the start vector,
 * {@link WeightDistanceBuilder#startingFrom(INDArray)}.
 *
 * <p>One listener follows one network, held weakly: the first that trains with it, the next one after {@link #restart} or
 * after the first was collected. In {@code ParallelWrapper}, whose workers share the listener, that is the replica that
 * comes first. Training is bit-identical with and without it. An error while measuring is logged once and marked in the
 * history and training goes on, unless {@link WeightDistanceBuilder#failFast} is set; a clock that could not start waits for
 * {@link #restart}.
 *
 * <p>Costs the memory of one parameter vector; a sample is one pass over the parameters through 16 MiB of scratch memory,
 * with sums in double.
 *
 * <p>Hoffer, Hubara, Soudry, "Train longer, generalize better: closing the generalization gap in large batch training of
 * neural networks", NeurIPS 2017, arXiv 1705.08741. The released code logs one parameter array once per epoch; here all
 * are measured, at logarithmically spaced t.
 *
 * @since 0.1
 */
public final class WeightDistanceListener extends BaseTrainingListener {
    private static final Logger log = LoggerFactory.getLogger(WeightDistanceListener.class);

    private final WeightDistanceBuilder settings;
    private final DistanceClock clock;
    private WeakReference<Model> followed = new WeakReference<>(null);
    private boolean followedBefore;
    private boolean warnedOfOthers;
    private boolean warnedOfFailure;

    WeightDistanceListener(WeightDistanceBuilder settings) {
        this.settings = settings;
        this.clock = new DistanceClock(settings);
    }

    /** A listener with the default settings. */
    public static WeightDistanceListener create() {
        return builder().build();
    }

    /** Starts from the default settings. */
    public static WeightDistanceBuilder builder() {
        return new WeightDistanceBuilder();
    }

    /** The samples so far. */
    public synchronized WeightDistanceHistory history() {
        return new WeightDistanceHistory(settings.toString(), clock.samples());
    }

    /** Starts the clock anew, with a new segment, before the next update of whichever network comes first. */
    public synchronized void restart() {
        clock.restart("restart()");
        followed = new WeakReference<>(null);
    }

    /**
     * Measures now, whatever schedule and time budget say, unless the latest sample is of now: for the end of training.
     *
     * @throws IllegalArgumentException for a network this listener does not follow
     * @throws IllegalStateException if no update was made since the clock was started
     */
    public synchronized void measure(Model net) {
        checkArgument(
                followed.get() == net || followed.get() == null,
                "this listener follows another network; give each network a listener of its own");
        checkState(
                followed.get() == net && clock.isRunning(),
                "the clock must have started to measure a distance; it starts with the first update of the network");
        clock.sampleNow(net);
    }

    /** A copy of the current segment's start vector, to resume from; empty before the first update. */
    @SuppressWarnings("try") // the workspace scope is left by closing it
    public synchronized Optional<INDArray> start() {
        try (MemoryWorkspace outside = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            return Optional.ofNullable(clock.start()).map(INDArray::dup);
        }
    }

    /** Updates since the current segment's clock started; 0 before. */
    public synchronized int updates() {
        return clock.updates();
    }

    /** The only hook that every update has before it, and that sees the weights with their constraints applied. */
    @Override
    public void onGradientCalculation(Model model) {
        if (!(model instanceof MultiLayerNetwork || model instanceof ComputationGraph)) {
            return; // layer-wise pretraining passes a single layer
        }
        synchronized (this) {
            if (follows(model)) {
                guarded(model, () -> clock.beforeUpdate(model));
            }
        }
    }

    @Override
    public synchronized void iterationDone(Model model, int iteration, int epoch) {
        if (followed.get() == model && clock.isRunning()) {
            guarded(model, () -> clock.afterUpdate(model, iteration, epoch));
        }
    }

    @Override
    public synchronized void onEpochEnd(Model model) {
        if (followed.get() == model && clock.isRunning()) {
            guarded(model, () -> clock.epochEnded(model));
        }
    }

    private boolean follows(Model model) {
        Model current = followed.get();
        if (current == null) {
            if (followedBefore && clock.isRunning()) {
                clock.restart("another network");
            }
            followed = new WeakReference<>(model);
            followedBefore = true;
            log.info("WeightDistance follows a network of {} parameters: {}", model.numParams(), settings);
            return true;
        }
        if (current != model && !warnedOfOthers) {
            warnedOfOthers = true;
            log.warn(
                    "WeightDistanceListener follows the first network it saw and leaves others out, such as the other "
                            + "workers of ParallelWrapper; give each network a listener of its own, or call restart(). Logged once.");
        }
        return current == model;
    }

    /**
     * A failing diagnostic never stops training. Errors too, since native memory runs out as an {@code OutOfMemoryError}.
     */
    private void guarded(Model model, Runnable action) {
        try {
            action.run();
        } catch (RuntimeException | Error e) {
            if (settings.failFast) {
                throw e;
            }
            clock.addFailure(model, e);
            if (!warnedOfFailure) {
                warnedOfFailure = true;
                log.warn("WeightDistance could not measure; training goes on. Logged once.", e);
            }
        }
    }

    @Override
    public String toString() {
        return settings.toString();
    }
}
