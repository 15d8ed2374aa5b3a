/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import com.google.common.collect.ImmutableList;
import io.github.dl4jdynamics.lca.math.BinnedSums;
import io.github.dl4jdynamics.lca.nd4j.ParameterTotals;
import io.github.dl4jdynamics.spectral.oracle.ParameterArray;
import io.github.dl4jdynamics.spectral.oracle.ParameterMask;

/** Collects what {@link AllocationHistory} shows. */
final class HistoryRecorder {
    private static final long SMALL_HEAT = 4L << 20;

    private final LossChangeAllocationBuilder settings;
    private final ParameterMask mask;
    private final ImmutableList<UnitGroup> groups;
    private final List<TrackedLoss> losses;
    private final ClassLosses classes;
    private final List<AllocationStep> steps = new ArrayList<>();
    private final List<double[]> unitTotals = new ArrayList<>();
    private final BinnedSums heat;

    HistoryRecorder(
            LossChangeAllocationBuilder settings,
            ParameterMask mask,
            ParameterUnits units,
            List<TrackedLoss> losses,
            ClassLosses classes) {
        this.settings = settings;
        this.mask = mask;
        this.groups = units.groups();
        this.losses = losses;
        this.classes = classes;
        losses.forEach(loss -> unitTotals.add(new double[units.count()]));
        heat = new BinnedSums(units.count(), heatColumns(units.count(), mask.length()));
    }

    /**
     * Columns of the heat map: the usual number, or as many as take no more memory than {@value #SMALL_HEAT} bytes or one
     * parameter vector of 4-byte numbers.
     */
    static int heatColumns(long units, long parameters) {
        long bytes = Math.max(SMALL_HEAT, Float.BYTES * parameters);
        long affordable = bytes / (2 * Double.BYTES * Math.max(1, units)) * 2;
        return (int) Math.max(2, Math.min(BinnedSums.DEFAULT_MAX_COLUMNS, affordable));
    }

    /** Adds a gap; one after the other for the same reason are one. */
    void add(AllocationStep gap) {
        AllocationStep last = steps.isEmpty() ? null : steps.get(steps.size() - 1);
        if (last != null && !last.isAllocated() && last.note().equals(gap.note())) {
            steps.set(steps.size() - 1, last.joinedBy(gap));
        } else {
            steps.add(gap);
        }
    }

    /** Adds a step with its sums by unit, one array for each data set that was allocated. */
    void add(AllocationStep step, List<double[]> units) {
        steps.add(step);
        for (int data = 0; data < units.size(); data++) {
            double[] totals = unitTotals.get(data);
            for (int unit = 0; unit < totals.length; unit++) {
                totals[unit] += units.get(data)[unit];
            }
        }
        heat.add(units.get(0));
    }

    /** Updates up to the end of the latest step, if that one is allocated; else 0. */
    int allocatedUpTo() {
        AllocationStep last = steps.isEmpty() ? null : steps.get(steps.size() - 1);
        return last != null && last.isAllocated() ? last.updatesAfter() : 0;
    }

    /** Books that are off, by the names of their data sets. */
    Map<String, RunBooks> booksThatAreOff() {
        Map<String, RunBooks> off = new LinkedHashMap<>();
        for (int data = 0; data < losses.size(); data++) {
            RunBooks books = RunBooks.of(steps, data);
            if (books.isOff()) {
                off.put(losses.get(data).name(), books);
            }
        }
        return off;
    }

    AllocationHistory snapshot(String cost) {
        ImmutableList<ParameterArray> arrays = mask.counted();
        ImmutableList.Builder<AllocationTotals> totals = ImmutableList.builder();
        for (int data = 0; data < losses.size(); data++) {
            totals.add(new AllocationTotals(
                    losses.get(data).name(),
                    unitTotals.get(data).clone(),
                    losses.get(data).totals().copy()));
        }
        return new AllocationHistory(
                settings.toString(),
                cost,
                arrays,
                groups,
                ImmutableList.copyOf(steps),
                totals.build(),
                classes.totals().stream().map(ParameterTotals::copy).collect(Collectors.toList()),
                heat.snapshot());
    }
}
