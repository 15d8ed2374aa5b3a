/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j.eigen;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A symmetric matrix that is there. */
final class DenseOperator implements SymmetricOperator {
    private final INDArray matrix;

    DenseOperator(INDArray matrix) {
        this.matrix = matrix;
    }

    @Override
    public void multiply(INDArray v, INDArray into) {
        Nd4j.gemm(matrix, v, into, false, false, 1, 0);
    }

    @Override
    public INDArray project(INDArray v) {
        return Nd4j.gemm(v, Nd4j.gemm(matrix, v, false, false), true, false);
    }

    @Override
    public INDArray toDense() {
        return matrix.castTo(DataType.DOUBLE);
    }
}
