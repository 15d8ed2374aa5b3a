/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j;

import java.util.function.Function;

import org.nd4j.linalg.api.blas.BlasException;
import org.nd4j.linalg.api.blas.Lapack;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Dense kernels on ND4J's LAPACK wrapper (cusolver on CUDA), for those who ask for it. The wrapper knows no triangular
 * solve; that part is plain Java.
 *
 * <p>DL4J-M2.1: the {@code svd} op crashes or fails and the {@code qr} op takes seconds at n = 512, so neither is used.
 */
final class Nd4jKernels extends CheckedKernels {

    /** No routine works in blocks up to this order, so none goes wrong where blocks do. */
    private static final int UNBLOCKED = 32;

    @Override
    public KernelBackend backend() {
        return KernelBackend.ND4J;
    }

    @Override
    double[] eigenvalues(ColumnMajor a) {
        return outsideWorkspaces(lapack -> syev(lapack, 'N', a.toArray()));
    }

    @Override
    SymmetricEigen eigen(ColumnMajor a) {
        checkSound(a);
        return outsideWorkspaces(lapack -> {
            INDArray vectors = a.toArray();
            double[] values = syev(lapack, 'V', vectors);
            return new SymmetricEigen(values, ColumnMajor.copyOf(vectors, vectors.dataType()));
        });
    }

    private static double[] syev(Lapack lapack, char jobz, INDArray a) {
        INDArray values = Nd4j.create(a.dataType(), a.rows());
        int status = lapack.syev(jobz, 'L', a, values);
        if (status != 0) {
            throw failed("syev", status);
        }
        return Detached.doubles(values, 'c');
    }

    @Override
    double[] singular(ColumnMajor a) {
        checkSound(a);
        return outsideWorkspaces(lapack -> {
            // cusolver wants at least as many rows as columns; the singular values are the same.
            INDArray tall = (a.rows() < a.cols() ? a.transposed() : a).toArray();
            INDArray values = Nd4j.create(tall.dataType(), tall.columns());
            lapack.gesvd(tall, values, null, null);
            return Detached.doubles(values, 'c');
        });
    }

    @Override
    ThinQr qr(ColumnMajor a) {
        checkSound(a);
        return outsideWorkspaces(lapack -> {
            int k = Math.min(a.rows(), a.cols());
            INDArray q = a.leadingColumns(k).toArray();
            INDArray r = Nd4j.create(q.dataType(), new long[] {k, k}, 'f');
            lapack.geqrf(q, r);
            // The wrapper factors tall matrices only; the further columns of a wide one are Q^T A.
            INDArray all = k == a.cols() ? r : q.transpose().mmul(a.toArray());
            ColumnMajor upper = ColumnMajor.copyOf(all, q.dataType()).upperTriangle(k);
            return ThinQr.withPositiveDiagonal(ColumnMajor.copyOf(q, q.dataType()), upper);
        });
    }

    @Override
    ColumnMajor lowerFactor(ColumnMajor a) {
        checkSound(a);
        return outsideWorkspaces(lapack -> factor(lapack, a));
    }

    private static ColumnMajor factor(Lapack lapack, ColumnMajor a) {
        INDArray factor = a.toArray();
        try {
            lapack.potrf(factor, true);
        } catch (BlasException e) {
            throw notPositiveDefinite(e.getErrorCode());
        }
        return ColumnMajor.copyOf(factor, factor.dataType()).lowerTriangle();
    }

    @Override
    ColumnMajor solve(Triangle triangle, ColumnMajor t, ColumnMajor b) {
        return new JavaKernels().solve(triangle, t, b);
    }

    @SuppressWarnings("try")
    private static <T> T outsideWorkspaces(Function<Lapack, T> computation) {
        try (MemoryWorkspace outside = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            return computation.apply(Nd4j.getBlasWrapper().lapack());
        } catch (BlasException e) {
            throw failed(e.getMessage(), e.getErrorCode());
        }
    }

    private static IllegalStateException failed(String routine, int status) {
        return new IllegalStateException("ND4J's LAPACK wrapper failed: " + routine + ", status " + status
                + "; take KernelBackend.AUTO or JAVA for this matrix");
    }

    /** DL4J-M2.1: blocked routines of its OpenBLAS are wrong in double with AVX-512, see {@link TriangularProbe}. */
    private static void checkSound(ColumnMajor a) {
        boolean blocked = Math.max(a.rows(), a.cols()) > UNBLOCKED;
        if (blocked && !(a.isFloat() ? Soundness.FLOAT : Soundness.DOUBLE)) {
            throw new IllegalStateException("ND4J's LAPACK computes wrong results in "
                    + (a.isFloat() ? "FLOAT" : "DOUBLE") + " on this processor, so a matrix of " + a.rows() + " x "
                    + a.cols() + " is refused; take KernelBackend.AUTO, or start with the environment variable"
                    + " OPENBLAS_CORETYPE=Haswell");
        }
    }

    /** One Cholesky factorization in blocks, for each precision, to see whether they come out right. */
    private static final class Soundness {
        static final boolean DOUBLE = factorsRightly(ColumnMajor.of(64, 64, new double[64 * 64]));
        static final boolean FLOAT = factorsRightly(ColumnMajor.of(64, 64, new float[64 * 64]));

        private static boolean factorsRightly(ColumnMajor matrix) {
            int n = matrix.rows();
            // No two columns alike: what goes wrong is their order.
            for (int i = 0; i < n; i++) {
                for (int j = 0; j < n; j++) {
                    matrix.set(i, j, i == j ? n : Math.cos(i * j));
                }
            }
            try {
                ColumnMajor factor = outsideWorkspaces(lapack -> factor(lapack, matrix));
                double error = 0;
                for (int j = 0; j < n; j++) {
                    double product = 0;
                    for (int k = 0; k <= j; k++) {
                        product += factor.get(n - 1, k) * factor.get(j, k);
                    }
                    error = Math.max(error, Math.abs(product - matrix.get(n - 1, j)));
                }
                return error < 1e-3;
            } catch (IllegalArgumentException e) {
                return false;
            }
        }
    }
}
