/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.math.eigen;

/**
 * A function of the singular values of a matrix and of its squared Frobenius norm.
 *
 * <pre>{@code
 * phi(sigma_1 >= ... >= sigma_k, F),   F = ||W||_F^2 = sum over all sigma_i^2
 *
 * dphi/dW = 2 phi_F W + sum_i phi_i u_i v_i^T,   phi_i = dphi/dsigma_i (F constant),  phi_F = dphi/dF (sigma constant)
 * }</pre>
 *
 * <p>Where singular values are equal the function may have a kink; any {@code u_i, v_i} then give a subgradient. Immutable.
 * Ready-made ones: {@link SpectralPenalties}.
 *
 * @since 0.1
 */
public interface SpectralPenalty {
    /**
     * How many of the largest singular values matter.
     *
     * @param n number of singular values of the matrix, at least 1
     * @return from 1 to n
     */
    int leading(int n);

    /**
     * The penalty.
     *
     * @param sigma the leading singular values, descending, none negative
     * @param squaredNorm F
     */
    double value(double[] sigma, double squaredNorm);

    /** Slopes by the leading singular values; that of a value of zero is not used. */
    double[] slopes(double[] sigma, double squaredNorm);

    /**
     * Whether each slope is the same smooth function of its own singular value, up to a factor that all share, where all
     * values matter. The gradient can then be taken from vectors that are a little off ({@code W V F V^T} instead of
     * {@code W V diag V^T}); default false.
     */
    default boolean isSmooth() {
        return false;
    }

    /** Whether F matters; default true. If not, F may be NaN. */
    default boolean dependsOnSquaredNorm() {
        return true;
    }

    /** Slope by F. */
    default double slopeBySquaredNorm(double[] sigma, double squaredNorm) {
        return 0;
    }
}
