/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.math;

import java.util.stream.IntStream;

/**
 * A grid of up to a fixed number of windows along each side, whatever the matrix' size: FARMS' fixed sampling.
 *
 * <p>As released the step between starts is rounded down, so the last window may stop short of the far edge; to the far
 * edge the starts themselves are rounded.
 */
final class FixedGrid extends WindowGrid {

    private final int operations;
    private final boolean farEdge;

    FixedGrid(int operations) {
        this(operations, false);
    }

    private FixedGrid(int operations, boolean farEdge) {
        this.operations = operations;
        this.farEdge = farEdge;
    }

    @Override
    int[] starts(int side, int window) {
        int room = side - window;
        int count = Math.min(operations, room + 1);
        int gaps = Math.max(1, count - 1);
        int step = Math.max(1, room / (operations - 1));
        return IntStream.range(0, count)
                .map(i -> farEdge ? (int) ((long) i * room / gaps) : i * step)
                .toArray();
    }

    @Override
    public WindowSampling toFarEdge() {
        return new FixedGrid(operations, true);
    }

    @Override
    public int startOnShortSide(int side, int window) {
        return Math.max(0, 2 * side - window);
    }

    @Override
    public String toString() {
        return "fixed grid of " + operations + " per dimension" + (farEdge ? " to the far edge" : "");
    }
}
