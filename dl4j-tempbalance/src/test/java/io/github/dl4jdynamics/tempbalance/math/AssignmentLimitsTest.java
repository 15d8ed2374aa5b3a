/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance.math;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class AssignmentLimitsTest {

    private static final String[] ALL_NAMES = {
        "tb_linear_map",
        "linear_map",
        "linear",
        "tb_step",
        "tbr",
        "rank",
        "tb_sqrt",
        "sqrt",
        "tb_log2",
        "log2",
        "tb_std_sigmoid",
        "tb_sigmoid",
        "sigmoid"
    };

    @Test
    void anyAssignment_allScoresEqual_givesExactlyTheBaseRate() {
        double[] equal = {3.1, 3.1, 3.1, 3.1, 3.1, 3.1};

        for (String name : ALL_NAMES) {
            assertThat(Assignments.named(name).factors(equal)).as(name).containsOnly(1);
            assertThat(Assignments.named(name).normalized().factors(equal))
                    .as(name)
                    .containsOnly(1);
        }
    }

    @Test
    void anyAssignment_oneLayer_givesExactlyTheBaseRate() {
        for (String name : ALL_NAMES) {
            assertThat(Assignments.named(name).factors(new double[] {2.7}))
                    .as(name)
                    .containsExactly(1);
        }
    }

    @Test
    void rank_allScoresEqualAndLayerOrder_stepsInLayerOrder() {
        assertThat(RankMap.layerOrderWhenEqual(0.5, 1.5).factors(new double[] {3, 3, 3, 3}))
                .containsExactly(0.5, 0.75, 1, 1.25);
        assertThat(RankMap.layerOrderWhenEqual(0.5, 1.5).factors(new double[] {3}))
                .containsExactly(0.5);
    }

    @Test
    void rank_ties_keepLayerOrder() {
        assertThat(RankMap.of(0.5, 1.5).factors(new double[] {4, 2, 4, 2})).containsExactly(1, 0.5, 1.25, 0.75);
        assertThat(RankMap.layerOrderWhenEqual(0.5, 1.5).factors(new double[] {0.0, -0.0}))
                .containsExactly(0.5, 1);
    }

    @Test
    void linear_spreadBeyondDoubleRange_doesNotOverflow() {
        double[] scores = {-Double.MAX_VALUE, 0, Double.MAX_VALUE};

        assertThat(LinearMap.of(0.5, 1.5).factors(scores)).containsExactly(0.5, 1, 1.5);
    }

    @Test
    void linear_spreadOfSubnormals_isResolved() {
        double tiny = Double.MIN_VALUE;

        assertThat(LinearMap.of(0.5, 1.5).factors(new double[] {tiny, 2 * tiny, 3 * tiny}))
                .containsExactly(0.5, 1, 1.5);
    }

    @Test
    void sqrtAndLog2_hugeScores_doNotOverflow() {
        double[] scores = {Double.MAX_VALUE, Double.MAX_VALUE};

        assertThat(SqrtMap.create().factors(scores)).containsExactly(1, 1);
        assertThat(Log2Map.create().factors(scores)).containsExactly(1, 1);
    }

    @Test
    void sigmoid_scoreAtTheMean_givesOne() {
        assertThat(SigmoidMap.of(10, 2, 1).factors(new double[] {2, 3, 4})[1]).isEqualTo(1);
    }

    @Test
    void sigmoid_scoresFarFromTheMean_reachTheLimits() {
        double[] factors = SigmoidMap.of(10, 2, 1).factors(new double[] {-1e308, 1e308});

        assertThat(factors).containsExactly(0.1, Math.pow(10, 0.5));
    }

    @Test
    void sigmoid_sumOfScoresBeyondDoubleRange_stillHasAMean() {
        double[] factors = SigmoidMap.of(1e-308, 1, 1).factors(new double[] {1.2e308, 1.6e308});

        assertThat(factors[0]).isLessThan(1).isGreaterThan(0.7);
        assertThat(factors[1]).isGreaterThan(1).isLessThan(1.4);
    }

    @Test
    void sigmoid_alphaDifferenceOfATenth_movesRateBySeventyPercent() {
        double[] factors = SigmoidMap.of(10, 1, 1).factors(new double[] {2.9, 3.1});

        assertThat(factors[1]).isBetween(1.70, 1.71);
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void anyAssignment_scoreNotFinite_isRefusedWithPosition(double score) {
        for (String name : ALL_NAMES) {
            assertThatThrownBy(() -> Assignments.named(name).factors(new double[] {2, score}))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageMatching("scores of the [a-z0-9-]+(?: root)? map must be finite, got \\S+ at position 1;"
                            + " leave layers without a usable score out");
        }
    }

    @Test
    void anyAssignment_noScore_isRefused() {
        for (String name : ALL_NAMES) {
            assertThatThrownBy(() -> Assignments.named(name).factors(new double[0]))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageEndingWith(
                            "must hold at least one layer, got none; keep the base rate when no layer is tuned");
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -0.0, -2})
    void sqrt_scoreNotPositive_isRefused(double score) {
        assertThatThrownBy(() -> SqrtMap.create().factors(new double[] {2, 3, score}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("scores of the square-root map must be > 0.0, got " + score + " at position 2;"
                        + " use the linear map, which takes any score, or another metric");
    }

    @ParameterizedTest
    @ValueSource(doubles = {1, 0.5, 0, -3})
    void log2_scoreNotAboveOne_isRefused(double score) {
        assertThatThrownBy(() -> Log2Map.create().factors(new double[] {score, 3}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("scores of the log2 map must be > 1.0, got " + score + " at position 0;"
                        + " use the linear map, which takes any score, or another metric");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1.5, minRatio of the linear map must be finite and > 0, 0.0",
        "-1, 1.5, minRatio of the linear map must be finite and > 0, -1.0",
        "NaN, 1.5, minRatio of the linear map must be finite and > 0, NaN",
        "0.5, Infinity, maxRatio of the linear map must be finite and > 0, Infinity",
        "0.5, NaN, maxRatio of the linear map must be finite and > 0, NaN",
        "1.5, 0.5, minRatio of the linear map must be <= maxRatio, 1.5 > 0.5"
    })
    void linear_ratiosOutOfRange_areRefused(double min, double max, String rule, String value) {
        assertThatThrownBy(() -> LinearMap.of(min, max))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(rule + ", got " + value + ";");
    }

    @Test
    void rank_ratiosReversed_areRefusedInItsOwnName() {
        assertThatThrownBy(() -> RankMap.of(2, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("minRatio of the rank map must be <= maxRatio, got 2.0 > 1.0;"
                        + " swap them, reversed rates contradict the method");
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
    void sigmoid_tauOutOfRange_isRefused(double tau) {
        assertThatThrownBy(() -> SigmoidMap.of(tau, 1, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("tau of the sigmoid map must be finite and > 0, got " + tau + "; 10 is TB_Sigmoid's");
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, 300.5, Double.NaN})
    void sigmoid_strengthOutOfRange_isRefusedByName(double strength) {
        assertThatThrownBy(() -> SigmoidMap.of(10, strength, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("sBelowMean of the sigmoid map must be in 0..300.0, got " + strength + ";");
        assertThatThrownBy(() -> SigmoidMap.of(10, 1, strength))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("sAboveMean of the sigmoid map must be in 0..300.0, got " + strength + ";");
    }
}
