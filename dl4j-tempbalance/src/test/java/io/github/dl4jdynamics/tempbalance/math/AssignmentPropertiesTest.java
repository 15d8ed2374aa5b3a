/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance.math;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

import com.google.common.primitives.Doubles;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class AssignmentPropertiesTest {

    private static final double[] EXTREMES = {
        -Double.MAX_VALUE, Double.MAX_VALUE, Double.MIN_VALUE, -Double.MIN_VALUE, 0.0, -0.0, 3e-310, 1e308, -1e308, 2, 3
    };

    @Property
    void factors_scoresLikeAlphas_arePositiveFiniteAndOrdered(
            @ForAll("assignments") RateAssignment assignment, @ForAll("alphas") double[] scores) {
        double[] before = scores.clone();

        double[] factors = assignment.factors(scores);

        assertThat(scores).isEqualTo(before);
        assertPositiveAndOrdered(scores, factors);
    }

    @Property
    void factors_anyFiniteScores_arePositiveFiniteAndOrdered(
            @ForAll("anyScoreAssignments") RateAssignment assignment, @ForAll("anyScores") double[] scores) {
        double[] factors = assignment.factors(scores);

        assertPositiveAndOrdered(scores, factors);
    }

    @Property
    void factors_layersShuffled_areShuffledAlike(
            @ForAll("assignments") RateAssignment assignment,
            @ForAll("distinctAlphas") double[] scores,
            @ForAll Random random) {
        List<Double> shuffled = Doubles.asList(scores.clone());
        Collections.shuffle(shuffled, random);

        double[] factors = assignment.factors(scores);
        double[] ofShuffled = assignment.factors(Doubles.toArray(shuffled));

        for (int i = 0; i < scores.length; i++) {
            assertThat(ofShuffled[shuffled.indexOf(scores[i])]).isCloseTo(factors[i], within(1e-11 * factors[i]));
        }
    }

    @Property
    void factors_sqrtLog2AndNormalized_haveMeanOne(
            @ForAll("meanPreserving") RateAssignment assignment, @ForAll("alphas") double[] scores) {
        double[] factors = assignment.factors(scores);

        assertThat(Arrays.stream(factors).average().getAsDouble()).isCloseTo(1, within(1e-12));
    }

    @Property
    void factors_allScoresEqual_areExactlyOne(
            @ForAll("assignments") RateAssignment assignment,
            @ForAll @DoubleRange(min = 1.01, max = 20) double score,
            @ForAll @IntRange(min = 1, max = 40) int layers) {
        double[] scores = new double[layers];
        Arrays.fill(scores, score);

        assertThat(assignment.factors(scores)).containsOnly(1);
    }

    @Property
    void normalized_keepsProportions(
            @ForAll("assignments") RateAssignment assignment, @ForAll("alphas") double[] scores) {
        double[] plain = assignment.factors(scores);

        double[] normalized = assignment.normalized().factors(scores);

        double quotient = normalized[0] / plain[0];
        Expect.close(normalized, Expect.times(plain, quotient), 1e-12);
    }

    @Property
    void linear_unequalScores_hitsBothRatiosExactly(
            @ForAll("anyScores") double[] scores,
            @ForAll @DoubleRange(min = 0.01, max = 1) double minRatio,
            @ForAll @DoubleRange(min = 1, max = 9) double maxRatio) {
        double min = Doubles.min(scores);
        double max = Doubles.max(scores);
        Assume.that(min != max);

        double[] factors = LinearMap.of(minRatio, maxRatio).factors(scores);

        assertThat(factors[Doubles.indexOf(scores, min)]).isEqualTo(minRatio);
        assertThat(factors[Doubles.indexOf(scores, max)]).isEqualTo(maxRatio);
        assertThat(Doubles.max(factors)).isEqualTo(maxRatio);
    }

    @Property(tries = 300)
    void linear_anyFiniteScores_equalsDecimalArithmetic(@ForAll("anyScores") double[] scores) {
        BigDecimal min = new BigDecimal(Doubles.min(scores));
        BigDecimal spread = new BigDecimal(Doubles.max(scores)).subtract(min);
        Assume.that(spread.signum() > 0);

        double[] factors = LinearMap.of(0.6, 1.4).factors(scores);

        for (int i = 0; i < scores.length; i++) {
            BigDecimal position = new BigDecimal(scores[i]).subtract(min).divide(spread, MathContext.DECIMAL128);
            assertThat(factors[i]).isCloseTo(0.6 + 0.8 * position.doubleValue(), within(1e-14));
        }
    }

    @Property
    void rank_anyFiniteScores_countsTheScoresBelow(@ForAll("anyScores") double[] scores) {
        double[] factors = RankMap.layerOrderWhenEqual(0.5, 1.5).factors(scores);

        for (int i = 0; i < scores.length; i++) {
            int below = 0;
            for (int j = 0; j < scores.length; j++) {
                below += scores[j] < scores[i] || (scores[j] == scores[i] && j < i) ? 1 : 0;
            }
            assertThat(factors[i]).isCloseTo(0.5 + (double) below / scores.length, within(1e-15));
        }
    }

    @Property
    void sqrtAndLog2_alphas_equalFormulaOfReleasedCode(@ForAll("alphas") double[] scores) {
        double roots = 0;
        double logarithms = 0;
        for (double score : scores) {
            roots += Math.pow(score, 0.5);
            logarithms += Math.log10(score) / Math.log10(2);
        }

        double[] sqrt = SqrtMap.create().factors(scores);
        double[] log2 = Log2Map.create().factors(scores);

        for (int i = 0; i < scores.length; i++) {
            assertThat(sqrt[i]).isCloseTo(Math.pow(scores[i], 0.5) / roots * scores.length, within(1e-12));
            assertThat(log2[i])
                    .isCloseTo(Math.log10(scores[i]) / Math.log10(2) / logarithms * scores.length, within(1e-12));
        }
    }

    @Property
    void sigmoid_alphas_equalsHyperbolicTangentForm(@ForAll("alphas") double[] scores) {
        double mean = Arrays.stream(scores).average().getAsDouble();

        double[] factors = SigmoidMap.of(4, 2, 1).factors(scores);

        for (int i = 0; i < scores.length; i++) {
            double strength = scores[i] > mean ? 1 : 2;
            double exponent = strength * Math.tanh(4 * (scores[i] - mean) / 2) / 2;
            assertThat(factors[i]).isCloseTo(Math.exp(exponent * Math.log(10)), within(1e-11 * factors[i]));
        }
    }

    @Property
    void sigmoid_anyFiniteScores_staysWithinLimits(@ForAll("anyScores") double[] scores) {
        double[] factors = SigmoidMap.of(10, 2, 1).factors(scores);

        for (double factor : factors) {
            assertThat(factor).isBetween(0.1, Math.pow(10, 0.5));
        }
    }

    private static void assertPositiveAndOrdered(double[] scores, double[] factors) {
        assertThat(factors).hasSameSizeAs(scores);
        for (int i = 0; i < scores.length; i++) {
            assertThat(factors[i]).isPositive().isFinite();
            for (int j = 0; j < scores.length; j++) {
                if (scores[i] < scores[j]) {
                    assertThat(factors[i]).isLessThanOrEqualTo(factors[j]);
                }
            }
        }
    }

    @Provide
    Arbitrary<RateAssignment> anyScoreAssignments() {
        return Arbitraries.of(
                LinearMap.of(0.5, 1.5),
                LinearMap.upperBoundWhenEqual(0.1, 1.9),
                LinearMap.of(1, 1),
                RankMap.of(0.6, 1.4),
                RankMap.layerOrderWhenEqual(0.6, 1.4),
                SigmoidMap.of(10, 2, 1),
                SigmoidMap.of(1e-3, 300, 300),
                LinearMap.of(0.1, 1.9).normalized());
    }

    @Provide
    Arbitrary<RateAssignment> assignments() {
        return Arbitraries.of(
                LinearMap.of(0.5, 1.5),
                RankMap.of(0.6, 1.4),
                SqrtMap.create(),
                Log2Map.create(),
                SigmoidMap.of(10, 2, 1),
                SigmoidMap.of(5, 1.25, 1.25).normalized());
    }

    @Provide
    Arbitrary<RateAssignment> meanPreserving() {
        return Arbitraries.of(
                SqrtMap.create(),
                Log2Map.create(),
                LinearMap.of(0.5, 1.5).normalized(),
                RankMap.of(0.5, 1.5).normalized(),
                SigmoidMap.of(10, 2, 1).normalized());
    }

    /** Between 1 and 20, with ties often enough. */
    @Provide
    Arbitrary<double[]> alphas() {
        return Arbitraries.oneOf(
                        Arbitraries.doubles().between(1.01, 20).ofScale(6),
                        Arbitraries.integers().between(2, 8).map(Integer::doubleValue))
                .array(double[].class)
                .ofMinSize(1)
                .ofMaxSize(25);
    }

    @Provide
    Arbitrary<double[]> distinctAlphas() {
        return Arbitraries.doubles()
                .between(1.01, 20)
                .ofScale(6)
                .list()
                .uniqueElements()
                .ofMinSize(1)
                .ofMaxSize(25)
                .map(Doubles::toArray);
    }

    @Provide
    Arbitrary<double[]> anyScores() {
        Arbitrary<Double> extremes =
                Arbitraries.integers().between(0, EXTREMES.length - 1).map(i -> EXTREMES[i]);
        Arbitrary<Double> anyBits =
                Arbitraries.longs().map(Double::longBitsToDouble).filter(Double::isFinite);
        return Arbitraries.oneOf(extremes, anyBits)
                .array(double[].class)
                .ofMinSize(1)
                .ofMaxSize(12);
    }
}
