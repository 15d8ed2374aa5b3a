/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.math;

/**
 * The tail whose determinant is one: WeightWatcher's {@code detX} constraint.
 *
 * <p>The spectrum is rescaled to mean 1; the tail grows from the largest eigenvalue downwards until the product of its
 * eigenvalues falls below 1. Logarithms are summed, so the product cannot overflow as it does there.
 */
final class TraceLogConstraint {

    private TraceLogConstraint() {}

    /** Size of that tail, with the eigenvalue that took it below 1; NaN if all eigenvalues are equal. */
    static double tailSize(EigenvalueSpectrum spectrum) {
        int size = spectrum.size();
        if (spectrum.get(0) == spectrum.largest()) {
            return Double.NaN;
        }
        double mean = spectrum.mean();
        double logDeterminant = 0;
        for (int i = size - 1; i > 0; i--) {
            logDeterminant += Math.log(spectrum.get(i) / mean);
            if (logDeterminant < 0) {
                return size - i;
            }
        }
        return size;
    }
}
