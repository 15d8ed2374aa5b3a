/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j.eigen;

/**
 * How singular vectors are found.
 *
 * @since 0.1
 */
public enum SpectralSolver {
    /**
     * One step of orthogonal iteration from the vectors before. For leading singular values of both sides in turn, one at a
     * refresh unless the matrix moves fast; for penalties on all singular values by small rotations, with smooth ones only where
     * they are needed. The default: cheapest for its accuracy, nothing to tune.
     */
    ORTHOGONAL_ITERATION,
    /** One step of Adam on an eigen loss from the basis before: the method of the amortization paper. */
    EIGEN_LOSS,
    /** Polar factor by matrix products, from nothing; for the nuclear norm alone. */
    NEWTON_SCHULZ,
    /** Power iteration from a random vector each time, as the spectral norm paper does; for penalties on the largest value. */
    FRESH_POWER_ITERATION,
    /** A full decomposition of the Gram matrix in DOUBLE. */
    EXACT
}
