/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.math.eigen;

import java.util.Arrays;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

class SpectralPenaltiesTest {
    private static final double[][] SPECTRA = {
        {5, 3, 2, 1, 0.5}, {5, 5, 5, 5}, {2, 2, 1}, {0.25}, {100, 1e-3}, {3, 2, 1, 0.9, 0.8, 0.7, 0.6}
    };

    /** Each with its definition over all singular values, and the power with which it scales. */
    static Stream<Arguments> penalties() {
        return Stream.of(
                twin(SpectralPenalties.nuclearNorm(), 1, s -> DoubleStream.of(s).sum()),
                twin(SpectralPenalties.kyFanNorm(2), 1, s -> DoubleStream.of(s)
                        .limit(2)
                        .sum()),
                twin(SpectralPenalties.kyFanNorm(50), 1, s -> DoubleStream.of(s).sum()),
                twin(SpectralPenalties.spectralNorm(), 2, s -> s[0] * s[0] / 2),
                twin(SpectralPenalties.schattenNorm(1), 1, s -> DoubleStream.of(s)
                        .sum()),
                twin(SpectralPenalties.schattenNorm(2), 1, s -> Math.sqrt(squares(s))),
                twin(
                        SpectralPenalties.schattenNorm(3.5),
                        1,
                        s -> Math.pow(
                                DoubleStream.of(s).map(x -> Math.pow(x, 3.5)).sum(), 1 / 3.5)),
                twin(SpectralPenalties.stableRank(), 0, s -> squares(s) / (s[0] * s[0])),
                twin(
                        SpectralPenalties.tailEnergy(2),
                        2,
                        s -> squares(DoubleStream.of(s).skip(2).toArray()) / 2),
                twin(SpectralPenalties.tailEnergy(50), 2, s -> 0),
                twin(SpectralPenalties.conditionNumber(), 0, s -> Math.log(s[0] / s[s.length - 1])));
    }

    private static Arguments twin(SpectralPenalty penalty, int power, ToDoubleFunction<double[]> definition) {
        return Arguments.of(penalty, power, definition);
    }

