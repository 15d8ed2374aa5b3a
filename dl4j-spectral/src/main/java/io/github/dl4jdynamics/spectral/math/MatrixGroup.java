/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.math;

import java.util.List;
import java.util.Objects;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * The shape of a layer's weights seen as matrices: {@code count} matrices of {@code rows} x {@code cols}, in out x in
 * orientation.
 *
 * <p>A dense layer is one matrix; a convolution {@code [out, in, kH, kW]} is {@code kH * kW} matrices out x in.
 */
public final class MatrixGroup {

    private final MatrixNature nature;
    private final int count;
    private final int rows;
    private final int cols;

    private MatrixGroup(MatrixNature nature, int count, int rows, int cols) {
        this.nature = nature;
        this.count = count;
        this.rows = rows;
        this.cols = cols;
    }

    /**
     * A group of equally shaped matrices.
     *
     * @throws IllegalArgumentException unless count, rows and cols are at least 1
     */
    public static MatrixGroup of(MatrixNature nature, int count, int rows, int cols) {
        Objects.requireNonNull(nature, "nature of a matrix group must not be null");
        checkArgument(
                count >= 1 && rows >= 1 && cols >= 1,
                "a matrix group must have >= 1 matrix of >= 1 x 1, got %s of %s x %s; leave out empty weights",
                count,
                rows,
                cols);
        return new MatrixGroup(nature, count, rows, cols);
    }

    /**
     * The group that one division of windows forms: the matrices whose eigenvalues are pooled. Metrics that depend on
     * the shape of a matrix need this group, not the layer's.
     *
     * @throws IllegalArgumentException if the division is empty or its windows differ in size
     */
    public MatrixGroup ofWindows(List<Block> division) {
        checkArgument(!division.isEmpty(), "a division of %s must have >= 1 window, got 0", this);
        Window first = division.get(0).window();
        for (Block block : division) {
            checkArgument(
                    block.window().rows() == first.rows() && block.window().cols() == first.cols(),
                    "the windows of one division of %s must have one size, got %s and %s",
                    this,
                    first,
                    block.window());
        }
        return of(nature, division.size(), first.rows(), first.cols());
    }

    /** What kind of layer the matrices come from. */
    public MatrixNature nature() {
        return nature;
    }

    /** How many matrices there are. */
    public int count() {
        return count;
    }

    /** Rows of each matrix: outputs. */
    public int rows() {
        return rows;
    }

    /** Columns of each matrix: inputs. */
    public int cols() {
        return cols;
    }

    /** The shorter side: the number of eigenvalues of one matrix. */
    public int shortSide() {
        return Math.min(rows, cols);
    }

    /** The longer side. */
    public int longSide() {
        return Math.max(rows, cols);
    }

    /** Number of eigenvalues of all matrices together: {@code count * shortSide}. */
    public long eigenvalueCount() {
        return (long) count * shortSide();
    }

    @Override
    public boolean equals(Object other) {
        if (!(other instanceof MatrixGroup)) {
            return false;
        }
        MatrixGroup that = (MatrixGroup) other;
        return nature == that.nature && count == that.count && rows == that.rows && cols == that.cols;
    }

    @Override
    public int hashCode() {
        return Objects.hash(nature, count, rows, cols);
    }

    @Override
    public String toString() {
        return nature + " " + count + " of " + rows + " x " + cols;
    }
}
