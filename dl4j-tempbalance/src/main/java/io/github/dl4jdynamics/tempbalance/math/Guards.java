/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance.math;

import com.google.common.primitives.Doubles;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * Limits on the factors that an assignment returns; all off by default, as in the papers.
 *
 * <pre>{@code
 * 1. spread   f <- 1 + w (f - 1)       w = min(1, (s_max - s_min) / threshold)
 * 2. clamp    f <- min(max(f, low), high)
 * 3. change   f <- min(max(f, p / r), p r)       p = the layer's factor of the previous update, r = maxChange
 * }</pre>
 *
 * <p>Always in this order, so the later limit wins. Finite positive factors stay finite and positive.
 *
 * <p>The spread guard keeps estimation noise from being stretched to the full range: scores closer together than the
 * threshold move the factors towards 1, continuously, down to 1 for equal scores. Under the threshold the linear map
 * thereby has the fixed slope {@code (maxRatio - minRatio) / threshold}. A mean factor of 1 stays 1, so the mean is
 * preserved by {@link RateAssignment#normalized()} and this guard together; the two later limits may move it.
 *
 * <p>Not in the papers; ours.
 */
public final class Guards {

    private final double minSpread;
    private final double minSpreadInStandardErrors;
    private final double low;
    private final double high;
    private final double maxChange;

    private Guards(Builder builder) {
        this.minSpread = builder.minSpread;
        this.minSpreadInStandardErrors = builder.minSpreadInStandardErrors;
        this.low = builder.low;
        this.high = builder.high;
        this.maxChange = builder.maxChange;
    }

    /** Returns guards that change nothing. */
    public static Guards none() {
        return builder().build();
    }

    /** Returns a builder with every guard off. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns a builder with these settings. */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.minSpread = minSpread;
        builder.minSpreadInStandardErrors = minSpreadInStandardErrors;
        builder.low = low;
        builder.high = high;
        builder.maxChange = maxChange;
        return builder;
    }

    /** The weight w of the spread guard; standard errors that are not finite are left out of their root mean square. */
    double spreadWeight(double[] scores, double[] standardErrors) {
        double noise = minSpreadInStandardErrors == 0 ? 0 : rootMeanSquare(standardErrors);
        double threshold = Math.max(minSpread, minSpreadInStandardErrors * noise);
        double spread = Doubles.max(scores) - Doubles.min(scores);
        return spread >= threshold ? 1 : spread / threshold;
    }

    private static double rootMeanSquare(double[] values) {
        double sumOfSquares = 0;
        int count = 0;
        for (double value : values) {
            if (Double.isFinite(value)) {
                sumOfSquares += value * value;
                count++;
            }
        }
        return count == 0 ? 0 : Math.sqrt(sumOfSquares / count);
    }

    double shrink(double factor, double spreadWeight) {
        return spreadWeight == 1 ? factor : 1 + spreadWeight * (factor - 1);
    }

    double clamp(double factor) {
        return Doubles.constrainToRange(factor, low, high);
    }

    /** NaN as the previous factor means that there is none, so no limit either. */
    double limitChange(double factor, double previousFactor) {
        return Double.isNaN(previousFactor)
                ? factor
                : Doubles.constrainToRange(factor, previousFactor / maxChange, previousFactor * maxChange);
    }

    @Override
    public String toString() {
        return "guards(minSpread=" + minSpread + ", minSpreadInStandardErrors=" + minSpreadInStandardErrors + ", clamp="
                + low + ".." + high + ", maxChange=" + maxChange + ")";
    }

    /** Builds {@link Guards}; every guard is off unless set. */
    public static final class Builder {

        private double minSpread;
        private double minSpreadInStandardErrors;
        private double low;
        private double high = Double.POSITIVE_INFINITY;
        private double maxChange = Double.POSITIVE_INFINITY;

        private Builder() {}

        /**
         * Sets the spread of the scores, highest minus lowest, below which factors shrink towards 1.
         *
         * @param minSpread in units of the score, {@code >= 0}; default 0 = off. The alphas of an untrained ResNet18
         *     under FARMS spread by about 0.05
         * @throws IllegalArgumentException if negative or not finite
         */
        public Builder minSpread(double minSpread) {
            checkArgument(
                    minSpread >= 0 && Double.isFinite(minSpread),
                    "minSpread must be finite and >= 0, got %s; 0 is off, 0.1 suits alpha",
                    minSpread);
            this.minSpread = minSpread;
            return this;
        }

        /**
         * Sets the same threshold in typical standard errors, the root mean square over the scores; the larger of both
         * thresholds counts.
         *
         * <p>Equal layers with normal errors spread by 2.3 (5 layers), 3.7 (20) or 4.5 (50) standard errors on average, so
         * 8 lets pure noise use at most about half of the range. Scores without a standard error are left out; with none
         * at all this threshold is 0. Smoothing of the scores, which lowers their errors, is not accounted for.
         *
         * @param count number of standard errors, {@code >= 0}; default 0 = off
         * @throws IllegalArgumentException if negative or not finite
         */
        public Builder minSpreadInStandardErrors(double count) {
            checkArgument(
                    count >= 0 && Double.isFinite(count),
                    "minSpreadInStandardErrors must be finite and >= 0, got %s; 0 is off, 8 halves the effect of noise",
                    count);
            this.minSpreadInStandardErrors = count;
            return this;
        }

        /**
         * Sets the smallest and the largest factor.
         *
         * @param low {@code > 0} and {@code <= 1}; default: no bound
         * @param high {@code >= 1}, may be infinite; default: no bound
         * @throws IllegalArgumentException if 1, the base rate, would be outside, or low is not positive
         */
        public Builder clamp(double low, double high) {
            checkArgument(
                    low > 0 && low <= 1 && high >= 1,
                    "clamp must satisfy 0 < low <= 1 <= high, got %s..%s; the base rate, factor 1, must stay possible",
                    low,
                    high);
            this.low = low;
            this.high = high;
            return this;
        }

        /**
         * Sets how far a layer's factor may move in one update: at most times r or divided by r.
         *
         * @param ratio r, {@code > 1}, may be infinite; default infinite = off
         * @throws IllegalArgumentException unless {@code > 1}
         */
        public Builder maxChange(double ratio) {
            checkArgument(
                    ratio > 1,
                    "maxChange must be > 1, got %s; 1.5 allows a step to half as much again, infinity is off",
                    ratio);
            this.maxChange = ratio;
            return this;
        }

        /** Returns the guards. */
        public Guards build() {
            return new Guards(this);
        }
    }
}
