/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j.eigen;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Estimate of the largest singular value and its vectors.
 *
 * <pre>{@code
 * repeat:  v = W^T u / |W^T u|,   u = W v / |W v|          sigma = u^T W v
 * }</pre>
 *
 * <p>The error of sigma falls by {@code (sigma_2 / sigma_1)^4} with each round; the estimate is never too large. Miyato et
 * al., "Spectral Normalization for Generative Adversarial Networks", ICLR 2018, algorithm 1.
 *
 * @since 0.1
 */
public final class PowerIteration {
    private final double sigma;
    private final INDArray u;
    private final INDArray v;

    private PowerIteration(double sigma, INDArray u, INDArray v) {
        this.sigma = sigma;
        this.u = u;
        this.v = v;
    }

    /**
     * Iterates.
     *
     * @param w matrix [m, n]
     * @param start u to begin with, [m, 1], of any length but zero
     * @param rounds at least 1
     * @return sigma of 0, with vectors of zeros, if the vector meets nothing in the matrix
     */
    public static PowerIteration of(INDArray w, INDArray start, int rounds) {
        INDArray u = start.dup('f');
        INDArray v = Nd4j.create(w.dataType(), new long[] {w.size(1), 1}, 'f');
        double sigma = 0;
        for (int round = 0; round < rounds; round++) {
            Nd4j.gemm(w, u, v, true, false, 1, 0);
            normalize(v);
            Nd4j.gemm(w, v, u, false, false, 1, 0);
            sigma = normalize(u);
        }
        return new PowerIteration(sigma, u, v);
    }

    private static double normalize(INDArray x) {
        double length = x.norm2Number().doubleValue();
        if (length > 0) {
            x.divi(length);
        }
        return length;
    }

    /** Estimate of the largest singular value. */
    public double sigma() {
        return sigma;
    }

    /** Left vector, [m, 1]. */
    public INDArray u() {
        return u;
    }

    /** Right vector, [n, 1]. */
    public INDArray v() {
        return v;
    }
}
