/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j;

import java.util.Optional;

/**
 * Eigenvalues of the Gram matrix of one matrix, or the reason why there are none.
 *
 * @since 0.1.0
 */
public final class GramSpectrum {

    private final double[] eigenvalues;
    private final String reason;

    private GramSpectrum(double[] eigenvalues, String reason) {
        this.eigenvalues = eigenvalues;
        this.reason = reason;
    }

    /** Takes ascending values; what rounding made negative becomes 0. */
    static GramSpectrum of(double[] ascending) {
        for (int i = 0; i < ascending.length && ascending[i] <= 0; i++) {
            ascending[i] = 0;
        }
        return new GramSpectrum(ascending, null);
    }

    static GramSpectrum unusable(String reason) {
        return new GramSpectrum(null, reason);
    }

    /** Whether there are eigenvalues. */
    public boolean isUsable() {
        return reason == null;
    }

    /**
     * The {@code min(rows, cols)} eigenvalues, ascending, none negative, in units of the squared matrix entries; a
     * fresh copy.
     *
     * @throws IllegalStateException if there are none; the message is {@link #reason()}
     */
    public double[] eigenvalues() {
        if (reason != null) {
            throw new IllegalStateException(reason);
        }
        return eigenvalues.clone();
    }

    /** Why there are no eigenvalues; empty if there are. */
    public Optional<String> reason() {
        return Optional.ofNullable(reason);
    }

    @Override
    public String toString() {
        return reason == null ? "GramSpectrum[" + eigenvalues.length + " eigenvalues]" : "GramSpectrum[" + reason + "]";
    }
}
