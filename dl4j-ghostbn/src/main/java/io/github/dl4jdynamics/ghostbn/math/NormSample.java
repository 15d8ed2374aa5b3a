/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.math;

/**
 * One measured step for {@link NormPhases}.
 *
 * @since 0.1
 */
public final class NormSample {
    private final long iteration;
    private final double loss;
    private final NormBalance balance;
    private final double cosineDistance;

    private NormSample(long iteration, double loss, NormBalance balance, double cosineDistance) {
        this.iteration = iteration;
        this.loss = loss;
        this.balance = balance;
        this.cosineDistance = cosineDistance;
    }

    /**
     * One measured step.
     *
     * @param iteration 0-based, larger than that of the sample before
     * @param loss training loss at the weights before the step, without the penalty
     * @param balance norms, rate and decay
     * @param cosineDistance turned by the step; NaN if unknown
     */
    public static NormSample of(long iteration, double loss, NormBalance balance, double cosineDistance) {
        return new NormSample(iteration, loss, balance, cosineDistance);
    }

    /** 0-based iteration. */
    public long iteration() {
        return iteration;
    }

    /** Training loss before the step. */
    public double loss() {
        return loss;
    }

    /** Norms, rate and decay. */
    public NormBalance balance() {
        return balance;
    }

    /** One minus the cosine of the angle turned by the step. */
    public double cosineDistance() {
        return cosineDistance;
    }
}
