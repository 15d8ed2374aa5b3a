/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j;

import java.util.List;

import com.google.common.collect.ImmutableList;
import org.nd4j.linalg.api.buffer.DataType;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkNotNull;

/**
 * Eigenvalues of {@code W W^T} of many matrices at once: the squared singular values, by way of the smaller Gram matrix.
 *
 * <pre>{@code
 * G = W W^T  (W^T W if W has more rows than columns)      n x n, n = min(rows, cols)
 * T = Q^T G Q                                             tridiagonal, Householder
 * eigenvalues(T)                                          QL
 * }</pre>
 *
 * <p>Matrices up to order {@value SpectrumPass#LARGE_ORDER} are shared out among Java threads, the costliest first,
 * while BLAS is held to one thread per call ({@link BlasThreads}); larger ones follow one by one, with all threads that
 * BLAS has ({@link KernelBackend#JAVA} shares out all). If the BLAS count is to be left alone and is not one, a single Java thread does everything, for concurrent
 * calls of a multi-threaded OpenBLAS block each other.
 *
 * <p>The eigenvalues of a matrix are the same, bit for bit, for any number of Java threads and in any list. They change
 * in the last bits with the back end, and those of the larger matrices with the thread count of BLAS.
 *
 * <p>Accuracy: an eigenvalue has an absolute error of some units of rounding times the largest one. In DOUBLE the upper
 * half of a spectrum agrees with other solvers to better than 1e-12 relative for random weights; in FLOAT to about
 * 1e-6, and values below 1e-6 of the largest are noise. Squares must be in range: entries between 1e-150 and 1e150 in
 * DOUBLE, between 1e-17 and 1e17 in FLOAT.
 *
 * <p>Cost {@code n^2 (k + 4/3 n)} flops per matrix, {@code k = max(rows, cols)}; memory per thread one Gram matrix and a
 * panel of 8 MB. Native memory is freed and threads have ended when a call returns. Immutable; for use by any number of
 * threads.
 *
 * @since 0.1.0
 */
public final class GramSpectra {

    private final DataType precision;
    private final KernelBackend backend;
    private final int threads;

    private GramSpectra(Builder builder) {
        this.precision = builder.precision;
        this.backend = builder.backend;
        this.threads = builder.threads;
    }

    /** The defaults: DOUBLE, {@link KernelBackend#AUTO}, one thread per processor. */
    public static GramSpectra defaults() {
        return builder().build();
    }

    /** A builder with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * The spectrum of each matrix, in the order of the list. A matrix that is not finite, or whose squares overflow, has
     * a reason instead of eigenvalues.
     *
     * @throws IllegalStateException if the back end cannot be used here
     */
    public List<GramSpectrum> of(List<MatrixView> matrices) {
        return new SpectrumPass(matrices, backend.resolve(), precision).run(threads);
    }

    /** The spectrum of each matrix, in the order given. */
    public List<GramSpectrum> of(MatrixView... matrices) {
        return of(ImmutableList.copyOf(matrices));
    }

    @Override
    public String toString() {
        return "GramSpectra[precision=" + precision + ", backend=" + backend + ", threads=" + threads + "]";
    }

    /** Settings of {@link GramSpectra}. */
    public static final class Builder {

        private DataType precision = DataType.DOUBLE;
        private KernelBackend backend = KernelBackend.AUTO;
        private int threads = Runtime.getRuntime().availableProcessors();

        private Builder() {}

        /**
         * DOUBLE (default, ours: the Gram matrix squares the condition number) or FLOAT, which takes about two thirds of
         * the time. {@link KernelBackend#JAVA} computes in double in either case.
         *
         * @throws IllegalArgumentException for other types
         */
        public Builder precision(DataType precision) {
            checkArgument(
                    precision == DataType.DOUBLE || precision == DataType.FLOAT,
                    "precision of GramSpectra must be DOUBLE or FLOAT, got %s",
                    precision);
            this.precision = precision;
            return this;
        }

        /** Who computes. Default {@link KernelBackend#AUTO}. */
        public Builder backend(KernelBackend backend) {
            this.backend = checkNotNull(backend, "backend of GramSpectra must not be null; AUTO is the default");
            return this;
        }

        /**
         * Java threads, the calling one included. Default: the number of processors.
         *
         * @throws IllegalArgumentException if {@code threads < 1}
         */
        public Builder threads(int threads) {
            checkArgument(threads >= 1, "threads of GramSpectra must be at least 1, got %s", threads);
            this.threads = threads;
            return this;
        }

        /** The configured pass. */
        public GramSpectra build() {
            return new GramSpectra(this);
        }
    }
}
