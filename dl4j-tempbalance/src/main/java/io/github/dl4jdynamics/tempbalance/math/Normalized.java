/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance.math;

import static com.google.common.base.Preconditions.checkNotNull;

/** Factors of another assignment divided by their mean; see {@link RateAssignment#normalized()}. */
final class Normalized implements RateAssignment {

    private final RateAssignment assignment;

    Normalized(RateAssignment assignment) {
        this.assignment = checkNotNull(assignment, "assignment to normalize must not be null");
    }

    @Override
    public double[] factors(double[] scores) {
        return Scores.dividedByMean(assignment.factors(scores));
    }

    @Override
    public RateAssignment normalized() {
        return this;
    }

    @Override
    public String toString() {
        return "normalized(" + assignment + ")";
    }
}
