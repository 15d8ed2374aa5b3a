/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance.math;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * The assignment of TB_Sigmoid: powers of ten that follow a logistic curve around the mean score.
 *
 * <pre>{@code
 * factor_i = 10^( S (1 / (1 + exp(-tau (s_i - mean))) - 1/2) )       mean = plain mean of the scores
 * S = sAboveMean if s_i > mean, else sBelowMean
 * }</pre>
 *
 * <p>A score at the mean gives 1, one far above {@code 10^(sAboveMean/2)}, one far below {@code 10^(-sBelowMean/2)}. The
 * map looks at absolute distances in units of {@code 1/tau}, so unlike the linear map it does not stretch noise; the mean
 * factor is not preserved.
 *
 * <p>Strengths in use: 1 or 1.25 on both sides for most tasks, 2 below and 1 above as the code's default, 0.25 for the
 * smallest data set; tau is 10 everywhere.
 *
 * <p>Liu et al., EMNLP 2024, arXiv 2410.12178, eq. 3 and 4, there with one strength; the pair is in the code and the
 * appendix ({@code sigmoid_min}, {@code sigmoid_max}). {@code tb_std_sigmoid} in the code.
 */
public final class SigmoidMap implements RateAssignment {

    /** Factors stay within 1e-150..1e150, so that their quotients stay in double range. */
    private static final double MAX_STRENGTH = 300;

    private final double tau;
    private final double sBelowMean;
    private final double sAboveMean;

    private SigmoidMap(double tau, double sBelowMean, double sAboveMean) {
        checkArgument(
                tau > 0 && Double.isFinite(tau),
                "tau of the sigmoid map must be finite and > 0, got %s; 10 is TB_Sigmoid's",
                tau);
        checkStrength("sBelowMean", sBelowMean);
        checkStrength("sAboveMean", sAboveMean);
        this.tau = tau;
        this.sBelowMean = sBelowMean;
        this.sAboveMean = sAboveMean;
    }

    private static void checkStrength(String name, double strength) {
        checkArgument(
                strength >= 0 && strength <= MAX_STRENGTH,
                "%s of the sigmoid map must be in 0..%s, got %s; 1 allows factors up to sqrt(10) to that side",
                name,
                MAX_STRENGTH,
                strength);
    }

    /**
     * Creates the map.
     *
     * @param tau steepness, in 1 / score; TB_Sigmoid uses 10
     * @param sBelowMean decades between the extremes for scores below the mean, 0..300; the code's default is 2
     * @param sAboveMean decades between the extremes for scores above the mean, 0..300; the code's default is 1
     * @throws IllegalArgumentException if a value is outside its range
     */
    public static SigmoidMap of(double tau, double sBelowMean, double sAboveMean) {
        return new SigmoidMap(tau, sBelowMean, sAboveMean);
    }

    @Override
    public double[] factors(double[] scores) {
        Scores.checkFinite("the sigmoid map", scores);
        double mean = Scores.mean(scores);
        double[] factors = new double[scores.length];
        for (int i = 0; i < scores.length; i++) {
            double strength = scores[i] > mean ? sAboveMean : sBelowMean;
            double logistic = 1 / (1 + Math.exp(-tau * (scores[i] - mean)));
            factors[i] = Math.pow(10, strength * (logistic - 0.5));
        }
        return factors;
    }

    @Override
    public String toString() {
        return "sigmoid(tau=" + tau + ", sBelowMean=" + sBelowMean + ", sAboveMean=" + sAboveMean + ")";
    }
}
