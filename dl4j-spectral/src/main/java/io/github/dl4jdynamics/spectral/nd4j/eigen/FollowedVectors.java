/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j.eigen;

import java.util.Arrays;
import java.util.Comparator;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Right singular vectors V of a tall matrix as the eigenvectors of its Gram matrix; the left ones are their images. */
final class FollowedVectors implements SingularVectors {
    private final EigenBasis basis;
    private final INDArray images;
    private final int leading;
    private double[] lengths;
    private final Integer[] descending;
    private double squaredNorm;

    /**
     * Vectors to follow.
     *
     * @param basis of the Gram matrix
     * @param rows of the tall matrix
     * @param leading how many singular values matter
     */
    FollowedVectors(EigenBasis basis, long rows, int leading) {
        this.basis = basis;
        this.leading = leading;
        int k = Math.toIntExact(basis.vectors().size(1));
        images = Nd4j.create(basis.vectors().dataType(), new long[] {rows, k}, 'f');
        lengths = new double[k];
        descending = new Integer[k];
        Arrays.setAll(descending, i -> i);
    }

    @Override
    public BasisRefresh refresh(INDArray matrix) {
        BasisRefresh refresh = basis.refresh(new TallMatrix(matrix, images));
        if (refresh.outcome() == BasisRefresh.Outcome.STEPPED && basis.isProjected()) {
            measureImages(matrix);
        } else if (refresh.outcome() != BasisRefresh.Outcome.REFUSED) {
            measure(matrix);
        }
        return refresh;
    }

    @Override
    public void measure(INDArray matrix) {
        new TallMatrix(matrix, images).map(basis.vectors());
        measureImages(matrix);
    }

    private void measureImages(INDArray matrix) {
        double negligible = Numbers.epsilon(images.dataType()) * Math.max(matrix.size(0), matrix.size(1));
        lengths = Columns.lengths(images, negligible);
        Arrays.sort(descending, Comparator.comparingDouble(i -> -lengths[i]));
        boolean full = lengths.length == Math.min(matrix.size(0), matrix.size(1));
        squaredNorm =
                full ? Arrays.stream(lengths).map(length -> length * length).sum() : Math.pow(Numbers.norm(matrix), 2);
    }

    @Override
    public double[] values() {
        double[] values = new double[leading];
        Arrays.setAll(values, i -> lengths[descending[i]]);
        return values;
    }

    @Override
    public double squaredNorm() {
        return squaredNorm;
    }

    @Override
    public void combine(INDArray matrix, double a, double[] slopes, INDArray sum) {
        double[] factors = new double[lengths.length];
        for (int i = 0; i < leading; i++) {
            int column = descending[i];
            factors[column] = lengths[column] == 0 ? 0 : slopes[i] / lengths[column];
        }
        images.muliRowVector(Nd4j.createFromArray(factors).castTo(images.dataType()));
        new TallMatrix(matrix, images).combine(a, images, basis.vectors(), sum);
    }
}
