/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca.math;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * The rules of loss change allocation, by what each step costs in new gradients of the whole loss data.
 *
 * <table>
 * <caption>Rules</caption>
 * <tr><th>rule</th><th>order</th><th>new gradients</th></tr>
 * <tr><td>{@link #left}, {@link #right}</td><td>1</td><td>1</td></tr>
 * <tr><td>{@link #midpoint}</td><td>2</td><td>1, and a forward pass</td></tr>
 * <tr><td>{@link #trapezoid}</td><td>2</td><td>1</td></tr>
 * <tr><td>{@link #simpson}</td><td>4</td><td>2</td></tr>
 * <tr><td>{@link #composite}</td><td>4</td><td>the splits</td></tr>
 * <tr><td>{@link #adaptive}</td><td>2 to 4</td><td>1 where the books balance, more where not</td></tr>
 * <tr><td>{@link #reference}</td><td>4</td><td>2 and more</td></tr>
 * </table>
 *
 * <p>Lan, Liu, Zhou, Yosinski, "LCA: Loss Change Allocation for Neural Network Training", NeurIPS 2019, arXiv 1909.01440;
 * its Runge-Kutta rule is Simpson's, as the segment is known beforehand.
 */
public final class PathRules {
    private PathRules() {}

    /** The gradient before the step; biased, in a bowl towards too much help. */
    public static PathRule left() {
        return new FixedRule(Quadrature.left());
    }

    /** The gradient after the step; biased the other way. Some implementations use it by mistake. */
    public static PathRule right() {
        return new FixedRule(Quadrature.right());
    }

    /** The gradient half-way. */
    public static PathRule midpoint() {
        return new FixedRule(Quadrature.midpoint());
    }

    /** The mean of the gradients at both ends. */
    public static PathRule trapezoid() {
        return new FixedRule(Quadrature.trapezoid());
    }

    /** Simpson's rule with one midpoint, which the paper calls RK4. */
    public static PathRule simpson() {
        return composite(2);
    }

    /**
     * Composite Simpson's rule.
     *
     * @param splits equal pieces of each step, even, at least 2
     * @throws IllegalArgumentException for another number
     */
    public static PathRule composite(int splits) {
        return new FixedRule(Quadrature.simpson(splits));
    }

    /**
     * The default: {@link #adaptive(double, double, int)} with 1 % of the step's loss change plus 1e-4 of the initial loss,
     * and at most 32 splits. The cap is that of the reference code; the tolerance is ours.
     */
    public static PathRule adaptive() {
        return adaptive(0.01, 1e-4, 32);
    }

    /**
     * Trapezoid, and Simpson's rule with more and more splits where the books of a step do not balance:
     * {@code |error| <= relative |dL| + absolute L_0}, on every data set; and where the errors of the run add up to more
     * than {@code relative / 5 min(|L_t - L_0|, L_0) + 2 absolute L_0}, unless the step's own error is at most {@code
     * absolute L_0 / 10}. Errors that small are never refined for the run's sake; very many of one sign can add up to more.
     *
     * @param relative share of the step's true loss change, at least 0
     * @param absolute share of the loss before training, positive
     * @param cap most splits, even, at least 2
     * @throws IllegalArgumentException for numbers beyond these
     */
    public static PathRule adaptive(double relative, double absolute, int cap) {
        checkArgument(relative >= 0, "relative tolerance must be >= 0, got %s; 0.01 is the default", relative);
        checkArgument(absolute > 0, "absolute tolerance must be > 0, got %s; 1e-4 is the default", absolute);
        checkCap(cap);
        return new AdaptiveRule(relative, absolute, cap);
    }

    /** The reference code's rule with its settings: {@code reference(0.001, 32)}. */
    public static PathRule reference() {
        return reference(0.001, 32);
    }

    /**
     * The reference code's rule: Simpson's with 2 splits, doubled while {@code |error| > threshold} on any data set.
     *
     * @param threshold in units of the loss, per step, positive
     * @param cap most splits, even, at least 2
     * @throws IllegalArgumentException for numbers beyond these
     */
    public static PathRule reference(double threshold, int cap) {
        checkArgument(
                threshold > 0, "threshold of the reference rule must be > 0, got %s; 0.001 is the default", threshold);
        checkCap(cap);
        return new ReferenceRule(threshold, cap);
    }

    private static void checkCap(int cap) {
        checkArgument(cap >= 2 && cap % 2 == 0, "most splits must be even and >= 2, got %s; 32 is the default", cap);
    }
}
