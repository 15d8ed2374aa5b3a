/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.math;

import java.util.List;

/** Where windows of one size lie inside a matrix. */
interface WindowSampling {

    /** The windows of {@code rows} x {@code cols} inside the frame, itself a part of the matrix with this index. */
    List<Window> windows(Window frame, int rows, int cols, int matrix);

    /** The same rule with its last window ending exactly at the far edge. */
    WindowSampling toFarEdge();

    /** Where a Python slice of this rule starts on a side that is shorter than the window. */
    default int startOnShortSide(int side, int window) {
        return 0;
    }
}
