/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Dense linear algebra on {@code INDArray}s, where ND4J's own {@code svd} and {@code qr} ops fail or crawl.
 *
 * <p>Every method takes any view ('c' or 'f' order, offset, strides), never changes its input and returns arrays that
 * belong to no workspace, in 'f' order. DOUBLE is computed in double; FLOAT in float, except by
 * {@link KernelBackend#JAVA}, which computes in double and rounds; HALF and BFLOAT16 are widened to FLOAT first and
 * give FLOAT results. Plain values ({@code double[]}) are doubles in every case.
 *
 * <p>Each method refuses, with an {@link IllegalArgumentException}, whatever is not a non-empty matrix of finite
 * floating-point numbers. Cost O(n^3); working memory is a copy of the input or two. Safe for use by several threads.
 *
 * @since 0.1.0
 */
public interface DenseKernels {

    /** Which half of a square array is read, and whether it is transposed. The other half may hold anything finite. */
    enum Triangle {
        /** {@code L}, entries on and below the diagonal. */
        LOWER,
        /** {@code L^T}, read from the entries on and below the diagonal. */
        LOWER_TRANSPOSED,
        /** {@code U}, entries on and above the diagonal. */
        UPPER,
        /** {@code U^T}, read from the entries on and above the diagonal. */
        UPPER_TRANSPOSED;

        boolean isLower() {
            return this == LOWER || this == LOWER_TRANSPOSED;
        }

        boolean isTransposed() {
            return this == LOWER_TRANSPOSED || this == UPPER_TRANSPOSED;
        }
    }

    /**
     * Kernels of {@link KernelBackend#AUTO}.
     *
     * @throws IllegalStateException if the system property names a back end that cannot be used
     * @throws IllegalArgumentException if the system property has another value than documented
     */
    static DenseKernels auto() {
        return of(KernelBackend.AUTO);
    }

    /**
     * Kernels of the given back end.
     *
     * @throws IllegalStateException if that back end cannot be used here; the message holds the reason
     */
    static DenseKernels of(KernelBackend backend) {
        switch (backend.resolve()) {
            case LAPACK:
                return new LapackKernels();
            case ND4J:
                return new Nd4jKernels();
            default:
                return new JavaKernels();
        }
    }

    /** The back end at work; never {@link KernelBackend#AUTO}. */
    KernelBackend backend();

    /**
     * Eigenvalues of a symmetric matrix {@code [n, n]}, ascending. Only the lower triangle is read.
     */
    double[] symmetricEigenvalues(INDArray matrix);

    /**
     * Eigenvalues and eigenvectors of a symmetric matrix {@code [n, n]}. Only the lower triangle is read.
     *
     * <pre>{@code A = V diag(values) V^T}</pre>
     */
    SymmetricEigen symmetricEigen(INDArray matrix);

    /** Singular values of a matrix {@code [m, n]}, descending; {@code min(m, n)} of them. */
    double[] singularValues(INDArray matrix);

    /**
     * Thin QR factorization of a matrix {@code [m, n]}.
     *
     * <pre>{@code A = Q R,  Q^T Q = I,  k = min(m, n)}</pre>
     *
     * <p>No entry on the diagonal of {@code R} is negative, which makes the factors of a matrix of full rank unique.
     */
    ThinQr thinQr(INDArray matrix);

    /**
     * Replaces the columns of a matrix {@code [m, n]}, {@code m >= n}, by the factor {@code Q} of {@link #thinQr}, up to
     * rounding.
     *
     * <p>{@link KernelBackend#LAPACK} works where the array lies if it is dense in 'f' order, and goes by way of the
     * Cholesky factor of {@code A^T A} if the columns, scaled to unit length, are well conditioned: that takes a third to
     * a half of the time of Householder reflections. Columns without full rank become orthonormal all the same.
     *
     * @throws IllegalArgumentException also if {@code m < n}; the array is then as it was
     */
    void orthonormalize(INDArray columns);

    /**
     * Gram matrix of the columns of a matrix {@code [m, n]}: {@code into = A^T A}. Above the diagonal {@code into} may hold
     * anything afterwards.
     *
     * @param into {@code [n, n]} in 'f' order, of the same type
     */
    void gram(INDArray columns, INDArray into);

    /**
     * Lower Cholesky factor of a symmetric positive definite matrix {@code [n, n]}. Only the lower triangle is read.
     *
     * <pre>{@code A = L L^T}</pre>
     *
     * @throws IllegalArgumentException also if the matrix is not numerically positive definite
     */
    INDArray cholesky(INDArray matrix);

    /**
     * Solves {@code T X = B} with a triangular matrix {@code T} read from {@code matrix [n, n]}; {@code B} and
     * {@code X} are {@code [n, k]}. Computed in double if either is DOUBLE.
     *
     * @throws IllegalArgumentException also if a diagonal entry is zero, or if {@code B} has another number of rows
     */
    INDArray solveTriangular(Triangle triangle, INDArray matrix, INDArray rightHandSide);
}
