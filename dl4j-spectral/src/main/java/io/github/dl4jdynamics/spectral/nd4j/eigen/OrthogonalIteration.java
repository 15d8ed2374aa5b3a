/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j.eigen;

import io.github.dl4jdynamics.spectral.nd4j.DenseKernels;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * {@code V <- qf(A V)}: the power method for a whole basis, which goes on from where it was.
 *
 * <p>The part of eigenvector j in place i falls by {@code lambda_j / lambda_i} with each step, so A has to be
 * positive semidefinite. Golub and Van Loan, "Matrix Computations", 4th ed., 8.2.4.
 */
final class OrthogonalIteration implements BasisStep {
    private final DenseKernels kernels;

    OrthogonalIteration(DenseKernels kernels) {
        this.kernels = kernels;
    }

    @Override
    public void improve(SymmetricOperator a, INDArray product, INDArray v) {
        v.assign(product);
        kernels.orthonormalize(v);
    }
}
