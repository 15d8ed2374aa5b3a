/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca.math;

/**
 * What a step did to one loss, and what was allocated of it.
 *
 * <pre>{@code
 * error     = L(theta') - (L(theta) + sum_i A_i)
 * tolerance = relative |L(theta') - L(theta)| + absolute L_0
 * }</pre>
 *
 * <p>Immutable.
 */
public final class StepBooks {
    private final double lossBefore;
    private final double lossAfter;
    private final double allocated;
    private final double initialLoss;
    private final double changeBefore;
    private final double errorBefore;

    /**
     * Books of one step on one data set, looked at on its own.
     *
     * @param lossBefore loss at the beginning of the segment
     * @param lossAfter loss at its end
     * @param allocated sum of the allocations of all parameters
     * @param initialLoss loss at the beginning of training, the scale of what is small
     */
    public StepBooks(double lossBefore, double lossAfter, double allocated, double initialLoss) {
        this(lossBefore, lossAfter, allocated, initialLoss, 0, Double.NaN);
    }

    /**
     * Books of one step of a run on one data set.
     *
     * @param lossBefore loss at the beginning of the segment
     * @param lossAfter loss at its end
     * @param allocated sum of the allocations of all parameters
     * @param initialLoss loss at the beginning of training, the scale of what is small
     * @param changeBefore true change of the loss over the steps before
     * @param errorBefore sum of the errors of the steps before
     */
    public StepBooks(
            double lossBefore,
            double lossAfter,
            double allocated,
            double initialLoss,
            double changeBefore,
            double errorBefore) {
        this.lossBefore = lossBefore;
        this.lossAfter = lossAfter;
        this.allocated = allocated;
        this.initialLoss = initialLoss;
        this.changeBefore = changeBefore;
        this.errorBefore = errorBefore;
    }

    /** Loss at the beginning of training. */
    public double initialLoss() {
        return initialLoss;
    }

    /** True change of the loss over the run, this step included. */
    public double runChange() {
        return changeBefore + change();
    }

    /** Sum of the errors over the run before this step; NaN for a step on its own. */
    public double runErrorBefore() {
        return errorBefore;
    }

    /** Loss at the beginning of the segment. */
    public double lossBefore() {
        return lossBefore;
    }

    /** Loss at its end. */
    public double lossAfter() {
        return lossAfter;
    }

    /** Sum of the allocations. */
    public double allocated() {
        return allocated;
    }

    /** True loss change. */
    public double change() {
        return lossAfter - lossBefore;
    }

    /** What the allocations miss of the true loss change, in units of the loss. */
    public double error() {
        return lossAfter - (lossBefore + allocated);
    }

    /** Largest {@code |error|} that counts as balanced. */
    public double tolerance(double relative, double absolute) {
        return relative * Math.abs(change()) + absolute * Math.abs(initialLoss);
    }

    /** Whether losses and allocations are numbers. */
    public boolean isFinite() {
        return Double.isFinite(lossBefore) && Double.isFinite(lossAfter) && Double.isFinite(allocated);
    }

    @Override
    public String toString() {
        return "loss " + lossBefore + " -> " + lossAfter + ", allocated " + allocated + ", error " + error();
    }
}
