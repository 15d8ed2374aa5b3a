/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca.math;

import java.util.Arrays;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class HarmTestTest {
    /** {@code x[t] = correlation x[t-1] + noise}, stationary, around a mean in units of the noise. */
    static double[] series(Random random, int steps, double correlation, double mean) {
        double[] series = new double[steps];
        double x = random.nextGaussian() / Math.sqrt(1 - correlation * correlation);
        for (int t = 0; t < steps; t++) {
            series[t] = mean + x;
            x = correlation * x + random.nextGaussian();
        }
        return series;
    }

    /** Share of p by recursion over the signs of all blocks. */
    private static double naivePHurts(double[] a, int blockLength) {
        int blocks = (a.length + blockLength - 1) / blockLength;
        double total = Arrays.stream(a).sum();
        return (double) countAtLeast(a, blockLength, 0, 0, total - 1e-9) / (1 << blocks);
    }

    private static int countAtLeast(double[] a, int blockLength, int from, double sum, double bound) {
        if (from >= a.length) {
            return sum >= bound ? 1 : 0;
        }
        int to = Math.min(a.length, from + blockLength);
        double block = Arrays.stream(a, from, to).sum();
        return countAtLeast(a, blockLength, to, sum + block, bound)
                + countAtLeast(a, blockLength, to, sum - block, bound);
    }

    @Test
    void fewBlocks_agreeWithTheNaiveEnumeration() {
        for (long seed = 0; seed < 30; seed++) {
            Random random = new Random(seed);
            double[] a = series(random, 1 + random.nextInt(40), 0.3, 0.5);
            int blockLength = 3;

            HarmTest test = HarmTest.of(a, blockLength);

            assertThat(test.isExact()).isTrue();
            assertThat(test.pHurts()).as("seed %d", seed).isEqualTo(naivePHurts(a, blockLength));
            assertThat(test.pHelps())
                    .isEqualTo(naivePHurts(Arrays.stream(a).map(x -> -x).toArray(), blockLength));
            assertThat(test.total()).isCloseTo(Arrays.stream(a).sum(), within(1e-12));
        }
    }

    @Test
    void randomFlips_agreeWithTheEnumerationJustOutOfReach() {
        double[] a = series(new Random(4), 18, 0, 0.4);

        HarmTest test = HarmTest.of(a, 1);

        double exact = naivePHurts(a, 1);
        assertThat(test.isExact()).isFalse();
        assertThat(test.pHurts()).isCloseTo(exact, within(4 * Math.sqrt(exact / HarmTest.FLIPS)));
    }

    @ParameterizedTest
    @CsvSource({"0, 0.07", "0.5, 0.08", "0.8, 0.10", "-0.5, 0.07", "-0.9, 0.06"})
    void correlatedSeriesWithoutHarm_areRarelyFound(double correlation, double bound) {
        Random random = new Random(5);
        int hurts = 0;
        int helps = 0;
        int series = 400;
        for (int i = 0; i < series; i++) {
            HarmTest test = HarmTest.of(series(random, 400, correlation, 0));
            hurts += test.pHurts() <= 0.05 ? 1 : 0;
            helps += test.pHelps() <= 0.05 ? 1 : 0;
        }

        assertThat((double) hurts / series).isLessThan(bound);
        assertThat((double) helps / series).isLessThan(bound);
        assertThat(hurts + helps).isPositive();
    }

    @ParameterizedTest
    @CsvSource({"0, 0.3", "0.5, 0.6", "-0.9, 0.2"})
    void clearHarm_isFoundBelowOneInTenThousand(double correlation, double mean) {
        Random random = new Random(6);
        int found = 0;
        for (int i = 0; i < 50; i++) {
            HarmTest test = HarmTest.of(series(random, 1000, correlation, mean));
            found += test.pHurts() < 1e-4 ? 1 : 0;
            assertThat(test.pHelps()).isGreaterThan(0.9);
        }

        assertThat(found).isGreaterThan(45);
    }

    @Test
    void otherSign_swapsHurtsAndHelps() {
        double[] a = series(new Random(7), 500, 0.2, 0.05);

        HarmTest test = HarmTest.of(a);
        HarmTest mirrored = HarmTest.of(Arrays.stream(a).map(x -> -x).toArray());

        assertThat(mirrored.pHelps()).isEqualTo(test.pHurts());
        assertThat(mirrored.pHurts()).isEqualTo(test.pHelps());
        assertThat(mirrored.total()).isEqualTo(-test.total());
        assertThat(test.pHurts() + test.pHelps()).isGreaterThanOrEqualTo(1);
    }

    @Test
    void otherUnit_changesTheTotalOnly() {
        double[] a = series(new Random(8), 500, -0.4, 0.05);

        HarmTest test = HarmTest.of(a);
        HarmTest scaled = HarmTest.of(Arrays.stream(a).map(x -> 1e-7 * x).toArray());

        assertThat(scaled.pHurts()).isEqualTo(test.pHurts());
        assertThat(scaled.mean()).isCloseTo(1e-7 * test.mean(), within(1e-20));
    }

    @Test
    void sameAllocations_giveTheSameP() {
        double[] a = series(new Random(9), 1000, 0, 0.03);

        assertThat(HarmTest.of(a)).hasToString(HarmTest.of(a.clone()).toString());
    }

    @Test
    void gaps_areClosedUp() {
        double[] a = series(new Random(10), 300, 0, 0.1);
        double[] gappy = new double[600];
        Arrays.fill(gappy, Double.NaN);
        for (int t = 0; t < a.length; t++) {
            gappy[2 * t + t % 2] = a[t];
        }

        HarmTest test = HarmTest.of(gappy);

        assertThat(test.steps()).isEqualTo(300);
        assertThat(test).hasToString(HarmTest.of(a).toString());
    }

    @Test
    void pureSwing_isNoEvidenceWithEvenBlocks() {
        double[] swing = new double[1000];
        Arrays.setAll(swing, t -> t % 2 == 0 ? 0.1 : -0.1);

        HarmTest test = HarmTest.of(swing);

        assertThat(test.blockLength()).isEqualTo(32);
        assertThat(test.pHurts()).isEqualTo(1);
        assertThat(test.pHelps()).isEqualTo(1);
    }

    @Test
    void trendLongerThanBlocks_showsInTheirCorrelation() {
        Random random = new Random(11);

        HarmTest slow = HarmTest.of(series(random, 2000, 0.99, 0));
        HarmTest none = HarmTest.of(series(random, 2000, 0, 0));

        assertThat(slow.blockCorrelation()).isGreaterThan(0.5);
        assertThat(none.blockCorrelation()).isBetween(-0.35, 0.3);
    }

    @Test
    void noStepOrZeros_areNoEvidence() {
        HarmTest empty = HarmTest.of(new double[] {Double.NaN});
        HarmTest zeros = HarmTest.of(new double[50]);

        assertThat(empty.steps()).isZero();
        assertThat(empty.blocks()).isZero();
        assertThat(empty.total()).isZero();
        assertThat(empty.mean()).isNaN();
        assertThat(empty.blockCorrelation()).isNaN();
        assertThat(zeros.blockCorrelation()).isNaN();
        assertThat(new double[] {empty.pHurts(), empty.pHelps(), zeros.pHurts(), zeros.pHelps()})
                .containsOnly(1);
    }

    @Test
    void oneStep_hasOneSignToFlip() {
        HarmTest test = HarmTest.of(new double[] {0.25});

        assertThat(test.pHurts()).isEqualTo(0.5);
        assertThat(test.pHelps()).isEqualTo(1);
        assertThat(test).hasToString("total 0.2500 over 1 steps, p hurts 0.50, p helps 1.0, blocks of 1");
    }

    @Test
    void infiniteAllocation_givesNoP() {
        HarmTest test = HarmTest.of(new double[] {1, Double.POSITIVE_INFINITY, 2, 3});

        assertThat(test.total()).isInfinite();
        assertThat(test.pHurts()).isNaN();
        assertThat(test.pHelps()).isNaN();
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "1, 1", "2, 2", "4, 2", "5, 4", "196, 14", "197, 16", "1000, 32", "4500, 68"})
    void defaultBlock_isTheRootRoundedUpToEven(int steps, int expected) {
        assertThat(HarmTest.defaultBlockLength(steps)).isEqualTo(expected);
    }

    @Test
    void lastBlock_mayBeShorter() {
        HarmTest test = HarmTest.of(new double[] {1, 1, 1, 1, 1}, 2);

        assertThat(test.blocks()).isEqualTo(3);
        assertThat(test.pHurts()).isEqualTo(1 / 8.0);
        assertThat(HarmTest.of(new double[5], Integer.MAX_VALUE).blocks()).isEqualTo(1);
    }

    @Test
    void blockWithoutLength_isRefused() {
        assertThatThrownBy(() -> HarmTest.of(new double[3], 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("blockLength must be >= 1 step, got 0; leave it out for the default");
    }
}