    private static double squares(double[] sigma) {
        return DoubleStream.of(sigma).map(s -> s * s).sum();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("penalties")
    void value_isTheDefinition(SpectralPenalty penalty, int power, ToDoubleFunction<double[]> definition) {
        for (double[] sigma : SPECTRA) {
            double expected = definition.applyAsDouble(sigma);

            assertThat(penalty.value(leading(penalty, sigma), squares(sigma)))
                    .as("%s of %s", penalty, Arrays.toString(sigma))
                    .isCloseTo(expected, within(1e-12 * squares(sigma)));
        }
    }

    /** All at once: {@code dphi/dsigma_i = phi_i + 2 sigma_i phi_F} for leading ones, the second term alone for others. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("penalties")
    void slopes_areFiniteDifferencesOfTheDefinition(
            SpectralPenalty penalty, int power, ToDoubleFunction<double[]> definition) {
        double[] sigma = SPECTRA[0];
        double[] slopes = penalty.slopes(leading(penalty, sigma), squares(sigma));
        double byNorm = penalty.slopeBySquaredNorm(leading(penalty, sigma), squares(sigma));

        for (int i = 0; i < sigma.length; i++) {
            double[] up = sigma.clone();
            double[] down = sigma.clone();
            up[i] += 1e-5;
            down[i] -= 1e-5;
            double expected = (definition.applyAsDouble(up) - definition.applyAsDouble(down)) / 2e-5;

            assertThat((i < slopes.length ? slopes[i] : 0) + 2 * sigma[i] * byNorm)
                    .as("%s by singular value %d", penalty, i)
                    .isCloseTo(expected, within(1e-8));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("penalties")
    void slopes_areFiniteDifferencesOfTheValue(
            SpectralPenalty penalty, int power, ToDoubleFunction<double[]> definition) {
        double[] sigma = leading(penalty, SPECTRA[0]);
        double norm = squares(SPECTRA[0]);
        double[] slopes = penalty.slopes(sigma, norm);

        assertThat(slopes).hasSameSizeAs(sigma);
        for (int i = 0; i < sigma.length; i++) {
            double[] up = sigma.clone();
            up[i] += 1e-6;
            double[] down = sigma.clone();
            down[i] -= 1e-6;
            double expected = (penalty.value(up, norm + 1) - penalty.value(down, norm + 1)) / 2e-6;
            assertThat(penalty.slopes(sigma, norm + 1)[i]).isCloseTo(expected, within(1e-7));
        }
        double byNorm = (penalty.value(sigma, norm + 1.001) - penalty.value(sigma, norm + 0.999)) / 0.002;
        assertThat(penalty.slopeBySquaredNorm(sigma, norm + 1)).isCloseTo(byNorm, within(1e-9));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("penalties")
    void zeros_haveNoValueAndFiniteSlopes(SpectralPenalty penalty, int power, ToDoubleFunction<double[]> definition) {
        double[] zeros = leading(penalty, new double[4]);

        assertThat(penalty.value(zeros, 0)).isZero();
        assertThat(penalty.slopes(zeros, 0))
                .matches(slopes -> DoubleStream.of(slopes).allMatch(Double::isFinite));
        assertThat(penalty.slopeBySquaredNorm(zeros, 0)).isFinite();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("penalties")
    void scale_isAPowerOfThatOfTheMatrix(SpectralPenalty penalty, int power, ToDoubleFunction<double[]> definition) {
        double[] sigma = leading(penalty, SPECTRA[0]);
        double norm = squares(SPECTRA[0]);
        for (double scale : new double[] {1e-30, 1e-8, 1e8, 1e30}) {
            double[] scaled = Arrays.stream(sigma).map(s -> s * scale).toArray();
            double[] slopes = penalty.slopes(scaled, norm * scale * scale);

            assertThat(penalty.value(scaled, norm * scale * scale) / Math.pow(scale, power))
                    .isCloseTo(penalty.value(sigma, norm), within(1e-12 * norm));
            for (int i = 0; i < slopes.length; i++) {
                assertThat(slopes[i] * scale / Math.pow(scale, power))
                        .isCloseTo(penalty.slopes(sigma, norm)[i], within(1e-12 * norm));
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("penalties")
    void leading_isFromOneToAll(SpectralPenalty penalty, int power, ToDoubleFunction<double[]> definition) {
        for (int n : new int[] {1, 2, 3, 1000}) {
            assertThat(penalty.leading(n)).isBetween(1, n);
        }
    }

    @Test
    void conditionNumber_passesOverZeros() {
        SpectralPenalty penalty = SpectralPenalties.conditionNumber();

        assertThat(penalty.value(new double[] {8, 2, 0, 0}, 68)).isCloseTo(Math.log(4), within(1e-15));
        assertThat(penalty.slopes(new double[] {8, 2, 0, 0}, 68)).containsExactly(0.125, -0.5, 0, 0);
    }

    @Test
    void conditionNumber_ofOneValue_isZeroWithoutSlope() {
        SpectralPenalty penalty = SpectralPenalties.conditionNumber();

        assertThat(penalty.value(new double[] {3}, 9)).isZero();
        assertThat(penalty.slopes(new double[] {3}, 9)).containsExactly(0);
    }

    /** Rounding in F must not make an energy negative. */
    @Test
    void tailEnergy_isNeverNegative() {
        assertThat(SpectralPenalties.tailEnergy(1).value(new double[] {1}, 1 - 1e-15))
                .isZero();
    }

    @Test
    void settings_outOfRange_areRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SpectralPenalties.kyFanNorm(0))
                .withMessage("number k of leading singular values must be at least 1, got 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SpectralPenalties.tailEnergy(-2))
                .withMessageContaining("got -2");
        for (double p : new double[] {0.99, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> SpectralPenalties.schattenNorm(p))
                    .withMessage("p of a Schatten norm must be at least 1 and finite, got " + p);
        }
    }

    @Test
    void names_areThoseOfTheDocumentation() {
        assertThat(penalties().map(arguments -> arguments.get()[0].toString()))
                .containsExactly(
                        "nuclear norm",
                        "Ky Fan 2 norm",
                        "Ky Fan 50 norm",
                        "spectral norm",
                        "Schatten 1.0 norm",
                        "Schatten 2.0 norm",
                        "Schatten 3.5 norm",
                        "stable rank",
                        "tail energy beyond 2",
                        "tail energy beyond 50",
                        "condition number");
    }

    private static double[] leading(SpectralPenalty penalty, double[] sigma) {
        return Arrays.copyOf(sigma, penalty.leading(sigma.length));
    }
}
