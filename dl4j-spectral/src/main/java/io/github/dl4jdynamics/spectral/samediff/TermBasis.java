/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.samediff;

import java.util.Arrays;

import io.github.dl4jdynamics.spectral.nd4j.DenseKernels;
import io.github.dl4jdynamics.spectral.nd4j.Detached;
import io.github.dl4jdynamics.spectral.nd4j.SymmetricEigen;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import static com.google.common.base.Preconditions.checkArgument;

/** The eigenvectors of a matrix that a term looks at, with what its history tells. In no workspace. */
final class TermBasis {
    private static final int LISTED = 10;

    private final double[] values;
    private final INDArray columns;
    private final double offDiagonal;

    private TermBasis(double[] values, INDArray columns, double offDiagonal) {
        this.values = values;
        this.columns = columns;
        this.offDiagonal = offDiagonal;
    }

    /**
     * The first eigenvectors of {@code matrix [n, n]}, largest eigenvalue first.
     *
     * @param old basis {@code [n, k]} up to now; the new one has as many columns
     * @throws IllegalArgumentException if the matrix is not finite or not symmetric within the tolerance
     */
    @SuppressWarnings("try")
    static TermBasis of(INDArray matrix, INDArray old, EigenFunction function, double tolerance) {
        try (MemoryWorkspace outside = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            long n = old.size(0);
            checkArgument(
                    matrix.rank() == 2 && matrix.size(0) == n && matrix.size(1) == n,
                    "matrix has shape %s, the term was built for [%s, %s]",
                    Arrays.toString(matrix.shape()),
                    n,
                    n);
            INDArray a = matrix.castTo(DataType.DOUBLE);
            double norm = a.norm2Number().doubleValue();
            checkArgument(Double.isFinite(norm), "matrix has entries that are not finite");
            double asymmetry = a.sub(a.transpose()).norm2Number().doubleValue();
            checkArgument(
                    asymmetry <= tolerance * norm,
                    "||A - A^T|| is %s of ||A||, symmetryTolerance allows %s; symmetrise the matrix in the graph",
                    asymmetry / norm,
                    tolerance);
            INDArray symmetric = a.add(a.transpose()).muli(0.5);
            double off = norm == 0 ? 0 : offDiagonal(symmetric, old.castTo(DataType.DOUBLE)) / norm;
            SymmetricEigen eigen = DenseKernels.auto().symmetricEigen(symmetric.castTo(matrix.dataType()));
            return of(eigen, old, function, off);
        }
    }

    private static TermBasis of(SymmetricEigen eigen, INDArray old, EigenFunction function, double offDiagonal) {
        int n = (int) old.size(0);
        int k = (int) old.size(1);
        double[] ascending = eigen.values();
        double[] vectors = Detached.doubles(eigen.vectors(), 'f');
        double zero = function == EigenFunction.NUCLEAR_NORM ? nullThreshold(ascending, old.dataType()) : -1;
        double[] values = new double[k];
        double[] columns = new double[n * k];
        for (int j = 0; j < k; j++) {
            int from = n - 1 - j;
            values[j] = ascending[from];
            // The sign of a zero eigenvalue is rounding noise: a column of zeros takes it out of sum |d_i|.
            if (Math.abs(values[j]) > zero) {
                System.arraycopy(vectors, from * n, columns, j * n, n);
            }
        }
        INDArray basis = Nd4j.create(columns, new long[] {n, k}, 'f').castTo(old.dataType());
        return new TermBasis(values, basis, offDiagonal);
    }

    /** Eigenvalues up to this are zero to working precision, as LAPACK's users count rank: n * eps * max |lambda|. */
    private static double nullThreshold(double[] ascending, DataType type) {
        double epsilon = type == DataType.DOUBLE ? Math.ulp(1.0) : Math.ulp(1.0f);
        int n = ascending.length;
        return n * epsilon * Math.max(Math.abs(ascending[0]), Math.abs(ascending[n - 1]));
    }

    private static double offDiagonal(INDArray a, INDArray basis) {
        INDArray inner = basis.transpose().mmul(a).mmul(basis);
        double squares = 0;
        double[] entries = Detached.doubles(inner, 'c');
        int k = (int) basis.size(1);
        for (int i = 0; i < entries.length; i++) {
            squares += i / k == i % k ? 0 : entries[i] * entries[i];
        }
        return Math.sqrt(squares);
    }

    /** Largest eigenvalues, descending. */
    double[] listedValues() {
        return Arrays.copyOf(values, Math.min(LISTED, values.length));
    }

    /** {@code [n, k]}, type of the old basis. */
    INDArray columns() {
        return columns;
    }

    double offDiagonal() {
        return offDiagonal;
    }
}
