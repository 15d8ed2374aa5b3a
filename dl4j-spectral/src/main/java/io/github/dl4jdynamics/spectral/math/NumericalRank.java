/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.math;

/**
 * How many eigenvalues of a pooled spectrum are not zero, and how evenly the weight is spread over them.
 *
 * <p>An eigenvalue counts if it exceeds {@code largest * longSide * 2^-52}. WeightWatcher applies the same factor to
 * singular values; eigenvalues of a Gram matrix carry this error themselves, their roots would let noise pass for rank.
 */
final class NumericalRank {

    private NumericalRank() {}

    static int rank(EigenvalueSpectrum spectrum, MatrixGroup group) {
        return spectrum.countAbove(spectrum.roundingLevel(group.longSide()));
    }

    /** {@code -sum p ln p / ln rank} with {@code p = e / sum e}; 0 for rank 1, NaN for a zero spectrum. */
    static double entropy(EigenvalueSpectrum spectrum, MatrixGroup group) {
        double sum = spectrum.sum();
        double entropy = 0;
        for (int i = 0; i < spectrum.size(); i++) {
            double p = spectrum.get(i) / sum;
            entropy -= p > 0 ? p * Math.log(p) : 0;
        }
        int rank = rank(spectrum, group);
        if (rank <= 1) {
            return rank == 1 ? 0 : Double.NaN;
        }
        return entropy / Math.log(rank);
    }
}
