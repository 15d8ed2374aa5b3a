/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.math;

import java.util.Arrays;

/**
 * One iteration's change of the running statistics, in the form a no-op updater subtracts: update = old - new.
 *
 * <p>Being differences, the updates of several workers may be averaged, as parameter averaging and gradient sharing do.
 *
 * @since 0.1.0
 */
public final class RunningUpdate {
    /**
     * Least variance that is stored as a logarithm. A channel that is constant shrinks its running variance by the decay
     * at every iteration; without a floor it would underflow and its logarithm with it.
     */
    static final double LEAST_VARIANCE = 1e-38;

    private final RunningRule rule;
    private final double decay;

    private RunningUpdate(RunningRule rule, double decay) {
        this.rule = rule;
        this.decay = decay;
    }

    /**
     * Updates by this rule.
     *
     * @param decay weight of the old value, 0 to 1
     */
    public static RunningUpdate of(RunningRule rule, double decay) {
        return new RunningUpdate(rule, decay);
    }

    /** {@code old mean - new mean} of every channel. */
    public double[] ofMean(GroupMoments moments, double[] old) {
        return difference(old, rule.means(moments, old, decay));
    }

    /** {@code old variance - new variance} of every channel. */
    public double[] ofVariance(GroupMoments moments, double[] old) {
        return difference(old, rule.variances(moments, old, decay));
    }

    /**
     * {@code old - new} of every channel for a variance stored as log10 of the standard deviation; never below
     * {@code log10(sqrt(1e-38)) = -19}.
     */
    public double[] ofLogDeviation(GroupMoments moments, double[] old) {
        double[] variance = new double[old.length];
        Arrays.setAll(variance, c -> Math.pow(10, 2 * old[c]));
        double[] renewed = rule.variances(moments, variance, decay);
        double[] update = new double[old.length];
        for (int c = 0; c < old.length; c++) {
            update[c] = renewed[c] == variance[c] ? 0 : old[c] - 0.5 * Math.log10(Math.max(renewed[c], LEAST_VARIANCE));
        }
        return update;
    }

    private static double[] difference(double[] old, double[] renewed) {
        double[] update = new double[old.length];
        Arrays.setAll(update, c -> old[c] - renewed[c]);
        return update;
    }
}
