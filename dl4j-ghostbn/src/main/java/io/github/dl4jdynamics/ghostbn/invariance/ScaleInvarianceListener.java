/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.invariance;

import java.lang.ref.WeakReference;

import io.github.dl4jdynamics.ghostbn.math.NormThresholds;
import io.github.dl4jdynamics.spectral.report.SamplingSchedule;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkNotNull;
import static com.google.common.base.Preconditions.checkState;

/**
 * Watches the norm of scale-invariant weights: their effective rate, the balance of gradient and weight decay, and the
 * periods in which training destabilises and recovers.
 *
 * <pre>{@code
 * net.addListeners(ScaleInvarianceListener.create());
 *
 * effective rate eta / |w|^2    effective gradient norm |g| |w|    balance ratio r    1 - cos(w, w')
 * }</pre>
 *
 * <p>Per group of {@link ScaleInvariantGroups} and for all weights together. {@code g} is the gradient of the batch that is
 * being trained on: DL4J's sum divided by the size of the batch, before penalties, clipping and updater. {@code w'} are the
 * weights after the update and before constraints. The candidates of the structure are checked in the first samples by
 * Euler's identity {@code |<w, g>| < 1e-3 |w| |g|}; one that fails is reported and left out of the sums. It fails too if the
 * normalization's {@code eps} is not small against the variance of its input. Groups of gamma and beta alone are not in the
 * sums: Deeplearning4j never decays them.
 *
 * <p>The balance ratio, and with it the phases, describes plain stochastic gradient descent; with momentum, Adam or clipping
 * it is the same formula of the same numbers and no longer 1 at rest. The norms, the angle and the effective rate are
 * measured and hold for all. L2 counts as decay for {@code Sgd} and {@code Nesterovs}, {@code weightDecay} for all.
 *
 * <p>Deviation from the paper's code: there {@code |g|} is the mean over the training batches of the norm of each batch's
 * gradient at a checkpoint; here it is the norm of the one gradient at hand, which costs no extra pass. Its noise is
 * averaged by the phase detector only.
 *
 * <p>Cost of a sample: a copy of the groups' weights and gradient in double precision, twice the weights and a few sums;
 * no pass through the network. Between samples nothing. Training is the same to the last bit with and without it. Memory of
 * the history: some 200 bytes per group and sample.
 *
 * <p>Follows the first network that trains with it, or the one of {@link #follow}, however many share it; held weakly. If its
 * iteration counter goes back, checks and phases begin anew. An error while measuring is logged once and marked in the
 * history, and training goes on, unless {@link Builder#failFast} is set.
 *
 * <p>Lobacheva, Kodryan, Chirkova, Malinin, Vetrov, "On the periodic behavior of neural network training with batch
 * normalization and weight decay", NeurIPS 2021, arXiv 2106.15739.
 *
 * @since 0.1
 */
public final class ScaleInvarianceListener extends BaseTrainingListener {
    private static final Logger log = LoggerFactory.getLogger(ScaleInvarianceListener.class);

    private final ScaleInvarianceSettings settings;
    private WeakReference<Model> followed;

    /** Null before the first network, and for one that cannot be followed. */
    private volatile ScaleInvarianceSession session;

    private boolean saidOthers;

    private ScaleInvarianceListener(Builder builder) {
        this.settings = new ScaleInvarianceSettings(builder);
    }

    /** A listener with all defaults: a sample every 10 iterations. */
    public static ScaleInvarianceListener create() {
        return builder().build();
    }

    /** Starts from the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Chooses the network to follow, where not the first that trains shall be it: the replicas of a {@code ParallelWrapper}
     * may train before the original does. Does not add the listener to the network.
     *
     * @param net an initialised {@code MultiLayerNetwork} or {@code ComputationGraph}
     * @return this
     * @throws IllegalArgumentException for any other model
     * @throws IllegalStateException if it is not initialised, or this listener follows another network
     */
    public synchronized ScaleInvarianceListener follow(Model net) {
        checkState(
                followed == null || followed.get() == net,
                "this ScaleInvarianceListener follows another network; make one for each");
        if (followed == null) {
            session = new ScaleInvarianceSession(settings, net);
            followed = new WeakReference<>(net);
        }
        return this;
    }

