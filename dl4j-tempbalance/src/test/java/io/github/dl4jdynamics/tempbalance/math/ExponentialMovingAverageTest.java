/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance.math;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class ExponentialMovingAverageTest {

    private final ExponentialMovingAverage average = ExponentialMovingAverage.of(0.9);

    @Test
    void next_firstScore_isTheAverage() {
        assertThat(average.next(Double.NaN, 3.5)).isEqualTo(3.5);
    }

    @Test
    void next_sequenceOfScores_isTheGeometricSum() {
        double[] scores = {4, 3, 5, 2};

        double value = Double.NaN;
        for (double score : scores) {
            value = average.next(value, score);
        }

        double expected = 0.9 * 0.9 * 0.9 * 4 + 0.1 * (0.9 * 0.9 * 3 + 0.9 * 5 + 2);
        assertThat(value).isCloseTo(expected, within(1e-14));
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void next_unusableScore_keepsThePreviousAverage(double score) {
        assertThat(average.next(2.5, score)).isEqualTo(2.5);
        assertThat(average.next(Double.NaN, score)).isNaN();
        assertThat(average.next(Double.POSITIVE_INFINITY, score)).isNaN();
    }

    @Test
    void next_betaZero_isTheScore() {
        assertThat(ExponentialMovingAverage.of(0).next(2.5, 7.1)).isEqualTo(7.1);
    }

    @Test
    void next_oppositeExtremes_doesNotOverflow() {
        assertThat(average.next(-Double.MAX_VALUE, Double.MAX_VALUE)).isFinite().isNegative();
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, 1, 2, Double.NaN})
    void of_betaOutOfRange_isRefused(double beta) {
        assertThatThrownBy(() -> ExponentialMovingAverage.of(beta))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("smoothing must be in 0..1 without 1, got " + beta
                        + "; 0 is off, 0.9 remembers about 10 updates");
    }
}
