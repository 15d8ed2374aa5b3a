/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca.math;

import java.util.Arrays;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * Range of a colour scale with zero in the middle, wide enough for all but the extreme values.
 *
 * <pre>{@code
 * r = |v|_(ceil(q / 100 n))           the smallest |v| that q percent of the n finite values do not exceed
 * }</pre>
 *
 * <p>Colours then run from -r, helps, to r, hurts. If that is zero, as for a layer of which nearly all units are dead,
 * r is the largest {@code |v|}; if all values are zero, or none is finite, {@link #MIN_RANGE}. So r can be divided by.
 * NaN and infinite values are left out. O(n log n), with one copy.
 *
 * <p>The figures of Lan, Liu, Zhou, Yosinski, "LCA: Loss Change Allocation for Neural Network Training", NeurIPS 2019,
 * arXiv 1909.01440, use the 99th percentile.
 *
 * @since 0.1
 */
public final class SymmetricRange {
    /** Percentile, 99 (as the figures of the paper). */
    public static final double DEFAULT_PERCENTILE = 99;

    /** Range when there is nothing but zeros: the smallest positive number that is normal as a float too (ours). */
    public static final double MIN_RANGE = Float.MIN_NORMAL;

    private SymmetricRange() {}

    /**
     * Range at the 99th percentile.
     *
     * @param values in any unit, rows of any length
     * @return r, positive, in that unit
     */
    public static double of(double[][] values) {
        return of(values, DEFAULT_PERCENTILE);
    }

    /**
     * Range at a percentile of choice; 100 is the largest {@code |v|}.
     *
     * @param values in any unit, rows of any length
     * @param percentile q, in (0, 100]
     * @return r, positive, in the unit of the values
     * @throws IllegalArgumentException if the percentile is not in (0, 100]
     */
    public static double of(double[][] values, double percentile) {
        checkArgument(
                percentile > 0 && percentile <= 100,
                "percentile must be in (0, 100], got %s; use %s",
                percentile,
                DEFAULT_PERCENTILE);
        double[] sizes = Arrays.stream(values)
                .flatMapToDouble(Arrays::stream)
                .filter(Double::isFinite)
                .map(Math::abs)
                .sorted()
                .toArray();
        if (sizes.length == 0 || sizes[sizes.length - 1] == 0) {
            return MIN_RANGE;
        }
        double range = sizes[(int) Math.ceil(percentile * sizes.length / 100) - 1];
        return range > 0 ? range : sizes[sizes.length - 1];
    }
}
