/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca.math;

import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkElementIndex;

/**
 * Whether layers learn at the same moments: coincidences of their peaks against those of layers shifted at random.
 *
 * <pre>{@code
 * peak of layer l    iteration t at which a[l][t] is a local minimum below mean_l - k sd_l
 * coincidences C     #{peak s of layer l, peak t of layer m : l < m, |s - t| <= tolerance}
 * null               a random circular shift of every layer, of its own in every segment of iterations: C*
 * p                  = (1 + #{C* >= C}) / (1 + shifts)
 * }</pre>
 *
 * <p>Mean and sd, divided by n, are over the finite values of a layer; NaN is a gap, and so is an infinite value.
 * Neighbours of a value are the nearest finite ones, a plateau is one peak at its first iteration, and neither the first
 * nor the last value of a layer is a peak. Iterations at which no layer has a value are no time at all: they are taken
 * out before shifting and for the tolerance, since layers measured at every tenth iteration coincide more than by chance.
 *
 * <p>A shift keeps the number of peaks of a layer and the distances between them, so layers that swing by themselves are
 * no evidence. A phase in which all layers have more peaks is. Shifted around the whole run, the default, independent
 * layers whose swings shrink by a factor of 20 from first to last iteration, as those of a training may, were
 * "synchronised" at p &lt;= 0.05 in all of 200 trials (five layers, 500 iterations); shifted inside segments of 50
 * iterations, in 6 % of 100. Segments keep the number of peaks of every phase: choose them short against such trends, and
 * long against the swings of one layer, which every seam cuts.
 *
 * <p>With fewer than two layers that have a peak, p is 1: no evidence. The seed is fixed. Immutable. O(layers iterations +
 * shifts peaks (1 + tolerance)).
 *
 * <p>Finding, p &lt; 1e-6: Lan, Liu, Zhou, Yosinski, "LCA: Loss Change Allocation for Neural Network Training", NeurIPS
 * 2019, arXiv 1909.01440. The paper does not define its test in full; peaks, statistic and null are ours.
 *
 * @since 0.1
 */
public final class PeakSynchronization {
    /** Standard deviations below the mean, 1 (ours: 13 % of independent normal values are peaks). */
    public static final double DEFAULT_DEPTH = 1;

    /** Random shifts, 10,000: the smallest p is just below 1e-4 (ours). */
    public static final int SHIFTS = 10_000;

    private static final long SEED = 19_0901_440L;

    private final int[][] peaks;
    private final long coincidences;
    private final double expected;
    private final double p;

    PeakSynchronization(double[][] allocations, double depth, int tolerance, int segment, int shifts) {
        this.peaks = Arrays.stream(allocations)
                .map(layer -> PeakMoments.of(layer, depth))
                .toArray(int[][]::new);
        int[] clock = clock(allocations);
        int[][] observed = Arrays.stream(peaks)
                .map(moments -> Arrays.stream(moments).map(t -> clock[t]).toArray())
                .toArray(int[][]::new);
        int[] near = new int[clock.length == 0 ? 0 : clock[clock.length - 1]];
        this.coincidences = coincidences(observed, tolerance, near);
        int[][] shifted = Arrays.stream(observed).map(int[]::clone).toArray(int[][]::new);
        SplittableRandom random = new SplittableRandom(SEED);
        double sum = 0;
        int atLeast = 0;
        for (int i = 0; i < shifts; i++) {
            for (int layer = 0; layer < observed.length; layer++) {
                shift(observed[layer], segment, near.length, random, shifted[layer]);
            }
            long byChance = coincidences(shifted, tolerance, near);
            sum += byChance;
            atLeast += byChance >= coincidences ? 1 : 0;
        }
        this.expected = sum / shifts;
        this.p = (1.0 + atLeast) / (1 + shifts);
    }

    /**
     * Tests, with shifts around the whole run, for peaks at the same iteration, one standard deviation below the mean or more.
     *
     * @param allocations {@code [layer][iteration]}, in units of the loss, negative where the layer helped; NaN is a gap
     * @throws IllegalArgumentException if layers differ in length
     */
    public static PeakSynchronization of(double[][] allocations) {
        return of(allocations, DEFAULT_DEPTH, 0, Integer.MAX_VALUE);
    }

