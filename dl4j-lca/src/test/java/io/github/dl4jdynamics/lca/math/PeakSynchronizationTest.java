/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca.math;

import java.time.Duration;
import java.util.Arrays;
import java.util.Random;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

class PeakSynchronizationTest {
    private static final int WHOLE = Integer.MAX_VALUE;

    /** Layers with a common part; their size shrinks by {@code e^-decay} from first to last iteration. */
    private static double[][] layers(Random random, int layers, int iterations, double common, double decay) {
        double[] shared = HarmTestTest.series(random, iterations, -0.5, 0);
        double[][] allocations = new double[layers][];
        for (int l = 0; l < layers; l++) {
            allocations[l] = HarmTestTest.series(random, iterations, -0.5, -0.1);
            for (int t = 0; t < iterations; t++) {
                allocations[l][t] = (allocations[l][t] + common * shared[t]) * Math.exp(-decay * t / iterations);
            }
        }
        return allocations;
    }

    private static double shareBelow5Percent(int trials, double decay, int segment) {
        Random random = new Random(3);
        int found = 0;
        for (int i = 0; i < trials; i++) {
            double[][] allocations = layers(random, 4, 400, 0, decay);
            found += new PeakSynchronization(allocations, 1, 0, segment, 500).p() <= 0.05 ? 1 : 0;
        }
        return (double) found / trials;
    }

    private static long naiveCoincidences(PeakSynchronization test, int tolerance) {
        long count = 0;
        for (int l = 0; l < test.layers(); l++) {
            for (int m = l + 1; m < test.layers(); m++) {
                for (int s : test.peaks(l)) {
                    for (int t : test.peaks(m)) {
                        count += Math.abs(s - t) <= tolerance ? 1 : 0;
                    }
                }
            }
        }
        return count;
    }

    @Test
    void coincidences_agreeWithTheNaivePairs() {
        for (int seed = 0; seed < 12; seed++) {
            int tolerance = seed % 4;
            double[][] allocations = layers(new Random(seed), 5, 60, 0.5, 0);

            PeakSynchronization test = PeakSynchronization.of(allocations, 0.5, tolerance, WHOLE);

            assertThat(test.coincidences()).as("seed %d", seed).isEqualTo(naiveCoincidences(test, tolerance));
        }
    }

    @Test
    void expectation_isThatOfPeaksAtRandom() {
        PeakSynchronization test = PeakSynchronization.of(layers(new Random(1), 3, 300, 0.5, 0));

        double n0 = test.peaks(0).length;
        double n1 = test.peaks(1).length;
        double n2 = test.peaks(2).length;
        double pairs = n0 * n1 + n0 * n2 + n1 * n2;
        assertThat(test.expectedCoincidences()).isCloseTo(pairs / 300, within(0.02 * pairs / 300));
    }

    @Test
    void segments_keepTheirPeaks() {
        double[][] allocations = layers(new Random(2), 2, 600, 0, 4);
        int segment = 50;

        PeakSynchronization test = PeakSynchronization.of(allocations, 1, 0, segment);

        double expected = 0;
        for (int begin = 0; begin < 600; begin += segment) {
            int from = begin;
            expected += Arrays.stream(test.peaks(0))
                            .filter(t -> t / segment == from / segment)
                            .count()
                    * (double) Arrays.stream(test.peaks(1))
                            .filter(t -> t / segment == from / segment)
                            .count()
                    / segment;
        }
        assertThat(test.expectedCoincidences()).isCloseTo(expected, within(0.03 * expected));
    }

    @Test
    void independentLayers_areRarelySynchronised() {
        assertThat(shareBelow5Percent(400, 0, WHOLE)).isBetween(0.01, 0.08);
    }

    @Test
    void shrinkingLayers_deceiveTheWholeRunButNotSegments() {
        assertThat(shareBelow5Percent(40, 3, WHOLE)).isGreaterThan(0.8);
        assertThat(shareBelow5Percent(400, 3, 40)).isBetween(0.01, 0.1);
    }

    @Test
    void commonPart_isFoundBelowOneInTenThousand() {
        double[][] allocations = layers(new Random(5), 8, 1000, 0.8, 2);

        assertThat(PeakSynchronization.of(allocations).p()).isLessThan(1e-4);
        assertThat(PeakSynchronization.of(allocations, 1, 0, 50).p()).isLessThan(1e-4);
    }

