/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j;

import java.util.Arrays;
import java.util.List;

import com.google.common.collect.ImmutableList;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkElementIndex;

/**
 * A matrix that lies somewhere inside a {@code float[]} or {@code double[]}.
 *
 * <pre>{@code entry (i, j) = array[offset + i * rowStride + j * colStride],  0 <= i < rows, 0 <= j < cols}</pre>
 *
 * <p>Nothing is copied: whoever changes the array changes the matrix. Indices are 0-based, strides count numbers, not
 * bytes.
 *
 * @since 0.1.0
 */
public final class MatrixView {

    /** {@code float[]} or {@code double[]}. */
    private final Object array;

    private final int offset;
    private final int rowStride;
    private final int colStride;
    private final int rows;
    private final int cols;

    private MatrixView(Object array, int offset, int rowStride, int colStride, int rows, int cols) {
        this.array = array;
        this.offset = offset;
        this.rowStride = rowStride;
        this.colStride = colStride;
        this.rows = rows;
        this.cols = cols;
    }

    /**
     * A whole array as a matrix, row after row.
     *
     * @throws IllegalArgumentException if there are no rows or columns, or not {@code rows * cols} numbers
     */
    public static MatrixView of(float[] rowMajor, int rows, int cols) {
        checkDense(rowMajor.length, rows, cols);
        return new MatrixView(rowMajor, 0, cols, 1, rows, cols);
    }

    /**
     * A whole array as a matrix, row after row.
     *
     * @throws IllegalArgumentException if there are no rows or columns, or not {@code rows * cols} numbers
     */
    public static MatrixView of(double[] rowMajor, int rows, int cols) {
        checkDense(rowMajor.length, rows, cols);
        return new MatrixView(rowMajor, 0, cols, 1, rows, cols);
    }

    /**
     * A matrix with any offset and strides.
     *
     * @throws IllegalArgumentException if there are no rows or columns, a stride is negative, or an entry lies outside
     *     the array
     */
    public static MatrixView strided(float[] array, int offset, int rowStride, int colStride, int rows, int cols) {
        checkStrided(array.length, offset, rowStride, colStride, rows, cols);
        return new MatrixView(array, offset, rowStride, colStride, rows, cols);
    }

    /**
     * A matrix with any offset and strides.
     *
     * @throws IllegalArgumentException if there are no rows or columns, a stride is negative, or an entry lies outside
     *     the array
     */
    public static MatrixView strided(double[] array, int offset, int rowStride, int colStride, int rows, int cols) {
        checkStrided(array.length, offset, rowStride, colStride, rows, cols);
        return new MatrixView(array, offset, rowStride, colStride, rows, cols);
    }

    /**
     * A copy of an {@code INDArray} of rank 2 on the heap: {@code double[]} for DOUBLE and integers, {@code float[]}
     * for the other types.
     *
     * @throws IllegalArgumentException if the rank is another or the array is empty
     */
    public static MatrixView copyOf(INDArray matrix) {
        checkArgument(
                matrix.rank() == 2 && matrix.length() > 0,
                "array of a MatrixView must be a matrix (rank 2) with at least one entry, got shape %s",
                Arrays.toString(matrix.shape()));
        char order = Detached.isContiguous(matrix, 'f') ? 'f' : 'c';
        int rows = Math.toIntExact(matrix.size(0));
        int cols = Math.toIntExact(matrix.size(1));
        boolean wide =
                matrix.dataType() == DataType.DOUBLE || !matrix.dataType().isFPType();
        Object array = wide ? Detached.doubles(matrix, order) : Detached.floats(matrix, order);
        return order == 'f'
                ? new MatrixView(array, 0, 1, rows, rows, cols)
                : new MatrixView(array, 0, cols, 1, rows, cols);
    }

