/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j.eigen;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * {@code P = U V^T} by {@link NewtonSchulz}. The singular values cannot be told apart, their sum is {@code <M, P>}: it stands
 * for the only value.
 */
final class PolarFactor implements SingularVectors {
    private final NewtonSchulz iteration;
    private final INDArray factor;
    private double sum;

    PolarFactor(int rounds, INDArray like) {
        long m = Math.max(like.size(0), like.size(1));
        long n = Math.min(like.size(0), like.size(1));
        factor = Nd4j.create(like.dataType(), new long[] {m, n}, 'f');
        iteration = new NewtonSchulz(rounds, factor);
    }

    @Override
    public BasisRefresh refresh(INDArray matrix) {
        long begin = System.nanoTime();
        double norm = matrix.norm2Number().doubleValue();
        BasisRefresh.Outcome outcome = BasisRefresh.Outcome.REFUSED;
        if (Double.isFinite(norm)) {
            outcome = BasisRefresh.Outcome.STEPPED;
            factor.assign(tall(matrix));
            if (norm > 0) {
                iteration.polarize(factor);
            }
            measure(matrix);
        }
        return new BasisRefresh(outcome, Double.NaN, System.nanoTime() - begin);
    }

    private static INDArray tall(INDArray matrix) {
        return matrix.size(0) < matrix.size(1) ? matrix.transpose() : matrix;
    }

    @Override
    public void measure(INDArray matrix) {
        double[] products = Columns.products(factor, tall(matrix));
        sum = 0;
        for (double product : products) {
            sum += product;
        }
    }

    @Override
    public double[] values() {
        return new double[] {sum};
    }

    /** That of the nuclear norm, which does not depend on it. */
    @Override
    public double squaredNorm() {
        return Double.NaN;
    }

    @Override
    public void combine(INDArray matrix, double a, double[] slopes, INDArray result) {
        tall(result).assign(factor).muli(slopes[0]);
    }
}