    /**
     * Tests for peaks of some depth that lie close together, with shifts inside segments.
     *
     * @param allocations {@code [layer][iteration]}, in units of the loss, negative where the layer helped; NaN is a gap
     * @param depth k, standard deviations below the mean
     * @param tolerance distance up to which two peaks coincide, in measured iterations
     * @param segment length of the segments, in measured iterations, the last one possibly shorter; the number of
     *     iterations or more for the whole run
     * @throws IllegalArgumentException if layers differ in length, k is not finite, the tolerance is negative or the
     *     segment has fewer than 2 iterations
     */
    public static PeakSynchronization of(double[][] allocations, double depth, int tolerance, int segment) {
        checkArgument(Double.isFinite(depth), "depth k must be a finite number of deviations, got %s; use 1", depth);
        checkArgument(tolerance >= 0, "tolerance must be >= 0 iterations, got %s; use 0 for the same one", tolerance);
        checkArgument(segment >= 2, "segment must be >= 2 iterations, got %s; a shift needs room", segment);
        for (int layer = 1; layer < allocations.length; layer++) {
            checkArgument(
                    allocations[layer].length == allocations[0].length,
                    "layer %s must have as many iterations as layer 0, %s, got %s; put NaN where it was not measured",
                    layer,
                    allocations[0].length,
                    allocations[layer].length);
        }
        return new PeakSynchronization(allocations, depth, tolerance, segment, SHIFTS);
    }

    /** Measured iterations before each one, and at the end all of them. */
    private static int[] clock(double[][] allocations) {
        int[] clock = new int[allocations.length == 0 ? 0 : allocations[0].length + 1];
        for (int t = 0; t + 1 < clock.length; t++) {
            int at = t;
            clock[t + 1] = clock[t] + (Arrays.stream(allocations).anyMatch(a -> Double.isFinite(a[at])) ? 1 : 0);
        }
        return clock;
    }

    /** Turns each segment of the iterations by a number of its own. */
    private static void shift(int[] peaks, int segment, int iterations, SplittableRandom random, int[] shifted) {
        int end = 0;
        int length = 0;
        int by = 0;
        for (int i = 0; i < peaks.length; i++) {
            if (peaks[i] >= end) {
                int begin = peaks[i] - peaks[i] % segment;
                length = Math.min(segment, iterations - begin);
                end = begin + length;
                by = random.nextInt(length);
            }
            int to = peaks[i] + by;
            shifted[i] = to < end ? to : to - length;
        }
    }

    /** Counts, layer by layer, the peaks of earlier layers near each one; {@code near} is scratch. */
    private static long coincidences(int[][] peaks, int tolerance, int[] near) {
        Arrays.fill(near, 0);
        long count = 0;
        for (int[] layer : peaks) {
            if (tolerance == 0) {
                // Peaks of one layer never coincide, so one pass both counts and adds: twice as fast.
                for (int peak : layer) {
                    count += near[peak]++;
                }
            } else {
                count += Arrays.stream(layer).mapToLong(peak -> near[peak]).sum();
                addWindows(layer, tolerance, near);
            }
        }
        return count;
    }

    private static void addWindows(int[] layer, int tolerance, int[] near) {
        for (int peak : layer) {
            int last = (int) Math.min(near.length - 1L, (long) peak + tolerance);
            for (int t = Math.max(0, peak - tolerance); t <= last; t++) {
                near[t]++;
            }
        }
    }

    /** Layers. */
    public int layers() {
        return peaks.length;
    }

    /**
     * Peak moments of a layer.
     *
     * @param layer 0-based
     * @return a copy, 0-based iterations as given, ascending
     * @throws IndexOutOfBoundsException if there is no such layer
     */
    public int[] peaks(int layer) {
        checkElementIndex(layer, peaks.length, "layer");
        return peaks[layer].clone();
    }

    /** {@code C}: pairs of peaks of different layers that coincide. */
    public long coincidences() {
        return coincidences;
    }

    /** Mean of {@code C*} over the random shifts. */
    public double expectedCoincidences() {
        return expected;
    }

    /** One-sided p: small if so many coincidences are rare for layers that peak independently. */
    public double p() {
        return p;
    }

    /** For example {@code 412 coincidences of peaks, 160.2 expected, p 0.00010, 20 layers}. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%d coincidences of peaks, %.1f expected, p %.2g, %d layers",
                coincidences,
                expected,
                p,
                peaks.length);
    }
}
