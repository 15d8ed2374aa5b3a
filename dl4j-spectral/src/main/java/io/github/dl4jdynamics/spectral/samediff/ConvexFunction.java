/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.samediff;

/**
 * Strictly convex, increasing functions of an eigenvalue for the convex eigen loss {@code -sum f(u_i^T A u_i)}.
 *
 * <p>Li, Shi, Zhao, Lin, "Amortized Eigendecomposition for Neural Networks", NeurIPS 2024, uses both.
 *
 * @since 0.1.0
 */
public enum ConvexFunction {
    /**
     * {@code f(x) = x^1.5}, for positive semidefinite matrices. Deviation: a negative {@code x} counts as 0, in value
     * and gradient, where the power is not a number.
     */
    POWER,
    /**
     * {@code f(x) = e^x}, for any symmetric matrix. Deviation: {@code x} above 80 (FLOAT) or 700 (DOUBLE), where the
     * exponential is about to overflow, counts as that number and has no gradient.
     */
    EXPONENTIAL
}
