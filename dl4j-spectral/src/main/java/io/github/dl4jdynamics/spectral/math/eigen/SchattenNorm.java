/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.math.eigen;

/** {@code (sum sigma_i^p)^(1/p)}. */
final class SchattenNorm implements SpectralPenalty {
    private final double p;

    SchattenNorm(double p) {
        this.p = p;
    }

    @Override
    public int leading(int n) {
        return n;
    }

    /** In units of the largest, whose powers neither overflow nor vanish. */
    @Override
    public double value(double[] sigma, double squaredNorm) {
        if (sigma[0] == 0) {
            return 0;
        }
        double sum = 0;
        for (double s : sigma) {
            sum += Math.pow(s / sigma[0], p);
        }
        return sigma[0] * Math.pow(sum, 1 / p);
    }

    @Override
    public double[] slopes(double[] sigma, double squaredNorm) {
        double norm = value(sigma, squaredNorm);
        double[] slopes = new double[sigma.length];
        for (int i = 0; i < slopes.length && norm > 0; i++) {
            slopes[i] = Math.pow(sigma[i] / norm, p - 1);
        }
        return slopes;
    }

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
        return "Schatten " + p + " norm";
    }
}
