/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.math;

import static com.google.common.base.Preconditions.checkArgument;

/** The size of FARMS' window for one layer, and the part of the layer's matrices that its grid runs over. */
final class FittedWindow {

    private final Window frame;
    private final int rows;
    private final int cols;

    private FittedWindow(Window frame, int rows, int cols) {
        this.frame = frame;
        this.rows = rows;
        this.cols = cols;
    }

    static FittedWindow of(
            SmallMatrices rule, int rows, double aspectRatio, MatrixGroup group, WindowSampling sampling) {
        int cols = (int) (rows * aspectRatio);
        switch (rule) {
            case REFERENCE:
                return sliced(rows, cols, group, sampling);
            case CLAMP:
                int clamped = Math.min(rows, group.shortSide());
                return whole(group, clamped, Math.min(Math.max(1, (int) (clamped * aspectRatio)), group.cols()));
            default:
                checkArgument(
                        rows <= group.rows() && cols <= group.cols(),
                        "FARMS window of %s x %s must not be larger than the layer's matrices, got %s;"
                                + " lower windowRows, use SmallMatrices.CLAMP or leave out the layer",
                        rows,
                        cols,
                        group);
                return whole(group, rows, cols);
        }
    }

    private static FittedWindow whole(MatrixGroup group, int rows, int cols) {
        return new FittedWindow(Window.whole(group.rows(), group.cols()), rows, cols);
    }

    /** Along a side shorter than the window one window takes all that the Python slice leaves of the side. */
    private static FittedWindow sliced(int rows, int cols, MatrixGroup group, WindowSampling sampling) {
        int row = group.rows() < rows ? sampling.startOnShortSide(group.rows(), rows) : 0;
        int col = group.cols() < cols ? sampling.startOnShortSide(group.cols(), cols) : 0;
        Window frame = Window.of(row, col, group.rows() - row, group.cols() - col);
        return new FittedWindow(frame, Math.min(rows, frame.rows()), Math.min(cols, frame.cols()));
    }

    /** The part of each matrix in which the windows lie. */
    Window frame() {
        return frame;
    }

    /** Rows of a window, at most those of the frame. */
    int rows() {
        return rows;
    }

    /** Columns of a window, at most those of the frame. */
    int cols() {
        return cols;
    }
}
