/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca.nd4j;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Some neighbouring parameters of a segment and their allocations. Products are in the precision of the network but at
 * least FLOAT, sums in double.
 */
interface StepPiece {
    /** Parameters in a piece: small enough for all its arrays to stay in the cache. */
    int SIZE = 2048; // also fewer than outcomes can be added up in an int

    /** A piece for vectors of a type; others than DOUBLE are read as FLOAT. */
    static StepPiece of(INDArray vector) {
        return vector.dataType() == DataType.DOUBLE ? new DoublePiece() : new FloatPiece();
    }

    /** Whether scratch and all vectors of a segment are used where they lie, without an operation of ND4J. */
    boolean isDirect(PathSegment segment, INDArray scratch);

    /**
     * Chooses the segment.
     *
     * @param scratch where allocations are kept
     */
    void open(PathSegment segment, INDArray scratch);

    /** Lets go of the segment, whose vectors may be those of a network that nothing else keeps alive. */
    void close();

    /** Reads the {@code n} parameters from a 0-based position on, at most {@link #SIZE}, and allocates to them. */
    void allocate(long position, int n);

    /** Writes the allocations to the scratch vector, which must be direct. */
    void keep();

    /** Takes {@code n} allocations from the scratch vector instead of making them. */
    void recall(long position, int n);

    /** Sum of the allocations from one place in the piece to before another. */
    double sum(int from, int to);

    /**
     * Adds the allocations to the totals of their parameters, and counts them.
     *
     * @return outcomes of the step, added up; see {@link StepCounts}
     */
    int addTo(ParameterTotals totals);

    /** Adds {@code sum_i d_i (a S_i + b G_i)} and {@code sum_i d_i (theta'_i - theta_i)} for a direction d. */
    void projectOnto(double[] direction, double[] products);

    /** Copies the allocations. */
    void copyTo(double[] values);
}
