/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j.eigen;

import java.util.Arrays;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Right singular vectors V of a tall matrix as the eigenvectors of its Gram matrix; the left ones are their images. */
final class FollowedVectors implements SingularVectors {
    private final EigenBasis basis;
    private final INDArray images;
    private final INDArray scaled;
    private final int leading;
    private final boolean normed;
    private final DescendingOrder order;
    private double squaredNorm;

    /**
     * Vectors to follow.
     *
     * @param basis of the Gram matrix
     * @param rows of the tall matrix
     * @param leading how many singular values matter
     * @param normed whether the Frobenius norm matters; NaN if not
     */
    FollowedVectors(EigenBasis basis, long rows, int leading, boolean normed) {
        this.normed = normed;
        this.basis = basis;
        this.leading = leading;
        INDArray v = basis.vectors();
        images = Nd4j.create(v.dataType(), new long[] {rows, v.size(1)}, 'f');
        scaled = Nd4j.create(v.dataType(), v.shape(), 'f');
        order = new DescendingOrder(Math.toIntExact(v.size(1)));
    }

    @Override
    public BasisRefresh refresh(INDArray matrix) {
        BasisRefresh refresh = basis.refresh(new TallMatrix(matrix, images));
        if (refresh.outcome() != BasisRefresh.Outcome.REFUSED) {
            measure(matrix);
        }
        return refresh;
    }

    @Override
    public void forget() {
        basis.forget();
    }

    @Override
    public void measure(INDArray matrix) {
        new TallMatrix(matrix, images).map(basis.vectors());
        double negligible = Numbers.epsilon(images.dataType()) * Math.max(matrix.size(0), matrix.size(1));
        double[] lengths = Columns.lengths(images, negligible);
        order.sort(lengths);
        boolean full = lengths.length == Math.min(matrix.size(0), matrix.size(1));
        squaredNorm = full
                ? Arrays.stream(lengths).map(length -> length * length).sum()
                : normed ? Math.pow(Numbers.norm(matrix), 2) : Double.NaN;
    }

    @Override
    public double[] values() {
        return order.leading(leading);
    }

    @Override
    public double squaredNorm() {
        return squaredNorm;
    }

    @Override
    public void combine(INDArray matrix, double a, double[] slopes, INDArray sum) {
        double[] factors = order.byColumn(slopes);
        for (int i = 0; i < factors.length; i++) {
            factors[i] = order.length(i) == 0 ? 0 : factors[i] / order.length(i);
        }
        INDArray v = Columns.scaled(basis.vectors(), factors, scaled);
        new TallMatrix(matrix, images).combine(a, Columns.leading(images, v.size(1)), v, sum);
    }
}
