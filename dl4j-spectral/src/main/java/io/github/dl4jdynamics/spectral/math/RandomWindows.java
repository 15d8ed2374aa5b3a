/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.math;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.LongStream;

import com.google.common.collect.ImmutableList;

/**
 * Distinct windows drawn uniformly, the same ones on every call: their places depend on the seed, the matrix' shape and
 * its index only. If there are not more places than windows asked for, every place is taken once.
 */
final class RandomWindows implements WindowSampling {

    private final int count;
    private final long seed;

    RandomWindows(int count, long seed) {
        this.count = count;
        this.seed = seed;
    }

    @Override
    public List<Window> windows(Window frame, int rows, int cols, int matrix) {
        int colPlaces = frame.cols() - cols + 1;
        long places = (frame.rows() - rows + 1L) * colPlaces;
        ImmutableList.Builder<Window> windows = ImmutableList.builder();
        drawn(places, generator(frame, matrix))
                .forEach(place -> windows.add(Window.of(
                        frame.row() + (int) (place / colPlaces), frame.col() + (int) (place % colPlaces), rows, cols)));
        return windows.build();
    }

    @Override
    public WindowSampling toFarEdge() {
        throw new IllegalArgumentException("coverFarEdge of FARMS must be false with random windows, got true;"
                + " they reach the far edge anyway, use a grid to be sure of it");
    }

    private LongStream drawn(long places, SplittableRandom random) {
        if (places <= count) {
            return LongStream.range(0, places);
        }
        Set<Long> drawn = new LinkedHashSet<>();
        while (drawn.size() < count) {
            drawn.add(random.nextLong(places));
        }
        return drawn.stream().mapToLong(Long::longValue);
    }

    private SplittableRandom generator(Window frame, int matrix) {
        // Each number goes through the generator's own mixing: sums or exclusive-ors of small ones would collide.
        long state = seed;
        for (int number : new int[] {frame.rows(), frame.cols(), matrix}) {
            state = new SplittableRandom(state ^ number).nextLong();
        }
        return new SplittableRandom(state);
    }

    @Override
    public String toString() {
        return count + " random windows, seed " + seed;
    }
}
