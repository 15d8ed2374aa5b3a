/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j;

import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * The BLAS and LAPACK routines in use, in one precision, all column-major. Names and arguments are LAPACK's, the
 * {@code int} results are its {@code info}, and a {@code lwork} of -1 asks for the best size, told in {@code work}.
 *
 * @param <P> native array of this precision
 */
abstract class Lapack<P extends Pointer> {

    static final byte LOWER = 'L';

    /** The routines for a matrix in its own precision. */
    static Lapack<?> precisionOf(ColumnMajor a) {
        return a.isFloat() ? new FloatLapack() : new DoubleLapack();
    }

    abstract P array(NativeScope scope, long length);

    /** The memory of an array of this precision. */
    abstract P at(Pointer address);

    /** Distance from 1 to the next number of this precision. */
    abstract double epsilon();

    /** Smallest number of this precision that has all its digits; its reciprocal is finite. */
    abstract double leastNormal();

    /** Numbers of this precision in a cache line. */
    abstract int perLine();

    /** Copies a matrix of this precision. */
    abstract void put(ColumnMajor from, P to);

    abstract Stager<P> stager(int maxLength);

    abstract double get(P from, long at);

    abstract double[] doubles(P from, int length);

    /** The first {@code rows * cols} numbers, as a matrix of this precision. */
    abstract ColumnMajor matrix(P from, int rows, int cols);

    /** Lower triangle of {@code c = a a^T + beta c}, or of {@code c = a^T a + beta c}; c is [n, n]. */
    abstract void syrk(boolean transposed, int n, int k, P a, int lda, double beta, P c, int ldc);

    /** {@code b = op(a)^-1 b}; a is [n, n], b is [n, k]. */
    abstract void trsm(DenseKernels.Triangle triangle, int n, int k, P a, P b);

    /** The same for column {@code col} of {@code b}. */
    abstract void trsv(DenseKernels.Triangle triangle, int n, P a, P b, int col);

    /** {@code b = b (a^T)^-1} for the lower triangle a [n, n]; b is [m, n]. */
    abstract void trsmRightTransposed(int m, int n, P a, P b);

    /** Euclidean length of {@code a[at, at + length)}. */
    abstract double norm(int length, P a, long at);

    /** {@code a[at, at + length) *= factor}. */
    abstract void scale(int length, double factor, P a, long at);

    abstract int sytrd(int n, P a, int lda, P d, P e, P tau, P work, int lwork);

    /** Eigenvalues into d and eigenvectors into z of a tridiagonal matrix. */
    abstract int stedc(int n, P d, P e, P z, P work, int lwork, IntPointer iwork, int liwork);

    /** Applies the orthogonal factor of sytrd to the n columns of c. */
    abstract int ormtr(int n, P a, P tau, P c, P work, int lwork);

    abstract int gesdd(int m, int n, P a, P s, P work, int lwork, IntPointer iwork);

    abstract int geqrf(int m, int n, P a, P tau, P work, int lwork);

    abstract int orgqr(int m, int n, P a, P tau, P work, int lwork);

    abstract int potrf(int n, P a);

    /** Copies strided numbers of either type to native memory by way of a heap array of this precision. */
    interface Stager<P extends Pointer> {

        /** Copies {@code from[start + j * stride]}, {@code j < length}, to {@code to[at + j]}. */
        void copy(Object from, int start, int stride, int length, P to, long at);
    }
}
