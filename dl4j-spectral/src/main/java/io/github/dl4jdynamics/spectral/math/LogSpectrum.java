/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.math;

/**
 * Logarithms of a spectrum relative to its largest eigenvalue, with their suffix sums: Hill's estimator at any threshold
 * in O(1).
 *
 * <pre>{@code alpha = 1 + n / sum_{j >= start} ln(e[j] / e[threshold]),   n = N - start }</pre>
 *
 * <p>B. M. Hill, Annals of Statistics 1975, for the density exponent (the tail index plus one). Dividing by the largest
 * eigenvalue first makes the result independent of the matrix' scale to the last bits and ties exact.
 */
final class LogSpectrum {

    /** A tail narrower than the rounding of float weights is constant: its exponent would be of order 1e6 and noise. */
    private static final double CONSTANT_SPREAD = 1e-6;

    private final EigenvalueSpectrum spectrum;
    private final double[] log;
    private final double[] tailSum;

    LogSpectrum(EigenvalueSpectrum spectrum) {
        this.spectrum = spectrum;
        int size = spectrum.size();
        log = new double[size];
        tailSum = new double[size + 1];
        for (int i = size - 1; i >= 0; i--) {
            log[i] = Math.log(spectrum.get(i) / spectrum.largest());
            tailSum[i] = tailSum[i + 1] + log[i];
        }
    }

    int size() {
        return log.length;
    }

    /** {@code ln(e[j] / largest)}: ascending, 0 for the largest, negative infinity for a zero eigenvalue. */
    double log(int j) {
        return log[j];
    }

    /** Hill's exponent of the eigenvalues from {@code start} on; meaningful where {@link #allows}. */
    double alpha(int threshold, int start) {
        int n = size() - start;
        return 1 + n / (tailSum[start] - n * log[threshold]);
    }

    /** Whether the tail from {@code start} on has an exponent at this threshold. */
    boolean allows(int threshold, int start) {
        return size() - start >= 2
                && spectrum.get(threshold) > spectrum.roundingLevel(size())
                && -log[threshold] > CONSTANT_SPREAD;
    }

    /** Why the tail from {@code start} on has no exponent at this threshold, where it is not allowed. */
    String refusal(int threshold, int start) {
        int n = size() - start;
        double xmin = spectrum.get(threshold);
        if (spectrum.largest() == 0) {
            return "all eigenvalues are zero (" + size() + " of them): the weights are zero";
        }
        if (n < 2) {
            return "a tail must have >= 2 eigenvalues, got " + n + " of " + size() + "; take a larger tail or layer";
        }
        if (xmin <= spectrum.roundingLevel(size())) {
            String place = "(index " + threshold + " of " + size() + ")";
            return "the threshold eigenvalue " + place + " is zero up to rounding: " + xmin + ", largest "
                    + spectrum.largest() + "; the matrix is rank-deficient, leave out zeros or take a smaller tail";
        }
        return "the " + n + " largest of " + size() + " eigenvalues are equal up to rounding: " + xmin + " to "
                + spectrum.largest() + "; a constant spectrum has no tail exponent";
    }
}
