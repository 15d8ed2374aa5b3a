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
     * @param bits the allocations' own bits, since a loop over whole numbers vectorizes
     */
    void add(long from, int n, float[] allocations, int[] bits, long[] counts) {
        int start = (int) from;
        for (int i = 0; i < n; i++) {
            floats[start + i] += allocations[i];
        }
        counts[0] += count(bits, n, helped, start);
        for (int i = 0; i < n; i++) {
            bits[i] ^= Integer.MIN_VALUE;
        }
        counts[1] += count(bits, n, hurt, start);
    }

    /** Negative numbers among those with the given bits, counted one by one too if there is where to. */
    private int count(int[] bits, int n, int[] each, int start) {
        int negatives = 0;
        if (counted) {
            for (int i = 0; i < n; i++) {
                int magnitude = bits[i] << 1;
                int negative = bits[i] >>> 31 & (magnitude | -magnitude) >>> 31;
                each[start + i] += negative;
            }
        }
        for (int i = 0; i < n; i++) {
            int magnitude = bits[i] << 1;
            negatives += bits[i] >>> 31 & (magnitude | -magnitude) >>> 31;
        }
        return negatives;
    }

    /** Adds allocations to those of their parameters, and to the counts of those that helped [0] and hurt [1]. */
    void add(long from, int n, double[] allocations, long[] counts) {
        int start = (int) from;
        for (int i = 0; i < n; i++) {
            doubles[start + i] += allocations[i];
        }
        int negatives = 0;
        int positives = 0;
        for (int i = 0; i < n; i++) {
            long bits = Double.doubleToRawLongBits(allocations[i]);
            long magnitude = bits << 1;
            long moved = (magnitude | -magnitude) >>> 63;
            int negative = (int) (bits >>> 63 & moved);
            int positive = (int) (~bits >>> 63 & moved);
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
