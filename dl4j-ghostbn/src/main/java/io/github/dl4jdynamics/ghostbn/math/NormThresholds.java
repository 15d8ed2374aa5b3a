/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.math;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * What counts as a phase for {@link NormPhases}. All defaults are ours: neither the paper nor its code detects phases.
 *
 * <p>Spans are in time constants of the decay, {@code 1 / (eta lambda)} iterations. Immutable.
 *
 * @since 0.1
 */
public final class NormThresholds {
    private final Builder values;

    private NormThresholds(Builder values) {
        this.values = values.copy();
    }

    /** All defaults. */
    public static NormThresholds defaults() {
        return builder().build();
    }

    /** Starts from the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    double smoothing() {
        return values.smoothing;
    }

    double shrinkingRatio() {
        return values.shrinkingRatio;
    }

    double shrinkingSpan() {
        return values.shrinkingSpan;
    }

    double blowUpRatio() {
        return values.blowUpRatio;
    }

    double jump() {
        return values.jump;
    }

    double lossFactor() {
        return values.lossFactor;
    }

    double normGrowth() {
        return values.normGrowth;
    }

    double equilibriumTolerance() {
        return values.equilibriumTolerance;
    }

    double equilibriumSpan() {
        return values.equilibriumSpan;
    }

    @Override
    public String toString() {
        return "smoothing=" + values.smoothing + ", shrinkingRatio=" + values.shrinkingRatio + ", shrinkingSpan="
                + values.shrinkingSpan + ", blowUpRatio=" + values.blowUpRatio + ", jump=" + values.jump
                + ", lossFactor=" + values.lossFactor + ", normGrowth=" + values.normGrowth + ", equilibriumTolerance="
                + values.equilibriumTolerance + ", equilibriumSpan=" + values.equilibriumSpan;
    }

    /** Sets some of the thresholds of {@link NormThresholds}. */
    public static final class Builder {
        private double smoothing = 0.1;
        private double shrinkingRatio = 0.9;
        private double shrinkingSpan = 0.05;
        private double blowUpRatio = 3;
        private double jump = 0.01;
        private double lossFactor = 2;
        private double normGrowth = 0.05;
        private double equilibriumTolerance = 0.1;
        private double equilibriumSpan = 1;

        private Builder() {}

        private Builder copy() {
            Builder copy = new Builder();
            copy.smoothing = smoothing;
            copy.shrinkingRatio = shrinkingRatio;
            copy.shrinkingSpan = shrinkingSpan;
            copy.blowUpRatio = blowUpRatio;
            copy.jump = jump;
            copy.lossFactor = lossFactor;
            copy.normGrowth = normGrowth;
            copy.equilibriumTolerance = equilibriumTolerance;
            copy.equilibriumSpan = equilibriumSpan;
            return copy;
        }

        /** Window of the moving averages, positive, in time constants of the decay. Default 0.1. */
        public Builder smoothing(double window) {
            smoothing = positive("smoothing", window, 0.1);
            return this;
        }

        /** The norm shrinks while the balance ratio is below this, between 0 and 1. Default 0.9. */
        public Builder shrinkingRatio(double ratio) {
            checkArgument(
                    ratio > 0 && ratio <= 1,
                    "shrinkingRatio of NormThresholds must be in (0, 1], got %s; 0.9 is the default",
                    ratio);
            shrinkingRatio = ratio;
            return this;
        }

        /** How long it must stay below, in time constants of the decay. Default 0.05. */
        public Builder shrinkingSpan(double span) {
            shrinkingSpan = positive("shrinkingSpan", span, 0.05);
            return this;
        }

        /** A step with a balance ratio above this blows up, at least 1. Default 3. */
        public Builder blowUpRatio(double ratio) {
            checkArgument(ratio >= 1, "blowUpRatio of NormThresholds must be >= 1, got %s; 3 is the default", ratio);
            blowUpRatio = ratio;
            return this;
        }

        /** So does one that turns the weights by more than this, as cosine distance, positive. Default 0.01. */
        public Builder jump(double delta) {
            jump = positive("jump", delta, 0.01);
            return this;
        }

        /** It destabilises if the loss exceeds its minimum of the period by this factor, above 1. Default 2. */
        public Builder lossFactor(double factor) {
            checkArgument(factor > 1, "lossFactor of NormThresholds must be > 1, got %s; 2 is the default", factor);
            lossFactor = factor;
            return this;
        }

        /** Or if the squared norm exceeds its minimum of the period by this share, positive. Default 0.05. */
        public Builder normGrowth(double share) {
            normGrowth = positive("normGrowth", share, 0.05);
            return this;
        }

        /** Equilibrium is a balance ratio this close to 1; twice as far ends it. Positive. Default 0.1. */
        public Builder equilibriumTolerance(double tolerance) {
            equilibriumTolerance = positive("equilibriumTolerance", tolerance, 0.1);
            return this;
        }

        /** How long it must stay close, in time constants of the decay. Default 1. */
        public Builder equilibriumSpan(double span) {
            equilibriumSpan = positive("equilibriumSpan", span, 1);
            return this;
        }

        /** The thresholds. */
        public NormThresholds build() {
            return new NormThresholds(this);
        }

        private static double positive(String name, double value, double normal) {
            checkArgument(
                    value > 0, "%s of NormThresholds must be > 0, got %s; %s is the default", name, value, normal);
            return value;
        }
    }
}
