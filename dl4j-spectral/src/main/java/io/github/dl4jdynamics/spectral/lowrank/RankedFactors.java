/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.lowrank;

import io.github.dl4jdynamics.spectral.nd4j.DenseKernels;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * A matrix {@code A [m, n]} as a product of thin factors of any rank, the best there are of that rank.
 *
 * <pre>{@code
 * A ~ left(r) right(r),   left(r) = U_r S_r^(1/2) [m, r],   right(r) = S_r^(1/2) V_r^T [r, n]
 * energy(r) = sum_{i<=r} s_i^2 / sum_i s_i^2 = 1 - ||A - left(r) right(r)||_F^2 / ||A||_F^2
 * }</pre>
 *
 * <p>Singular values at or below {@code max(m, n) eps s_1}, {@code eps} of the matrix' own data type, are rounding and
 * count as zero, as in NumPy's {@code matrix_rank}. Computed in double; O(m n min(m, n)) time, eight matrices of its
 * size.
 */
final class RankedFactors {
    /*
     * With A scaled to entries of at most 1 and turned so that m >= n:
     *
     *   A^T A = V L V^T        eigenvectors by falling eigenvalue; they alone would resolve s_i only down to 1e-8 s_1,
     *   A V = Q R              so one step of orthogonal iteration follows: Q spans the range of A to machine precision,
     *   C = Q^T A              and A = Q C; the rows of C are orthogonal with norms s_i as far as V is accurate.
     *
     * Q_r C_r = Q_r Q_r^T A is a projection, so the squared row norms of C are the energies that are really kept, and
     * directions outside the range of A have rows of norm eps s_1: the rank of a rank-deficient matrix is exact.
     * Halko, Martinsson, Tropp: Finding structure with randomness, SIAM Review 2011, arXiv:0909.4061, section 4.5.
     */
    private final INDArray q;
    private final INDArray c;
    private final double[] singularValues;
    private final double scale;
    private final boolean turned;
    private final int rank;

    private RankedFactors(INDArray q, INDArray c, double scale, boolean turned, double tolerance) {
        this.q = q;
        this.c = c;
        this.singularValues = c.norm2(1).toDoubleVector();
        this.scale = scale;
        this.turned = turned;
        int positive = 0;
        while (positive < singularValues.length
                && singularValues[positive] > 0
                && singularValues[positive] > tolerance * singularValues[0]) {
            positive++;
        }
        this.rank = positive;
    }

    /**
     * @param matrix not empty, finite, of any floating-point type and order; only read
     */
    static RankedFactors of(INDArray matrix, DenseKernels kernels) {
        double tolerance = Math.max(matrix.rows(), matrix.columns()) * epsilon(matrix.dataType());
        double scale = matrix.amaxNumber().doubleValue();
        boolean turned = matrix.rows() < matrix.columns();
        INDArray scaled = matrix.castTo(DataType.DOUBLE).div(scale == 0 ? 1 : scale);
        INDArray tall = turned ? scaled.transpose() : scaled;
        INDArray ascending = kernels.symmetricEigen(tall.transpose().mmul(tall)).vectors();
        INDArray q = kernels.thinQr(tall.mmul(reversed(ascending))).q();
        return new RankedFactors(q, q.transpose().mmul(tall), scale, turned, tolerance);
    }

    private static INDArray reversed(INDArray columns) {
        int[] order = new int[columns.columns()];
        for (int i = 0; i < order.length; i++) {
            order[i] = order.length - 1 - i;
        }
        return columns.getColumns(order);
    }

    /** Distance from 1 to the next number. */
    private static double epsilon(DataType type) {
        switch (type) {
            case DOUBLE:
                return Math.ulp(1.0);
            case HALF:
                return 0x1p-10;
            case BFLOAT16:
                return 0x1p-7;
            default:
                return Math.ulp(1f);
        }
    }

    /** Number of singular values that are more than rounding; 0 for a matrix of zeros. */
    int rank() {
        return rank;
    }

    /**
     * The smallest rank that keeps the share; all of {@link #rank()} for a share of 1.
     *
     * @param energy in (0, 1]
     */
    int rankFor(double energy) {
        double total = sumOfSquares(singularValues.length);
        double kept = 0;
        for (int r = 1; energy < 1 && r < rank; r++) {
            kept += singularValues[r - 1] * singularValues[r - 1];
            if (kept / total >= energy) {
                return r;
            }
        }
        return rank;
    }

    /** Share of energy that the first {@code r} singular values keep. */
    double energy(int r) {
        return sumOfSquares(r) / sumOfSquares(singularValues.length);
    }

    private double sumOfSquares(int count) {
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += singularValues[i] * singularValues[i];
        }
        return sum;
    }

    /** Left factor {@code [m, r]}, for {@code r} up to {@link #rank()}. */
    INDArray left(int r) {
        return turned ? coefficients(r).transpose() : basis(r);
    }

    /** Right factor {@code [r, n]}. */
    INDArray right(int r) {
        return turned ? basis(r).transpose() : coefficients(r);
    }

    private INDArray basis(int r) {
        return q.get(NDArrayIndex.all(), NDArrayIndex.interval(0, r)).mul(roots(r).reshape(1, r));
    }

    private INDArray coefficients(int r) {
        return c.get(NDArrayIndex.interval(0, r), NDArrayIndex.all())
                .div(roots(r).reshape(r, 1))
                .mul(scale);
    }

    /** Square roots of the singular values of the matrix itself, which share them out evenly. */
    private INDArray roots(int r) {
        double[] roots = new double[r];
        for (int i = 0; i < r; i++) {
            roots[i] = Math.sqrt(scale * singularValues[i]);
        }
        return Nd4j.createFromArray(roots);
    }
}
