/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.regime;

import java.util.Objects;

import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * The rate of an updater made for small batches, at the time of the small batches, scaled.
 *
 * <pre>{@code
 * rate'(i, e) = rateFactor * rate(floor(i * iterationsPer / iterationsOf), floor(e / epochMultiplier))
 * }</pre>
 *
 * <p>It keeps the updater rather than its schedule because updaters cannot be asked for theirs. Equality decides which layers
 * Deeplearning4j updates together, and the class and property names are part of saved models.
 */
final class RegimeSchedule implements ISchedule {
    private static final long serialVersionUID = 1L;

    @JsonProperty("reference")
    private final IUpdater reference;

    @JsonProperty("rateFactor")
    private final double rateFactor;

    @JsonProperty("epochMultiplier")
    private final int epochMultiplier;

    /** Iterations of the small batch that {@link #iterationsOf} iterations of the large one stand for. */
    @JsonProperty("iterationsPer")
    private final int iterationsPer;

    @JsonProperty("iterationsOf")
    private final int iterationsOf;

    private RegimeSchedule(
            @JsonProperty("reference") IUpdater reference,
            @JsonProperty("rateFactor") double rateFactor,
            @JsonProperty("epochMultiplier") int epochMultiplier,
            @JsonProperty("iterationsPer") int iterationsPer,
            @JsonProperty("iterationsOf") int iterationsOf) {
        this.reference = reference;
        this.rateFactor = rateFactor;
        this.epochMultiplier = epochMultiplier;
        this.iterationsPer = iterationsPer;
        this.iterationsOf = iterationsOf;
    }

    static RegimeSchedule of(BatchRegime regime, IUpdater reference) {
        boolean sameUpdates = regime.adaptEpochs();
        return new RegimeSchedule(
                reference.clone(),
                regime.rateFactor(),
                regime.epochMultiplier(),
                sameUpdates ? 1 : regime.batchSize(),
                sameUpdates ? 1 : regime.referenceBatch());
    }

    @Override
    public double valueAt(int iteration, int epoch) {
        long then = (long) iteration * iterationsPer / iterationsOf;
        return rateFactor * reference.getLearningRate((int) Math.min(then, Integer.MAX_VALUE), epoch / epochMultiplier);
    }

    @Override
    public RegimeSchedule clone() {
        return new RegimeSchedule(reference.clone(), rateFactor, epochMultiplier, iterationsPer, iterationsOf);
    }

    @Override
    public boolean equals(Object other) {
        if (!(other instanceof RegimeSchedule)) {
            return false;
        }
        RegimeSchedule that = (RegimeSchedule) other;
        return reference.equals(that.reference)
                && rateFactor == that.rateFactor
                && epochMultiplier == that.epochMultiplier
                && iterationsPer == that.iterationsPer
                && iterationsOf == that.iterationsOf;
    }

    @Override
    public int hashCode() {
        return Objects.hash(reference, rateFactor, epochMultiplier, iterationsPer, iterationsOf);
    }

    @Override
    public String toString() {
        return "RegimeSchedule(" + rateFactor + " * rate of " + reference + ", epochs / " + epochMultiplier
                + ", iterations * " + iterationsPer + " / " + iterationsOf + ")";
    }
}
