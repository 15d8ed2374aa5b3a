/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.samediff;

import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.factory.Nd4j;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * Thin QR factors of a small matrix inside a SameDiff graph, with the gradient that SameDiff's own {@code qr} lacks.
 *
 * <pre>{@code
 * A = Q R,  A [m, n], m >= n,  Q [m, n], Q^T Q = I,  R [n, n] upper triangular, R_ii > 0
 *
 * given dL/dQ = Qb and dL/dR = Rb:
 * dL/dA = (Qb + Q copyltu(M)) R^-T,   M = R Rb^T - Qb^T Q
 * copyltu(M): strict lower part of M, mirrored upwards, and the diagonal
 * }</pre>
 *
 * <p>First derivatives only: the derivative of a gradient comes out wrong. Where {@code A} has no full numerical rank
 * ({@code min R_ii <= m eps max R_ii}) the derivative does not exist and the gradient is zero; a matrix whose
 * factorization fails outright, such as zero, has {@code Q = 0, R = 0}. NaN or infinity in {@code A} gives NaN.
 *
 * <p>All ops are SameDiff's own, so a saved graph loads without this library and keeps its gradient.
 *
 * <p><b>Cost.</b> That of the native ops, whose time grows like {@code m^3 n}, not {@code m n^2}; hence the limits of
 * 128 columns and 512 rows. Forward and backward together, DOUBLE, one thread (LAPACK takes 0.2 ms for the factors of
 * a FLOAT [1024, 32]); FLOAT takes half as long from [64, 64] on:
 *
 * <pre>{@code
 * [8, 8] 25 ms   [32, 32] 35 ms   [64, 64] 65 ms   [128, 128] 0.3 s   [256, 32] 0.15 s   [512, 64] 1 s   [512, 128] 2 s
 * }</pre>
 *
 * <p>The graph holds a constant {@code [m + 4, m]} for each factorization.
 *
 * <p>Source of the adjoint: Walter, Lehmann, "Algorithmic Differentiation of Linear Algebra Functions with Application
 * in Optimum Experimental Design", 2010, arXiv 1001.1654.
 *
 * @since 0.1.0
 */
public final class DifferentiableQr {
    /** Most columns of a matrix. */
    public static final int MAX_COLUMNS = 128;

    /** Most rows of a matrix. */
    public static final int MAX_ROWS = 512;

    private static final String USER = "a DifferentiableQr";

    private final SDVariable q;
    private final SDVariable r;

    private DifferentiableQr(SDVariable q, SDVariable r) {
        this.q = q;
        this.r = r;
    }

    /**
     * Adds the factorization of a parameter, constant or placeholder to its graph.
     *
     * @param matrix variable {@code [m, n]}, {@code 512 >= m >= n}, {@code 128 >= n >= 1}, FLOAT or DOUBLE
     * @return the factors
     * @throws IllegalArgumentException if the shape or the type is another, or if the graph does not know the shape
     */
    public static DifferentiableQr of(SDVariable matrix) {
        int[] shape = MatrixShape.known(matrix, USER);
        return of(matrix, shape[0], shape[1]);
    }

    /**
     * Adds the factorization of a matrix to its graph, whose shape the graph does not know before it runs, as of all
     * that ops compute.
     *
     * @param matrix variable {@code [m, n]}, FLOAT or DOUBLE
     * @param m number of rows, {@code 512 >= m >= n}
     * @param n number of columns, {@code 128 >= n >= 1}
     * @return the factors
     * @throws IllegalArgumentException if the shape or the type is another
     */
    @SuppressWarnings("try")
    public static DifferentiableQr of(SDVariable matrix, int m, int n) {
        MatrixShape.checkType(matrix, USER);
        MatrixShape.checkGiven(matrix, m, n, USER);
        checkArgument(
                m >= n && n >= 1,
                "matrix '%s' of %s must have a shape [m, n] with m >= n >= 1, got [%s, %s]; transpose it",
                matrix.name(),
                USER,
                m,
                n);
        checkArgument(
                m <= MAX_ROWS && n <= MAX_COLUMNS,
                "matrix '%s' of %s must have at most %s rows and %s columns, got [%s, %s]: the native qr op takes time "
                        + "like m^3 n, 0.9 s at [256, 256]; factor it outside the graph with DenseKernels.thinQr",
                matrix.name(),
                USER,
                MAX_ROWS,
                MAX_COLUMNS,
                m,
                n);
        try (MemoryWorkspace outside = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            return differentiable(matrix, m, n);
        }
    }

    // The factors are found from a copy of A that has no gradient, and so have none themselves. The gradient comes from
    // the first-order change of Q and R along D = A - copy, a matrix of zeros with the gradient of A:
    //   X = D R^-1,  S = Q^T X,  T = strict upper part of (S + S^T) + diagonal of S,  dR = T R,  dQ = X - Q T
    // It is linear in D, and what SameDiff makes of it backwards is the adjoint above.
    private static DifferentiableQr differentiable(SDVariable a, int m, int n) {
        SameDiff sd = a.getSameDiff();
        SDVariable flat = sd.reshape(a, (long) m * n); // in row-major order from here on, see RowMajor
        SDVariable fixed = GradientStop.of(flat);
        NativeQr factors = NativeQr.of(sd.reshape(fixed, m, n), m, n);
        SDVariable change = sd.reshape(flat.sub(fixed).mul(factors.isRegular()), m, n);
        SDVariable x = Products.of(change, factors.inverse(), n);
        SDVariable s = Products.ofTransposed(factors.q(), x, n);
        SDVariable t = s.add(sd.transpose(s)).mul(Triangles.strictUpperAndHalfDiagonal(sd, a.dataType(), n));
        SDVariable r = factors.r().add(Products.of(t, factors.r(), n));
        SDVariable q = factors.q().add(x.sub(Products.of(factors.q(), t, n)));
        return new DifferentiableQr(q, r);
    }

    /** Orthonormal columns {@code [m, n]}. */
    public SDVariable q() {
        return q;
    }

    /** Upper triangular, {@code [n, n]}, with a positive diagonal. */
    public SDVariable r() {
        return r;
    }
}
