/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance.math;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkNotNull;

/**
 * What is known of one tuned layer when rates are allocated: its new score, and what the previous update left behind.
 *
 * <p>Immutable; the methods with an argument return a changed copy.
 */
public final class LayerScore {

    private final String layer;
    private final double score;
    private final double standardError;
    private final double previousSmoothedScore;
    private final double previousFactor;

    private LayerScore(
            String layer, double score, double standardError, double previousSmoothedScore, double previousFactor) {
        this.layer = checkNotNull(layer, "name of a scored layer must not be null");
        this.score = score;
        this.standardError = standardError;
        this.previousSmoothedScore = previousSmoothedScore;
        this.previousFactor = previousFactor;
    }

    /**
     * Creates the score of a layer with no past.
     *
     * @param score the new score; NaN or infinite = there is no usable one
     */
    public static LayerScore of(String layer, double score) {
        return new LayerScore(layer, score, Double.NaN, Double.NaN, Double.NaN);
    }

    /**
     * Sets the standard error of the score, in its unit.
     *
     * @param standardError {@code >= 0}; NaN or infinite = unknown, as by default
     * @throws IllegalArgumentException if negative
     */
    public LayerScore standardError(double standardError) {
        checkArgument(
                !(standardError < 0),
                "standardError of layer '%s' must be >= 0, got %s; NaN says that it is unknown",
                layer,
                standardError);
        return new LayerScore(layer, score, standardError, previousSmoothedScore, previousFactor);
    }

    /** Sets the smoothed score after the previous update; NaN = there was none, as by default. */
    public LayerScore previousSmoothedScore(double previousSmoothedScore) {
        return new LayerScore(layer, score, standardError, previousSmoothedScore, previousFactor);
    }

    /**
     * Sets the factor in force since the previous update.
     *
     * @param previousFactor finite and {@code > 0}; NaN = there was none, as by default
     * @throws IllegalArgumentException if infinite, zero or negative
     */
    public LayerScore previousFactor(double previousFactor) {
        checkArgument(
                Double.isNaN(previousFactor) || (previousFactor > 0 && Double.isFinite(previousFactor)),
                "previousFactor of layer '%s' must be finite and > 0, got %s; NaN says that there was none",
                layer,
                previousFactor);
        return new LayerScore(layer, score, standardError, previousSmoothedScore, previousFactor);
    }

    /** Returns the layer's name. */
    public String layer() {
        return layer;
    }

    /** Returns the new score, NaN or infinite if there is no usable one. */
    public double score() {
        return score;
    }

    /** Whether the new score is a finite number. */
    public boolean isUsable() {
        return Double.isFinite(score);
    }

    /** Returns the standard error of the score, NaN if unknown. */
    public double standardError() {
        return standardError;
    }

    /** Returns the smoothed score after the previous update, NaN if there was none. */
    public double previousSmoothedScore() {
        return previousSmoothedScore;
    }

    /** Returns the factor in force since the previous update, NaN if there was none. */
    public double previousFactor() {
        return previousFactor;
    }

    @Override
    public String toString() {
        return layer + " score=" + score + " +- " + standardError + ", previous smoothed score=" + previousSmoothedScore
                + ", previous factor=" + previousFactor;
    }
}
