/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j.eigen;

import java.util.Locale;

/**
 * What a refresh of singular vectors did. Immutable.
 *
 * @since 0.1
 */
public final class BasisRefresh {
    /** Where the basis comes from. */
    public enum Outcome {
        /** The solver's own step. */
        STEPPED,
        /** A full decomposition: at the start, or each time. */
        DECOMPOSED,
        /** A full decomposition in place of the solver's step, since the basis had become too far off. */
        REPLACED,
        /** None: the matrix, its squares or its slopes are not finite, or LAPACK failed; the gradient stays. */
        REFUSED
    }

    private final Outcome outcome;
    private final double residual;
    private final long nanos;

    BasisRefresh(Outcome outcome, double residual, long nanos) {
        this.outcome = outcome;
        this.residual = residual;
        this.nanos = nanos;
    }

    /** One that an error put an end to. */
    static BasisRefresh failed() {
        return new BasisRefresh(Outcome.REFUSED, Double.NaN, 0);
    }

    /** The same refresh, whose result was of no use. */
    BasisRefresh refused() {
        return new BasisRefresh(Outcome.REFUSED, residual, nanos);
    }

    /** Where the basis comes from. */
    public Outcome outcome() {
        return outcome;
    }

    /**
     * How far the basis, as the solver foresaw it, was from one of eigenvectors: {@code ||A V - V D||_F / ||A V||_F} with
     * {@code D = diag(V^T A V)}, which for a full basis is the part of {@code V^T A V} off the diagonal. Where leading vectors
     * of both sides are followed, {@code ||M^T U - V D||_F / ||M^T U||_F} with {@code D = diag(V^T M^T U)}, or the same with
     * the sides exchanged. 0 is exact; rounding gives some 5e-4 in FLOAT. NaN where there was no basis, and with solvers that
     * begin anew each time.
     */
    public double residual() {
        return residual;
    }

    /** Time taken. */
    public long nanos() {
        return nanos;
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%s, residual before %.2g, %.2f ms", outcome, residual, nanos / 1e6);
    }
}
