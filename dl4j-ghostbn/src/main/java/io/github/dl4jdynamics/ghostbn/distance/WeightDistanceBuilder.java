/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.distance;

import io.github.dl4jdynamics.spectral.report.SamplingSchedule;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkNotNull;

/**
 * Settings of a {@link WeightDistanceListener}; every one has a default.
 *
 * @since 0.1
 */
public final class WeightDistanceBuilder {
    /** Stands for the network's own counter of updates. */
    static final int COUNTED_BY_THE_NETWORK = -1;

    SamplingSchedule schedule = SamplingSchedule.logarithmic(10);
    boolean restartAtRateDrop = true;
    double rateDropFactor = 2;
    double timeBudget = Double.POSITIVE_INFINITY;
    boolean failFast;
    INDArray start;
    int startUpdates;

    WeightDistanceBuilder() {}

    WeightDistanceBuilder copy() {
        WeightDistanceBuilder copy = new WeightDistanceBuilder();
        copy.schedule = schedule;
        copy.restartAtRateDrop = restartAtRateDrop;
        copy.rateDropFactor = rateDropFactor;
        copy.timeBudget = timeBudget;
        copy.failFast = failFast;
        copy.start = start;
        copy.startUpdates = startUpdates;
        return copy;
    }

    /**
     * At which t, the number of updates since the clock started, to measure; a schedule over epochs counts those of
     * training and needs {@code fit} with an iterator. The start of the clock is always recorded. Default
     * {@code logarithmic(10)}: the laws are lines in ln t, so points evenly spaced there weigh all times alike; ten per
     * decade is our choice.
     */
    public WeightDistanceBuilder schedule(SamplingSchedule schedule) {
        this.schedule =
                checkNotNull(schedule, "schedule must not be null; SamplingSchedule.logarithmic(10) is the default");
        return this;
    }

    /**
     * Whether a step down of the learning rate starts a new segment with a new start vector. Default true: each rate is a
     * random walk of its own. A gradual decay (cosine, polynomial, exponential from update to update) starts none.
     */
    public WeightDistanceBuilder restartAtRateDrop(boolean restart) {
        this.restartAtRateDrop = restart;
        return this;
    }

    /**
     * Least ratio of the rates of two successive updates that counts as a step down, if the ratio before was below its
     * square root. Default 2 (ours): the usual steps are 2, 5 and 10.
     */
    public WeightDistanceBuilder rateDropFactor(double factor) {
        checkArgument(
                factor > 1 && Double.isFinite(factor),
                "rateDropFactor must be > 1 and finite, got %s; 2 is a halving, restartAtRateDrop(false) ignores drops",
                factor);
        this.rateDropFactor = factor;
        return this;
    }

    /**
     * Resumes a clock whose network has counted every update since: t goes on at the network's own iteration counter,
     * which Deeplearning4j saves with it.
     *
     * @param parameters the start vector, from {@link WeightDistanceListener#start}
     */
    public WeightDistanceBuilder startingFrom(INDArray parameters) {
        return start(parameters, COUNTED_BY_THE_NETWORK);
    }

    /**
     * Resumes a clock. Applies to the first segment; default is to start where the first update finds the network. A
     * vector of another length than the network's is not used, which is logged and noted.
     *
     * @param parameters the start vector, from {@link WeightDistanceListener#start}; copied
     * @param updates made since, from {@link WeightDistanceListener#updates}
     */
    public WeightDistanceBuilder startingFrom(INDArray parameters, int updates) {
        checkArgument(updates >= 0, "updates since the start vector must be >= 0, got %s; see updates()", updates);
        return start(parameters, updates);
    }

    @SuppressWarnings("try") // the workspace scope is left by closing it
    private WeightDistanceBuilder start(INDArray parameters, int updates) {
        checkNotNull(parameters, "start vector must not be null; leave startingFrom out to start at the first update");
        try (MemoryWorkspace outside = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            this.start = parameters.dup('c').reshape(parameters.length());
        }
        this.startUpdates = updates;
        return this;
    }

    /**
     * Most time the samples may take, as a fraction of training time; those beyond it are left out and marked in the
     * history. Default unlimited: on the default schedule samples become rare.
     */
    public WeightDistanceBuilder timeBudget(double fraction) {
        checkArgument(fraction > 0, "timeBudget must be > 0, got %s; 0.02 allows two percent", fraction);
        this.timeBudget = fraction;
        return this;
    }

    /** Lets an error of a sample stop training instead of being logged and marked. Default false; for tests. */
    public WeightDistanceBuilder failFast(boolean failFast) {
        this.failFast = failFast;
        return this;
    }

    /** A new listener, for one network. */
    public WeightDistanceListener build() {
        return new WeightDistanceListener(copy());
    }

    @Override
    public String toString() {
        return "WeightDistance{schedule=" + schedule + ", restartAtRateDrop=" + restartAtRateDrop + ", rateDropFactor="
                + rateDropFactor + ", startingFrom=" + (start == null ? "the first update" : "a given vector")
                + ", timeBudget=" + timeBudget + ", failFast=" + failFast + "}";
    }
}