    /**
     * The {@code out x in} matrices of a convolution {@code [out, in, k]}, one per kernel position, in the order of the
     * positions. Nothing is copied or sorted: a spectrum takes so much longer than reading its matrix with a stride that
     * sorting the weights by position first costs more than it saves.
     *
     * @param k kernel positions: kernel height times width
     * @throws IllegalArgumentException if a size is not positive, or if there are not {@code out * in * k} numbers
     */
    public static List<MatrixView> kernelSlices(float[] weights, int out, int in, int k) {
        return slices(weights, weights.length, out, in, k);
    }

    /** As {@link #kernelSlices(float[], int, int, int)}, of doubles. */
    public static List<MatrixView> kernelSlices(double[] weights, int out, int in, int k) {
        return slices(weights, weights.length, out, in, k);
    }

    private static List<MatrixView> slices(Object weights, int length, int out, int in, int k) {
        checkArgument(
                out > 0 && in > 0 && k > 0 && (long) out * in * k == length,
                "weights of kernel slices must be [out, in, k] = [%s, %s, %s], got %s numbers",
                out,
                in,
                k,
                length);
        ImmutableList.Builder<MatrixView> slices = ImmutableList.builderWithExpectedSize(k);
        for (int position = 0; position < k; position++) {
            slices.add(new MatrixView(weights, position, in * k, k, out, in));
        }
        return slices.build();
    }

    /**
     * The part of this matrix that begins at {@code (row, col)}.
     *
     * @throws IllegalArgumentException if it has no rows or columns or reaches beyond this matrix
     */
    public MatrixView window(int row, int col, int height, int width) {
        checkArgument(
                row >= 0 && col >= 0 && height > 0 && width > 0 && height <= rows - row && width <= cols - col,
                "window of %s x %s at (%s, %s) must lie inside the matrix of %s x %s",
                height,
                width,
                row,
                col,
                rows,
                cols);
        return new MatrixView(array, offset + row * rowStride + col * colStride, rowStride, colStride, height, width);
    }

    /** The same numbers with rows and columns exchanged. */
    public MatrixView transposed() {
        return new MatrixView(array, offset, colStride, rowStride, cols, rows);
    }

    /** Number of rows, at least 1. */
    public int rows() {
        return rows;
    }

    /** Number of columns, at least 1. */
    public int cols() {
        return cols;
    }

    /**
     * One entry.
     *
     * @throws IndexOutOfBoundsException if there is no such entry
     */
    public double get(int row, int col) {
        checkElementIndex(row, rows, "row");
        checkElementIndex(col, cols, "column");
        int at = offset + row * rowStride + col * colStride;
        return array instanceof float[] ? ((float[]) array)[at] : ((double[]) array)[at];
    }

    @Override
    public String toString() {
        return "MatrixView[" + rows + " x " + cols + "]";
    }

    /** The live {@code float[]} or {@code double[]}. */
    Object array() {
        return array;
    }

    int offset() {
        return offset;
    }

    int rowStride() {
        return rowStride;
    }

    int colStride() {
        return colStride;
    }

    private static void checkDense(int length, int rows, int cols) {
        checkArgument(
                rows > 0 && cols > 0 && (long) rows * cols == length,
                "array of a %s x %s matrix must have rows * cols numbers, at least one, got %s",
                rows,
                cols,
                length);
    }

    private static void checkStrided(int length, int offset, int rowStride, int colStride, int rows, int cols) {
        checkArgument(rows > 0 && cols > 0, "matrix must have at least one entry, got %s x %s", rows, cols);
        checkArgument(
                offset >= 0 && rowStride >= 0 && colStride >= 0,
                "offset and strides of a matrix must not be negative, got offset %s, row stride %s, column stride %s",
                offset,
                rowStride,
                colStride);
        long last = offset + (rows - 1L) * rowStride + (cols - 1L) * colStride;
        checkArgument(
                last < length,
                "last entry of a %s x %s matrix must lie inside its array of %s numbers, but has index %s",
                rows,
                cols,
                length,
                last);
    }
}
