/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance.math;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Equal steps by rank: only the order of the scores counts, not their distances.
 *
 * <pre>{@code factor_i = a + (b - a) r_i / n       r_i = 0..n-1 ascending, a = minRatio, b = maxRatio}</pre>
 *
 * <p>The highest score gets {@code b - (b - a) / n}, not {@code b}, as in the released code. Equal scores are ranked in
 * layer order (a stable sort; the released code leaves their order to the sort in use), so they get different factors.
 *
 * <p>All scores equal, so also a single layer: {@link #of} keeps the base rate, factor 1; {@link #layerOrderWhenEqual}
 * ranks them in layer order like any other ties, as the released code does, a single layer thus getting {@code a}.
 *
 * <p>The variant TBR of TempBalance; {@code tb_step} in the released code of Zhou et al., NeurIPS 2023, arXiv 2312.00359.
 */
public final class RankMap implements RateAssignment {

    private final RatioRange range;
    private final boolean layerOrderWhenEqual;

    private RankMap(double minRatio, double maxRatio, boolean layerOrderWhenEqual) {
        this.range = new RatioRange("the rank map", minRatio, maxRatio);
        this.layerOrderWhenEqual = layerOrderWhenEqual;
    }

    /**
     * Steps from {@code minRatio} to just below {@code maxRatio}, and factor 1 where all scores are equal.
     *
     * @throws IllegalArgumentException unless {@code 0 < minRatio <= maxRatio}, both finite
     */
    public static RankMap of(double minRatio, double maxRatio) {
        return new RankMap(minRatio, maxRatio, false);
    }

    /**
     * Steps from {@code minRatio} to just below {@code maxRatio}, in layer order where all scores are equal, as the released
     * code does.
     *
     * @throws IllegalArgumentException unless {@code 0 < minRatio <= maxRatio}, both finite
     */
    public static RankMap layerOrderWhenEqual(double minRatio, double maxRatio) {
        return new RankMap(minRatio, maxRatio, true);
    }

    @Override
    public double[] factors(double[] scores) {
        Scores.checkFinite("the rank map", scores);
        int n = scores.length;
        double[] factors = new double[n];
        if (Scores.allEqual(scores) && !layerOrderWhenEqual) {
            Arrays.fill(factors, 1);
            return factors;
        }
        int[] ascending = IntStream.range(0, n)
                .boxed()
                // Adding zero makes -0.0 and 0.0 a tie, which the order of doubles tells apart.
                .sorted(Comparator.comparingDouble(i -> scores[i] + 0.0))
                .mapToInt(i -> i)
                .toArray();
        for (int rank = 0; rank < n; rank++) {
            factors[ascending[rank]] = range.at((double) rank / n);
        }
        return factors;
    }

    @Override
    public String toString() {
        return "rank(" + range + (layerOrderWhenEqual ? ", layer order when equal" : "") + ")";
    }
}
