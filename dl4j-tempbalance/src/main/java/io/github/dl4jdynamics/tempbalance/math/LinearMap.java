/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance.math;

import java.util.Arrays;

import com.google.common.primitives.Doubles;

/**
 * The assignment of TempBalance: scores stretched linearly onto a range of factors.
 *
 * <pre>{@code factor_i = a + (b - a) (s_i - s_min) / (s_max - s_min)       a = minRatio, b = maxRatio}</pre>
 *
 * <p>The lowest score gets exactly {@code a}, the highest exactly {@code b}, however close they are: pure estimation noise
 * is stretched as well ({@link Guards.Builder#minSpread(double)} limits that). The mean factor is not preserved.
 *
 * <p>Ratios in use: 0.5 and 1.5 (CIFAR, SVHN), 0.6 and 1.4 (TinyImageNet), 0.1 and 1.9 (FARMS, ResNet18), 0.67 and 3 for
 * weight decay (AlphaDecay, arXiv 2506.14562).
 *
 * <p>All scores equal, so also a single layer: {@link #of} keeps the base rate, factor 1, since such scores say nothing
 * about the layers. The released code gives every layer {@code b}, the upper end of a degenerate interpolation;
 * {@link #upperBoundWhenEqual} does the same.
 *
 * <p>Zhou et al., NeurIPS 2023, arXiv 2312.00359, eq. 2; {@code tb_linear_map} in the code.
 */
public final class LinearMap implements RateAssignment {

    private final RatioRange range;
    private final boolean upperBoundWhenEqual;

    private LinearMap(double minRatio, double maxRatio, boolean upperBoundWhenEqual) {
        this.range = new RatioRange("the linear map", minRatio, maxRatio);
        this.upperBoundWhenEqual = upperBoundWhenEqual;
    }

    /**
     * Maps to {@code minRatio..maxRatio}, and to factor 1 where all scores are equal.
     *
     * @throws IllegalArgumentException unless {@code 0 < minRatio <= maxRatio}, both finite
     */
    public static LinearMap of(double minRatio, double maxRatio) {
        return new LinearMap(minRatio, maxRatio, false);
    }

    /**
     * Maps to {@code minRatio..maxRatio}, and to {@code maxRatio} where all scores are equal, as the released code does.
     *
     * @throws IllegalArgumentException unless {@code 0 < minRatio <= maxRatio}, both finite
     */
    public static LinearMap upperBoundWhenEqual(double minRatio, double maxRatio) {
        return new LinearMap(minRatio, maxRatio, true);
    }

    @Override
    public double[] factors(double[] scores) {
        Scores.checkFinite("the linear map", scores);
        double[] factors = new double[scores.length];
        if (Scores.allEqual(scores)) {
            Arrays.fill(factors, upperBoundWhenEqual ? range.at(1) : 1);
            return factors;
        }
        double min = Doubles.min(scores);
        double max = Doubles.max(scores);
        for (int i = 0; i < scores.length; i++) {
            factors[i] = range.at(position(scores[i], min, max));
        }
        return factors;
    }

    private static double position(double score, double min, double max) {
        double spread = max - min;
        // Halves only where the spread overflows: they would lose the last bit of subnormal scores.
        return spread <= Double.MAX_VALUE ? (score - min) / spread : (score / 2 - min / 2) / (max / 2 - min / 2);
    }

    @Override
    public String toString() {
        return "linear(" + range + (upperBoundWhenEqual ? ", upper bound when equal" : "") + ")";
    }
}