    @Test
    void orderAndUnitsOfLayers_doNotMatter() {
        double[][] allocations = layers(new Random(6), 4, 300, 0.3, 0);
        double[][] other = {
            allocations[2],
            allocations[0],
            Arrays.stream(allocations[3]).map(x -> 1e-6 * x).toArray(),
            allocations[1]
        };

        PeakSynchronization test = PeakSynchronization.of(allocations);
        PeakSynchronization reordered = PeakSynchronization.of(other);

        assertThat(reordered.coincidences()).isEqualTo(test.coincidences());
        assertThat(reordered.p()).isCloseTo(test.p(), within(0.02));
        assertThat(reordered.peaks(2)).isEqualTo(test.peaks(3));
        assertThat(PeakSynchronization.of(allocations)).hasToString(test.toString());
    }

    @Test
    void iterationsNobodyMeasured_areNoTime() {
        double[][] dense = layers(new Random(7), 4, 200, 0, 0);
        double[][] sparse = new double[4][2000];
        for (int l = 0; l < 4; l++) {
            Arrays.fill(sparse[l], Double.NaN);
            for (int t = 0; t < 200; t++) {
                sparse[l][10 * t + 3] = dense[l][t];
            }
        }

        PeakSynchronization test = PeakSynchronization.of(sparse, 1, 1, 50);

        assertThat(test).hasToString(PeakSynchronization.of(dense, 1, 1, 50).toString());
        assertThat(test.peaks(0))
                .isEqualTo(Arrays.stream(PeakSynchronization.of(dense).peaks(0))
                        .map(t -> 10 * t + 3)
                        .toArray());
    }

    @Test
    void nothingToCompare_isNoEvidence() {
        double[] peak = {0, 0, -1, 0, 0};

        assertThat(PeakSynchronization.of(new double[0][]).p()).isEqualTo(1);
        assertThat(PeakSynchronization.of(new double[3][0]).p()).isEqualTo(1);
        assertThat(PeakSynchronization.of(new double[][] {peak}).p()).isEqualTo(1);
        assertThat(PeakSynchronization.of(new double[][] {peak, new double[5]}).p())
                .isEqualTo(1);
        assertThat(PeakSynchronization.of(new double[][] {{0, -1}, {0, -1}}).p())
                .isEqualTo(1);
        assertThat(PeakSynchronization.of(new double[][] {{Double.NaN}, {Double.NaN}})
                        .p())
                .isEqualTo(1);
        assertThat(PeakSynchronization.of(new double[][] {peak}))
                .hasToString("0 coincidences of peaks, 0.0 expected, p 1.0, 1 layers");
    }

    @Test
    void tolerance_widerThanTheRunCountsAllPairs() {
        double[][] allocations = layers(new Random(8), 2, 100, 0, 0);

        PeakSynchronization test = PeakSynchronization.of(allocations, 1, WHOLE, WHOLE);

        assertThat(test.coincidences()).isEqualTo((long) test.peaks(0).length * test.peaks(1).length);
        assertThat(test.p()).isEqualTo(1);
    }

    @Test
    void peaks_areCopies() {
        PeakSynchronization test = PeakSynchronization.of(new double[][] {{0, 0, -1, 0, 0}});

        test.peaks(0)[0] = 99;

        assertThat(test.peaks(0)).containsExactly(2);
        assertThatThrownBy(() -> test.peaks(1)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void sixtyLayersOfTenThousandIterations_takeSeconds() {
        double[][] allocations = layers(new Random(9), 60, 10_000, 0.2, 1);

        PeakSynchronization test =
                assertTimeoutPreemptively(Duration.ofSeconds(60), () -> PeakSynchronization.of(allocations));

        assertThat(test.p()).isLessThan(1e-4);
    }

    @Test
    void wrongSettings_areRefused() {
        double[][] ragged = {new double[3], new double[3], new double[2]};

        assertThatThrownBy(() -> PeakSynchronization.of(ragged))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "layer 2 must have as many iterations as layer 0, 3, got 2; put NaN where it was not measured");
        assertThatThrownBy(() -> PeakSynchronization.of(new double[2][9], Double.NaN, 0, 9))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("depth k must be a finite number of deviations, got NaN; use 1");
        assertThatThrownBy(() -> PeakSynchronization.of(new double[2][9], 1, -1, 9))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("tolerance must be >= 0 iterations, got -1; use 0 for the same one");
        assertThatThrownBy(() -> PeakSynchronization.of(new double[2][9], 1, 0, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("segment must be >= 2 iterations, got 1; a shift needs room");
    }
}
