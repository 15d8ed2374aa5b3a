/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca.nd4j;

import org.nd4j.linalg.api.buffer.DataType;

/**
 * Running sums per parameter, in the network's precision but at least FLOAT, and on request the number of steps in which
 * each helped and hurt. Memory: one parameter vector, two more of 4 bytes each with counts.
 */
public final class ParameterTotals {
    // Counting is without branches: signs of allocations are as good as random, and a processor that guesses them wrong
    // takes longer than the gradient's share of a parameter.

    private final float[] floats;
    private final double[] doubles;
    private final boolean counted;
    private final int[] helped;
    private final int[] hurt;

    private ParameterTotals(ParameterTotals other) {
        floats = other.floats == null ? null : other.floats.clone();
        doubles = other.doubles == null ? null : other.doubles.clone();
        counted = other.counted;
        helped = other.helped.clone();
        hurt = other.hurt.clone();
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
        this.counted = counted;
        helped = new int[counted ? size : 0];
        hurt = new int[counted ? size : 0];
    }

    /** The same numbers, which no longer change. */
    public ParameterTotals copy() {
        return new ParameterTotals(this);
    }

    /**
     * Adds allocations to those of their parameters, and to the counts of those that helped [0] and hurt [1].
     *
     * @param allocations without negative zeros
     * @param bits the allocations' own bits, since a loop over whole numbers vectorizes
     */
    void add(long from, int n, float[] allocations, int[] bits, long[] counts) {
        int start = (int) from;
        for (int i = 0; i < n; i++) {
            floats[start + i] += allocations[i];
        }
        int negatives = 0;
        int positives = 0;
        for (int i = 0; i < n; i++) {
            negatives += bits[i] >>> 31;
        }
        for (int i = 0; i < n; i++) {
            positives += (0 - bits[i]) >>> 31;
        }
        counts[0] += negatives;
        counts[1] += positives;
        if (counted) {
            for (int i = 0; i < n; i++) {
                helped[start + i] += bits[i] >>> 31;
            }
            for (int i = 0; i < n; i++) {
                hurt[start + i] += (0 - bits[i]) >>> 31;
            }
        }
    }

    /** The same in DOUBLE. */
    void add(long from, int n, double[] allocations, long[] counts) {
        int start = (int) from;
        int negatives = 0;
        int positives = 0;
        for (int i = 0; i < n; i++) {
            doubles[start + i] += allocations[i];
            long bits = Double.doubleToRawLongBits(allocations[i]);
            int negative = (int) (bits >>> 63);
            int positive = (int) ((0 - bits) >>> 63);
            negatives += negative;
            positives += positive;
            if (counted) {
                helped[start + i] += negative;
                hurt[start + i] += positive;
            }
        }
        counts[0] += negatives;
        counts[1] += positives;
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
        return counted;
    }

    /** Steps in which each parameter helped; a copy, empty without counts. */
    public int[] stepsHelped() {
        return helped.clone();
    }

    /** Steps in which each parameter hurt; a copy, empty without counts. */
    public int[] stepsHurt() {
        return hurt.clone();
    }
}
