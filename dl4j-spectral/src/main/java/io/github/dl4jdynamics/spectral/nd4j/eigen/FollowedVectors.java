/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j.eigen;

import java.util.Arrays;
import java.util.Comparator;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Right singular vectors V of a tall matrix as the eigenvectors of its Gram matrix; the left ones are their images. */
final class FollowedVectors implements SingularVectors {
    private final EigenBasis basis;
    private INDArray images;
    private final INDArray scaled;
    private final int leading;
    private final boolean normed;
    private double[] lengths;
    private final Integer[] descending;
    private double squaredNorm;

    /** Those of a matrix that is only looked at, so that the next refresh is what it would be without. */
    private INDArray others;

    /** Images of the matrix measured last. */
    private INDArray latest;

    /** Whether the images are those of the vectors as they are, by the matrix of the latest refresh. */
    private boolean known;

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
        int k = Math.toIntExact(basis.vectors().size(1));
        images = Nd4j.create(basis.vectors().dataType(), new long[] {rows, k}, 'f');
        others = Nd4j.create(images.dataType(), images.shape(), 'f');
        scaled = Nd4j.create(images.dataType(), basis.vectors().shape(), 'f');
        lengths = new double[k];
        descending = new Integer[k];
        Arrays.setAll(descending, i -> i);
    }

    @Override
    public BasisRefresh refresh(INDArray matrix) {
        boolean moved = known && basis.takesMovedProducts();
        BasisRefresh refresh =
                basis.refresh(moved ? TallMatrix.movedFrom(images, matrix) : new TallMatrix(matrix, images));
        if (refresh.outcome() == BasisRefresh.Outcome.STEPPED && basis.isRitz()) {
            Nd4j.gemm(images, basis.turn(), others, false, false, 1, 0);
            INDArray before = images;
            images = others;
            others = before;
            measureImages(matrix, images);
        } else if (refresh.outcome() != BasisRefresh.Outcome.REFUSED) {
            measure(matrix, images);
        }
        known |= refresh.outcome() != BasisRefresh.Outcome.REFUSED;
        return refresh;
    }

    @Override
    public void measure(INDArray matrix) {
        measure(matrix, others);
    }

    private void measure(INDArray matrix, INDArray into) {
        new TallMatrix(matrix, into).map(basis.vectors());
        measureImages(matrix, into);
    }

    private void measureImages(INDArray matrix, INDArray ofVectors) {
        latest = ofVectors;
        double negligible = Numbers.epsilon(ofVectors.dataType()) * Math.max(matrix.size(0), matrix.size(1));
        lengths = Columns.lengths(ofVectors, negligible);
        Arrays.sort(descending, Comparator.comparingDouble(i -> -lengths[i]));
        boolean full = lengths.length == Math.min(matrix.size(0), matrix.size(1));
        squaredNorm = full
                ? Arrays.stream(lengths).map(length -> length * length).sum()
                : normed ? Math.pow(Numbers.norm(matrix), 2) : Double.NaN;
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
        int used = 1;
        for (int i = 0; i < leading; i++) {
            int column = descending[i];
            factors[column] = lengths[column] == 0 ? 0 : slopes[i] / lengths[column];
            used = Math.max(used, column + 1);
        }
        INDArrayIndex[] columns = {NDArrayIndex.all(), NDArrayIndex.interval(0, used)};
        INDArray row = Nd4j.createFromArray(Arrays.copyOf(factors, used)).castTo(images.dataType());
        INDArray v = scaled.get(columns).assign(basis.vectors().get(columns)).muliRowVector(row);
        new TallMatrix(matrix, latest).combine(a, latest.get(columns), v, sum);
    }
}
