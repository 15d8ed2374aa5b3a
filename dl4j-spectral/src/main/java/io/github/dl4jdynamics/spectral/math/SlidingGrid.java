/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.math;

import java.util.stream.IntStream;

/**
 * A grid with a fixed step: the larger the matrix, the more windows. FARMS' matrix-size dependent sampling; to the far
 * edge it gets one more window where the step misses it.
 */
final class SlidingGrid extends WindowGrid {

    private final int step;
    private final boolean farEdge;

    SlidingGrid(int step) {
        this(step, false);
    }

    private SlidingGrid(int step, boolean farEdge) {
        this.step = step;
        this.farEdge = farEdge;
    }

    @Override
    int[] starts(int side, int window) {
        int room = side - window;
        IntStream starts = IntStream.rangeClosed(0, room / step).map(i -> i * step);
        boolean misses = room % step != 0;
        return (farEdge && misses ? IntStream.concat(starts, IntStream.of(room)) : starts).toArray();
    }

    @Override
    public WindowSampling toFarEdge() {
        return new SlidingGrid(step, true);
    }

    @Override
    public String toString() {
        return "sliding by " + step + (farEdge ? " to the far edge" : "");
    }
}
