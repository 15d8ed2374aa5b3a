/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.math;

import java.util.stream.IntStream;

import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.shade.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class MedianFitTest {

    private static final Percentage GOLDEN = Percentage.withPercentage(1e-5);

    private static Matrices layer(JsonNode golden, double convNorm) {
        return Matrices.of(
                GoldenVectors.doubles(golden.get("data")), GoldenVectors.ints(golden.get("matrix_shape")), convNorm);
    }

    @Test
    void fit_linearGolden_reproducesEveryXminPos() {
        JsonNode golden = GoldenVectors.read("tempbalance-01-linear-median");
        EigenvalueSpectrum spectrum = layer(golden, 1).spectrum();

        for (JsonNode expected : golden.get("expected").get("by_xmin_pos")) {
            TailFit fit = MedianFit.builder()
                    .xminPos(expected.get("xmin_pos").doubleValue())
                    .build()
                    .fit(spectrum);

            assertThat(fit.alpha()).isCloseTo(expected.get("alpha").doubleValue(), GOLDEN);
            assertThat(fit.distance()).isCloseTo(expected.get("D").doubleValue(), GOLDEN);
            assertThat(fit.xmin()).isCloseTo(expected.get("xmin").doubleValue(), GOLDEN);
            assertThat(fit.xminIndex()).isEqualTo(expected.get("xmin_index").intValue());
            assertThat(fit.tailSize()).isEqualTo(expected.get("tail_count").intValue());
        }
    }

    @Test
    void fit_linearGolden_hasThePapersFormulaToo() {
        JsonNode golden = GoldenVectors.read("tempbalance-01-linear-median");

        TailFit fit = MedianFit.paper().fit(layer(golden, 1).spectrum());

        assertThat(fit.alpha())
                .isCloseTo(
                        golden.get("expected").get("alpha_paper_convention_k8").doubleValue(), GOLDEN);
        assertThat(fit.tailSize()).isEqualTo(8);
        assertThat(fit.xminIndex()).isEqualTo(7);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.5, 1})
    void fit_convolutionGolden_poolsSlicesAndIgnoresTheirFactor(double convNorm) {
        JsonNode golden = GoldenVectors.read("tempbalance-02-conv-slices");
        JsonNode expected = golden.get("expected");

        TailFit fit = MedianFit.released().fit(layer(golden, convNorm).spectrum());

        assertThat(fit.alpha()).isCloseTo(expected.get("alpha").doubleValue(), GOLDEN);
        assertThat(fit.distance()).isCloseTo(expected.get("D").doubleValue(), GOLDEN);
        assertThat(fit.xmin()).isCloseTo(expected.get("xmin").doubleValue() * convNorm / 0.5, GOLDEN);
        assertThat(fit.tailSize()).isEqualTo(27);
    }

    @Test
    void fit_paretoGolden_findsTheTrueExponent() {
        for (JsonNode expected : GoldenVectors.read("tempbalance-05-pareto-known-alpha")
                .get("expected")
                .get("generated")) {
            TailFit fit = MedianFit.released().fit(ParetoQuantiles.of(expected));

            assertThat(fit.alpha()).isCloseTo(expected.get("alpha_median").doubleValue(), GOLDEN);
            assertThat(fit.distance()).isCloseTo(expected.get("D_median").doubleValue(), GOLDEN);
        }
    }

    @Test
    void fit_anySpectrum_isHillsFormulaBySlowLoops() {
        EigenvalueSpectrum spectrum = Matrices.gaussian(1, 30, 41).spectrum();

        for (double xminPos : new double[] {1.1, 1.5, 2, 2.7, 5, 29}) {
            int k = 30 - (int) (30 / xminPos);
            double[] counted = slowHill(spectrum, 30 - k, k);
            double[] excluded = slowHill(spectrum, 30 - k - 1, k);
            TailFit countedFit = MedianFit.builder().xminPos(xminPos).build().fit(spectrum);
            TailFit excludedFit = MedianFit.builder()
                    .xminPos(xminPos)
                    .convention(HillConvention.THRESHOLD_EXCLUDED)
                    .build()
                    .fit(spectrum);

            assertThat(countedFit.alpha()).isEqualTo(counted[0], within(1e-10 * counted[0]));
            assertThat(countedFit.distance()).isEqualTo(counted[1], within(1e-12));
            assertThat(excludedFit.alpha()).isEqualTo(excluded[0], within(1e-10 * excluded[0]));
            assertThat(excludedFit.distance()).isEqualTo(excluded[1], within(1e-12));
        }
    }

    private static double[] slowHill(EigenvalueSpectrum e, int threshold, int k) {
        int start = e.size() - k;
        double sum = IntStream.range(start, e.size())
                .mapToDouble(j -> Math.log(e.get(j) / e.get(threshold)))
                .sum();
        double alpha = 1 + k / sum;
        double distance = IntStream.range(start, e.size())
                .mapToDouble(j -> 1 - Math.pow(e.get(j) / e.get(threshold), 1 - alpha) - (j - start) / (double) k)
                .map(Math::abs)
                .max()
                .orElseThrow();
        return new double[] {alpha, distance};
    }

    @Test
    void fit_tiesInTheTail_countEachOfThem() {
        TailFit fit = MedianFit.released().fit(EigenvalueSpectrum.of(1, 1, 1, 2, 2, 2, 4, 4));

        assertThat(fit.alpha()).isEqualTo(1 + 4 / (2 * Math.log(2)), within(1e-12));
    }

    @Test
    void fit_constantSpectrum_isUnusable() {
        assertThat(MedianFit.released().fit(EigenvalueSpectrum.of(2, 2, 2, 2)).reason())
                .contains("the 2 largest of 4 eigenvalues are equal up to rounding: 2.0 to 2.0;"
                        + " a constant spectrum has no tail exponent");
        assertThat(MedianFit.released()
                        .fit(EigenvalueSpectrum.of(1, 1 + 1e-7, 1 - 1e-7, 1))
                        .isUsable())
                .as("an orthogonal matrix in float")
                .isFalse();
    }

    @Test
    void fit_rankBelowTheTail_isUnusableAsTheThresholdIsZero() {
        assertThat(MedianFit.released()
                        .fit(EigenvalueSpectrum.of(0, 0, 0, 0, 1, 2))
                        .reason()
                        .orElseThrow())
                .startsWith("the threshold eigenvalue (index 3 of 6) is zero up to rounding: 0.0, largest 2.0;");
        assertThat(MedianFit.released()
                        .fit(EigenvalueSpectrum.of(1e-18, 2e-18, 3e-17, 1e-17, 1, 2))
                        .isUsable())
                .as("float noise of a rank-deficient matrix")
                .isFalse();
    }

    @Test
    void fit_zeroWeights_isUnusable() {
        assertThat(MedianFit.released().fit(EigenvalueSpectrum.of(0, 0, 0)).reason())
                .contains("all eigenvalues are zero (3 of them): the weights are zero");
    }

    @Test
    void fit_tailOfOne_isUnusable() {
        String reason = "a tail must have >= 2 eigenvalues, got 1 of 1; take a larger tail or layer";

        assertThat(MedianFit.released().fit(EigenvalueSpectrum.of(5)).reason()).contains(reason);
        assertThat(MedianFit.released().fit(EigenvalueSpectrum.of(1, 5)).isUsable())
                .isFalse();
        assertThat(MedianFit.released().fit(EigenvalueSpectrum.of(1, 2, 5)).isUsable())
                .isTrue();
    }

    @Test
    void fit_nothingBelowTheTailButExcludedThreshold_isUnusable() {
        MedianFit fitter = MedianFit.builder()
                .xminPos(4)
                .convention(HillConvention.THRESHOLD_EXCLUDED)
                .build();

        assertThat(fitter.fit(EigenvalueSpectrum.of(1, 2, 3)).reason())
                .contains("the tail takes all 3 eigenvalues and leaves none below it as the threshold;"
                        + " lower xminPos (4.0) or count the threshold");
    }

    @ParameterizedTest
    @ValueSource(doubles = {1, 0.5, -2, Double.NaN, Double.POSITIVE_INFINITY})
    void xminPos_notAboveOne_isRefused(double xminPos) {
        assertThatThrownBy(() -> MedianFit.builder().xminPos(xminPos))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("xminPos of the median fit must be finite and > 1, got " + xminPos
                        + "; 2 keeps the upper half");
    }

    @Test
    void toString_any_printsTheSettings() {
        assertThat(MedianFit.builder().xminPos(1.5).build())
                .hasToString("MedianFit{xminPos=1.5, convention=THRESHOLD_COUNTED}");
    }
}
