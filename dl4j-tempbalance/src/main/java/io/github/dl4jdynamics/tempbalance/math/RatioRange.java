/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance.math;

import static com.google.common.base.Preconditions.checkArgument;

/** Smallest and largest factor of an assignment, {@code lr_min_ratio} and {@code lr_max_ratio} of the reference code. */
final class RatioRange {

    private final double min;
    private final double max;

    RatioRange(String who, double min, double max) {
        checkArgument(
                min > 0 && Double.isFinite(min),
                "minRatio of %s must be finite and > 0, got %s; 0.5 is TempBalance's, exclude a layer to stop tuning it",
                who,
                min);
        checkArgument(
                max > 0 && Double.isFinite(max),
                "maxRatio of %s must be finite and > 0, got %s; 1.5 is TempBalance's",
                who,
                max);
        checkArgument(
                min <= max,
                "minRatio of %s must be <= maxRatio, got %s > %s; swap them, reversed rates contradict the method",
                who,
                min,
                max);
        this.min = min;
        this.max = max;
    }

    /** {@code min + (max - min) position}, exact at both ends and never outside; position in 0..1. */
    double at(double position) {
        return position == 1 ? max : Math.min(max, min + (max - min) * position);
    }

    @Override
    public String toString() {
        return "minRatio=" + min + ", maxRatio=" + max;
    }
}
