/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.bench;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

import static org.bytedeco.openblas.global.openblas.CblasColMajor;
import static org.bytedeco.openblas.global.openblas.CblasLower;
import static org.bytedeco.openblas.global.openblas.CblasTrans;
import static org.bytedeco.openblas.global.openblas.LAPACKE_sgesdd_work;
import static org.bytedeco.openblas.global.openblas.LAPACKE_ssyevd_work;
import static org.bytedeco.openblas.global.openblas.LAPACKE_ssyevr_work;
import static org.bytedeco.openblas.global.openblas.LAPACK_COL_MAJOR;
import static org.bytedeco.openblas.global.openblas.cblas_ssyrk;

/**
 * The gradient of the nuclear norm, or of the sum of the largest singular values, of an [n, n] matrix in FLOAT by LAPACK's
 * own decompositions, all work arrays allocated beforehand: what the penalties are measured against.
 */
final class ExactSvd {
    private static final byte VECTORS = 'V';
    private static final byte LOWER = 'L';

    private final int n;
    private final INDArray copy;
    private final INDArray left;
    private final INDArray right;
    private final INDArray gradient;
    private final FloatPointer values;
    private final int workLength;
    private final FloatPointer work;
    private final int intLength;
    private final IntPointer ints;
    private final IntPointer support;
    private final IntPointer found;

    ExactSvd(int n) {
        this.n = n;
        copy = matrix();
        left = matrix();
        right = matrix();
        gradient = matrix();
        values = new FloatPointer(n);
        workLength = Math.toIntExact(4L * n * n + 256L * n); // gesdd has the largest wish: 4 n^2 + 7 n, and blocks
        work = new FloatPointer(workLength);
        intLength = 16 * n + 64;
        ints = new IntPointer(intLength);
        support = new IntPointer(2L * n);
        found = new IntPointer(1L);
    }

    private INDArray matrix() {
        return Nd4j.create(DataType.FLOAT, new long[] {n, n}, 'f');
    }

    private static FloatPointer pointer(INDArray array) {
        return new FloatPointer(array.data().addressPointer());
    }

    /** By gesdd with all vectors. */
    INDArray gesdd(INDArray w) {
        copy.assign(w);
        check(LAPACKE_sgesdd_work(
                LAPACK_COL_MAJOR,
                (byte) 'S',
                n,
                n,
                pointer(copy),
                n,
                values,
                pointer(left),
                n,
                pointer(right),
                n,
                work,
                workLength,
                ints));
        return Nd4j.gemm(left, right, gradient, false, false, 1, 0);
    }

    /** By the Gram matrix and syevd with all vectors. */
    INDArray syevd(INDArray w) {
        gram(w);
        check(LAPACKE_ssyevd_work(
                LAPACK_COL_MAJOR, VECTORS, LOWER, n, pointer(copy), n, values, work, workLength, ints, intLength));
        return combine(w, copy, left);
    }

    /** That of the sum of the k largest, by the Gram matrix and syevr by index. */
    INDArray syevr(INDArray w, int k) {
        gram(w);
        check(LAPACKE_ssyevr_work(
                LAPACK_COL_MAJOR,
                VECTORS,
                (byte) 'I',
                LOWER,
                n,
                pointer(copy),
                n,
                0f,
                0f,
                n - k + 1,
                n,
                0f,
                found,
                values,
                pointer(right),
                n,
                support,
                work,
                workLength,
                ints,
                intLength));
        return combine(w, leading(right, k), leading(left, k));
    }

    private static INDArray leading(INDArray matrix, int k) {
        return matrix.get(NDArrayIndex.all(), NDArrayIndex.interval(0, k));
    }

    private void gram(INDArray w) {
        cblas_ssyrk(CblasColMajor, CblasLower, CblasTrans, n, n, 1f, pointer(w), n, 0f, pointer(copy), n);
    }

    /** {@code W V diag(1 / sigma) V^T}. */
    private INDArray combine(INDArray w, INDArray vectors, INDArray images) {
        Nd4j.gemm(w, vectors, images, false, false, 1, 0);
        images.diviRowVector(images.norm2(0));
        return Nd4j.gemm(images, vectors, gradient, false, true, 1, 0);
    }

    private static void check(int info) {
        if (info != 0) {
            throw new IllegalStateException("LAPACK failed with info " + info);
        }
    }
}
