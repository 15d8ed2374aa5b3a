/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.math;

/**
 * Hill's tail exponent at the threshold where tail and power law lie closest: the mode {@code goodness-of-fit}.
 *
 * <pre>{@code
 * for every i = 0..N-2:  alpha(i) = 1 + (N-i) / sum_{j>=i} ln(e[j]/e[i]),  D(i) as in TailFit.distance()
 * i = the first minimum of D(i)
 * }</pre>
 *
 * <p>Same result as trying all thresholds by plain loops, which is O(N^2); here every alpha is O(1) and D looks at a
 * small part of the tail: 20 000 eigenvalues take a fraction of a second. Thresholds that are zero up to rounding or
 * leave a constant tail are passed over; if all are, the fit is unusable.
 *
 * <p>Invariant under scaling and transposition of W. Clauset, Shalizi, Newman: Power-Law Distributions in Empirical
 * Data, SIAM Review 2009, arXiv:0706.1062; the default of WeightWatcher.
 */
public final class KolmogorovSmirnovFit implements TailFitter {

    /** The fitter; it has no settings. */
    public KolmogorovSmirnovFit() {}

    @Override
    public TailFit fit(EigenvalueSpectrum spectrum) {
        return new ThresholdScan(spectrum).closest(0, Math.max(0, spectrum.size() - 2));
    }

    @Override
    public String toString() {
        return "KolmogorovSmirnovFit{}";
    }
}
