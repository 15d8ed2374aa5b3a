/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance.math;

import java.util.Arrays;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class GuardsTest {

    private static final double[] UNKNOWN = {Double.NaN, Double.NaN};

    @Test
    void none_anyFactor_isLeftAlone() {
        Guards none = Guards.none();

        assertThat(none.spreadWeight(new double[] {2, 2}, UNKNOWN)).isEqualTo(1);
        assertThat(none.clamp(1e-200)).isEqualTo(1e-200);
        assertThat(none.limitChange(1e200, 1e-200)).isEqualTo(1e200);
    }

    @ParameterizedTest
    @CsvSource({"2, 2, 0", "2, 2.05, 0.5", "2, 2.1, 1", "2, 7, 1"})
    void spreadWeight_minSpreadOfATenth_isShareOfTheSpread(double min, double max, double expected) {
        Guards guards = Guards.builder().minSpread(0.1).build();

        assertThat(guards.spreadWeight(new double[] {max, min}, UNKNOWN)).isCloseTo(expected, within(1e-12));
    }

    @Test
    void spreadWeight_standardErrors_useTheirRootMeanSquareWithoutUnknownOnes() {
        Guards guards = Guards.builder().minSpreadInStandardErrors(4).build();
        double[] scores = {2, 2.5, 3};
        double[] errors = {0.3, Double.NaN, 0.4};

        double weight = guards.spreadWeight(scores, errors);

        assertThat(weight).isCloseTo(1 / (4 * Math.sqrt((0.09 + 0.16) / 2)), within(1e-12));
    }

    @Test
    void spreadWeight_bothThresholds_largerOneCounts() {
        double[] scores = {2, 2.1};
        double[] errors = {0.1, 0.1};

        assertThat(Guards.builder()
                        .minSpread(1)
                        .minSpreadInStandardErrors(2)
                        .build()
                        .spreadWeight(scores, errors))
                .isCloseTo(0.1, within(1e-12));
        assertThat(Guards.builder()
                        .minSpread(0.01)
                        .minSpreadInStandardErrors(2)
                        .build()
                        .spreadWeight(scores, errors))
                .isCloseTo(0.5, within(1e-12));
    }

    @Test
    void spreadWeight_noStandardErrorKnown_isOne() {
        Guards guards = Guards.builder().minSpreadInStandardErrors(4).build();

        assertThat(guards.spreadWeight(new double[] {2, 2.001}, UNKNOWN)).isEqualTo(1);
    }

    @Test
    void spreadWeight_beyondDoubleRange_staysANumber() {
        double[] scores = {-Double.MAX_VALUE, Double.MAX_VALUE};
        double[] errors = {Double.MAX_VALUE, Double.MAX_VALUE};

        assertThat(Guards.none().spreadWeight(scores, errors)).isEqualTo(1);
        assertThat(Guards.builder().minSpreadInStandardErrors(8).build().spreadWeight(scores, errors))
                .isEqualTo(1);
        assertThat(Guards.builder().minSpreadInStandardErrors(8).build().spreadWeight(new double[] {2, 3}, errors))
                .isZero();
    }

    @Test
    void shrink_linearMapBelowTheThreshold_hasFixedSlope() {
        Guards guards = Guards.builder().minSpread(0.5).build();
        double[] scores = {2, 2.02, 2.1};

        double[] factors = LinearMap.of(0.5, 1.5).factors(scores);
        double weight = guards.spreadWeight(scores, new double[] {Double.NaN, Double.NaN, Double.NaN});

        double rise = guards.shrink(factors[1], weight) - guards.shrink(factors[0], weight);
        assertThat(rise / (scores[1] - scores[0])).isCloseTo((1.5 - 0.5) / 0.5, within(1e-9));
    }

    @Property
    void shrink_spreadJustUnderTheThreshold_isContinuous(@ForAll @DoubleRange(min = 0.01, max = 100) double factor) {
        Guards guards = Guards.none();

        assertThat(guards.shrink(factor, 1)).isEqualTo(factor);
        assertThat(guards.shrink(factor, Math.nextDown(1.0))).isCloseTo(factor, within(1e-13));
        assertThat(guards.shrink(factor, 0)).isEqualTo(1);
    }

    @Property
    void shrink_factorsOfMeanOne_keepTheirMean(
            @ForAll @Size(min = 1, max = 20) double @DoubleRange(min = 1.1, max = 9) [] scores,
            @ForAll @DoubleRange(min = 0, max = 1) double weight) {
        double[] factors = LinearMap.of(0.1, 1.9).normalized().factors(scores);

        double mean = Arrays.stream(factors)
                .map(factor -> Guards.none().shrink(factor, weight))
                .average()
                .getAsDouble();

        assertThat(mean).isCloseTo(1, within(1e-12));
    }

    @Property
    void limits_anyPositiveFactor_areKeptAndPositive(
            @ForAll("factors") double factor,
            @ForAll("factors") double previous,
            @ForAll @DoubleRange(min = 0, max = 1) double weight) {
        Guards guards = Guards.builder().clamp(0.2, 3).maxChange(1.5).build();

        double shrunk = guards.shrink(factor, weight);
        double clamped = guards.clamp(shrunk);
        double limited = guards.limitChange(clamped, previous);

        assertThat(shrunk)
                .isPositive()
                .isFinite()
                .isBetween(Math.min(1, factor) - 1e-15, Math.max(1, factor) * (1 + 1e-15));
        assertThat(clamped).isBetween(0.2, 3.0);
        assertThat(limited).isPositive().isFinite();
        // A previous factor outside the clamp is left step by step: the change limit wins.
        assertThat(limited / previous).isBetween(1 / 1.5 - 1e-12, 1.5 + 1e-12);
        assertThat(guards.limitChange(clamped, Double.NaN)).isEqualTo(clamped);
    }

    @Provide
    Arbitrary<Double> factors() {
        return Arbitraries.doubles().between(-150, 150).map(exponent -> Math.pow(10, exponent));
    }

    @Test
    void toBuilder_oneSettingChanged_keepsTheOthers() {
        Guards guards = Guards.builder()
                .minSpread(0.1)
                .minSpreadInStandardErrors(8)
                .clamp(0.2, 3)
                .maxChange(1.5)
                .build();

        assertThat(guards.toBuilder().maxChange(2).build())
                .hasToString("guards(minSpread=0.1, minSpreadInStandardErrors=8.0, clamp=0.2..3.0, maxChange=2.0)");
        assertThat(guards)
                .hasToString("guards(minSpread=0.1, minSpreadInStandardErrors=8.0, clamp=0.2..3.0, maxChange=1.5)");
    }

    @ParameterizedTest
    @ValueSource(doubles = {-1, Double.NaN, Double.POSITIVE_INFINITY})
    void minSpread_outOfRange_isRefused(double value) {
        assertThatThrownBy(() -> Guards.builder().minSpread(value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("minSpread must be finite and >= 0, got " + value + "; 0 is off, 0.1 suits alpha");
        assertThatThrownBy(() -> Guards.builder().minSpreadInStandardErrors(value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("minSpreadInStandardErrors must be finite and >= 0, got " + value
                        + "; 0 is off, 8 halves the effect of noise");
    }

    @ParameterizedTest
    @CsvSource({"0, 2", "-1, 2", "1.1, 2", "0.5, 0.9", "NaN, 2", "0.5, NaN"})
    void clamp_withoutTheBaseRate_isRefused(double low, double high) {
        assertThatThrownBy(() -> Guards.builder().clamp(low, high))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("clamp must satisfy 0 < low <= 1 <= high, got " + low + ".." + high
                        + "; the base rate, factor 1, must stay possible");
    }

    @ParameterizedTest
    @ValueSource(doubles = {1, 0.5, -2, Double.NaN})
    void maxChange_notAboveOne_isRefused(double ratio) {
        assertThatThrownBy(() -> Guards.builder().maxChange(ratio))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("maxChange must be > 1, got " + ratio + ";");
    }
}
