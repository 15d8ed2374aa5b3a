/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j.eigen;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A matrix seen with at least as many rows as columns: itself or its transpose. As an operator it is its Gram matrix,
 * whose eigenvectors are its right singular vectors.
 *
 * <pre>{@code
 * T = M or M^T,  [m, n],  m >= n,     A = T^T T
 * }</pre>
 */
final class TallMatrix implements SymmetricOperator {
    private final INDArray matrix;
    private final boolean transposed;
    private final INDArray images;

    /**
     * A view.
     *
     * @param matrix M, in 'f' order so that products need no copy
     * @param images scratch [m, k] in 'f' order
     */
    TallMatrix(INDArray matrix, INDArray images) {
        this.matrix = matrix;
        this.transposed = matrix.size(0) < matrix.size(1);
        this.images = images;
    }

    /** {@code images = T v}. */
    INDArray map(INDArray v) {
        return Nd4j.gemm(matrix, v, images, transposed, false, 1, 0);
    }

    /** {@code into = T^T images}, [n, k]. */
    void mapBack(INDArray into) {
        Nd4j.gemm(matrix, images, into, !transposed, false, 1, 0);
    }

    @Override
    public void multiply(INDArray v, INDArray into) {
        map(v);
        mapBack(into);
    }

    /** {@code (T v)^T (T v)}; leaves the images of v. */
    @Override
    public INDArray project(INDArray v) {
        map(v);
        return Nd4j.gemm(images, images, true, false);
    }

    /** {@code sum = a M + Y V^T}, or its transpose where T is; Y [m, k], V [n, k], sum like M. */
    void combine(double a, INDArray y, INDArray v, INDArray sum) {
        if (a != 0) {
            sum.assign(matrix);
        }
        Nd4j.gemm(transposed ? v : y, transposed ? y : v, sum, false, true, 1, a);
    }

    /** In DOUBLE, since a Gram matrix has the square of the condition. */
    @Override
    public INDArray toDense() {
        INDArray wide = matrix.castTo(DataType.DOUBLE);
        return Nd4j.gemm(wide, wide, !transposed, transposed);
    }
}
