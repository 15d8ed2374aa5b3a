/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.math;

import java.util.Objects;

import com.google.common.base.MoreObjects;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * Hill's tail exponent above a fixed place of the spectrum, by default its median: the {@code PL_Alpha_Hill} of
 * TempBalance.
 *
 * <pre>{@code
 * i = (int) (N / xminPos),  n = N - i
 * alpha = 1 + n / sum_{j=i}^{N-1} ln(e[j] / xmin)
 * xmin = e[i] (threshold counted)  or  e[i-1] (threshold excluded)
 * }</pre>
 *
 * <p>O(N log N) with the sorting. Alpha does not change with the scale of W or its transposition, but it does grow with
 * the aspect ratio of W: {@link MarchenkoPastur#noiseAlpha} says how much, {@link FarmsEsd} removes it.
 *
 * <p>No fit, with the reason, where the reference code gives NaN, infinity or noise: a threshold that is zero up to
 * rounding, a constant tail, a tail of one.
 *
 * <p>Zhou, Pang, Liu, Martin, Mahoney, Yang: Temperature Balancing, Layer-wise Weight Analysis, and Neural Network
 * Training, NeurIPS 2023, arXiv:2312.00359, eq. (1).
 */
public final class MedianFit implements TailFitter {

    private final double xminPos;
    private final HillConvention convention;

    private MedianFit(Builder builder) {
        xminPos = builder.xminPos;
        convention = builder.convention;
    }

    /** The released code's default: upper half of the spectrum, threshold counted. */
    public static MedianFit released() {
        return builder().build();
    }

    /** The papers' formula: upper half of the spectrum, threshold the eigenvalue below it. */
    public static MedianFit paper() {
        return builder().convention(HillConvention.THRESHOLD_EXCLUDED).build();
    }

    /** A builder with the released code's defaults. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public TailFit fit(EigenvalueSpectrum spectrum) {
        int start = (int) (spectrum.size() / xminPos);
        int threshold = convention == HillConvention.THRESHOLD_COUNTED ? start : start - 1;
        if (threshold < 0) {
            return TailFit.unusable("the tail takes all " + spectrum.size()
                    + " eigenvalues and leaves none below it as the threshold; lower xminPos (" + xminPos
                    + ") or count the threshold");
        }
        LogSpectrum logs = new LogSpectrum(spectrum);
        if (!logs.allows(threshold, start)) {
            return TailFit.unusable(logs.refusal(threshold, start));
        }
        double distance = new KolmogorovSmirnovDistance(logs).below(Double.POSITIVE_INFINITY, threshold, start);
        return TailFit.of(
                logs.alpha(threshold, start), spectrum.get(threshold), threshold, spectrum.size() - start, distance);
    }

    /** Divisor of N that gives the first index of the tail. */
    public double xminPos() {
        return xminPos;
    }

    /** Which eigenvalue is the threshold. */
    public HillConvention convention() {
        return convention;
    }

    @Override
    public String toString() {
        return MoreObjects.toStringHelper(this)
                .add("xminPos", xminPos)
                .add("convention", convention)
                .toString();
    }

    /** Settings of a {@link MedianFit}. */
    public static final class Builder {

        private double xminPos = 2;
        private HillConvention convention = HillConvention.THRESHOLD_COUNTED;

        /** The released code's defaults. */
        public Builder() {}

        /**
         * The tail starts at index {@code (int) (N / xminPos)}: larger means a larger tail. Default 2, the upper half, as
         * in TempBalance; the GLUE scripts of ModelBalancing use 1.5, the upper third.
         *
         * @throws IllegalArgumentException unless it is finite and larger than 1
         */
        public Builder xminPos(double xminPos) {
            checkArgument(
                    xminPos > 1 && Double.isFinite(xminPos),
                    "xminPos of the median fit must be finite and > 1, got %s; 2 keeps the upper half",
                    xminPos);
            this.xminPos = xminPos;
            return this;
        }

        /** Which eigenvalue is the threshold. Default {@link HillConvention#THRESHOLD_COUNTED}, the released code. */
        public Builder convention(HillConvention convention) {
            this.convention = Objects.requireNonNull(convention, "convention of the median fit must not be null");
            return this;
        }

        /** The fitter. */
        public MedianFit build() {
            return new MedianFit(this);
        }
    }
}
