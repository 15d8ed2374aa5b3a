/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.math.eigen;

import java.util.Arrays;

/** {@code (F - sigma_1^2 - ... - sigma_k^2) / 2}. */
final class TailEnergy implements SpectralPenalty {
    private final int k;

    TailEnergy(int k) {
        this.k = k;
    }

    @Override
    public int leading(int n) {
        return Math.min(k, n);
    }

    @Override
    public double value(double[] sigma, double squaredNorm) {
        double energy = squaredNorm;
        for (double s : sigma) {
            energy -= s * s;
        }
        return Math.max(0, energy) / 2;
    }

    @Override
    public double[] slopes(double[] sigma, double squaredNorm) {
        return Arrays.stream(sigma).map(s -> -s).toArray();
    }

    @Override
    public double slopeBySquaredNorm(double[] sigma, double squaredNorm) {
        return 0.5;
    }

    @Override
    public String toString() {
        return "tail energy beyond " + k;
    }
}
