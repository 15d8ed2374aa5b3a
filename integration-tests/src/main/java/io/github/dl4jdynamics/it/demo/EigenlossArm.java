/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.demo;

import java.util.Optional;

import com.google.common.collect.ImmutableList;
import io.github.dl4jdynamics.spectral.nd4j.eigen.SpectralSolver;
import io.github.dl4jdynamics.spectral.regularization.SpectralRegularization;

/** How section eigenloss trains its classifier: without a penalty, or with one, followed by one solver every so many steps. */
final class EigenlossArm {
    /** Without a penalty. */
    static final EigenlossArm PLAIN = new EigenlossArm(null, 0);

    /** Iterations from one refresh of the singular vectors to the next. */
    static final ImmutableList<Integer> PERIODS = ImmutableList.of(1, 5, 10, 20, 50);

    private final SpectralSolver solver;
    private final int period;

    private EigenlossArm(SpectralSolver solver, int period) {
        this.solver = solver;
        this.period = period;
    }

    /** Singular vectors followed by orthogonal iteration. */
    static EigenlossArm followed(int period) {
        return new EigenlossArm(SpectralSolver.ORTHOGONAL_ITERATION, period);
    }

    /** Singular vectors decomposed anew at each refresh. */
    static EigenlossArm exact(int period) {
        return new EigenlossArm(SpectralSolver.EXACT, period);
    }

    int period() {
        return period;
    }

    /** The penalty; empty for the plain arm. */
    Optional<SpectralRegularization> penalty(double coefficient) {
        return Optional.ofNullable(solver).map(method -> SpectralRegularization.nuclearNorm(coefficient)
                .solver(method)
                .period(period)
                .build());
    }

    @Override
    public String toString() {
        return solver == null
                ? "plain"
                : (solver == SpectralSolver.EXACT ? "exact" : "iteration") + ", period " + period;
    }
}
