/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j.eigen;

import io.github.dl4jdynamics.spectral.math.eigen.EigenLoss;
import io.github.dl4jdynamics.spectral.nd4j.DenseKernels;
import io.github.dl4jdynamics.spectral.nd4j.ThinQr;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * An {@link EigenLoss} of a symmetric matrix at the orthonormal factor of a free matrix, with its gradients.
 *
 * <pre>{@code
 * P = U R   thin QR, [n, k]
 * dL/dU = -2 A U diag(c),   dL/dP by QrAdjoint,   dL/dA = -U diag(c) U^T  (U constant)
 * }</pre>
 *
 * <p>The gradient by A is offered for completeness: a network that followed it would raise its eigenvalues, so training
 * leaves it out (stop-gradient on A) and sends a gradient to the network by the penalty it wants. Cost: one product of
 * {@code n^2 k} multiplications and four of {@code n k^2}.
 *
 * @since 0.1
 */
public final class EigenLossGradient {
    private final double value;
    private final double[] diagonal;
    private final double[] coefficients;
    private final INDArray basis;
    private final INDArray byBasis;
    private final INDArray byFactor;

    @SuppressWarnings("try") // the workspace scope is left by closing it
    private EigenLossGradient(INDArray a, INDArray p, EigenLoss loss) {
        try (MemoryWorkspace outside = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            ThinQr qr = DenseKernels.auto().thinQr(p);
            basis = qr.q();
            INDArray product = Nd4j.gemm(a, basis, false, false);
            diagonal = Columns.products(basis, product);
            value = loss.value(diagonal);
            coefficients = loss.coefficients(diagonal);
            byBasis = product.muliRowVector(row(coefficients).muli(-2));
            byFactor = QrAdjoint.backward(basis, qr.r(), byBasis, null);
        }
    }

    /**
     * Loss and gradients.
     *
     * @param a symmetric matrix [n, n]
     * @param p matrix [n, k] of full rank, k at most n
     * @param loss of k basis vectors
     */
    public static EigenLossGradient of(INDArray a, INDArray p, EigenLoss loss) {
        return new EigenLossGradient(a, p, loss);
    }

    /** The loss. */
    public double value() {
        return value;
    }

    /** U, [n, k]. */
    public INDArray basis() {
        return basis;
    }

    /** {@code u_i^T A u_i}: the estimates of eigenvalues. */
    public double[] diagonal() {
        return diagonal.clone();
    }

    /** Gradient by U, entries taken as independent. */
    public INDArray byBasis() {
        return byBasis;
    }

    /** Gradient by P. */
    public INDArray byFactor() {
        return byFactor;
    }

    /** Gradient by A, entries taken as independent; a new array. */
    public INDArray byMatrix() {
        return Nd4j.gemm(basis.mulRowVector(row(coefficients).negi()), basis, false, true);
    }

    private INDArray row(double[] values) {
        return Nd4j.createFromArray(values).castTo(basis.dataType());
    }
}
