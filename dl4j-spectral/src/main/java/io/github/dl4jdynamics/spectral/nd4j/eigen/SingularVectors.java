/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j.eigen;

import org.nd4j.linalg.api.ndarray.INDArray;

/** The leading singular vectors of a matrix as one solver knows them. */
interface SingularVectors {
    /** Follows the matrix to where it is now, and measures it. */
    BasisRefresh refresh(INDArray matrix);

    /** Begins anew with the next matrix, since something went wrong on the way. */
    default void forget() {}

    /** Measures singular values of a matrix with the vectors as they are. */
    void measure(INDArray matrix);

    /** Singular values of the matrix measured last, descending. */
    double[] values();

    /** Squared Frobenius norm of the matrix measured last. */
    double squaredNorm();

    /** What the penalty of {@link #values} lacks for the vectors being a little off, if that is known; 0 by default. */
    default double correction(double[] slopes) {
        return 0;
    }

    /** {@code sum = a M + sum_i slope_i u_i v_i^T} for the matrix of the latest refresh. */
    void combine(INDArray matrix, double a, double[] slopes, INDArray sum);
}
