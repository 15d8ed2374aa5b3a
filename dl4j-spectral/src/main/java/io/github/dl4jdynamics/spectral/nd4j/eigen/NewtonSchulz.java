/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j.eigen;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Polar factor of a matrix by matrix products alone.
 *
 * <pre>{@code
 * X_0 = T / ||T||_F,   X <- X (15 I - 10 G + 3 G^2) / 8,   G = X^T X        ->  U V^T
 * }</pre>
 *
 * <p>Singular values above 0 go to 1, the small ones late: after s steps those below some {@code 1.875^-s} of the Frobenius
 * norm are still smaller. Keeps nothing from one matrix to the next. Cost per step: {@code 4 m n^2 + 2 n^3} operations.
 * Higham, "Functions of Matrices", 2008, chapter 8.
 */
final class NewtonSchulz {
    private final int steps;
    private final INDArray gram;
    private final INDArray polynomial;
    private final INDArray spare;

    /**
     * Iteration for matrices of one shape.
     *
     * @param like a matrix [m, n] of the type and shape to come, m at least n
     */
    NewtonSchulz(int steps, INDArray like) {
        this.steps = steps;
        long n = like.size(1);
        gram = Nd4j.create(like.dataType(), new long[] {n, n}, 'f');
        polynomial = gram.like();
        spare = Nd4j.create(like.dataType(), like.shape(), 'f');
    }

    /** Replaces a matrix that is not zero by its polar factor. */
    void polarize(INDArray x) {
        x.divi(x.norm2Number());
        for (int s = 0; s < steps; s++) {
            Nd4j.gemm(x, x, gram, true, false, 1, 0);
            polynomial.assign(gram);
            Nd4j.gemm(gram, gram, polynomial, false, false, 3.0 / 8, -10.0 / 8);
            spare.assign(x);
            Nd4j.gemm(spare, polynomial, x, false, false, 1, 15.0 / 8);
        }
    }
}
