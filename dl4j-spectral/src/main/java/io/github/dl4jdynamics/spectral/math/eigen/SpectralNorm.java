/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.math.eigen;

/** {@code sigma_1^2 / 2}. */
final class SpectralNorm implements SpectralPenalty {
    @Override
    public int leading(int n) {
        return 1;
    }

    @Override
    public double value(double[] sigma, double squaredNorm) {
        return sigma[0] * sigma[0] / 2;
    }

    @Override
    public double[] slopes(double[] sigma, double squaredNorm) {
        return new double[] {sigma[0]};
    }

    @Override
    public boolean dependsOnSquaredNorm() {
        return false;
    }

    @Override
    public String toString() {
        return "spectral norm";
    }
}
