/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance.math;

/**
 * Factors proportional to the square root of the score, with mean 1.
 *
 * <pre>{@code factor_i = n sqrt(s_i) / sum_j sqrt(s_j)}</pre>
 *
 * <p>Flatter than a proportional rule and free of settings. Scores must be {@code > 0}, as every tail exponent is; the
 * released code would go on with 0 or NaN. Equal scores give 1.
 *
 * <p>{@code tb_sqrt} in the released code of Zhou et al., NeurIPS 2023, arXiv 2312.00359.
 */
public final class SqrtMap implements RateAssignment {

    private static final SqrtMap INSTANCE = new SqrtMap();

    private SqrtMap() {}

    /** Returns the square-root map. */
    public static SqrtMap create() {
        return INSTANCE;
    }

    @Override
    public double[] factors(double[] scores) {
        Scores.checkAbove(0, "the square-root map", scores);
        double[] roots = new double[scores.length];
        for (int i = 0; i < scores.length; i++) {
            roots[i] = Math.sqrt(scores[i]);
        }
        return Scores.dividedByMean(roots);
    }

    @Override
    public String toString() {
        return "sqrt";
    }
}
