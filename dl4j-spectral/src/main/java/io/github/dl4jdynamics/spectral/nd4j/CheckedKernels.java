/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j;

import java.util.Arrays;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import static com.google.common.base.Preconditions.checkArgument;

/** What all back ends share: refusals and the copy to the heap. */
abstract class CheckedKernels implements DenseKernels {

    abstract double[] eigenvalues(ColumnMajor a);

    abstract SymmetricEigen eigen(ColumnMajor a);

    abstract double[] singular(ColumnMajor a);

    abstract ThinQr qr(ColumnMajor a);

    abstract ColumnMajor lowerFactor(ColumnMajor a);

    abstract ColumnMajor solve(Triangle triangle, ColumnMajor t, ColumnMajor b);

    @Override
    public final double[] symmetricEigenvalues(INDArray matrix) {
        return eigenvalues(square("symmetricEigenvalues", matrix));
    }

    @Override
    public final SymmetricEigen symmetricEigen(INDArray matrix) {
        return eigen(square("symmetricEigen", matrix));
    }

    @Override
    public final double[] singularValues(INDArray matrix) {
        return singular(matrix("singularValues", matrix, resultType("singularValues", matrix)));
    }

    @Override
    public final ThinQr thinQr(INDArray matrix) {
        return qr(matrix("thinQr", matrix, resultType("thinQr", matrix)));
    }

    @Override
    public final void orthonormalize(INDArray columns) {
        resultType("orthonormalize", columns);
        checkArgument(
                columns.size(0) >= columns.size(1),
                "matrix given to orthonormalize must have at least as many rows as columns, got shape %s",
                Arrays.toString(columns.shape()));
        replaceByQ(columns);
    }

    /** By way of copies; a back end that can work in place does. Refuses what is not finite. */
    void replaceByQ(INDArray columns) {
        columns.assign(thinQr(columns).q());
    }

    @Override
    public void gram(INDArray columns, INDArray into) {
        Nd4j.gemm(columns, columns, into, true, false, 1, 0);
    }

    @Override
    public final INDArray cholesky(INDArray matrix) {
        return lowerFactor(square("cholesky", matrix)).toArray();
    }

    @Override
    public final INDArray solveTriangular(Triangle triangle, INDArray matrix, INDArray rightHandSide) {
        String method = "solveTriangular";
        boolean wide =
                resultType(method, matrix) == DataType.DOUBLE || resultType(method, rightHandSide) == DataType.DOUBLE;
        DataType type = wide ? DataType.DOUBLE : DataType.FLOAT;
        ColumnMajor t = matrix(method, matrix, type);
        checkSquare(method, matrix);
        ColumnMajor b = matrix(method, rightHandSide, type);
        checkArgument(
                b.rows() == t.rows(),
                "right-hand side given to solveTriangular must have as many rows as the matrix (%s), got shape %s",
                t.rows(),
                Arrays.toString(rightHandSide.shape()));
        for (int i = 0; i < t.rows(); i++) {
            checkArgument(
                    t.get(i, i) != 0,
                    "matrix given to solveTriangular must have no zero on its diagonal, but entry (%s, %s) is 0",
                    i,
                    i);
        }
        return solve(triangle, t, b).toArray();
    }

    @Override
    public String toString() {
        return "DenseKernels[" + backend() + "]";
    }

    private static ColumnMajor square(String method, INDArray matrix) {
        DataType type = resultType(method, matrix);
        checkSquare(method, matrix);
        return matrix(method, matrix, type);
    }

    private static void checkSquare(String method, INDArray matrix) {
        checkArgument(
                matrix.size(0) == matrix.size(1),
                "matrix given to %s must be square, got shape %s",
                method,
                Arrays.toString(matrix.shape()));
    }

    /** FLOAT or DOUBLE: the type in which the array is computed. */
    private static DataType resultType(String method, INDArray array) {
        checkArgument(
                array.rank() == 2,
                "array given to %s must be a matrix (rank 2), got rank %s with shape %s; reshape it first",
                method,
                array.rank(),
                Arrays.toString(array.shape()));
        checkArgument(
                array.length() > 0,
                "matrix given to %s must have at least one entry, got shape %s",
                method,
                Arrays.toString(array.shape()));
        checkArgument(
                array.dataType().isFPType(),
                "matrix given to %s must hold floating-point numbers, got %s; use castTo(DataType.DOUBLE)",
                method,
                array.dataType());
        return array.dataType() == DataType.DOUBLE ? DataType.DOUBLE : DataType.FLOAT;
    }

    private static ColumnMajor matrix(String method, INDArray array, DataType type) {
        ColumnMajor matrix = ColumnMajor.copyOf(array, type);
        int bad = matrix.indexOfNonFinite();
        if (bad >= 0) {
            int row = bad % matrix.rows();
            int col = bad / matrix.rows();
            throw new IllegalArgumentException("matrix given to " + method + " must be finite, but entry (" + row + ", "
                    + col + ") is " + matrix.get(row, col));
        }
        return matrix;
    }

    /** The refusal of a Cholesky factorization that broke down at this order (1-based). */
    static IllegalArgumentException notPositiveDefinite(int order) {
        return new IllegalArgumentException(
                "matrix given to cholesky must be positive definite, but its leading block of order " + order
                        + " is not; add a small multiple of the identity");
    }
}
