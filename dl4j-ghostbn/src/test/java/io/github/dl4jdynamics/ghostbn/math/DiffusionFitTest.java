/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.math;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class DiffusionFitTest {
    private static final double[] TIMES = {1, 2, 3, 5, 8, 13, 21, 34, 100, 1000};

    private static double[] doubles(JsonNode array) {
        return IntStream.range(0, array.size())
                .mapToDouble(i -> array.get(i).asDouble())
                .toArray();
    }

    private static double[] noisy(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return Arrays.stream(TIMES)
                .map(t -> 1 + 0.7 * Math.log(t) + 0.1 * random.nextDouble())
                .toArray();
    }

    @Test
    void vector_givesTheReferenceFits() throws IOException {
        JsonNode vector;
        try (InputStream in =
                DiffusionFitTest.class.getResourceAsStream("/vectors/ghostbn-06-regime-and-monitors.json")) {
            vector = new ObjectMapper().readTree(in);
        }

        DiffusionFit fit =
                DiffusionFit.of(doubles(vector.at("/inputs/iterations")), doubles(vector.at("/inputs/distances")));

        assertMatches(fit.logarithmic(), vector.at("/expected/log_fit"));
        assertMatches(fit.powerLaw(), vector.at("/expected/power_law_fit"));
        assertThat(fit.points()).isEqualTo(10);
    }

    private static void assertMatches(GrowthFit fit, JsonNode expected) {
        assertThat(fit.intercept()).isCloseTo(expected.get("intercept").asDouble(), within(1e-12));
        assertThat(fit.slope()).isCloseTo(expected.get("slope").asDouble(), within(1e-12));
        assertThat(fit.rSquared()).isCloseTo(expected.get("r2").asDouble(), within(1e-12));
    }

    @Test
    void exactLogarithm_isFoundWithoutError() {
        DiffusionFit fit = DiffusionFit.of(
                TIMES, Arrays.stream(TIMES).map(t -> 2 + 3 * Math.log(t)).toArray());

        assertThat(fit.logarithmic().intercept()).isCloseTo(2, within(1e-12));
        assertThat(fit.logarithmic().slope()).isCloseTo(3, within(1e-12));
        assertThat(fit.logarithmic().rSquared()).isCloseTo(1, within(1e-12));
        assertThat(fit.logarithmic().slopeStandardError()).isLessThan(1e-12);
        assertThat(fit.logarithmic().rSquaredOfDistance())
                .isEqualTo(fit.logarithmic().rSquared())
                .isGreaterThan(fit.powerLaw().rSquaredOfDistance());
    }

    @Test
    void exactPowerLaw_isFoundWithoutError() {
        DiffusionFit fit = DiffusionFit.of(
                TIMES, Arrays.stream(TIMES).map(t -> 5 * Math.sqrt(t)).toArray());

        assertThat(fit.powerLaw().intercept()).isCloseTo(Math.log(5), within(1e-12));
        assertThat(fit.powerLaw().slope()).isCloseTo(0.5, within(1e-12));
        assertThat(fit.powerLaw().distanceAt(400)).isCloseTo(100, within(1e-9));
        assertThat(fit.powerLaw().rSquared()).isCloseTo(1, within(1e-12));
        assertThat(fit.powerLaw().rSquaredOfDistance())
                .isCloseTo(1, within(1e-12))
                .isGreaterThan(fit.logarithmic().rSquaredOfDistance());
    }

    @Test
    void noisyPoints_agreeWithTheNormalEquations() {
        for (long seed = 0; seed < 20; seed++) {
            double[] d = noisy(seed);
            double n = d.length;
            double sx = 0;
            double sy = 0;
            double sxx = 0;
            double sxy = 0;
            for (int i = 0; i < n; i++) {
                double x = Math.log(TIMES[i]);
                sx += x;
                sy += d[i];
                sxx += x * x;
                sxy += x * d[i];
            }
            double slope = (n * sxy - sx * sy) / (n * sxx - sx * sx);
            double intercept = (sy - slope * sx) / n;
            double residual = 0;
            double total = 0;
            for (int i = 0; i < n; i++) {
                residual += Math.pow(d[i] - intercept - slope * Math.log(TIMES[i]), 2);
                total += Math.pow(d[i] - sy / n, 2);
            }

            GrowthFit fit = DiffusionFit.of(TIMES, d).logarithmic();

            assertThat(fit.slope()).as("seed %d", seed).isCloseTo(slope, within(1e-11));
            assertThat(fit.intercept()).isCloseTo(intercept, within(1e-11));
            assertThat(fit.rSquared()).isCloseTo(1 - residual / total, within(1e-11));
            assertThat(fit.slopeStandardError())
                    .isCloseTo(Math.sqrt(residual / (n - 2) / (sxx - sx * sx / n)), within(1e-11));
        }
    }

    @Test
    void distancesInAnotherUnit_scaleTheLogarithmAndShiftThePowerLaw() {
        double[] d = noisy(1);

        DiffusionFit fit = DiffusionFit.of(TIMES, d);
        DiffusionFit scaled =
                DiffusionFit.of(TIMES, Arrays.stream(d).map(x -> 10 * x).toArray());

        assertThat(scaled.logarithmic().slope())
                .isCloseTo(10 * fit.logarithmic().slope(), within(1e-11));
        assertThat(scaled.powerLaw().slope()).isCloseTo(fit.powerLaw().slope(), within(1e-11));
        assertThat(scaled.powerLaw().intercept()).isCloseTo(fit.powerLaw().intercept() + Math.log(10), within(1e-11));
        assertThat(scaled.powerLaw().rSquaredOfDistance())
                .isCloseTo(fit.powerLaw().rSquaredOfDistance(), within(1e-11));
    }

    @Test
    void startOfTheClockAndUnmovedPoints_areLeftOutOfBoth() {
        double[] d = noisy(2);
        double[] moreTimes = {0, 0.5, 0, 1, 2, 3, 5, 8, 13, 21, 34, 100, 1000};
        double[] more = new double[d.length + 3];
        System.arraycopy(d, 0, more, 3, d.length);
        more[2] = Double.NaN;

        DiffusionFit fit = DiffusionFit.of(moreTimes, more);

        assertThat(fit.points()).isEqualTo(10);
        assertThat(fit.toString()).isEqualTo(DiffusionFit.of(TIMES, d).toString());
    }

    @Test
    void fewerThanThreePoints_giveAReasonAndNaN() {
        DiffusionFit two = DiffusionFit.of(new double[] {0, 1, 2}, new double[] {0, 1, 2});
        DiffusionFit unmoved = DiffusionFit.of(new double[] {1, 2, 3}, new double[3]);

        assertThat(two.reason()).contains("needs 3 points with t > 0 and d > 0, got 2");
        assertThat(unmoved.reason())
                .contains("needs 3 points with t > 0 and d > 0, got 0 beside 3 at which nothing had moved");
        assertThat(two.isFitted()).isFalse();
        assertThat(two.powerLaw().isFitted()).isFalse();
        assertThat(two.powerLaw().reason()).isEqualTo(two.reason());
        assertThat(new double[] {
                    two.logarithmic().intercept(),
                    two.logarithmic().slope(),
                    two.logarithmic().slopeStandardError(),
                    two.logarithmic().rSquared(),
                    two.powerLaw().rSquaredOfDistance(),
                    two.powerLaw().distanceAt(3)
                })
                .containsOnly(Double.NaN);
        assertThat(two).hasToString("no fit: " + two.reason().get());
        assertThat(DiffusionFit.of(new double[0], new double[0]).points()).isZero();
    }

    @Test
    void divergedWeights_giveAReason() {
        double[] nan = {1, 2, Double.NaN, 4};
        double[] infinite = {1, 2, 3, Double.POSITIVE_INFINITY};

        assertThat(DiffusionFit.of(new double[] {1, 2, 3, 4}, nan).reason().get())
                .startsWith("the distance at t = 3.0 is NaN");
        assertThat(DiffusionFit.of(new double[] {1, 2, 3, 4}, infinite).reason().get())
                .startsWith("the distance at t = 4.0 is Infinity");
    }

    @Test
    void equalTimes_giveAReason() {
        assertThat(DiffusionFit.of(new double[] {7, 7, 7}, new double[] {1, 2, 3})
                        .reason())
                .contains("needs different t, got 7.0 only");
    }

    @Test
    void equalDistances_haveSlopeZeroAndNoVarianceToExplain() {
        DiffusionFit fit = DiffusionFit.of(new double[] {1, 10, 100}, new double[] {0.1, 0.1, 0.1});

        assertThat(fit.isFitted()).isTrue();
        assertThat(fit.logarithmic().slope()).isZero();
        assertThat(fit.powerLaw().slope()).isZero();
        assertThat(fit.logarithmic().rSquared()).isNaN();
        assertThat(fit.powerLaw().rSquaredOfDistance()).isNaN();
    }

    @Test
    void lengthsThatDiffer_areRefused() {
        assertThatThrownBy(() -> DiffusionFit.of(new double[3], new double[2]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("distances must be as many as the times t, 3, got 2; leave out the times that were not "
                        + "measured");
    }

    @Test
    void text_namesBothLawsAndWhoseR2() {
        DiffusionFit fit = DiffusionFit.of(
                new double[] {1, 2, 4, 8}, new double[] {1, 1 + Math.log(2), 1 + Math.log(4), 1 + Math.log(8)});

        assertThat(fit)
                .hasToString(
                        "d = 1.000 + 1.000 ln t, R2 1.0000; d = 1.075 t^0.5363, R2 0.9670 (of ln d 0.9734); 4 points");
    }
}
