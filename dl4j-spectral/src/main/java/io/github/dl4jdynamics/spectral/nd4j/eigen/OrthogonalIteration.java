/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j.eigen;

import io.github.dl4jdynamics.spectral.nd4j.DenseKernels;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * {@code V <- qf((A + mu I) V)}: the power method for a whole basis, which goes on from where it was.
 *
 * <p>The part of eigenvector j in place i falls by {@code (lambda_j + mu) / (lambda_i + mu)} with each step, so A has to be
 * positive semidefinite. Golub and Van Loan, "Matrix Computations", 4th ed., 8.2.4.
 *
 * <p>A shift mu keeps the columns of a full basis from vanishing where eigenvalues do, which allows the cheaper factorization;
 * vectors of eigenvalues below it hardly converge.
 */
final class OrthogonalIteration implements BasisStep {
    private final DenseKernels kernels;
    private final double shift;

    /**
     * The iteration.
     *
     * @param shift mu in units of the largest eigenvalue
     */
    OrthogonalIteration(DenseKernels kernels, double shift) {
        this.kernels = kernels;
        this.shift = shift;
    }

    @Override
    public void improve(SymmetricOperator a, INDArray product, INDArray v) {
        if (shift == 0) {
            v.assign(product);
        } else {
            v.muli(shift * Columns.longest(product)).addi(product);
        }
        kernels.orthonormalize(v);
    }
}
