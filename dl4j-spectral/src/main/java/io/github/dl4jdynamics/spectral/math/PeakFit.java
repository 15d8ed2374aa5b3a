/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.math;

import java.util.Objects;

import com.google.common.base.MoreObjects;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * Hill's tail exponent at the best of the thresholds near the peak of the spectrum: the mode {@code fix-finger} or
 * {@code xmin_peak}, used for pruning language models.
 *
 * <pre>{@code
 * p = 10^(left edge of the fullest of `bins` equal bins of log10 e)
 * candidates e[i], i <= N-2, with  low <= e[i] <= 1.5 p
 * low = log10(0.95 p) as released,  or  0.95 p as surely meant
 * i = the first minimum of D among the candidates
 * }</pre>
 *
 * <p>The released bound compares an eigenvalue with a logarithm, a slip inherited from WeightWatcher and kept here for
 * comparison: alpha then changes with the scale of W, and for {@code p < 1.05} every eigenvalue up to {@code 1.5 p} is
 * a candidate. Without any candidate the released code returns alpha = 0; here the fit is unusable and says so.
 * Eigenvalues that are zero up to rounding, where the released code fails, are left out of the histogram.
 */
public final class PeakFit implements TailFitter {

    /** What the candidates are compared with from below. */
    public enum LowerBound {
        /** {@code log10(0.95 p)}: the released code. */
        RELEASED {
            @Override
            double of(double peak) {
                return Math.log10(0.95 * peak);
            }
        },
        /** {@code 0.95 p}: the bound without the slip; the fit is then invariant under scaling of W. */
        CORRECTED {
            @Override
            double of(double peak) {
                return 0.95 * peak;
            }
        };

        abstract double of(double peak);
    }

    private static final double UPPER_BOUND = 1.5;

    private final int bins;
    private final LowerBound lowerBound;

    private PeakFit(Builder builder) {
        bins = builder.bins;
        lowerBound = builder.lowerBound;
    }

    /** The released code: 100 bins, {@link LowerBound#RELEASED}. */
    public static PeakFit released() {
        return builder().build();
    }

    /** Without the slip: 100 bins, {@link LowerBound#CORRECTED}. */
    public static PeakFit corrected() {
        return builder().lowerBound(LowerBound.CORRECTED).build();
    }

    /** A builder with the released code's defaults. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public TailFit fit(EigenvalueSpectrum spectrum) {
        EigenvalueSpectrum positive = spectrum.above(spectrum.roundingLevel(spectrum.size()));
        ThresholdScan scan = new ThresholdScan(spectrum);
        if (positive.get(0) == positive.largest()) {
            // No width for a histogram and no exponent at any threshold: the last one knows the reason.
            int last = Math.max(0, spectrum.size() - 2);
            return scan.closest(last, last);
        }
        double peak = peak(positive);
        double low = lowerBound.of(peak);
        double high = UPPER_BOUND * peak;
        int from = spectrum.size() - spectrum.countAbove(Math.nextDown(low));
        int to = Math.min(spectrum.size() - spectrum.countAbove(high), spectrum.size() - 1) - 1;
        if (from > to) {
            return TailFit.unusable("no threshold lies between " + low + " and " + high
                    + " around the peak of the spectrum at " + peak
                    + "; the released code returns alpha = 0 here, take another tail fit");
        }
        return scan.closest(from, to);
    }

    private double peak(EigenvalueSpectrum positive) {
        double min = Math.log10(positive.get(0));
        double width = (Math.log10(positive.largest()) - min) / bins;
        int[] counts = new int[bins];
        int fullest = 0;
        for (int i = 0; i < positive.size(); i++) {
            counts[Math.min(bins - 1, (int) ((Math.log10(positive.get(i)) - min) / width))]++;
        }
        for (int bin = 1; bin < bins; bin++) {
            fullest = counts[bin] > counts[fullest] ? bin : fullest;
        }
        return Math.pow(10, min + fullest * width);
    }

    /** Number of bins of the histogram. */
    public int bins() {
        return bins;
    }

    /** What the candidates are compared with from below. */
    public LowerBound lowerBound() {
        return lowerBound;
    }

    @Override
    public String toString() {
        return MoreObjects.toStringHelper(this)
                .add("bins", bins)
                .add("lowerBound", lowerBound)
                .toString();
    }

    /** Settings of a {@link PeakFit}. */
    public static final class Builder {

        private int bins = 100;
        private LowerBound lowerBound = LowerBound.RELEASED;

        /** The released code's defaults. */
        public Builder() {}

        /**
         * Number of equal bins between the smallest and the largest logarithm; default 100, as in the released code.
         *
         * @throws IllegalArgumentException unless it is at least 1
         */
        public Builder bins(int bins) {
            checkArgument(bins >= 1, "bins of the peak fit must be >= 1, got %s; the released code uses 100", bins);
            this.bins = bins;
            return this;
        }

        /** What the candidates are compared with from below. Default {@link LowerBound#RELEASED}. */
        public Builder lowerBound(LowerBound lowerBound) {
            this.lowerBound = Objects.requireNonNull(lowerBound, "lowerBound of the peak fit must not be null");
            return this;
        }

        /** The fitter. */
        public PeakFit build() {
            return new PeakFit(this);
        }
    }
}
