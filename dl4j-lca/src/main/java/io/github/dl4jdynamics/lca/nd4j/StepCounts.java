/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca.nd4j;

import java.util.function.IntFunction;

/**
 * In how many steps each parameter helped and hurt. Memory: 4 bytes per parameter for the first 65,535 steps, in which
 * both counts share an int, and 8 from then on. If there is no memory for these, counting ends with the step before, and
 * the counts stay as they are: the totals of a long run are worth more than its counts.
 */
final class StepCounts {
    /** Outcome of a step for a parameter with a negative allocation. */
    static final int HELPED = 1 << 16;

    /** Outcome of a step for a parameter with a positive allocation. */
    static final int HURT = 1;

    private static final int MOST_PACKED = HELPED - 1;

    /** Counts of hurt in the lower half and, until they are unpacked, of helped in the upper. */
    private final int[] hurt;

    private final IntFunction<int[]> memory;
    private int[] helped;
    private int steps;
    private boolean ended;

    StepCounts(int size) {
        this(size, int[]::new);
    }

    /** With numbers from some source of memory. */
    StepCounts(int size, IntFunction<int[]> memory) {
        this.memory = memory;
        hurt = memory.apply(size);
    }

    private StepCounts(StepCounts other) {
        memory = other.memory;
        hurt = other.hurt.clone();
        helped = other.helped == null ? null : other.helped.clone();
        steps = other.steps;
        ended = other.ended;
    }

    StepCounts copy() {
        return new StepCounts(this);
    }

    /** Begins a step, in which each parameter is counted at most once. */
    void beginStep() {
        if (steps == MOST_PACKED && !ended) {
            unpack();
        }
        ended |= steps == Integer.MAX_VALUE;
        steps += ended ? 0 : 1;
    }

    private void unpack() {
        try {
            helped = memory.apply(hurt.length);
        } catch (OutOfMemoryError e) {
            ended = true; // not tried again at each step, which would take a full garbage collection
            return;
        }
        for (int i = 0; i < hurt.length; i++) {
            helped[i] = hurt[i] >>> 16;
            hurt[i] &= MOST_PACKED;
        }
    }

    /** Steps that were begun while counting went on. */
    int steps() {
        return steps;
    }

    /** Whether later steps are not counted. */
    boolean isEnded() {
        return ended;
    }

    /**
     * Counts the outcomes of some neighbouring parameters.
     *
     * @param start 0-based position of the first
     * @param outcomes {@link #HELPED}, {@link #HURT} or 0
     */
    void add(int start, int n, int[] outcomes) {
        if (ended) {
            return;
        }
        if (helped == null) {
            for (int i = 0; i < n; i++) {
                hurt[start + i] += outcomes[i];
            }
            return;
        }
        for (int i = 0; i < n; i++) {
            hurt[start + i] += outcomes[i] & MOST_PACKED;
        }
        for (int i = 0; i < n; i++) {
            helped[start + i] += outcomes[i] >>> 16;
        }
    }

    /** Steps in which each parameter helped; a copy. */
    int[] helped() {
        if (helped != null) {
            return helped.clone();
        }
        int[] counts = hurt.clone();
        for (int i = 0; i < counts.length; i++) {
            counts[i] >>>= 16;
        }
        return counts;
    }

    /** Steps in which each parameter hurt; a copy. */
    int[] hurt() {
        int[] counts = hurt.clone();
        for (int i = 0; i < counts.length && helped == null; i++) {
            counts[i] &= MOST_PACKED;
        }
        return counts;
    }
}
