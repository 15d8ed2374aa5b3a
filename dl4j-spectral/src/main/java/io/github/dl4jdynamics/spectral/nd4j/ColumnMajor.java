/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j;

import java.util.Arrays;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A dense matrix on the heap, column after column as LAPACK wants it: a {@code float[]} or a {@code double[]}. */
final class ColumnMajor {

    private final int rows;
    private final int cols;
    private final Object data;

    private ColumnMajor(int rows, int cols, Object data) {
        this.rows = rows;
        this.cols = cols;
        this.data = data;
    }

    static ColumnMajor of(int rows, int cols, double[] data) {
        return new ColumnMajor(rows, cols, data);
    }

    static ColumnMajor of(int rows, int cols, float[] data) {
        return new ColumnMajor(rows, cols, data);
    }

    static ColumnMajor copyOf(INDArray matrix, DataType type) {
        int rows = Math.toIntExact(matrix.size(0));
        int cols = Math.toIntExact(matrix.size(1));
        Object data = type == DataType.DOUBLE ? Detached.doubles(matrix, 'f') : Detached.floats(matrix, 'f');
        return new ColumnMajor(rows, cols, data);
    }

    int rows() {
        return rows;
    }

    int cols() {
        return cols;
    }

    boolean isFloat() {
        return data instanceof float[];
    }

    double get(int row, int col) {
        int at = col * rows + row;
        return isFloat() ? ((float[]) data)[at] : ((double[]) data)[at];
    }

    void set(int row, int col, double value) {
        int at = col * rows + row;
        if (isFloat()) {
            ((float[]) data)[at] = (float) value;
        } else {
            ((double[]) data)[at] = value;
        }
    }

    /** The live {@code float[]} or {@code double[]}. */
    Object data() {
        return data;
    }

    /** Position of the first NaN or infinity in memory, or -1. */
    int indexOfNonFinite() {
        int length = rows * cols;
        if (isFloat()) {
            float[] entries = (float[]) data;
            for (int i = 0; i < length; i++) {
                if (!Float.isFinite(entries[i])) {
                    return i;
                }
            }
        } else {
            double[] entries = (double[]) data;
            for (int i = 0; i < length; i++) {
                if (!Double.isFinite(entries[i])) {
                    return i;
                }
            }
        }
        return -1;
    }

    double[] toDoubles() {
        if (!isFloat()) {
            return (double[]) data;
        }
        float[] from = (float[]) data;
        double[] to = new double[from.length];
        for (int i = 0; i < to.length; i++) {
            to[i] = from[i];
        }
        return to;
    }

    /** These doubles as a matrix of the same number type as this one. */
    ColumnMajor like(int rows, int cols, double[] values) {
        if (!isFloat()) {
            return of(rows, cols, values);
        }
        float[] to = new float[values.length];
        for (int i = 0; i < to.length; i++) {
            to[i] = (float) values[i];
        }
        return of(rows, cols, to);
    }

    ColumnMajor leadingColumns(int count) {
        return isFloat()
                ? of(rows, count, Arrays.copyOf((float[]) data, rows * count))
                : of(rows, count, Arrays.copyOf((double[]) data, rows * count));
    }

    /** The first rows, with zeros below the diagonal. */
    ColumnMajor upperTriangle(int height) {
        ColumnMajor upper = zeros(height, cols);
        for (int j = 0; j < cols; j++) {
            for (int i = 0; i <= Math.min(j, height - 1); i++) {
                upper.set(i, j, get(i, j));
            }
        }
        return upper;
    }

    /** Zeros above the diagonal. */
    ColumnMajor lowerTriangle() {
        ColumnMajor lower = zeros(rows, cols);
        for (int j = 0; j < cols; j++) {
            for (int i = j; i < rows; i++) {
                lower.set(i, j, get(i, j));
            }
        }
        return lower;
    }

    ColumnMajor transposed() {
        ColumnMajor transposed = zeros(cols, rows);
        for (int j = 0; j < cols; j++) {
            for (int i = 0; i < rows; i++) {
                transposed.set(j, i, get(i, j));
            }
        }
        return transposed;
    }

    private ColumnMajor zeros(int height, int width) {
        return isFloat() ? of(height, width, new float[height * width]) : of(height, width, new double[height * width]);
    }

    /** A new array in 'f' order that belongs to no workspace. */
    @SuppressWarnings("try")
    INDArray toArray() {
        long[] shape = {rows, cols};
        long[] strides = {1, rows};
        try (MemoryWorkspace outside = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            return isFloat()
                    ? Nd4j.create((float[]) data, shape, strides, 'f', DataType.FLOAT)
                    : Nd4j.create((double[]) data, shape, strides, 'f', DataType.DOUBLE);
        }
    }
}
