/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.samediff;

import java.util.Optional;

/**
 * One attempt to renew the basis of an {@link EigenTerm}. Immutable.
 *
 * @since 0.1.0
 */
public final class EigenTermRefresh {
    private final int iteration;
    private final int epoch;
    private final double[] eigenvalues;
    private final double offDiagonal;
    private final double milliseconds;
    private final String refusal;

    EigenTermRefresh(
            int iteration, int epoch, double[] eigenvalues, double offDiagonal, double milliseconds, String refusal) {
        this.iteration = iteration;
        this.epoch = epoch;
        this.eigenvalues = eigenvalues;
        this.offDiagonal = offDiagonal;
        this.milliseconds = milliseconds;
        this.refusal = refusal;
    }

    /** 0-based iteration, as SameDiff gives it: always 0 in {@code calculateGradients}; -1 when the term is built. */
    public int iteration() {
        return iteration;
    }

    /** 0-based epoch; -1 when the term is built. */
    public int epoch() {
        return epoch;
    }

    /** The largest eigenvalues of the basis, descending, ten at most; a fresh copy. Empty if the matrix was refused. */
    public double[] eigenvalues() {
        return eigenvalues.clone();
    }

    /**
     * How far the old basis {@code U} was from diagonalizing the new matrix: the share of what {@code U} sees that is
     * off the diagonal, between 0 and 1. Near 0 a longer period would do. NaN if the matrix was refused.
     *
     * <pre>{@code ||offdiag(U^T A U)||_F / ||A||_F}</pre>
     *
     * <p>With fewer columns than rows, a subspace that is wrong but invariant shows nothing.
     */
    public double offDiagonal() {
        return offDiagonal;
    }

    /** Time the refresh took, in milliseconds. */
    public double milliseconds() {
        return milliseconds;
    }

    /** Whether the basis was renewed; if not, the old one stayed. */
    public boolean isAccepted() {
        return refusal == null;
    }

    /** Why the matrix was refused; empty if it was accepted. */
    public Optional<String> refusal() {
        return Optional.ofNullable(refusal);
    }

    @Override
    public String toString() {
        return "EigenTermRefresh{iteration=" + iteration + ", epoch=" + epoch + ", offDiagonal=" + offDiagonal
                + ", milliseconds=" + milliseconds + (refusal == null ? "}" : ", refusal=" + refusal + "}");
    }
}
