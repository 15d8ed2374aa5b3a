/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j;

import org.bytedeco.javacpp.FloatPointer;
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
import static org.bytedeco.openblas.global.openblas.LAPACKE_sgeqrf_work;
import static org.bytedeco.openblas.global.openblas.LAPACKE_sgesdd_work;
import static org.bytedeco.openblas.global.openblas.LAPACKE_sorgqr_work;
import static org.bytedeco.openblas.global.openblas.LAPACKE_sormtr_work;
import static org.bytedeco.openblas.global.openblas.LAPACKE_spotrf_work;
import static org.bytedeco.openblas.global.openblas.LAPACKE_sstedc_work;
import static org.bytedeco.openblas.global.openblas.LAPACKE_ssytrd_work;
import static org.bytedeco.openblas.global.openblas.LAPACK_COL_MAJOR;
import static org.bytedeco.openblas.global.openblas.cblas_snrm2;
import static org.bytedeco.openblas.global.openblas.cblas_sscal;
import static org.bytedeco.openblas.global.openblas.cblas_ssyrk;
import static org.bytedeco.openblas.global.openblas.cblas_strsm;
import static org.bytedeco.openblas.global.openblas.cblas_strsv;

/** The routines whose names begin with S. */
final class FloatLapack extends Lapack<FloatPointer> {

    @Override
    FloatPointer array(NativeScope scope, long length) {
        return new FloatPointer(scope.bytes(length * Float.BYTES));
    }

    @Override
    FloatPointer at(Pointer address) {
        return new FloatPointer(address);
    }

    @Override
    double epsilon() {
        return Math.ulp(1f);
    }

    @Override
    double leastNormal() {
        return Float.MIN_NORMAL;
    }

    @Override
    int perLine() {
        return NativeScope.LINE_BYTES / Float.BYTES;
    }

    @Override
    void put(ColumnMajor from, FloatPointer to) {
        to.put((float[]) from.data());
    }

    @Override
    Stager<FloatPointer> stager(int maxLength) {
        float[] line = new float[maxLength];
        return (from, start, stride, length, to, at) -> {
            gather(from, start, stride, length, line);
            to.position(at).put(line, 0, length).position(0);
        };
    }

    private static void gather(Object from, int start, int stride, int length, float[] line) {
        if (from instanceof float[]) {
            float[] source = (float[]) from;
            for (int j = 0, at = start; j < length; j++, at += stride) {
                line[j] = source[at];
            }
        } else {
            double[] source = (double[]) from;
            for (int j = 0, at = start; j < length; j++, at += stride) {
                line[j] = (float) source[at];
            }
        }
    }

    @Override
    double get(FloatPointer from, long at) {
        return from.get(at);
    }

    @Override
    double[] doubles(FloatPointer from, int length) {
        float[] singles = floats(from, length);
        double[] to = new double[length];
        for (int i = 0; i < length; i++) {
            to[i] = singles[i];
        }
        return to;
    }

    @Override
    ColumnMajor matrix(FloatPointer from, int rows, int cols) {
        return ColumnMajor.of(rows, cols, floats(from, rows * cols));
    }

    private static float[] floats(FloatPointer from, int length) {
        float[] to = new float[length];
        from.get(to);
        return to;
    }

    @Override
    void syrk(boolean transposed, int n, int k, FloatPointer a, int lda, double beta, FloatPointer c, int ldc) {
        int op = transposed ? CblasTrans : CblasNoTrans;
        cblas_ssyrk(CblasColMajor, CblasLower, op, n, k, 1, a, lda, (float) beta, c, ldc);
    }

    @Override
    void trsm(DenseKernels.Triangle triangle, int n, int k, FloatPointer a, FloatPointer b) {
        cblas_strsm(CblasColMajor, CblasLeft, uplo(triangle), op(triangle), CblasNonUnit, n, k, 1, a, n, b, n);
    }

    @Override
    void trsv(DenseKernels.Triangle triangle, int n, FloatPointer a, FloatPointer b, int col) {
        cblas_strsv(
                CblasColMajor, uplo(triangle), op(triangle), CblasNonUnit, n, a, n, b.getPointer((long) col * n), 1);
    }

    @Override
    void trsmRightTransposed(int m, int n, FloatPointer a, FloatPointer b) {
        cblas_strsm(CblasColMajor, CblasRight, CblasLower, CblasTrans, CblasNonUnit, m, n, 1, a, n, b, m);
    }

    @Override
    double norm(int length, FloatPointer a, long at) {
        return cblas_snrm2(length, a.getPointer(at), 1);
    }

    @Override
    void scale(int length, double factor, FloatPointer a, long at) {
        cblas_sscal(length, (float) factor, a.getPointer(at), 1);
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
            FloatPointer a,
            int lda,
            FloatPointer d,
            FloatPointer e,
            FloatPointer tau,
            FloatPointer work,
            int lwork) {
        return LAPACKE_ssytrd_work(LAPACK_COL_MAJOR, LOWER, n, a, lda, d, e, tau, work, lwork);
    }

    @Override
    int stedc(
            int n,
            FloatPointer d,
            FloatPointer e,
            FloatPointer z,
            FloatPointer work,
            int lwork,
            IntPointer iwork,
            int liwork) {
        return LAPACKE_sstedc_work(LAPACK_COL_MAJOR, (byte) 'I', n, d, e, z, n, work, lwork, iwork, liwork);
    }

    @Override
    int ormtr(int n, FloatPointer a, FloatPointer tau, FloatPointer c, FloatPointer work, int lwork) {
        return LAPACKE_sormtr_work(LAPACK_COL_MAJOR, (byte) 'L', LOWER, (byte) 'N', n, n, a, n, tau, c, n, work, lwork);
    }

    @Override
    int gesdd(int m, int n, FloatPointer a, FloatPointer s, FloatPointer work, int lwork, IntPointer iwork) {
        return LAPACKE_sgesdd_work(LAPACK_COL_MAJOR, (byte) 'N', m, n, a, m, s, null, m, null, n, work, lwork, iwork);
    }

    @Override
    int geqrf(int m, int n, FloatPointer a, FloatPointer tau, FloatPointer work, int lwork) {
        return LAPACKE_sgeqrf_work(LAPACK_COL_MAJOR, m, n, a, m, tau, work, lwork);
    }

    @Override
    int orgqr(int m, int n, FloatPointer a, FloatPointer tau, FloatPointer work, int lwork) {
        return LAPACKE_sorgqr_work(LAPACK_COL_MAJOR, m, n, n, a, m, tau, work, lwork);
    }

    @Override
    int potrf(int n, FloatPointer a) {
        return LAPACKE_spotrf_work(LAPACK_COL_MAJOR, LOWER, n, a, n);
    }
}
