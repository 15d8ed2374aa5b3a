/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca.nd4j;

import static com.google.common.base.Preconditions.checkState;

/**
 * In how many steps each parameter helped and hurt. Memory: 4 bytes per parameter for the first 65,535 steps, in which
 * both counts share an int, and 8 from then on.
 */
final class StepCounts {
    /** Outcome of a step for a parameter with a negative allocation. */
    static final int HELPED = 1 << 16;

    /** Outcome of a step for a parameter with a positive allocation. */
    static final int HURT = 1;

    private static final int MOST_PACKED = HELPED - 1;

    /** Counts of hurt in the lower half and, until they are unpacked, of helped in the upper. */
    private final int[] hurt;

    private int[] helped;
    private int steps;

    StepCounts(int size) {
        hurt = new int[size];
    }

    private StepCounts(StepCounts other) {
        hurt = other.hurt.clone();
        helped = other.helped == null ? null : other.helped.clone();
        steps = other.steps;
    }

    StepCounts copy() {
        return new StepCounts(this);
    }

    /** Begins a step, in which each parameter is counted at most once. */
    void beginStep() {
        checkState(steps < Integer.MAX_VALUE, "no more than %s steps can be counted", steps);
        if (steps == MOST_PACKED) {
            helped = new int[hurt.length];
            for (int i = 0; i < hurt.length; i++) {
                helped[i] = hurt[i] >>> 16;
                hurt[i] &= MOST_PACKED;
            }
        }
        steps++;
    }

    /**
     * Counts the outcomes of some neighbouring parameters.
     *
     * @param start 0-based position of the first
     * @param outcomes {@link #HELPED}, {@link #HURT} or 0
     */
    void add(int start, int n, int[] outcomes) {
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
