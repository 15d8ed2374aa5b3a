/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.math;

/**
 * Tries thresholds one after the other and keeps the first whose power law lies closest to its tail.
 *
 * <p>Clauset, Shalizi, Newman, SIAM Review 2009, arXiv:0706.1062, section 3.3. The threshold is counted in the tail.
 */
final class ThresholdScan {

    private final EigenvalueSpectrum spectrum;
    private final LogSpectrum logs;

    ThresholdScan(EigenvalueSpectrum spectrum) {
        this.spectrum = spectrum;
        this.logs = new LogSpectrum(spectrum);
    }

    /** The first minimum of D over the thresholds {@code from..to}; those that allow no exponent are passed over. */
    TailFit closest(int from, int to) {
        KolmogorovSmirnovDistance distance = new KolmogorovSmirnovDistance(logs);
        double closest = 1;
        int best = -1;
        for (int i = from; i <= to; i++) {
            double d = logs.allows(i, i) ? distance.below(closest, i, i) : 1;
            if (d < closest) {
                closest = d;
                best = i;
            }
        }
        if (best < 0) {
            int last = Math.max(from, to);
            return TailFit.unusable(logs.refusal(last, last));
        }
        return TailFit.of(logs.alpha(best, best), spectrum.get(best), best, spectrum.size() - best, closest);
    }
}
