/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca;

import java.util.List;
import java.util.Locale;

/**
 * What a run did to one loss, what was allocated of it, and by how much the two differ. Gaps are left out.
 *
 * <pre>{@code
 * relative error = |sum of allocations - (L_T - L_0)| / |L_T - L_0|
 * }</pre>
 *
 * <p>Immutable.
 *
 * @since 0.1
 */
public final class RunBooks {
    /** Relative error beyond which a run's books are off. */
    public static final double LARGEST_RELATIVE_ERROR = 0.05;

    /** Share of the first loss below which an error is of no account, so that a run without progress can balance. */
    private static final double NEGLIGIBLE = 1e-3;

    private final double firstLoss;
    private final double change;
    private final double allocated;
    private final double grossError;
    private final int steps;
    private final int unbalanced;
    private final int gaps;

    private RunBooks(
            double firstLoss, double change, double allocated, double grossError, int steps, int unbalanced, int gaps) {
        this.firstLoss = firstLoss;
        this.change = change;
        this.allocated = allocated;
        this.grossError = grossError;
        this.steps = steps;
        this.unbalanced = unbalanced;
        this.gaps = gaps;
    }

    static RunBooks of(List<AllocationStep> history, int data) {
        double first = Double.NaN;
        double change = 0;
        double allocated = 0;
        double gross = 0;
        int steps = 0;
        int unbalanced = 0;
        int gaps = 0;
        for (AllocationStep step : history) {
            if (!step.isAllocated(data)) {
                gaps++;
                continue;
            }
            LossAllocation loss = step.losses().get(data);
            first = steps == 0 ? loss.lossBefore() : first;
            change += loss.change();
            allocated += loss.allocated();
            gross += Math.abs(loss.error());
            steps++;
            unbalanced += step.status() == AllocationStep.Status.UNBALANCED ? 1 : 0;
        }
        return new RunBooks(first, change, allocated, gross, steps, unbalanced, gaps);
    }

    static RunBooks upTo(double firstLoss, double change, double allocated) {
        return new RunBooks(firstLoss, change, allocated, Double.NaN, 1, 0, 0);
    }

    /** True change of the loss over all allocated steps. */
    public double change() {
        return change;
    }

    /** Sum of all allocations. */
    public double allocated() {
        return allocated;
    }

    /** {@code change - allocated}. */
    public double error() {
        return change - allocated;
    }

    /** Error in units of the true change; NaN before the first step, infinite if nothing changed but something was allocated. */
    public double relativeError() {
        return error() == 0 && steps > 0 ? 0 : Math.abs(error()) / Math.abs(change);
    }

    /** Sum of the absolute errors of the steps, which cannot cancel. */
    public double grossError() {
        return grossError;
    }

    /** Allocated steps. */
    public int steps() {
        return steps;
    }

    /** Steps beyond the tolerance of an adaptive rule. */
    public int unbalanced() {
        return unbalanced;
    }

    /** Stretches of training that were not allocated. */
    public int gaps() {
        return gaps;
    }

    /** Whether the books are off by more than 5 % of the change, and by more than a thousandth of the first loss. */
    public boolean isOff() {
        return steps > 0
                && relativeError() > LARGEST_RELATIVE_ERROR
                && Math.abs(error()) > NEGLIGIBLE * Math.abs(firstLoss);
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "loss change %.6g, allocated %.6g, off by %.3g %%%s in %d steps, %d beyond their tolerance, %d gaps",
                change,
                allocated,
                100 * relativeError(),
                isOff() ? " (BOOKS ARE OFF)" : "",
                steps,
                unbalanced,
                gaps);
    }
}
