/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.regularization;

import io.github.dl4jdynamics.spectral.nd4j.eigen.BasisRefresh;
import io.github.dl4jdynamics.spectral.nd4j.eigen.SpectralGradient;
import io.github.dl4jdynamics.spectral.weights.MatrixPlace;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * One matrix of a parameter with its penalty: exact at the matrix of the latest refresh, and between refreshes the tangent
 * there, {@code phi(W_0) + <G, W - W_0>}, whose gradient G stays.
 */
final class PenalizedMatrix {
    private final MatrixPlace place;
    private final SpectralGradient penalty;
    private final INDArray matrix;
    private double projection;

    PenalizedMatrix(MatrixPlace place, DataType type, SpectralGradient.Builder settings) {
        this.place = place;
        DataType computed = type == DataType.DOUBLE ? DataType.DOUBLE : DataType.FLOAT;
        matrix = Nd4j.create(computed, new long[] {place.rows(), place.cols()}, 'f');
        penalty = settings.build(matrix);
    }

    BasisRefresh refresh(INDArray flat) {
        BasisRefresh refresh = penalty.refresh(read(flat));
        if (refresh.outcome() != BasisRefresh.Outcome.REFUSED) {
            projection = project();
        }
        return refresh;
    }

    /** Whether the parameter is, as far as one number tells, what it was at the latest refresh. */
    boolean isWhereRefreshed(INDArray flat) {
        read(flat);
        return project() == projection;
    }

    double value() {
        return penalty.value();
    }

    /** With the singular vectors of the latest refresh. */
    double valueWithSameVectors(INDArray flat) {
        return penalty.valueWithSameVectors(read(flat));
    }

    double tangent(INDArray flat) {
        read(flat);
        return penalty.value() + project() - projection;
    }

    /** {@code gradient += factor G}. */
    void addGradient(double factor, INDArray gradient) {
        view(gradient).addi(matrix.assign(penalty.gradient()).muli(factor));
    }

    double[] singularValues() {
        return penalty.singularValues();
    }

    private double project() {
        return Nd4j.getBlasWrapper().dot(column(penalty.gradient()), column(matrix));
    }

    /** DL4J-M2.1: {@code ravel('f')} takes the order for a size and fails. */
    private static INDArray column(INDArray dense) {
        return dense.reshape('f', new long[] {dense.length()});
    }

    private INDArray read(INDArray flat) {
        return matrix.assign(view(flat));
    }

    private INDArray view(INDArray flat) {
        return Nd4j.create(
                flat.data(),
                new long[] {place.rows(), place.cols()},
                new long[] {place.rowStride(), place.colStride()},
                flat.offset() + place.offset(),
                'f');
    }
}
