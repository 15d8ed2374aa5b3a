/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.bench;

import io.github.dl4jdynamics.spectral.nd4j.eigen.BasisRefresh;
import io.github.dl4jdynamics.spectral.nd4j.eigen.SpectralGradient;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A Gaussian square matrix in FLOAT that moves by 0.3 % at a time, as weights do in training. */
final class DriftingMatrix {
    private final INDArray matrix;
    private final INDArray product;
    private final INDArray[] moves = new INDArray[7];
    private int moved;

    DriftingMatrix(int n) {
        Nd4j.getRandom().setSeed(1);
        matrix = gaussian(n, 1);
        product = matrix.like();
        for (int i = 0; i < moves.length; i++) {
            moves[i] = gaussian(n, 0.003);
        }
    }

    private static INDArray gaussian(int n, double scale) {
        return Nd4j.randn(DataType.FLOAT, n, n).muli(scale / Math.sqrt(n)).dup('f');
    }

    /** Live, in 'f' order. */
    INDArray matrix() {
        return matrix;
    }

    void move() {
        matrix.addi(moves[moved % moves.length]);
        if (moved++ % moves.length == moves.length - 1) {
            for (INDArray move : moves) {
                move.negi(); // there and back, so that the matrix does not grow
            }
        }
    }

    /** The floor: one product of two such matrices. */
    void multiply() {
        Nd4j.gemm(matrix, matrix, product, false, false, 1, 0);
    }

    /** Takes the solver's step; a decomposition in its place would be measured as one. */
    void refresh(SpectralGradient penalty) {
        BasisRefresh refresh = penalty.refresh(matrix);
        if (refresh.outcome() != BasisRefresh.Outcome.STEPPED) {
            throw new IllegalStateException("a refresh must be a step of the solver, got: " + refresh);
        }
    }
}
