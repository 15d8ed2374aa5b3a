/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j.eigen;

import io.github.dl4jdynamics.spectral.math.eigen.EigenLoss;
import io.github.dl4jdynamics.spectral.nd4j.DenseKernels;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.AdamUpdater;
import org.nd4j.linalg.learning.config.Adam;

/**
 * A step of Adam on an {@link EigenLoss}, as the paper takes them: {@code V = qf(P)}, gradient by way of the QR
 * factorization to P, which is set back to V after each step.
 *
 * <p>Setting back keeps P well conditioned; without it the gradient, orthogonal to each column, makes the columns grow and
 * the steps shrink. The matrix is scaled by the largest diagonal entry seen so far, so that the rate does not depend on its
 * scale.
 */
final class EigenLossDescent implements BasisStep {
    private final DenseKernels kernels;
    private final EigenLoss loss;
    private final AdamUpdater adam;
    private double scale;
    private int steps;

    /**
     * Descent.
     *
     * @param v a basis of the shape to come
     */
    EigenLossDescent(DenseKernels kernels, EigenLoss loss, double rate, INDArray v) {
        this.kernels = kernels;
        this.loss = loss;
        Adam config = new Adam(rate);
        adam = new AdamUpdater(config);
        INDArray state = Nd4j.zeros(v.dataType(), 1, config.stateSize(v.length()));
        adam.setStateViewArray(state, v.shape(), 'f', true);
    }

    @Override
    public void improve(SymmetricOperator a, INDArray product, INDArray v) {
        double[] diagonal = Columns.products(v, product);
        for (double d : diagonal) {
            scale = Math.max(scale, Math.abs(d));
        }
        if (scale == 0) {
            return;
        }
        for (int i = 0; i < diagonal.length; i++) {
            diagonal[i] /= scale;
        }
        double[] factors = loss.coefficients(diagonal);
        for (int i = 0; i < factors.length; i++) {
            factors[i] *= -2 / scale;
        }
        INDArray slope = product.muliRowVector(Nd4j.createFromArray(factors).castTo(v.dataType()));
        INDArray gradient = QrAdjoint.ofUnitTriangle(v, slope);
        adam.applyUpdater(gradient, steps++, 0);
        v.subi(gradient);
        kernels.orthonormalize(v);
    }
}