    /** All samples so far; empty before training. */
    public ScaleInvarianceHistory history() {
        ScaleInvarianceSession current = session;
        return current == null ? ScaleInvarianceHistory.empty(settings.toString()) : current.history();
    }

    @Override
    public void onGradientCalculation(Model model) {
        if (follows(model) && session != null) {
            session.gradientCalculated(model);
        }
    }

    @Override
    public void iterationDone(Model model, int iteration, int epoch) {
        if (isFollowed(model) && session != null) {
            session.iterationDone(model, iteration);
        }
    }

    private synchronized boolean isFollowed(Model model) {
        return followed != null && followed.get() == model;
    }

    /** Whether this is the network to follow; the first one becomes it. */
    private synchronized boolean follows(Model model) {
        if (!(model instanceof MultiLayerNetwork || model instanceof ComputationGraph)) {
            return false; // layer-wise pretraining passes a single layer
        }
        if (followed == null) {
            followed = new WeakReference<>(model);
            begin(model);
        } else if (followed.get() != model && !saidOthers) {
            saidOthers = true;
            log.info("ScaleInvarianceListener follows the first network it saw and no other");
        }
        return followed.get() == model;
    }

    private void begin(Model model) {
        try {
            session = new ScaleInvarianceSession(settings, model);
        } catch (RuntimeException | Error e) {
            if (settings.failFast()) {
                throw e;
            }
            log.warn("ScaleInvarianceListener cannot follow the network; training goes on without it", e);
        }
    }

    @Override
    public String toString() {
        return settings.toString();
    }

    /** Settings of a {@link ScaleInvarianceListener}. */
    public static final class Builder {
        SamplingSchedule schedule = SamplingSchedule.everyIterations(10);
        double timeBudget = Double.POSITIVE_INFINITY;
        double eulerLimit = 1e-3;
        int eulerChecks = 5;
        NormThresholds thresholds = NormThresholds.defaults();
        boolean failFast;

        private Builder() {}

        /**
         * When to sample. Default every 10 iterations, ours.
         *
         * @throws IllegalArgumentException for a schedule over epochs: a sample needs a gradient, and epochs end without
         */
        public Builder schedule(SamplingSchedule when) {
            checkNotNull(
                    when, "schedule of ScaleInvarianceListener must not be null; everyIterations(10) is the default");
            checkArgument(
                    !when.countsEpochs(),
                    "schedule of ScaleInvarianceListener must count iterations, got '%s'; a sample needs a gradient, use "
                            + "everyIterations(n)",
                    when);
            schedule = when;
            return this;
        }

        /** Shorthand for {@code schedule(SamplingSchedule.everyIterations(n))}. */
        public Builder everyIterations(int n) {
            return schedule(SamplingSchedule.everyIterations(n));
        }

        /** Time to spend per time of training, positive; samples beyond are skipped. Default unlimited. */
        public Builder timeBudget(double fraction) {
            checkArgument(
                    fraction > 0,
                    "timeBudget of ScaleInvarianceListener must be > 0, got %s; 0.02 allows two percent",
                    fraction);
            timeBudget = fraction;
            return this;
        }

        /** Cosine between weights and gradient from which a group is refused, in (0, 1]. Default 1e-3, ours. */
        public Builder eulerLimit(double limit) {
            checkArgument(
                    limit > 0 && limit <= 1,
                    "eulerLimit of ScaleInvarianceListener must be in (0, 1], got %s; 1e-3 is the default, 1 refuses none",
                    limit);
            eulerLimit = limit;
            return this;
        }

        /** Samples in which a group is checked, at least 1. Default 5, ours. */
        public Builder eulerChecks(int samples) {
            checkArgument(
                    samples >= 1,
                    "eulerChecks of ScaleInvarianceListener must be >= 1, got %s; eulerLimit(1) refuses no group",
                    samples);
            eulerChecks = samples;
            return this;
        }

        /** What counts as a phase. Default {@link NormThresholds#defaults}. */
        public Builder thresholds(NormThresholds phases) {
            thresholds = checkNotNull(
                    phases, "thresholds of ScaleInvarianceListener must not be null; use NormThresholds.defaults()");
            return this;
        }

        /** Throws errors of measuring into training, for tests. Default false. */
        public Builder failFast(boolean on) {
            failFast = on;
            return this;
        }

        /** The listener. */
        public ScaleInvarianceListener build() {
            return new ScaleInvarianceListener(this);
        }
    }
}
