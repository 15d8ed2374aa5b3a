/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance.math;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * Smooths a layer's score over the updates.
 *
 * <pre>{@code average = beta previous + (1 - beta) current}</pre>
 *
 * <p>Starts at the first usable score rather than at 0, so there is no bias to correct. A score that is not finite leaves
 * the average as it was. With beta 0 the average is the last usable score.
 */
final class ExponentialMovingAverage {

    private final double beta;

    private ExponentialMovingAverage(double beta) {
        checkArgument(
                beta >= 0 && beta < 1,
                "smoothing must be in 0..1 without 1, got %s; 0 is off, 0.9 remembers about 10 updates",
                beta);
        this.beta = beta;
    }

    static ExponentialMovingAverage of(double beta) {
        return new ExponentialMovingAverage(beta);
    }

    /** The new average; a {@code previous} that is not finite means none yet, and so does the result. */
    double next(double previous, double current) {
        if (!Double.isFinite(current)) {
            return Double.isFinite(previous) ? previous : Double.NaN;
        }
        return Double.isFinite(previous) ? beta * previous + (1 - beta) * current : current;
    }

    double beta() {
        return beta;
    }
}
