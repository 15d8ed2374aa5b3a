/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.math;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.apache.commons.math3.linear.RealMatrix;

/** A layer's matrices as plain numbers, and their eigenvalues by a library that the product does not use here. */
final class Matrices {

    private final MatrixGroup group;
    private final RealMatrix[] matrices;

    private Matrices(MatrixGroup group, RealMatrix[] matrices) {
        this.group = group;
        this.matrices = matrices;
    }

    /** Row-major {@code [out, in]} or {@code [out, in, kH, kW]}; slices are scaled by {@code sqrt(convNorm)}. */
    static Matrices of(double[] data, int[] shape, double convNorm) {
        int positions = data.length / (shape[0] * shape[1]);
        MatrixNature nature = shape.length == 2 ? MatrixNature.LINEAR : MatrixNature.CONVOLUTION;
        double factor = shape.length == 2 ? 1 : Math.sqrt(convNorm);
        RealMatrix[] matrices = new RealMatrix[positions];
        for (int position = 0; position < positions; position++) {
            matrices[position] = new Array2DRowRealMatrix(shape[0], shape[1]);
            for (int i = 0; i < shape[0] * shape[1]; i++) {
                matrices[position].setEntry(i / shape[1], i % shape[1], factor * data[i * positions + position]);
            }
        }
        return new Matrices(MatrixGroup.of(nature, positions, shape[0], shape[1]), matrices);
    }

    static Matrices gaussian(long seed, int... shape) {
        Random random = new Random(seed);
        int size = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
        return of(random.doubles(size).map(ignored -> random.nextGaussian()).toArray(), shape, 1);
    }

    MatrixGroup group() {
        return group;
    }

    Matrices transposed() {
        RealMatrix[] transposed =
                Arrays.stream(matrices).map(RealMatrix::transpose).toArray(RealMatrix[]::new);
        return new Matrices(MatrixGroup.of(group.nature(), group.count(), group.cols(), group.rows()), transposed);
    }

    EigenvalueSpectrum spectrum() {
        return spectra(new WholeMatrixEsd()).get(0);
    }

    List<EigenvalueSpectrum> spectra(EsdEstimator estimator) {
        return estimator.divisions(group).stream().map(this::pooled).collect(Collectors.toList());
    }

    double meanAlpha(EsdEstimator estimator) {
        return spectra(estimator).stream()
                .mapToDouble(spectrum -> MedianFit.released().fit(spectrum).alpha())
                .average()
                .orElseThrow();
    }

    private EigenvalueSpectrum pooled(List<Block> division) {
        return EigenvalueSpectrum.pooled(
                division.stream().map(this::eigenvalues).collect(Collectors.toList()));
    }

    private double[] eigenvalues(Block block) {
        Window w = block.window();
        RealMatrix part =
                matrices[block.matrix()].getSubMatrix(w.row(), w.row() + w.rows() - 1, w.col(), w.col() + w.cols() - 1);
        RealMatrix wide = w.rows() <= w.cols() ? part : part.transpose();
        return new EigenDecomposition(wide.multiply(wide.transpose())).getRealEigenvalues();
    }
}
