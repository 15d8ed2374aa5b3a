/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.rates;

/**
 * One change of a layer's factor: the factor, the score it came from, and the first update it acts on.
 *
 * @since 0.1
 */
public final class FactorUpdate {
    private final double factor;
    private final double score;
    private final int iteration;
    private final int epoch;
    private final boolean hold;

    private FactorUpdate(double factor, double score, int iteration, int epoch, boolean hold) {
        this.factor = factor;
        this.score = score;
        this.iteration = iteration;
        this.epoch = epoch;
        this.hold = hold;
    }

    /** A factor in force from the given 0-based iteration and epoch on; it came from no score. */
    public static FactorUpdate of(double factor, int iteration, int epoch) {
        return new FactorUpdate(factor, Double.NaN, iteration, epoch, false);
    }

    /** The same change with the smoothed score behind it, which the schedule remembers. */
    public FactorUpdate withScore(double newScore) {
        return new FactorUpdate(factor, newScore, iteration, epoch, hold);
    }

    /**
     * The same change, with the layer's own value frozen as it is at {@link #iteration()} until the next change:
     * between changes the base schedule is not applied.
     */
    public FactorUpdate held() {
        return new FactorUpdate(factor, score, iteration, epoch, true);
    }

    /** Multiple of the layer's own value. */
    public double factor() {
        return factor;
    }

    /** Smoothed score, NaN when there is none. */
    public double score() {
        return score;
    }

    /** 0-based iteration of the first update that uses the factor. */
    public int iteration() {
        return iteration;
    }

    /** 0-based epoch of that update. */
    public int epoch() {
        return epoch;
    }

    /** Whether the own value is frozen between changes. */
    public boolean hold() {
        return hold;
    }
}
