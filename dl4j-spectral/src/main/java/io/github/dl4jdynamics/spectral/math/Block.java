/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.math;

import java.util.Objects;

import static com.google.common.base.Preconditions.checkArgument;

/** A window of one matrix of a {@link MatrixGroup}, in the group's own rows and columns. */
public final class Block {

    private final int matrix;
    private final Window window;

    private Block(int matrix, Window window) {
        this.matrix = matrix;
        this.window = window;
    }

    /**
     * A window of the matrix with this 0-based index in its group.
     *
     * @throws IllegalArgumentException if the index is negative
     */
    public static Block of(int matrix, Window window) {
        checkArgument(matrix >= 0, "matrix index of a block must be >= 0, got %s", matrix);
        return new Block(matrix, Objects.requireNonNull(window, "window of a block must not be null"));
    }

    /** 0-based index of the matrix in its group. */
    public int matrix() {
        return matrix;
    }

    /** The part of that matrix. */
    public Window window() {
        return window;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Block && matrix == ((Block) other).matrix && window.equals(((Block) other).window);
    }

    @Override
    public int hashCode() {
        return Objects.hash(matrix, window);
    }

    @Override
    public String toString() {
        return "matrix " + matrix + ": " + window;
    }
}
