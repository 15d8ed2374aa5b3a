/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance.math;

/**
 * Turns the scores of the tuned layers into the factors their rates are multiplied with.
 *
 * <p>An implementation is a pure function of the scores, and its {@code toString()} shows its settings. A higher score
 * means a lighter tail, a layer that has learnt less, and never gets a smaller factor than a lower one.
 *
 * @see Assignments#named(String)
 */
@FunctionalInterface
public interface RateAssignment {

    /**
     * Returns one factor per score, in the order of the scores.
     *
     * @param scores finite scores of at least one layer; left unchanged
     * @return finite factors {@code > 0}; 1 is the base rate
     * @throws IllegalArgumentException if there is no score, or one that the function is not defined for
     */
    double[] factors(double[] scores);

    /**
     * Returns this assignment with its factors rescaled to mean 1, so that the mean rate over the tuned layers is the base
     * rate.
     *
     * <pre>{@code factor_i = f_i / mean(f)}</pre>
     *
     * <p>The flag {@code tb_lr_normalize} of the reference code, off by default there.
     */
    default RateAssignment normalized() {
        return new Normalized(this);
    }
}
