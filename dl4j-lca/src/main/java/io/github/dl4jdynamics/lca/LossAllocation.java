/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca;

import java.util.Arrays;

/**
 * How the change of one loss in one step is allocated. Negative allocations helped. Immutable.
 *
 * @since 0.1
 */
public final class LossAllocation {
    private final String name;
    private final double lossBefore;
    private final double lossAfter;
    private final double allocated;
    private final double[] arrays;
    private final long[] helped;
    private final long[] hurt;

    LossAllocation(
            String name,
            double lossBefore,
            double lossAfter,
            double allocated,
            double[] arrays,
            long[] helped,
            long[] hurt) {
        this.name = name;
        this.lossBefore = lossBefore;
        this.lossAfter = lossAfter;
        this.allocated = allocated;
        this.arrays = arrays;
        this.helped = helped;
        this.hurt = hurt;
    }

    /** Books without allocations, for a step that could not be allocated. */
    static LossAllocation unallocated(String name, double lossBefore, double lossAfter) {
        return new LossAllocation(name, lossBefore, lossAfter, Double.NaN, new double[0], new long[0], new long[0]);
    }

    /** Name of the data set: {@code train}, {@code validation} or the user's. */
    public String name() {
        return name;
    }

    /** Loss at the beginning of the step. */
    public double lossBefore() {
        return lossBefore;
    }

    /** Loss at its end. */
    public double lossAfter() {
        return lossAfter;
    }

    /** True loss change. */
    public double change() {
        return lossAfter - lossBefore;
    }

    /** Sum of all allocations; NaN if there are none. */
    public double allocated() {
        return allocated;
    }

    /** What the allocations miss of the true loss change, {@code change - allocated}; NaN if there are none. */
    public double error() {
        return lossAfter - (lossBefore + allocated);
    }

    /** Allocation by parameter array, in the order of {@link AllocationHistory#arrays}; a copy, empty if there are none. */
    public double[] arrays() {
        return arrays.clone();
    }

    /** Allocation of one parameter array, 0-based as in {@link AllocationHistory#arrays}. */
    public double array(int index) {
        return arrays[index];
    }

    /** Parameters with a negative allocation, by array; a copy. */
    public long[] helpedByArray() {
        return helped.clone();
    }

    /** Parameters with a positive allocation, by array; a copy. */
    public long[] hurtByArray() {
        return hurt.clone();
    }

    /** Parameters with a negative allocation. */
    public long helped() {
        return Arrays.stream(helped).sum();
    }

    /** Parameters with a positive allocation. */
    public long hurt() {
        return Arrays.stream(hurt).sum();
    }

    @Override
    public String toString() {
        return name + ": loss " + lossBefore + " -> " + lossAfter + ", allocated " + allocated;
    }
}
