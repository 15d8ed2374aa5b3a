/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca.nd4j;

import org.nd4j.linalg.api.buffer.DataType;

/**
 * Running sums per parameter, in the network's precision but at least FLOAT, and on request the number of steps in which
 * each helped and hurt. Memory: one parameter vector; with counts 4 bytes more per parameter, 8 from 65,536 steps on, where
 * counting ends if there are no more.
 */
public final class ParameterTotals {
    private final float[] floats;
    private final double[] doubles;
    private final StepCounts counts;

    private ParameterTotals(ParameterTotals other) {
        floats = other.floats == null ? null : other.floats.clone();
        doubles = other.doubles == null ? null : other.doubles.clone();
        counts = other.counts == null ? null : other.counts.copy();
    }

    /**
     * Zeros.
     *
     * @param type of the network
     * @param length of its flat parameter vector
     * @param counted whether to count steps
     */
    public ParameterTotals(DataType type, long length, boolean counted) {
        int size = Math.toIntExact(length);
        floats = type == DataType.DOUBLE ? null : new float[size];
        doubles = type == DataType.DOUBLE ? new double[size] : null;
        counts = counted ? new StepCounts(size) : null;
    }

    /** The same numbers, which no longer change. */
    public ParameterTotals copy() {
        return new ParameterTotals(this);
    }

    /** Begins a step, in which each parameter gets at most one allocation. */
    void beginStep() {
        if (counts != null) {
            counts.beginStep();
        }
    }

    /**
     * Adds allocations to those of their parameters.
     *
     * @param outcomes of the step; see {@link StepCounts}
     * @param room for n numbers
     */
    void add(long from, int n, float[] allocations, int[] outcomes, float[] room) {
        int start = (int) from;
        System.arraycopy(floats, start, room, 0, n);
        for (int i = 0; i < n; i++) {
            room[i] += allocations[i]; // arrays with one index for all: that loop vectorizes
        }
        System.arraycopy(room, 0, floats, start, n);
        if (counts != null) {
            counts.add(start, n, outcomes);
        }
    }

    /** The same in DOUBLE. */
    void add(long from, int n, double[] allocations, int[] outcomes, double[] room) {
        int start = (int) from;
        System.arraycopy(doubles, start, room, 0, n);
        for (int i = 0; i < n; i++) {
            room[i] += allocations[i]; // arrays with one index for all: that loop vectorizes
        }
        System.arraycopy(room, 0, doubles, start, n);
        if (counts != null) {
            counts.add(start, n, outcomes);
        }
    }

    /** Sum of a parameter's allocations; 0-based position in the flat vector. */
    public double sum(long position) {
        return floats != null ? floats[(int) position] : doubles[(int) position];
    }

    /** All sums, in the order of the flat vector; a copy. */
    public double[] sums() {
        double[] sums = new double[floats != null ? floats.length : doubles.length];
        for (int i = 0; i < sums.length; i++) {
            sums[i] = sum(i);
        }
        return sums;
    }

    /** Whether steps are counted. */
    public boolean isCounted() {
        return counts != null;
    }

    /** Steps that were counted: fewer than there were if counting ended for want of memory, 0 without counts. */
    public int countedSteps() {
        return counts == null ? 0 : counts.steps();
    }

    /** Whether counting ended for want of memory. */
    public boolean isCountingEnded() {
        return counts != null && counts.isEnded();
    }

    /** Steps in which each parameter helped; a copy, empty without counts. */
    public int[] stepsHelped() {
        return counts == null ? new int[0] : counts.helped();
    }

    /** Steps in which each parameter hurt; a copy, empty without counts. */
    public int[] stepsHurt() {
        return counts == null ? new int[0] : counts.hurt();
    }
}
