/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca;

import com.google.common.collect.ImmutableList;

/**
 * One step along the path of training: one update, or several in a row where not every update is measured. Immutable.
 *
 * @since 0.1
 */
public final class AllocationStep {
    /** What is to be thought of a step's books. */
    public enum Status {
        /** Within what the rule promises; rules that are not adaptive promise nothing. */
        BALANCED,
        /** Not within it at the largest number of splits. */
        UNBALANCED,
        /** Not allocated; {@link #note} says why. The loss changes, the allocations miss it. */
        GAP
    }

    private final int updatesBefore;
    private final int updatesAfter;
    private final int iteration;
    private final int epoch;
    private final Status status;
    private final String rule;
    private final int gradients;
    private final double milliseconds;
    private final String note;
    private final ImmutableList<LossAllocation> losses;
    private final ImmutableList<LossAllocation> classes;
    private final double[] directions;

    AllocationStep(Draft draft) {
        this.updatesBefore = draft.updatesBefore;
        this.updatesAfter = draft.updatesAfter;
        this.iteration = draft.iteration;
        this.epoch = draft.epoch;
        this.status = draft.status;
        this.rule = draft.rule;
        this.gradients = draft.gradients;
        this.milliseconds = (System.nanoTime() - draft.started) / 1e6;
        this.note = draft.note;
        this.losses = ImmutableList.copyOf(draft.losses);
        this.classes = ImmutableList.copyOf(draft.classes);
        this.directions = draft.directions;
    }

    /** One gap out of this one and the one after it; losses are those of the ends. */
    AllocationStep joinedBy(AllocationStep next) {
        Draft draft = new Draft();
        draft.updatesBefore = updatesBefore;
        draft.updatesAfter = next.updatesAfter;
        draft.iteration = next.iteration;
        draft.epoch = next.epoch;
        draft.status = next.status;
        draft.rule = next.rule;
        draft.gradients = gradients + next.gradients;
        draft.started = System.nanoTime() - (long) (1e6 * (milliseconds + next.milliseconds));
        draft.note = note;
        draft.losses = next.losses;
        if (losses.size() == next.losses.size()) {
            ImmutableList.Builder<LossAllocation> ends = ImmutableList.builder();
            for (int i = 0; i < losses.size(); i++) {
                ends.add(LossAllocation.unallocated(
                        losses.get(i).name(),
                        losses.get(i).lossBefore(),
                        next.losses.get(i).lossAfter()));
            }
            draft.losses = ends.build();
        }
        return new AllocationStep(draft);
    }

    /** Updates that this listener saw before the step. */
    public int updatesBefore() {
        return updatesBefore;
    }

    /** Updates that it saw up to the end of the step. */
    public int updatesAfter() {
        return updatesAfter;
    }

    /** The network's own 0-based number of the last update in the step. */
    public int iteration() {
        return iteration;
    }

    /** The network's own 0-based epoch of the last update in the step. */
    public int epoch() {
        return epoch;
    }

    /** Whether the books balance. */
    public Status status() {
        return status;
    }

    /** The quadrature that was used in the end, such as {@code Simpson/4}. */
    public String rule() {
        return rule;
    }

    /** New gradients computed for it, on each data set. */
    public int gradients() {
        return gradients;
    }

    /** Time taken from training. */
    public double milliseconds() {
        return milliseconds;
    }

    /** Why there is a gap, or why the dump or the counts end before this step; else empty. */
    public String note() {
        return note;
    }

    /** One entry for each data set, the first being that of the builder; empty for a gap whose losses are unknown. */
    public ImmutableList<LossAllocation> losses() {
        return losses;
    }

    /**
     * One entry for each class that has rows, if asked for, named {@code class n}: the mean loss over the examples of that
     * class in the first data set. Without counts.
     */
    public ImmutableList<LossAllocation> classes() {
        return classes;
    }

    /** Allocation along each direction of the basis, on the first data set; a copy, empty without a basis. */
    public double[] directions() {
        return directions.clone();
    }

    /** Whether something was allocated. */
    public boolean isAllocated() {
        return status != Status.GAP;
    }

    /**
     * Whether the loss of one data set was allocated. All are or none is, unless measuring failed in between.
     *
     * @param data 0-based number of the data set, in the order of {@link #losses}
     */
    public boolean isAllocated(int data) {
        return isAllocated() && !Double.isNaN(losses.get(data).allocated());
    }

    @Override
    public String toString() {
        return "updates " + updatesBefore + " to " + updatesAfter + ": " + status + (note.isEmpty() ? "" : ", " + note)
                + ", " + losses;
    }

    /** What a step is put together from. */
    static final class Draft {
        int updatesBefore;
        int updatesAfter;
        int iteration;
        int epoch;
        Status status = Status.BALANCED;
        String rule = "";
        int gradients;
        long started;
        String note = "";
        ImmutableList<LossAllocation> losses = ImmutableList.of();
        ImmutableList<LossAllocation> classes = ImmutableList.of();
        double[] directions = {};
    }
}
