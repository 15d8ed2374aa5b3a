/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca.nd4j;

import java.util.Arrays;

/** Allocations of one step, summed by array and by unit, and how many parameters of each array helped, hurt or did neither. */
public final class AllocationSums {
    final double[] arrays;
    final double[] units;
    final long[] helped;
    final long[] hurt;
    final long[] neither;

    /**
     * Zeros.
     *
     * @param arrays number of arrays
     * @param units number of units
     */
    public AllocationSums(int arrays, int units) {
        this.arrays = new double[arrays];
        this.units = new double[units];
        this.helped = new long[arrays];
        this.hurt = new long[arrays];
        this.neither = new long[arrays];
    }

    /** Sum by array. */
    public double[] arrays() {
        return arrays;
    }

    /** Sum by unit. */
    public double[] units() {
        return units;
    }

    /** Parameters with a negative allocation, by array. */
    public long[] helped() {
        return helped;
    }

    /** Parameters with a positive allocation, by array. */
    public long[] hurt() {
        return hurt;
    }

    /** Parameters with an allocation of exactly zero, by array. */
    public long[] neither() {
        return neither;
    }

    /** Adds those of a part, which may have fewer arrays and units. */
    void add(AllocationSums part) {
        for (int i = 0; i < part.arrays.length; i++) {
            arrays[i] += part.arrays[i];
            helped[i] += part.helped[i];
            hurt[i] += part.hurt[i];
            neither[i] += part.neither[i];
        }
        for (int i = 0; i < part.units.length; i++) {
            units[i] += part.units[i];
        }
    }

    /** Back to zeros. */
    void clear() {
        Arrays.fill(arrays, 0);
        Arrays.fill(units, 0);
        Arrays.fill(helped, 0);
        Arrays.fill(hurt, 0);
        Arrays.fill(neither, 0);
    }

    /** Sum over all arrays. */
    public double total() {
        double sum = 0;
        for (double array : arrays) {
            sum += array;
        }
        return sum;
    }
}
