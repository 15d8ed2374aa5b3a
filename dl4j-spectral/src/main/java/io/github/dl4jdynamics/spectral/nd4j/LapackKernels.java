/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j;

import java.util.Arrays;
import java.util.List;

import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * Dense kernels on LAPACK, in the precision of the matrix. Where triangular products cannot be trusted
 * ({@link TriangularProbe}), routines get the smallest workspace, upon which they work without blocks and need none.
 */
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
        int n = a.rows();
        try (NativeScope scope = new NativeScope()) {
            P d = lapack.array(scope, n);
            P e = lapack.array(scope, n);
            sytrd(lapack, scope, n, copy(lapack, scope, a), d, e);
            Tridiagonal tridiagonal = new Tridiagonal(lapack.doubles(d, n), lapack.doubles(e, n - 1));
            return TridiagonalValues.of(List.of(tridiagonal)).get(0);
        }
    }

    @Override
    SymmetricEigen eigen(ColumnMajor a) {
        return eigen(Lapack.precisionOf(a), a);
    }

    private static <P extends Pointer> SymmetricEigen eigen(Lapack<P> lapack, ColumnMajor a) {
        int n = a.rows();
        try (NativeScope scope = new NativeScope()) {
            P reflectors = copy(lapack, scope, a);
            P d = lapack.array(scope, n);
            P e = lapack.array(scope, n);
            P tau = sytrd(lapack, scope, n, reflectors, d, e);
            P vectors = lapack.array(scope, (long) n * n);
            P best = lapack.array(scope, 1);
            IntPointer bestInts = ints(scope, 1);
            check("stedc", lapack.stedc(n, d, e, vectors, best, QUERY, bestInts, QUERY));
            int lwork = workLength(lapack.get(best, 0));
            int liwork = bestInts.get(0);
            P work = lapack.array(scope, lwork);
            check("stedc", lapack.stedc(n, d, e, vectors, work, lwork, ints(scope, liwork), liwork));
            check("ormtr", lapack.ormtr(n, reflectors, tau, vectors, best, QUERY));
            lwork = blockedOrLeast(lapack, best, n);
            check("ormtr", lapack.ormtr(n, reflectors, tau, vectors, lapack.array(scope, lwork), lwork));
            return new SymmetricEigen(lapack.doubles(d, n), lapack.matrix(vectors, n, n));
        }
    }

    /** Reduces a to d and e; returns tau. */
    private static <P extends Pointer> P sytrd(Lapack<P> lapack, NativeScope scope, int n, P a, P d, P e) {
        P tau = lapack.array(scope, n);
        int lwork = n * LapackGram.SYTRD_BLOCK;
        check("sytrd", lapack.sytrd(n, a, n, d, e, tau, lapack.array(scope, lwork), lwork));
        return tau;
    }

    @Override
    double[] singular(ColumnMajor a) {
        Lapack<?> lapack = Lapack.precisionOf(a);
        // From 11/6 on, gesdd would first do a QR factorization, in blocks.
        boolean slim = Math.max(a.rows(), a.cols()) > 1.8 * Math.min(a.rows(), a.cols());
        if (slim && !TriangularProbe.isSound(lapack)) {
            ColumnMajor tall = a.rows() < a.cols() ? a.transposed() : a;
            return singular(lapack, triangle(lapack, tall));
        }
        return singular(lapack, a);
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

    private static <P extends Pointer> ColumnMajor triangle(Lapack<P> lapack, ColumnMajor a) {
        try (NativeScope scope = new NativeScope()) {
            P matrix = copy(lapack, scope, a);
            geqrf(lapack, scope, a.rows(), a.cols(), matrix);
            return lapack.matrix(matrix, a.rows(), a.cols()).upperTriangle(a.cols());
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
            P tau = geqrf(lapack, scope, m, n, matrix);
            ColumnMajor r = lapack.matrix(matrix, m, n).upperTriangle(k);
            P best = lapack.array(scope, 1);
            check("orgqr", lapack.orgqr(m, k, matrix, tau, best, QUERY));
            int lwork = blockedOrLeast(lapack, best, k);
            check("orgqr", lapack.orgqr(m, k, matrix, tau, lapack.array(scope, lwork), lwork));
            return ThinQr.withPositiveDiagonal(lapack.matrix(matrix, m, k), r);
        }
    }

    @Override
    void replaceByQ(INDArray columns) {
        if (!isDirect(columns)) {
            super.replaceByQ(columns);
            return;
        }
        int m = Math.toIntExact(columns.size(0));
        int n = Math.toIntExact(columns.size(1));
        boolean done = columns.dataType() == DataType.FLOAT
                ? CholeskyQr.replaceByQ(new FloatLapack(), columns.data().addressPointer(), m, n)
                : CholeskyQr.replaceByQ(new DoubleLapack(), columns.data().addressPointer(), m, n);
        if (!done) {
            super.replaceByQ(columns);
        }
    }

    private static boolean isDirect(INDArray matrix) {
        boolean lapackType = matrix.dataType() == DataType.FLOAT || matrix.dataType() == DataType.DOUBLE;
        return lapackType
                && Detached.isContiguous(matrix, 'f')
                && Nd4j.getEnvironment().isCPU();
    }

    /** Half the work of a product. */
    @Override
    public void gram(INDArray columns, INDArray into) {
        if (!isDirect(columns) || !isDirect(into) || columns.dataType() != into.dataType()) {
            super.gram(columns, into);
        } else if (columns.dataType() == DataType.FLOAT) {
            gram(new FloatLapack(), columns, into);
        } else {
            gram(new DoubleLapack(), columns, into);
        }
    }

    private static <P extends Pointer> void gram(Lapack<P> lapack, INDArray columns, INDArray into) {
        int m = Math.toIntExact(columns.size(0));
        int n = Math.toIntExact(columns.size(1));
        checkArgument(
                into.size(0) == n && into.size(1) == n,
                "gram of %s columns must go into shape [%s, %s], got %s",
                n,
                n,
                n,
                Arrays.toString(into.shape()));
        P a = lapack.at(columns.data().addressPointer());
        lapack.syrk(true, n, m, a, m, 0, lapack.at(into.data().addressPointer()), n);
    }

    /** Leaves R and the reflectors in a; returns tau. */
    private static <P extends Pointer> P geqrf(Lapack<P> lapack, NativeScope scope, int m, int n, P a) {
        P tau = lapack.array(scope, Math.min(m, n));
        P best = lapack.array(scope, 1);
        check("geqrf", lapack.geqrf(m, n, a, tau, best, QUERY));
        int lwork = blockedOrLeast(lapack, best, n);
        check("geqrf", lapack.geqrf(m, n, a, tau, lapack.array(scope, lwork), lwork));
        return tau;
    }

    @Override
    ColumnMajor lowerFactor(ColumnMajor a) {
        Lapack<?> lapack = Lapack.precisionOf(a);
        return TriangularProbe.isSound(lapack) ? lowerFactor(lapack, a) : new JavaKernels().lowerFactor(a);
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
            P matrix = copy(lapack, scope, t);
            P x = copy(lapack, scope, b);
            if (TriangularProbe.isSound(lapack)) {
                lapack.trsm(triangle, b.rows(), b.cols(), matrix, x);
            } else {
                for (int col = 0; col < b.cols(); col++) {
                    lapack.trsv(triangle, b.rows(), matrix, x, col);
                }
            }
            return lapack.matrix(x, b.rows(), b.cols());
        }
    }

    private static <P extends Pointer> P copy(Lapack<P> lapack, NativeScope scope, ColumnMajor a) {
        P matrix = lapack.array(scope, (long) a.rows() * a.cols());
        lapack.put(a, matrix);
        return matrix;
    }

    private static IntPointer ints(NativeScope scope, long length) {
        return new IntPointer(scope.bytes(length * Integer.BYTES));
    }

    private static <P extends Pointer> int blockedOrLeast(Lapack<P> lapack, P best, int least) {
        return TriangularProbe.isSound(lapack) ? workLength(lapack.get(best, 0)) : least;
    }

    /** A float may have rounded the length down. */
    private static int workLength(double best) {
        return (int) Math.min(Integer.MAX_VALUE, Math.nextUp((float) best));
    }

    private static void check(String routine, int info) {
        if (info != 0) {
            throw new IllegalStateException("LAPACK routine " + routine + " failed with info " + info
                    + (info > 0 ? " (no convergence)" : "") + "; take KernelBackend.JAVA for this matrix");
        }
    }
}
