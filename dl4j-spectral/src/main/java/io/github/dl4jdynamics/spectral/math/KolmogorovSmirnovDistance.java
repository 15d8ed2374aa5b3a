/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.math;

/**
 * The Kolmogorov-Smirnov distance between a tail and its power law, exact, without looking at most of the tail.
 *
 * <pre>{@code D = max_j | F(j) - rank(j) |,  F(j) = 1 - (e[j]/e[threshold])^(1-alpha),  rank(j) = (j-start)/n }</pre>
 *
 * <p>Between two indices {@code lo < hi} both F and rank only rise, so every deviation in between lies in
 * {@code [F(lo) - rank(hi-1), F(hi) - rank(lo+1)]}. Halving drops every stretch whose bound does not exceed the largest
 * deviation seen. {@code Math.log} and {@code Math.exp} are monotone by specification, subtraction and division in
 * floating point too, hence the result is that of the plain loop to the last bit. Neighbouring thresholds deviate most at about the same eigenvalue: it is looked
 * at first, and a threshold that has already lost is cut off there.
 *
 * <p>Not thread-safe: one per scan.
 */
final class KolmogorovSmirnovDistance {

    private final LogSpectrum logs;
    private int worstIndex;

    private int threshold;
    private int start;
    private double exponent;
    private double limit;
    private double worst;

    KolmogorovSmirnovDistance(LogSpectrum logs) {
        this.logs = logs;
        this.worstIndex = logs.size() - 1;
    }

    /** D of the tail from {@code tailStart} on if it is below the limit; otherwise some number not below the limit. */
    double below(double upperLimit, int tailThreshold, int tailStart) {
        threshold = tailThreshold;
        start = tailStart;
        exponent = 1 - logs.alpha(tailThreshold, tailStart);
        limit = upperLimit;
        worst = 0;
        int last = logs.size() - 1;
        look(Math.max(worstIndex, start));
        double first = look(start);
        refine(start, first, last, look(last));
        return worst;
    }

    private void refine(int lo, double fittedLo, int hi, double fittedHi) {
        if (hi - lo < 2 || worst >= limit || Math.max(fittedHi - rank(lo + 1), rank(hi - 1) - fittedLo) <= worst) {
            return;
        }
        int middle = (lo + hi) >>> 1;
        double fitted = look(middle);
        refine(lo, fittedLo, middle, fitted);
        refine(middle, fitted, hi, fittedHi);
    }

    private double look(int j) {
        double fitted = 1 - Math.exp(exponent * (logs.log(j) - logs.log(threshold)));
        double deviation = Math.abs(fitted - rank(j));
        if (deviation > worst) {
            worst = deviation;
            worstIndex = j;
        }
        return fitted;
    }

    private double rank(int j) {
        return (j - start) / (double) (logs.size() - start);
    }
}
