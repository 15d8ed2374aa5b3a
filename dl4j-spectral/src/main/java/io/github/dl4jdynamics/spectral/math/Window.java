/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.math;

import java.util.Objects;

import static com.google.common.base.Preconditions.checkArgument;

/** A contiguous rectangle of a matrix: its first row and column, 0-based, and its size. */
public final class Window {

    private final int row;
    private final int col;
    private final int rows;
    private final int cols;

    private Window(int row, int col, int rows, int cols) {
        this.row = row;
        this.col = col;
        this.rows = rows;
        this.cols = cols;
    }

    /**
     * The window of {@code rows} x {@code cols} whose upper left element is {@code (row, col)}.
     *
     * @throws IllegalArgumentException if the corner is negative or the size is not at least 1 x 1
     */
    public static Window of(int row, int col, int rows, int cols) {
        checkArgument(row >= 0 && col >= 0, "a window must start at >= (0, 0), got (%s, %s)", row, col);
        checkArgument(rows >= 1 && cols >= 1, "a window must have >= 1 x 1 elements, got %s x %s", rows, cols);
        return new Window(row, col, rows, cols);
    }

    /** The window that is the whole of a {@code rows} x {@code cols} matrix. */
    public static Window whole(int rows, int cols) {
        return of(0, 0, rows, cols);
    }

    /** The same elements in the transposed matrix. */
    public Window transposed() {
        return new Window(col, row, cols, rows);
    }

    /** First row, 0-based. */
    public int row() {
        return row;
    }

    /** First column, 0-based. */
    public int col() {
        return col;
    }

    /** Number of rows. */
    public int rows() {
        return rows;
    }

    /** Number of columns. */
    public int cols() {
        return cols;
    }

    @Override
    public boolean equals(Object other) {
        if (!(other instanceof Window)) {
            return false;
        }
        Window that = (Window) other;
        return row == that.row && col == that.col && rows == that.rows && cols == that.cols;
    }

    @Override
    public int hashCode() {
        return Objects.hash(row, col, rows, cols);
    }

    @Override
    public String toString() {
        return rows + " x " + cols + " at (" + row + ", " + col + ')';
    }
}
