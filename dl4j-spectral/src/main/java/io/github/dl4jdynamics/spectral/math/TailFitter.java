/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.math;

/**
 * A rule that picks the threshold of a spectrum's tail and fits a power law above it.
 *
 * <p>Implementations are immutable and safe to share between threads; {@code toString()} prints the settings.
 */
public interface TailFitter {

    /**
     * The fit of this spectrum, or {@linkplain TailFit#unusable the reason} why there is none; never throws for a
     * spectrum that could be built.
     */
    TailFit fit(EigenvalueSpectrum spectrum);
}
