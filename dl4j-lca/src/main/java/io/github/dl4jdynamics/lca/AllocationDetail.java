/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca;

import java.util.List;

import com.google.common.collect.ImmutableList;
import io.github.dl4jdynamics.spectral.oracle.ParameterArray;

/**
 * A step as it was just measured, down to the units. Immutable.
 *
 * @since 0.1
 */
public final class AllocationDetail {
    private final AllocationStep step;
    private final ImmutableList<ParameterArray> arrays;
    private final ImmutableList<UnitGroup> groups;
    private final List<double[]> units;

    AllocationDetail(
            AllocationStep step,
            ImmutableList<ParameterArray> arrays,
            ImmutableList<UnitGroup> groups,
            List<double[]> units) {
        this.step = step;
        this.arrays = arrays;
        this.groups = groups;
        this.units = units;
    }

    /** Losses, books and allocations by array. */
    public AllocationStep step() {
        return step;
    }

    /** The parameter arrays that allocations belong to. */
    public ImmutableList<ParameterArray> arrays() {
        return arrays;
    }

    /** Layers of units. */
    public ImmutableList<UnitGroup> groups() {
        return groups;
    }

    /**
     * Allocation by unit; a copy.
     *
     * @param data 0-based number of the data set, in the order of {@link AllocationStep#losses}
     * @return as many as all {@link #groups} together have units
     */
    public double[] units(int data) {
        return units.get(data).clone();
    }
}
