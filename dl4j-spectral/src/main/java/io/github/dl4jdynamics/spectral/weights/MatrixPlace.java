/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.weights;

/**
 * Where the entries of a matrix lie in the flat vector of a weight array.
 *
 * <pre>{@code
 * entry (i, j) is at  offset + i * rowStride + j * colStride
 * }</pre>
 *
 * <p>Immutable.
 *
 * @since 0.1
 */
public final class MatrixPlace {
    private final long offset;
    private final long rows;
    private final long cols;
    private final long rowStride;
    private final long colStride;

    /** A place; offset and strides count elements. */
    public MatrixPlace(long offset, long rows, long cols, long rowStride, long colStride) {
        this.offset = offset;
        this.rows = rows;
        this.cols = cols;
        this.rowStride = rowStride;
        this.colStride = colStride;
    }

    /** Position of entry (0, 0), 0-based. */
    public long offset() {
        return offset;
    }

    /** Rows: outputs, where that is known. */
    public long rows() {
        return rows;
    }

    /** Columns. */
    public long cols() {
        return cols;
    }

    /** From one row to the next. */
    public long rowStride() {
        return rowStride;
    }

    /** From one column to the next. */
    public long colStride() {
        return colStride;
    }

    @Override
    public String toString() {
        return rows + " x " + cols + " from " + offset;
    }
}
