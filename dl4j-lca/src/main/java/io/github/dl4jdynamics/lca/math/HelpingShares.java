/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca.math;

import java.util.Locale;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * Share of the parameters that help, iteration by iteration.
 *
 * <pre>{@code
 * of all    = helped / (helped + hurt + zero)
 * of moved  = helped / (helped + hurt)            helped: A < 0, hurt: A > 0, zero: A = 0
 * }</pre>
 *
 * <p>Helping is strict. Exact zeros, as of dead units, frozen layers and inputs that are always zero, count as not
 * helping in the share of all, which is the one of the paper, and lower it for a reason that has nothing to do with
 * learning; hence the share of those that moved. An iteration without parameters, or in which none moved, has no such
 * share: NaN, left out of mean and standard deviation. Immutable. O(iterations).
 *
 * <p>Lan, Liu, Zhou, Yosinski, "LCA: Loss Change Allocation for Neural Network Training", NeurIPS 2019, arXiv
 * 1909.01440: barely over one half in any iteration.
 *
 * @since 0.1
 */
public final class HelpingShares {
    private final double[] ofAll;
    private final double[] ofMoved;
    private final SeriesMoments all;
    private final SeriesMoments moved;

    private HelpingShares(double[] ofAll, double[] ofMoved) {
        this.ofAll = ofAll;
        this.ofMoved = ofMoved;
        this.all = SeriesMoments.of(ofAll);
        this.moved = SeriesMoments.of(ofMoved);
    }

    /**
     * Shares from counts of parameters, one of each kind per iteration.
     *
     * @param helped parameters with A &lt; 0
     * @param hurt parameters with A &gt; 0
     * @param zero parameters with A = 0
     * @throws IllegalArgumentException if the lengths differ or a count is negative
     */
    public static HelpingShares of(long[] helped, long[] hurt, long[] zero) {
        checkArgument(
                helped.length == hurt.length && helped.length == zero.length,
                "helped, hurt and zero must have one count per iteration each, got %s, %s and %s counts",
                helped.length,
                hurt.length,
                zero.length);
        double[] ofAll = new double[helped.length];
        double[] ofMoved = new double[helped.length];
        for (int t = 0; t < helped.length; t++) {
            checkArgument(
                    helped[t] >= 0 && hurt[t] >= 0 && zero[t] >= 0,
                    "counts of iteration %s must be >= 0, got %s helped, %s hurt, %s zero; count parameters",
                    t,
                    helped[t],
                    hurt[t],
                    zero[t]);
            double movers = (double) helped[t] + hurt[t];
            ofAll[t] = helped[t] / (movers + zero[t]);
            ofMoved[t] = helped[t] / movers;
        }
        return new HelpingShares(ofAll, ofMoved);
    }

    /** Iterations, those without a share included. */
    public int iterations() {
        return ofAll.length;
    }

    /** Share of all parameters that helped, per iteration, from 0 to 1; NaN without parameters. A copy. */
    public double[] ofAll() {
        return ofAll.clone();
    }

    /** Share of the parameters that moved the loss which helped, per iteration; NaN if none moved it. A copy. */
    public double[] ofMoved() {
        return ofMoved.clone();
    }

    /** Mean over iterations of the share of all; NaN if there is none. */
    public double meanOfAll() {
        return all.mean;
    }

    /** Standard deviation over iterations, divided by n, of the share of all; NaN if there is none. */
    public double standardDeviationOfAll() {
        return all.standardDeviation;
    }

    /** Mean over iterations of the share of those that moved; NaN if there is none. */
    public double meanOfMoved() {
        return moved.mean;
    }

    /** Standard deviation over iterations, divided by n, of the share of those that moved; NaN if there is none. */
    public double standardDeviationOfMoved() {
        return moved.standardDeviation;
    }

    /** For example {@code 50.31 % of all helped, sd 0.42; 51.70 % of those that moved, sd 0.40; 4500 iterations}. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%.2f %% of all helped, sd %.2f; %.2f %% of those that moved, sd %.2f; %d iterations",
                100 * all.mean,
                100 * all.standardDeviation,
                100 * moved.mean,
                100 * moved.standardDeviation,
                ofAll.length);
    }
}
