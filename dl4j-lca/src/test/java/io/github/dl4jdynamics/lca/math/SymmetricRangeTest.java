/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca.math;

import java.util.Arrays;
import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SymmetricRangeTest {
    private static double[][] values(int rows, int columns) {
        SplittableRandom random = new SplittableRandom(1);
        double[][] values = new double[rows][columns];
        for (double[] row : values) {
            Arrays.setAll(row, u -> Math.pow(random.nextDouble() - 0.5, 3));
        }
        return values;
    }

    /** The smallest size among the values that enough of them do not exceed. */
    private static double naive(double[][] values, double percentile) {
        double best = Double.POSITIVE_INFINITY;
        for (double[] row : values) {
            for (double candidate : row) {
                int within = 0;
                int all = 0;
                for (double[] other : values) {
                    for (double value : other) {
                        within += Math.abs(value) <= Math.abs(candidate) ? 1 : 0;
                        all++;
                    }
                }
                if (100.0 * within >= percentile * all) {
                    best = Math.min(best, Math.abs(candidate));
                }
            }
        }
        return best;
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.001, 1, 50, 90, 99, 99.9, 100})
    void range_agreesWithTheNaivePercentile(double percentile) {
        for (double[][] values : new double[][][] {values(10, 10), values(17, 13), values(1, 1), values(1, 2)}) {
            assertThat(SymmetricRange.of(values, percentile)).isEqualTo(naive(values, percentile));
        }
    }

    @Test
    void oneToAHundred_hasRange99() {
        double[] values = new double[100];
        Arrays.setAll(values, i -> i % 2 == 0 ? i + 1 : -i - 1);

        assertThat(SymmetricRange.of(new double[][] {values})).isEqualTo(99);
        assertThat(SymmetricRange.of(new double[][] {values}, 100)).isEqualTo(100);
    }

    @Test
    void valuesThatAreNotFinite_areLeftOut() {
        double[][] values = {{Double.NaN, -2}, {}, {1, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}};

        assertThat(SymmetricRange.of(values)).isEqualTo(2);
    }

    @Test
    void zerosOnly_giveTheSmallestRange() {
        assertThat(SymmetricRange.of(new double[3][4])).isEqualTo(SymmetricRange.MIN_RANGE);
        assertThat(SymmetricRange.of(new double[][] {{-0.0}})).isEqualTo(SymmetricRange.MIN_RANGE);
        assertThat(SymmetricRange.of(new double[][] {{Double.NaN}})).isEqualTo(SymmetricRange.MIN_RANGE);
        assertThat(SymmetricRange.of(new double[0][])).isEqualTo(SymmetricRange.MIN_RANGE);
        assertThat((float) SymmetricRange.MIN_RANGE).isPositive();
    }

    @Test
    void nearlyAllZeros_giveTheLargestValue() {
        double[][] values = new double[10][100];
        values[3][7] = -1e-9;
        values[3][8] = 5e-10;

        assertThat(SymmetricRange.of(values)).isEqualTo(1e-9);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, 100.1, Double.NaN})
    void percentileOutOfRange_isRefused(double percentile) {
        assertThatThrownBy(() -> SymmetricRange.of(new double[1][1], percentile))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("percentile must be in (0, 100], got " + percentile + "; use 99.0");
    }
}
