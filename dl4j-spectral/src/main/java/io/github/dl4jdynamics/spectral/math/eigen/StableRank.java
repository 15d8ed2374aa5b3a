/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.math.eigen;

/** {@code F / sigma_1^2}. */
final class StableRank implements SpectralPenalty {
    @Override
    public int leading(int n) {
        return 1;
    }

    @Override
    public double value(double[] sigma, double squaredNorm) {
        return sigma[0] == 0 ? 0 : squaredNorm / sigma[0] / sigma[0];
    }

    @Override
    public double[] slopes(double[] sigma, double squaredNorm) {
        return new double[] {sigma[0] == 0 ? 0 : -2 * value(sigma, squaredNorm) / sigma[0]};
    }

    @Override
    public double slopeBySquaredNorm(double[] sigma, double squaredNorm) {
        return sigma[0] == 0 ? 0 : 1 / sigma[0] / sigma[0];
    }

    @Override
    public String toString() {
        return "stable rank";
    }
}
