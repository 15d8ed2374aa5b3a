/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.math.eigen;

/** {@code ln(sigma_1 / sigma_n)}. */
final class ConditionNumber implements SpectralPenalty {
    @Override
    public int leading(int n) {
        return n;
    }

    @Override
    public double value(double[] sigma, double squaredNorm) {
        return sigma[0] == 0 ? 0 : Math.log(sigma[0] / sigma[last(sigma)]);
    }

    @Override
    public double[] slopes(double[] sigma, double squaredNorm) {
        double[] slopes = new double[sigma.length];
        if (sigma[0] > 0) {
            slopes[0] += 1 / sigma[0];
            slopes[last(sigma)] -= 1 / sigma[last(sigma)];
        }
        return slopes;
    }

    private static int last(double[] sigma) {
        int last = sigma.length - 1;
        while (sigma[last] == 0) {
            last--;
        }
        return last;
    }

    @Override
    public boolean dependsOnSquaredNorm() {
        return false;
    }

    @Override
    public String toString() {
        return "condition number";
    }
}
