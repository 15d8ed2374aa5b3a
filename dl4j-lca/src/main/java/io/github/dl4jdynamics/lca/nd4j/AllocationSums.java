/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca.nd4j;

import java.util.Arrays;

/** Allocations of one step, summed by array and by unit, and how many parameters of each array helped and hurt. */
public final class AllocationSums {
    final double[] arrays;
    final double[] units;
    final long[] helped;
    final long[] hurt;

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

    /** Adds those of a part, whose arrays and units are numbered from others on than 0. */
    void add(AllocationSums part, int firstArray, int firstUnit) {
        for (int i = 0; i < part.arrays.length; i++) {
            arrays[firstArray + i] += part.arrays[i];
            helped[firstArray + i] += part.helped[i];
            hurt[firstArray + i] += part.hurt[i];
        }
        for (int i = 0; i < part.units.length; i++) {
            units[firstUnit + i] += part.units[i];
        }
    }

    /** Back to zeros. */
    void clear() {
        Arrays.fill(arrays, 0);
        Arrays.fill(units, 0);
        Arrays.fill(helped, 0);
        Arrays.fill(hurt, 0);
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
