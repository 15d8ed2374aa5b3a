/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j;

import java.util.Arrays;
import java.util.List;

import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.CholeskyDecomposition;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.apache.commons.math3.linear.NonPositiveDefiniteMatrixException;
import org.apache.commons.math3.linear.QRDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.SingularValueDecomposition;

/**
 * Dense kernels in pure Java, in double precision. commons-math3 does the work, except for eigenvalues without vectors
 * (it always computes the vectors, too, at many times the cost) and for triangular systems of several columns.
 */
final class JavaKernels extends CheckedKernels {

    @Override
    public KernelBackend backend() {
        return KernelBackend.JAVA;
    }

    @Override
    double[] eigenvalues(ColumnMajor a) {
        Tridiagonal tridiagonal = HouseholderTridiagonal.reduce(symmetric(a));
        return TridiagonalValues.of(List.of(tridiagonal)).get(0);
    }

    @Override
    SymmetricEigen eigen(ColumnMajor a) {
        int n = a.rows();
        EigenDecomposition eigen = new EigenDecomposition(new Array2DRowRealMatrix(symmetric(a), false));
        double[] values = new double[n];
        // The library's order is descending.
        Arrays.setAll(values, j -> eigen.getRealEigenvalue(n - 1 - j));
        RealMatrix v = eigen.getV();
        double[] vectors = new double[n * n];
        for (int j = 0; j < n; j++) {
            System.arraycopy(v.getColumn(n - 1 - j), 0, vectors, j * n, n);
        }
        return new SymmetricEigen(values, a.like(n, n, vectors));
    }

    @Override
    double[] singular(ColumnMajor a) {
        return new SingularValueDecomposition(matrix(a)).getSingularValues();
    }

    @Override
    ThinQr qr(ColumnMajor a) {
        int m = a.rows();
        int k = Math.min(m, a.cols());
        // The library sums squares, which vanish or overflow far from 1.
        int exponent = Math.getExponent(
                Arrays.stream(a.toDoubles()).map(Math::abs).max().orElse(0));
        QRDecomposition decomposition = new QRDecomposition(matrix(scaled(a, -exponent)));
        ColumnMajor r = scaled(columnMajor(a, decomposition.getR()).upperTriangle(k), exponent);
        return ThinQr.withPositiveDiagonal(a.like(m, k, thinQ(decomposition.getH(), k)), r);
    }

    /** {@code 2^exponent A}. */
    private static ColumnMajor scaled(ColumnMajor a, int exponent) {
        return a.like(
                a.rows(),
                a.cols(),
                Arrays.stream(a.toDoubles())
                        .map(entry -> Math.scalb(entry, exponent))
                        .toArray());
    }

    /**
     * The first k columns of the product of the reflections {@code I - h h^T / h[j]}. The library's own Q is m x m,
     * which no tall matrix can afford.
     */
    private static double[] thinQ(RealMatrix reflectors, int k) {
        int m = reflectors.getRowDimension();
        double[] q = new double[m * k];
        for (int j = 0; j < k; j++) {
            q[j * m + j] = 1;
        }
        for (int j = k - 1; j >= 0; j--) {
            double[] h = reflectors.getColumn(j);
            // A zero column was not reflected; the library leaves NaN there.
            if (Double.isNaN(h[j])) {
                continue;
            }
            for (int col = j; col < k; col++) {
                double dot = 0;
                for (int i = j; i < m; i++) {
                    dot += h[i] * q[col * m + i];
                }
                for (int i = j; i < m; i++) {
                    q[col * m + i] -= h[i] * (dot / h[j]);
                }
            }
        }
        return q;
    }

    @Override
    ColumnMajor lowerFactor(ColumnMajor a) {
        try {
            RealMatrix matrix = new Array2DRowRealMatrix(symmetric(a), false);
            return columnMajor(a, new CholeskyDecomposition(matrix, 0, 0).getL());
        } catch (NonPositiveDefiniteMatrixException e) {
            throw notPositiveDefinite(e.getRow() + 1);
        }
    }

    @Override
    ColumnMajor solve(Triangle triangle, ColumnMajor t, ColumnMajor b) {
        int n = t.rows();
        boolean forward = triangle.isLower() != triangle.isTransposed();
        double[] x = b.toDoubles().clone();
        for (int col = 0; col < b.cols(); col++) {
            for (int step = 0; step < n; step++) {
                int i = forward ? step : n - 1 - step;
                double sum = x[col * n + i];
                for (int j = forward ? 0 : i + 1; j < (forward ? i : n); j++) {
                    sum -= (triangle.isTransposed() ? t.get(j, i) : t.get(i, j)) * x[col * n + j];
                }
                x[col * n + i] = sum / t.get(i, i);
            }
        }
        return b.like(n, b.cols(), x);
    }

    private static RealMatrix matrix(ColumnMajor a) {
        double[][] rows = new double[a.rows()][a.cols()];
        for (int i = 0; i < a.rows(); i++) {
            int row = i;
            Arrays.setAll(rows[i], j -> a.get(row, j));
        }
        return new Array2DRowRealMatrix(rows, false);
    }

    /** Both triangles filled from the lower one. */
    private static double[][] symmetric(ColumnMajor a) {
        double[][] rows = new double[a.rows()][a.rows()];
        for (int i = 0; i < a.rows(); i++) {
            for (int j = 0; j <= i; j++) {
                rows[i][j] = a.get(i, j);
                rows[j][i] = rows[i][j];
            }
        }
        return rows;
    }

    private static ColumnMajor columnMajor(ColumnMajor like, RealMatrix matrix) {
        int rows = matrix.getRowDimension();
        double[] data = new double[rows * matrix.getColumnDimension()];
        for (int j = 0; j < matrix.getColumnDimension(); j++) {
            System.arraycopy(matrix.getColumn(j), 0, data, j * rows, rows);
        }
        return like.like(rows, matrix.getColumnDimension(), data);
    }
}
