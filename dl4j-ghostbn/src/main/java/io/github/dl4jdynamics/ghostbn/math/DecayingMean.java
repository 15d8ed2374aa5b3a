/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.math;

/** Exponential moving average of samples at uneven distances; says whether it fell at the last one. */
final class DecayingMean {
    private double mean = Double.NaN;
    private boolean falling;

    /** The first value is taken whole. */
    void add(double value, double weight) {
        if (Double.isNaN(mean)) {
            mean = value;
            return;
        }
        double next = mean + weight * (value - mean);
        falling = next < mean;
        mean = next;
    }

    /** NaN before the first value. */
    double mean() {
        return mean;
    }

    boolean isFalling() {
        return falling;
    }
}
