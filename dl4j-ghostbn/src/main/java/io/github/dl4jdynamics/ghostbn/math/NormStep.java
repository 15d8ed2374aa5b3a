/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.math;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * The way weights went in one step, whatever made them go: sums over any number of arrays.
 *
 * <pre>{@code
 * cosineDistance = 1 - cos(w, w') = (|w' - w|^2 - (|w'| - |w|)^2) / (2 |w| |w'|)
 * isJump(delta)  = cosineDistance > delta
 * }</pre>
 *
 * <p>The right-hand form keeps its digits for turns too small for the cosine, which rounds to 1. For
 * one thread.
 *
 * @since 0.1
 */
public final class NormStep {
    private double before;
    private double after;
    private double distance;
    private double growth;

    /**
     * Adds the weights of one array.
     *
     * @param weights before the step
     * @param next after the step, in the same order
     * @return this
     * @throws IllegalArgumentException if the lengths differ
     */
    public NormStep add(double[] weights, double[] next) {
        checkArgument(
                weights.length == next.length,
                "weights before and after a step must be equally many, got %s and %s; pass the same array twice",
                weights.length,
                next.length);
        for (int i = 0; i < weights.length; i++) {
            double change = next[i] - weights[i];
            before += weights[i] * weights[i];
            after += next[i] * next[i];
            distance += change * change;
            growth += change * (next[i] + weights[i]);
        }
        return this;
    }

    /** Adds all that another step has summed. */
    public NormStep add(NormStep other) {
        before += other.before;
        after += other.after;
        distance += other.distance;
        growth += other.growth;
        return this;
    }

    /** Squared Euclidean norm before the step. */
    public double squaredNorm() {
        return before;
    }

    /** Squared Euclidean norm after the step. */
    public double nextSquaredNorm() {
        return after;
    }

    /** Euclidean length of the step. */
    public double length() {
        return Math.sqrt(distance);
    }

    /** One minus the cosine of the angle turned, 0 to 2; NaN if the weights are all zero before or after. */
    public double cosineDistance() {
        double rho = Math.sqrt(before);
        double next = Math.sqrt(after);
        double radial = growth / (rho + next);
        return Math.max(0, (distance - radial * radial) / (2 * rho * next));
    }

    /** Whether the direction turned by more than {@code delta}, as cosine distance. */
    public boolean isJump(double delta) {
        return cosineDistance() > delta;
    }
}
