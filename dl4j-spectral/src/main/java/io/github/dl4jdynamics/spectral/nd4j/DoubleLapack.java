/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j;

import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;

import static org.bytedeco.openblas.global.openblas.CblasColMajor;
import static org.bytedeco.openblas.global.openblas.CblasLeft;
import static org.bytedeco.openblas.global.openblas.CblasLower;
import static org.bytedeco.openblas.global.openblas.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas.CblasNonUnit;
import static org.bytedeco.openblas.global.openblas.CblasRight;
import static org.bytedeco.openblas.global.openblas.CblasTrans;
import static org.bytedeco.openblas.global.openblas.CblasUpper;
import static org.bytedeco.openblas.global.openblas.LAPACKE_dgeqrf_work;
import static org.bytedeco.openblas.global.openblas.LAPACKE_dgesdd_work;
import static org.bytedeco.openblas.global.openblas.LAPACKE_dorgqr_work;
import static org.bytedeco.openblas.global.openblas.LAPACKE_dormtr_work;
import static org.bytedeco.openblas.global.openblas.LAPACKE_dpotrf_work;
import static org.bytedeco.openblas.global.openblas.LAPACKE_dstedc_work;
import static org.bytedeco.openblas.global.openblas.LAPACKE_dsytrd_work;
import static org.bytedeco.openblas.global.openblas.LAPACK_COL_MAJOR;
import static org.bytedeco.openblas.global.openblas.cblas_dnrm2;
import static org.bytedeco.openblas.global.openblas.cblas_dscal;
import static org.bytedeco.openblas.global.openblas.cblas_dsyrk;
import static org.bytedeco.openblas.global.openblas.cblas_dtrsm;
import static org.bytedeco.openblas.global.openblas.cblas_dtrsv;

/** The routines whose names begin with D. */
final class DoubleLapack extends Lapack<DoublePointer> {

    @Override
    DoublePointer array(NativeScope scope, long length) {
        return new DoublePointer(scope.bytes(length * Double.BYTES));
    }

    @Override
    DoublePointer at(Pointer address) {
        return new DoublePointer(address);
    }

    @Override
    double epsilon() {
        return Math.ulp(1.0);
    }

    @Override
    double leastNormal() {
        return Double.MIN_NORMAL;
    }

    @Override
    int perLine() {
        return NativeScope.LINE_BYTES / Double.BYTES;
    }

    @Override
    void put(ColumnMajor from, DoublePointer to) {
        to.put((double[]) from.data());
    }

    @Override
    Stager<DoublePointer> stager(int maxLength) {
        double[] line = new double[maxLength];
        return (from, start, stride, length, to, at) -> {
            gather(from, start, stride, length, line);
            to.position(at).put(line, 0, length).position(0);
        };
    }

    private static void gather(Object from, int start, int stride, int length, double[] line) {
        if (from instanceof float[]) {
            float[] source = (float[]) from;
            for (int j = 0, at = start; j < length; j++, at += stride) {
                line[j] = source[at];
            }
        } else {
            double[] source = (double[]) from;
            for (int j = 0, at = start; j < length; j++, at += stride) {
                line[j] = source[at];
            }
        }
    }

    @Override
    double get(DoublePointer from, long at) {
        return from.get(at);
    }

    @Override
    double[] doubles(DoublePointer from, int length) {
        double[] to = new double[length];
        from.get(to);
        return to;
    }

    @Override
    ColumnMajor matrix(DoublePointer from, int rows, int cols) {
        return ColumnMajor.of(rows, cols, doubles(from, rows * cols));
    }

    @Override
    void syrk(boolean transposed, int n, int k, DoublePointer a, int lda, double beta, DoublePointer c, int ldc) {
        int op = transposed ? CblasTrans : CblasNoTrans;
        cblas_dsyrk(CblasColMajor, CblasLower, op, n, k, 1, a, lda, beta, c, ldc);
    }

    @Override
    void trsm(DenseKernels.Triangle triangle, int n, int k, DoublePointer a, DoublePointer b) {
        cblas_dtrsm(CblasColMajor, CblasLeft, uplo(triangle), op(triangle), CblasNonUnit, n, k, 1, a, n, b, n);
    }

    @Override
    void trsv(DenseKernels.Triangle triangle, int n, DoublePointer a, DoublePointer b, int col) {
        cblas_dtrsv(
                CblasColMajor, uplo(triangle), op(triangle), CblasNonUnit, n, a, n, b.getPointer((long) col * n), 1);
    }

    @Override
    void trsmRightTransposed(int m, int n, DoublePointer a, DoublePointer b) {
        cblas_dtrsm(CblasColMajor, CblasRight, CblasLower, CblasTrans, CblasNonUnit, m, n, 1, a, n, b, m);
    }

    @Override
    double norm(int length, DoublePointer a, long at) {
        return cblas_dnrm2(length, a.getPointer(at), 1);
    }

    @Override
    void scale(int length, double factor, DoublePointer a, long at) {
        cblas_dscal(length, factor, a.getPointer(at), 1);
    }

    private static int uplo(DenseKernels.Triangle triangle) {
        return triangle.isLower() ? CblasLower : CblasUpper;
    }

    private static int op(DenseKernels.Triangle triangle) {
        return triangle.isTransposed() ? CblasTrans : CblasNoTrans;
    }

    @Override
    int sytrd(
            int n,
            DoublePointer a,
            int lda,
            DoublePointer d,
            DoublePointer e,
            DoublePointer tau,
            DoublePointer work,
            int lwork) {
        return LAPACKE_dsytrd_work(LAPACK_COL_MAJOR, LOWER, n, a, lda, d, e, tau, work, lwork);
    }

    @Override
    int stedc(
            int n,
            DoublePointer d,
            DoublePointer e,
            DoublePointer z,
            DoublePointer work,
            int lwork,
            IntPointer iwork,
            int liwork) {
        return LAPACKE_dstedc_work(LAPACK_COL_MAJOR, (byte) 'I', n, d, e, z, n, work, lwork, iwork, liwork);
    }

    @Override
    int ormtr(int n, DoublePointer a, DoublePointer tau, DoublePointer c, DoublePointer work, int lwork) {
        return LAPACKE_dormtr_work(LAPACK_COL_MAJOR, (byte) 'L', LOWER, (byte) 'N', n, n, a, n, tau, c, n, work, lwork);
    }

    @Override
    int gesdd(int m, int n, DoublePointer a, DoublePointer s, DoublePointer work, int lwork, IntPointer iwork) {
        return LAPACKE_dgesdd_work(LAPACK_COL_MAJOR, (byte) 'N', m, n, a, m, s, null, m, null, n, work, lwork, iwork);
    }

    @Override
    int geqrf(int m, int n, DoublePointer a, DoublePointer tau, DoublePointer work, int lwork) {
        return LAPACKE_dgeqrf_work(LAPACK_COL_MAJOR, m, n, a, m, tau, work, lwork);
    }

    @Override
    int orgqr(int m, int n, DoublePointer a, DoublePointer tau, DoublePointer work, int lwork) {
        return LAPACKE_dorgqr_work(LAPACK_COL_MAJOR, m, n, n, a, m, tau, work, lwork);
    }

    @Override
    int potrf(int n, DoublePointer a) {
        return LAPACKE_dpotrf_work(LAPACK_COL_MAJOR, LOWER, n, a, n);
    }
}
