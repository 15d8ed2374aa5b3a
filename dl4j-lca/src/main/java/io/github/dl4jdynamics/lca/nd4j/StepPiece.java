/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca.nd4j;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Some neighbouring parameters of a step: theta, theta', the sum of gradients S, the gradient at the end G, and their
 * allocations. Products are in the precision of the network but at least FLOAT, sums in double.
 */
interface StepPiece {
    /** Parameters in a piece: small enough for all its arrays to stay in the cache. */
    int SIZE = 2048;

    /** A piece for vectors of a type; others than DOUBLE are read as FLOAT. */
    static StepPiece of(INDArray vector) {
        return vector.dataType() == DataType.DOUBLE ? new DoublePiece() : new FloatPiece();
    }

    /** Chooses the vectors to read from. */
    void open(INDArray theta, INDArray next, INDArray sum, INDArray end);

    /** Reads the parameters from a 0-based position on, {@code n} at most {@link #SIZE}. */
    void read(long position, int n);

    /** {@code sum_i S_i (theta'_i - theta_i)} over the piece. */
    double projectSum();

    /** {@code sum_i G_i (theta'_i - theta_i)} over the piece. */
    double projectEnd();

    /** {@code A_i = (a S_i + b G_i) (theta'_i - theta_i)}; a vector with factor 0 does not enter. */
    void allocate(double a, double b);

    /** Sum of the allocations from one place in the piece to before another. */
    double sum(int from, int to);

    /** Adds the allocations to the totals of their parameters, and counts those that helped [0] and hurt [1]. */
    void addTo(ParameterTotals totals, long[] counts);

    /** {@code sum_i b_i (a S_i + c G_i)} and {@code sum_i b_i (theta'_i - theta_i)} for a direction b. */
    void projectOnto(double[] direction, double a, double c, double[] products);

    /** Copies the allocations. */
    void copyTo(double[] values);
}
