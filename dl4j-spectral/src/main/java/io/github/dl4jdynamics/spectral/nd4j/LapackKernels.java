/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j;

import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;

/** Dense kernels on LAPACK, in the precision of the matrix. */
final class LapackKernels extends CheckedKernels {

    private static final int QUERY = -1;

    @Override
    public KernelBackend backend() {
        return KernelBackend.LAPACK;
    }

    @Override
    double[] eigenvalues(ColumnMajor a) {
        return eigenvalues(Lapack.precisionOf(a), a);
    }

    private static <P extends Pointer> double[] eigenvalues(Lapack<P> lapack, ColumnMajor a) {
        try (NativeScope scope = new NativeScope()) {
            return lapack.doubles(syevd(lapack, scope, 'N', copy(lapack, scope, a), a.rows()), a.rows());
        }
    }

    @Override
    SymmetricEigen eigen(ColumnMajor a) {
        return eigen(Lapack.precisionOf(a), a);
    }

    private static <P extends Pointer> SymmetricEigen eigen(Lapack<P> lapack, ColumnMajor a) {
        int n = a.rows();
        try (NativeScope scope = new NativeScope()) {
            P vectors = copy(lapack, scope, a);
            P values = syevd(lapack, scope, 'V', vectors, n);
            return new SymmetricEigen(lapack.doubles(values, n), lapack.matrix(vectors, n, n));
        }
    }

    /** Returns the eigenvalues; 'V' leaves the eigenvectors in {@code a}. */
    private static <P extends Pointer> P syevd(Lapack<P> lapack, NativeScope scope, char jobz, P a, int n) {
        P values = lapack.array(scope, n);
        P best = lapack.array(scope, 1);
        IntPointer bestInts = ints(scope, 1);
        check("syevd", lapack.syevd(jobz, n, a, values, best, QUERY, bestInts, QUERY));
        int lwork = workLength(lapack.get(best, 0));
        int liwork = bestInts.get(0);
        P work = lapack.array(scope, lwork);
        check("syevd", lapack.syevd(jobz, n, a, values, work, lwork, ints(scope, liwork), liwork));
        return values;
    }

    @Override
    double[] singular(ColumnMajor a) {
        return singular(Lapack.precisionOf(a), a);
    }

    private static <P extends Pointer> double[] singular(Lapack<P> lapack, ColumnMajor a) {
        int m = a.rows();
        int n = a.cols();
        int k = Math.min(m, n);
        try (NativeScope scope = new NativeScope()) {
            P matrix = copy(lapack, scope, a);
            P values = lapack.array(scope, k);
            P best = lapack.array(scope, 1);
            IntPointer iwork = ints(scope, 8L * k);
            check("gesdd", lapack.gesdd(m, n, matrix, values, best, QUERY, iwork));
            int lwork = workLength(lapack.get(best, 0));
            check("gesdd", lapack.gesdd(m, n, matrix, values, lapack.array(scope, lwork), lwork, iwork));
            return lapack.doubles(values, k);
        }
    }

    @Override
    ThinQr qr(ColumnMajor a) {
        return qr(Lapack.precisionOf(a), a);
    }

    private static <P extends Pointer> ThinQr qr(Lapack<P> lapack, ColumnMajor a) {
        int m = a.rows();
        int n = a.cols();
        int k = Math.min(m, n);
        try (NativeScope scope = new NativeScope()) {
            P matrix = copy(lapack, scope, a);
            P tau = lapack.array(scope, k);
            P best = lapack.array(scope, 1);
            check("geqrf", lapack.geqrf(m, n, matrix, tau, best, QUERY));
            int lwork = workLength(lapack.get(best, 0));
            check("geqrf", lapack.geqrf(m, n, matrix, tau, lapack.array(scope, lwork), lwork));
            ColumnMajor r = lapack.matrix(matrix, m, n).upperTriangle(k);
            check("orgqr", lapack.orgqr(m, k, matrix, tau, best, QUERY));
            lwork = workLength(lapack.get(best, 0));
            check("orgqr", lapack.orgqr(m, k, matrix, tau, lapack.array(scope, lwork), lwork));
            return ThinQr.withPositiveDiagonal(lapack.matrix(matrix, m, k), r);
        }
    }

    @Override
    ColumnMajor lowerFactor(ColumnMajor a) {
        return lowerFactor(Lapack.precisionOf(a), a);
    }

    private static <P extends Pointer> ColumnMajor lowerFactor(Lapack<P> lapack, ColumnMajor a) {
        int n = a.rows();
        try (NativeScope scope = new NativeScope()) {
            P matrix = copy(lapack, scope, a);
            int info = lapack.potrf(n, matrix);
            if (info > 0) {
                throw notPositiveDefinite(info);
            }
            check("potrf", info);
            return lapack.matrix(matrix, n, n).lowerTriangle();
        }
    }

    @Override
    ColumnMajor solve(Triangle triangle, ColumnMajor t, ColumnMajor b) {
        return solve(Lapack.precisionOf(t), triangle, t, b);
    }

    private static <P extends Pointer> ColumnMajor solve(
            Lapack<P> lapack, Triangle triangle, ColumnMajor t, ColumnMajor b) {
        try (NativeScope scope = new NativeScope()) {
            P x = copy(lapack, scope, b);
            lapack.trsm(triangle, b.rows(), b.cols(), copy(lapack, scope, t), x);
            return lapack.matrix(x, b.rows(), b.cols());
        }
    }

    private static <P extends Pointer> P copy(Lapack<P> lapack, NativeScope scope, ColumnMajor a) {
        int length = a.rows() * a.cols();
        P matrix = lapack.array(scope, length);
        lapack.put(a.data(), length, matrix);
        return matrix;
    }

    /** A float may have rounded the length down. */
    private static int workLength(double best) {
        return (int) Math.min(Integer.MAX_VALUE, Math.nextUp((float) best));
    }

    private static IntPointer ints(NativeScope scope, long length) {
        return new IntPointer(scope.bytes(length * Integer.BYTES));
    }

    private static void check(String routine, int info) {
        if (info != 0) {
            throw new IllegalStateException("LAPACK routine " + routine + " failed with info " + info
                    + (info > 0 ? " (no convergence)" : "") + "; take KernelBackend.JAVA for this matrix");
        }
    }
}
