/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j.eigen;

import io.github.dl4jdynamics.spectral.nd4j.DenseKernels;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Leading eigenvectors of a positive semidefinite matrix that changes from one refresh to the next. For one thread.
 */
final class EigenBasis {
    private final DenseKernels kernels;
    private final BasisStep step;
    private final boolean ritz;
    private final boolean exactStart;
    private final double residualLimit;
    private INDArray vectors;
    private INDArray product;
    private final INDArray turn;
    private boolean started;

    /**
     * A basis.
     *
     * @param vectors [n, k] in 'f' order, overwritten
     * @param step the solver; null for a decomposition each time
     * @param ritz whether to turn the basis to its Ritz vectors after each step, so that they are eigenvectors one by one
     *     and in order; of no account for a sum over all
     * @param exactStart whether to begin with a decomposition instead of random vectors
     * @param residualLimit residual beyond which a decomposition takes the place of the step
     */
    EigenBasis(
            DenseKernels kernels,
            INDArray vectors,
            BasisStep step,
            boolean ritz,
            boolean exactStart,
            double residualLimit) {
        this.kernels = kernels;
        this.vectors = vectors;
        this.step = step;
        this.ritz = ritz;
        this.exactStart = exactStart;
        this.residualLimit = residualLimit;
        this.product = Nd4j.create(vectors.dataType(), vectors.shape(), 'f');
        long k = vectors.size(1);
        this.turn = ritz ? Nd4j.create(vectors.dataType(), new long[] {k, k}, 'f') : null;
    }

    /** The basis, [n, k]: leading eigenvectors first with Ritz vectors, else in any order. */
    INDArray vectors() {
        return vectors;
    }

    /** Begins anew with the next matrix. */
    void forget() {
        started = false;
    }

    BasisRefresh refresh(SymmetricOperator a) {
        long begin = System.nanoTime();
        if (!started && !exactStart) {
            Bases.fillAtRandom(vectors, kernels);
            restart();
        }
        double residual = Double.NaN;
        if (started && step != null) {
            a.multiply(vectors, product);
            residual = Columns.residual(Columns.products(vectors, product), Columns.products(product, product));
            if (Double.isNaN(residual)) {
                return new BasisRefresh(BasisRefresh.Outcome.REFUSED, residual, System.nanoTime() - begin);
            }
        }
        BasisRefresh.Outcome outcome = step == null || !started
                ? BasisRefresh.Outcome.DECOMPOSED
                : residual > residualLimit ? BasisRefresh.Outcome.REPLACED : BasisRefresh.Outcome.STEPPED;
        if (outcome != BasisRefresh.Outcome.STEPPED) {
            if (!Bases.fillByDecomposition(vectors, kernels, a)) {
                return new BasisRefresh(BasisRefresh.Outcome.REFUSED, residual, System.nanoTime() - begin);
            }
            restart();
        } else {
            step.improve(a, product, vectors);
            if (ritz) {
                turnToRitzVectors(a);
            }
        }
        return new BasisRefresh(outcome, residual, System.nanoTime() - begin);
    }

    private void restart() {
        started = true;
        if (step != null) {
            step.restart(vectors);
        }
    }

    private void turnToRitzVectors(SymmetricOperator a) {
        INDArray projected = a.project(vectors);
        Bases.fillWithLeading(turn, kernels.symmetricEigen(projected));
        Nd4j.gemm(vectors, turn, product, false, false, 1, 0);
        INDArray before = vectors;
        vectors = product;
        product = before;
    }
}
