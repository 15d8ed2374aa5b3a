/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.weights;

import com.google.common.primitives.Ints;
import io.github.dl4jdynamics.spectral.math.MatrixGroup;
import io.github.dl4jdynamics.spectral.math.MatrixNature;

/**
 * Which axes of a weight array are a matrix's rows (outputs) and columns (inputs); the remaining axes count matrices.
 *
 * <p>Axes are 0-based, the remaining ones all come before or all after the matrix. Several axes may be rows together
 * (heads x head size), and the rows axis may be cut into gates.
 */
final class MatrixLayout {
    private static final int SINGLE_COLUMN = -1;

    private final WeightKind kind;
    private final MatrixNature nature;
    private final int rank;
    private final int[] rowAxes;
    private final int colAxis;
    private final int gates;

    private MatrixLayout(WeightKind kind, MatrixNature nature, int rank, int[] rowAxes, int colAxis, int gates) {
        this.kind = kind;
        this.nature = nature;
        this.rank = rank;
        this.rowAxes = rowAxes;
        this.colAxis = colAxis;
        this.gates = gates;
    }

    /** {@code [in, out]}, Deeplearning4j's order of dense weights. */
    static MatrixLayout inOut(WeightKind kind, MatrixNature nature) {
        return new MatrixLayout(kind, nature, 2, new int[] {1}, 0, 1);
    }

    /** {@code [in, gates * out (+ peepholes)]}: the first {@code gates * out} columns, gate by gate. */
    static MatrixLayout gates(int gates) {
        return new MatrixLayout(WeightKind.RECURRENT, MatrixNature.RECURRENT, 2, new int[] {1}, 0, gates);
    }

    /** Kernel positions counted by all axes but the two given. */
    static MatrixLayout kernel(WeightKind kind, int outAxis, int inAxis) {
        int rank = kind == WeightKind.CONVOLUTION_3D ? 5 : 4;
        return new MatrixLayout(kind, MatrixNature.CONVOLUTION, rank, new int[] {outAxis}, inAxis, 1);
    }

    /** Two neighbouring axes are the outputs and there is one input per kernel position. */
    static MatrixLayout columns(int firstAxis, int secondAxis) {
        return new MatrixLayout(
                WeightKind.DEPTHWISE, MatrixNature.CONVOLUTION, 4, new int[] {firstAxis, secondAxis}, SINGLE_COLUMN, 1);
    }

    /** {@code [heads, head size, in]}. */
    static MatrixLayout heads() {
        return new MatrixLayout(WeightKind.ATTENTION, MatrixNature.LINEAR, 3, new int[] {0, 1}, 2, 1);
    }

    WeightKind kind() {
        return kind;
    }

    /** Number of axes of an array stored like this. */
    int rank() {
        return rank;
    }

    /** From one row of a matrix to the next, where the axes have these strides. */
    int rowStride(int[] strides) {
        return strides[rowAxes[rowAxes.length - 1]];
    }

    /** From one column of a matrix to the next. */
    int colStride(int[] strides) {
        return colAxis == SINGLE_COLUMN ? 1 : strides[colAxis];
    }

    /** From one matrix to the next: a block of rows for gates, else along the last kernel axis. */
    int step(int[] strides, MatrixGroup group) {
        if (gates > 1) {
            return group.rows() * rowStride(strides);
        }
        int axis = rank - 1;
        while (axis >= 0 && isOfMatrix(axis)) {
            axis--;
        }
        return axis < 0 ? 0 : strides[axis];
    }

    /** Shape of the matrices of an array of the given shape. */
    MatrixGroup group(long[] shape) {
        long rows = 1;
        for (int axis : rowAxes) {
            rows *= shape[axis];
        }
        long cols = colAxis == SINGLE_COLUMN ? 1 : shape[colAxis];
        long count = gates;
        for (int axis = 0; axis < rank; axis++) {
            count *= isOfMatrix(axis) ? 1 : shape[axis];
        }
        // Integer division drops the three peephole columns of a GravesLSTM.
        return MatrixGroup.of(nature, Math.toIntExact(count), Math.toIntExact(rows / gates), Math.toIntExact(cols));
    }

    private boolean isOfMatrix(int axis) {
        return axis == colAxis || Ints.contains(rowAxes, axis);
    }
}
