/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca.math;

import java.util.stream.IntStream;

/**
 * Peak moments of one layer: iterations at which it helped much more than before and after.
 *
 * <p>A local minimum {@code a[t] < a[t-1]}, {@code a[t] < a[t+1]} with {@code a[t] < mean - k sd}. Neighbours are the
 * nearest finite values. A plateau of equal values with larger ones on both sides is one peak, at its first iteration.
 * The first and the last finite value are none: what lies beyond them is not known. O(n).
 */
final class PeakMoments {
    private PeakMoments() {}

    /** 0-based, ascending. */
    static int[] of(double[] series, double k) {
        SeriesMoments moments = SeriesMoments.of(series);
        double threshold = moments.mean - k * moments.standardDeviation;
        int[] at = IntStream.range(0, series.length)
                .filter(t -> Double.isFinite(series[t]))
                .toArray();
        IntStream.Builder peaks = IntStream.builder();
        int first = 0;
        for (int i = 1; i < at.length; i++) {
            double value = series[at[first]];
            if (series[at[i]] != value) {
                boolean fell = first > 0 && series[at[first - 1]] > value;
                if (fell && series[at[i]] > value && value < threshold) {
                    peaks.add(at[first]);
                }
                first = i;
            }
        }
        return peaks.build().toArray();
    }
}
