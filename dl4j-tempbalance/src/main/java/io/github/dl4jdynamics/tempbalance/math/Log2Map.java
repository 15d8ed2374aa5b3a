/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance.math;

/**
 * Factors proportional to the logarithm of the score, with mean 1.
 *
 * <pre>{@code factor_i = n log2(s_i) / sum_j log2(s_j)}</pre>
 *
 * <p>Scores must be {@code > 1}, as every tail exponent is; others are refused, since their logarithm is not positive and
 * the released code would give such layers a zero or negative rate. Equal scores give 1.
 *
 * <p>{@code tb_log2} in the released code of Zhou et al., NeurIPS 2023, arXiv 2312.00359.
 */
public final class Log2Map implements RateAssignment {

    private static final Log2Map INSTANCE = new Log2Map();

    private Log2Map() {}

    /** Returns the logarithmic map. */
    public static Log2Map create() {
        return INSTANCE;
    }

    @Override
    public double[] factors(double[] scores) {
        Scores.checkAbove(1, "the log2 map", scores);
        double[] logarithms = new double[scores.length];
        for (int i = 0; i < scores.length; i++) {
            // Any base will do: the quotient cancels it.
            logarithms[i] = Math.log(scores[i]);
        }
        return Scores.dividedByMean(logarithms);
    }

    @Override
    public String toString() {
        return "log2";
    }
}
