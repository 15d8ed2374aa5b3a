/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.lowrank;

import java.util.Optional;

/**
 * What became of one layer: its matrix, the rank that was kept, and why it was left alone.
 *
 * <p>A row of a {@link FactorizedNetwork}. Immutable.
 *
 * @since 0.1
 */
public final class LayerFactorization {
    private final String layer;
    private final String type;
    private final int rows;
    private final int cols;
    private final int rank;
    private final double energy;
    private final long parametersBefore;
    private final long parametersAfter;
    private final boolean replaced;
    private final String note;

    private LayerFactorization(
            Site site, int rank, double energy, long parametersAfter, boolean replaced, String note) {
        this.layer = site.name();
        this.type = site.type();
        this.rows = site.rows();
        this.cols = site.cols();
        this.rank = rank;
        this.energy = energy;
        this.parametersBefore = site.parameterCount();
        this.parametersAfter = parametersAfter;
        this.replaced = replaced;
        this.note = note;
    }

    /** A layer that became two; {@code note} may be null. */
    static LayerFactorization replaced(Site site, int rank, double energy, String note) {
        long saved = (long) site.rows() * site.cols() - (long) rank * (site.rows() + site.cols());
        return new LayerFactorization(site, rank, energy, site.parameterCount() - saved, true, note);
    }

    static LayerFactorization kept(Site site, String reason) {
        double energy = site.rows() == 0 ? Double.NaN : 1;
        int rank = Math.min(site.rows(), site.cols());
        return new LayerFactorization(site, rank, energy, site.parameterCount(), false, reason);
    }

    /** Layer name, {@code layer<index>} for one without; vertex name in a graph. */
    public String layer() {
        return layer;
    }

    /** Simple class name of the layer's configuration with wrappers taken off, for example {@code DenseLayer}. */
    public String type() {
        return type;
    }

    /** Outputs: rows of the matrix; 0 for a layer without a matrix this package reads. */
    public int rows() {
        return rows;
    }

    /** Inputs of a dense layer, channels times kernel height times width of a convolution. */
    public int cols() {
        return cols;
    }

    /** Largest rank the matrix can have, {@code min(rows, cols)}. */
    public int fullRank() {
        return Math.min(rows, cols);
    }

    /** Width between the two layers; {@link #fullRank()} for a layer left alone. */
    public int rank() {
        return rank;
    }

    /**
     * Share of the sum of squared singular values that was kept, which is 1 minus the squared relative Frobenius error;
     * 1 for a layer left alone, NaN for one without a matrix.
     */
    public double energy() {
        return energy;
    }

    /** Parameters of the layer, bias and all. */
    public long parametersBefore() {
        return parametersBefore;
    }

    /** Parameters of the two layers that took its place, or of the layer itself. */
    public long parametersAfter() {
        return parametersAfter;
    }

    /** Whether two thin layers took the place of the layer. */
    public boolean replaced() {
        return replaced;
    }

    /** Why the layer was left alone, or which regularizations the two layers go without; empty where there is neither. */
    public Optional<String> note() {
        return Optional.ofNullable(note);
    }

    @Override
    public String toString() {
        return layer + ": " + (replaced ? "rank " + rank + " of " + fullRank() : "left alone, " + note);
    }
}
