/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.distance;

/**
 * Tells a step down of the learning rate from a decay.
 *
 * <pre>{@code
 * drop at update i  <=>  r[i-1] / r[i] >= factor  and  r[i-2] / r[i-1] < sqrt(factor)
 * }</pre>
 *
 * <p>A jump out of a calm: the second condition refuses the end of a cosine or a linear decay to zero, where rates halve
 * from update to update, but each time after having nearly halved before. Compared with the rate at the start of the
 * segment a slow decay would look like a step, sooner or later.
 */
final class RateDrops {
    private final double factor;
    private double last = Double.NaN;
    private double lastRatio = 1;

    RateDrops(double factor) {
        this.factor = factor;
    }

    /**
     * Whether the rate of the update to come is a drop. Rates that are zero or unknown are passed over: nothing moves at
     * rate zero.
     */
    boolean isDrop(double rate) {
        if (!(rate > 0 && Double.isFinite(rate))) {
            return false;
        }
        double ratio = Double.isNaN(last) ? 1 : last / rate;
        boolean drop = ratio >= factor && lastRatio < Math.sqrt(factor);
        last = rate;
        lastRatio = ratio;
        return drop;
    }

    /** The latest rate that was not passed over; NaN before. */
    double last() {
        return last;
    }
}
