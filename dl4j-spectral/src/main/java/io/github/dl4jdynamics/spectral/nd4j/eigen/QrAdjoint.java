/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j.eigen;

import io.github.dl4jdynamics.spectral.nd4j.DenseKernels;
import io.github.dl4jdynamics.spectral.nd4j.Detached;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Backward pass of the thin QR factorization.
 *
 * <pre>{@code
 * A = Q R [m, n], m >= n, R_ii > 0
 * M = R Rbar^T - Qbar^T Q
 * Abar = (Qbar + Q copyltu(M)) R^-T       copyltu: the strict lower part mirrored upwards, plus the diagonal
 * }</pre>
 *
 * <p>Cost: three products of an [m, n] with an [n, n] matrix and a triangular solution. Loses as many digits as the
 * condition of R has.
 *
 * <p>Walter and Lehmann, "Algorithmic differentiation of linear algebra functions", 2010; Roberts and Roberts, "QR and LQ
 * decomposition matrix backpropagation algorithms for square, wide, and deep matrices", 2020.
 *
 * @since 0.1
 */
public final class QrAdjoint {
    private QrAdjoint() {}

    /**
     * Gradient by A.
     *
     * @param q Q, [m, n]
     * @param r R, [n, n]
     * @param qBar gradient by Q, [m, n]
     * @param rBar gradient by R, [n, n], of which the upper triangle counts; null for zero
     * @return gradient by A, [m, n], a new array
     */
    public static INDArray backward(INDArray q, INDArray r, INDArray qBar, INDArray rBar) {
        INDArray m = Nd4j.gemm(qBar, q, true, false).negi();
        if (rBar != null) {
            m.addi(Nd4j.gemm(r, rBar, false, true));
        }
        INDArray b = Nd4j.gemm(q, copyltu(m), false, false).addi(qBar);
        return DenseKernels.auto()
                .solveTriangular(DenseKernels.Triangle.UPPER, r, b.transpose())
                .transpose();
    }

    /** The same where R is the identity and its gradient zero: {@code Qbar + Q copyltu(-Qbar^T Q)}. */
    static INDArray ofUnitTriangle(INDArray q, INDArray qBar) {
        INDArray m = Nd4j.gemm(qBar, q, true, false).negi();
        return Nd4j.gemm(q, copyltu(m), false, false).addi(qBar);
    }

    private static INDArray copyltu(INDArray m) {
        int n = Math.toIntExact(m.size(0));
        double[] entries = Detached.doubles(m, 'f');
        for (int j = 0; j < n; j++) {
            for (int i = j + 1; i < n; i++) {
                entries[i * n + j] = entries[j * n + i];
            }
        }
        return Nd4j.create(entries, new long[] {n, n}, 'f').castTo(m.dataType());
    }
}
