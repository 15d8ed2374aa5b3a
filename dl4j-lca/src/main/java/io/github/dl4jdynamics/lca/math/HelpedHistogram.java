/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca.math;

import java.util.Arrays;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * How often single parameters help: a histogram over the share of iterations in which each one did.
 *
 * <pre>{@code
 * share = helped / steps,   bin i: i / n <= share < (i + 1) / n,   the last one with share = 1
 * }</pre>
 *
 * <p>Helping is strict, A &lt; 0. Parameters that never moved the loss, neither helped nor hurt, are counted apart: a
 * layer of dead units would otherwise hide the rest behind its peak at 0. Bins are found with integers, so a share on an
 * edge is in the bin above. With fewer steps than bins some bins cannot be hit. Immutable. O(parameters).
 *
 * <p>Lan, Liu, Zhou, Yosinski, "LCA: Loss Change Allocation for Neural Network Training", NeurIPS 2019, arXiv
 * 1909.01440: most parameters help in little more than half of the iterations.
 *
 * @since 0.1
 */
public final class HelpedHistogram {
    /** Bins, 50: two percent wide, with an edge at one half (ours). */
    public static final int DEFAULT_BINS = 50;

    private final long[] counts;
    private final long neverMoved;
    private final double mean;

    private HelpedHistogram(long[] counts, long neverMoved, double mean) {
        this.counts = counts;
        this.neverMoved = neverMoved;
        this.mean = mean;
    }

    /**
     * Histogram with {@value #DEFAULT_BINS} bins.
     *
     * @param helped iterations with A &lt; 0, per parameter
     * @param hurt iterations with A &gt; 0, per parameter
     * @param steps iterations in all
     * @throws IllegalArgumentException if the lengths differ, or counts are negative or together more than the steps
     */
    public static HelpedHistogram of(int[] helped, int[] hurt, int steps) {
        return of(helped, hurt, steps, DEFAULT_BINS);
    }

    /**
     * Histogram with bins of choice.
     *
     * @param helped iterations with A &lt; 0, per parameter
     * @param hurt iterations with A &gt; 0, per parameter
     * @param steps iterations in all
     * @param bins n, of equal width
     * @throws IllegalArgumentException if the lengths differ, if counts are negative or together more than the steps, or
     *     without a bin
     */
    public static HelpedHistogram of(int[] helped, int[] hurt, int steps, int bins) {
        checkArgument(
                helped.length == hurt.length,
                "helped and hurt must have one count per parameter each, got %s and %s counts",
                helped.length,
                hurt.length);
        checkArgument(bins >= 1, "bins must be >= 1, got %s; use %s", bins, DEFAULT_BINS);
        long[] counts = new long[bins];
        long neverMoved = 0;
        double sum = 0;
        for (int k = 0; k < helped.length; k++) {
            checkArgument(
                    helped[k] >= 0 && hurt[k] >= 0 && (long) helped[k] + hurt[k] <= steps,
                    "parameter %s must have helped and hurt in 0 to %s steps together, got %s and %s; count all steps",
                    k,
                    steps,
                    helped[k],
                    hurt[k]);
            if (helped[k] == 0 && hurt[k] == 0) {
                neverMoved++;
            } else {
                counts[(int) Math.min(bins - 1L, (long) helped[k] * bins / steps)]++;
                sum += (double) helped[k] / steps;
            }
        }
        return new HelpedHistogram(counts, neverMoved, sum / (helped.length - neverMoved));
    }

    /** Parameters per bin, bin 0 from share 0 upwards. A copy. */
    public long[] counts() {
        return counts.clone();
    }

    /** Parameters that helped or hurt in some iteration: the sum of all bins. */
    public long moved() {
        return Arrays.stream(counts).sum();
    }

    /** Parameters that neither helped nor hurt in any iteration; in no bin. */
    public long neverMoved() {
        return neverMoved;
    }

    /** Mean over the parameters that moved of the share of iterations in which they helped; NaN if none moved. */
    public double mean() {
        return mean;
    }
}
