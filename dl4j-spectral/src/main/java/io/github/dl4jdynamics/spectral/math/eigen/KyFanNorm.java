/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.math.eigen;

import java.util.Arrays;

/** {@code sigma_1 + ... + sigma_k}; the nuclear norm where k is at least their number. */
public final class KyFanNorm implements SpectralPenalty {
    private final int k;

    KyFanNorm(int k) {
        this.k = k;
    }

    @Override
    public int leading(int n) {
        return Math.min(k, n);
    }

    @Override
    public double value(double[] sigma, double squaredNorm) {
        return Arrays.stream(sigma).sum();
    }

    @Override
    public double[] slopes(double[] sigma, double squaredNorm) {
        double[] slopes = new double[sigma.length];
        Arrays.fill(slopes, 1);
        return slopes;
    }

    /** Its slopes are equal. */
    @Override
    public boolean isSmooth() {
        return true;
    }

    @Override
    public boolean dependsOnSquaredNorm() {
        return false;
    }

    @Override
    public String toString() {
        return k == Integer.MAX_VALUE ? "nuclear norm" : "Ky Fan " + k + " norm";
    }
}
