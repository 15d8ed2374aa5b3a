/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.regularization;

import java.io.Serializable;
import java.util.Locale;
import java.util.Objects;

import io.github.dl4jdynamics.spectral.nd4j.eigen.SpectralGradient;
import io.github.dl4jdynamics.spectral.nd4j.eigen.SpectralSolver;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect;

/** What is penalized and how, as saved models hold it. Not changed once it is in use. */
@JsonAutoDetect(
        fieldVisibility = JsonAutoDetect.Visibility.ANY,
        getterVisibility = JsonAutoDetect.Visibility.NONE,
        isGetterVisibility = JsonAutoDetect.Visibility.NONE)
final class PenaltySettings implements Serializable {
    private static final long serialVersionUID = 1L;

    PenaltyKind kind;

    /** Rank k or exponent p; 0 where there is none. */
    double parameter;

    ISchedule coefficient;
    int period = 1;
    SpectralSolver solver = SpectralSolver.ORTHOGONAL_ITERATION;
    boolean exactStart = true;
    double residualLimit = 0.3;
    boolean decoupled;
    boolean perKernelPosition;

    SpectralGradient.Builder gradient() {
        return SpectralGradient.builder(kind.with(parameter))
                .solver(solver)
                .exactStart(exactStart)
                .residualLimit(residualLimit);
    }

    /** What a rank k comes to for a matrix that has no more than n singular values; empty if it is below. */
    String remark(long n) {
        if (kind == PenaltyKind.TAIL_ENERGY && parameter >= n) {
            return "nothing is left beyond rank " + (long) parameter + " of " + n + ", so the penalty is 0";
        }
        return kind == PenaltyKind.KY_FAN_NORM && parameter > n
                ? "there are " + n + " singular values and not " + (long) parameter
                        + ", so the penalty is the nuclear norm"
                : "";
    }

    /** Fails if the solver cannot serve the penalty. */
    void check() {
        gradient().check(Integer.MAX_VALUE);
    }

    PenaltySettings copy() {
        PenaltySettings copy = new PenaltySettings();
        copy.kind = kind;
        copy.parameter = parameter;
        copy.coefficient = coefficient.clone();
        copy.period = period;
        copy.solver = solver;
        copy.exactStart = exactStart;
        copy.residualLimit = residualLimit;
        copy.decoupled = decoupled;
        copy.perKernelPosition = perKernelPosition;
        return copy;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PenaltySettings
                && other.toString().equals(toString())
                && ((PenaltySettings) other).coefficient.equals(coefficient);
    }

    @Override
    public int hashCode() {
        return Objects.hash(kind, parameter, period);
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%s x %s, %s every %d iterations, %s start, residual limit %s%s%s",
                coefficient,
                kind.with(parameter),
                solver,
                period,
                exactStart ? "exact" : "random",
                residualLimit,
                decoupled ? ", decoupled" : "",
                perKernelPosition ? ", per kernel position" : "");
    }
}
