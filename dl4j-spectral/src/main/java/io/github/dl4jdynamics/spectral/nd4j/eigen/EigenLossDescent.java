/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j.eigen;

import io.github.dl4jdynamics.spectral.math.eigen.EigenLoss;
import io.github.dl4jdynamics.spectral.nd4j.DenseKernels;
import io.github.dl4jdynamics.spectral.nd4j.ThinQr;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.AdamUpdater;
import org.nd4j.linalg.learning.config.Adam;

/**
 * A step of Adam on an {@link EigenLoss}, as the paper takes them: {@code V = qf(P)}, gradient by way of the QR
 * factorization to P, which is set back to V after each step or left as it is.
 *
 * <p>Setting back keeps P well conditioned and saves a triangular solution; without it the gradient, orthogonal to each
 * column, makes the columns grow and the steps shrink. The matrix is scaled by the largest diagonal entry seen so far, so that
 * the rate does not depend on its scale.
 */
final class EigenLossDescent implements BasisStep {
    private final DenseKernels kernels;
    private final EigenLoss loss;
    private final AdamUpdater adam;
    private final INDArray moments;

    /** P, unless it is set back to V after each step. */
    private final INDArray free;

    private double scale;
    private int steps;

    /**
     * Descent.
     *
     * @param reset whether P is set back to V after each step
     * @param v a basis of the shape to come
     */
    EigenLossDescent(DenseKernels kernels, EigenLoss loss, double rate, boolean reset, INDArray v) {
        this.kernels = kernels;
        this.loss = loss;
        free = reset ? null : Nd4j.create(v.dataType(), v.shape(), 'f');
        Adam config = new Adam(rate);
        adam = new AdamUpdater(config);
        moments = Nd4j.zeros(v.dataType(), 1, config.stateSize(v.length()));
        adam.setStateViewArray(moments, v.shape(), 'f', true);
    }

    @Override
    public void improve(SymmetricOperator a, INDArray product, INDArray v) {
        if (free == null) {
            INDArray slope = slope(v, product);
            v.subi(step(QrAdjoint.ofUnitTriangle(v, slope)));
        } else {
            // The basis may have been turned since, so its product is not that of qf(P).
            ThinQr qr = kernels.thinQr(free);
            a.multiply(qr.q(), product);
            free.subi(step(QrAdjoint.backward(qr.q(), qr.r(), slope(qr.q(), product), null)));
            v.assign(free);
        }
        kernels.orthonormalize(v);
    }

    /** {@code dL/dU = -2 A U diag(c)} of the scaled matrix, in place of {@code A U}. */
    private INDArray slope(INDArray u, INDArray product) {
        double[] diagonal = Columns.products(u, product);
        for (double d : diagonal) {
            scale = Math.max(scale, Math.abs(d));
        }
        double unit = scale == 0 ? 1 : scale;
        for (int i = 0; i < diagonal.length; i++) {
            diagonal[i] /= unit;
        }
        double[] factors = loss.coefficients(diagonal);
        for (int i = 0; i < factors.length; i++) {
            factors[i] *= -2 / unit;
        }
        return product.muliRowVector(Nd4j.createFromArray(factors).castTo(u.dataType()));
    }

    private INDArray step(INDArray gradient) {
        INDArray dense = gradient.dup('f');
        adam.applyUpdater(dense, steps++, 0);
        return dense;
    }

    @Override
    public void restart(INDArray v) {
        moments.assign(0);
        steps = 0;
        scale = 0;
        if (free != null) {
            free.assign(v);
        }
    }
}
