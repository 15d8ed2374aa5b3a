/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.math;

import java.util.List;

import com.google.common.collect.ImmutableList;

/** Windows at every pair of a row start and a column start, row by row. */
abstract class WindowGrid implements WindowSampling {

    /** The starts of the windows along one side, from 0 to {@code side - window}, ascending and distinct. */
    abstract int[] starts(int side, int window);

    @Override
    public final List<Window> windows(Window frame, int rows, int cols, int matrix) {
        int[] colStarts = starts(frame.cols(), cols);
        ImmutableList.Builder<Window> windows = ImmutableList.builder();
        for (int row : starts(frame.rows(), rows)) {
            for (int col : colStarts) {
                windows.add(Window.of(frame.row() + row, frame.col() + col, rows, cols));
            }
        }
        return windows.build();
    }
}
