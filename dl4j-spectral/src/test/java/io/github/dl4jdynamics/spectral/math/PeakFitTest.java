/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.math;

import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.shade.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Expected numbers by a numpy implementation of the released rule, {@code numpy.histogram} included. */
class PeakFitTest {

    private static final Percentage GOLDEN = Percentage.withPercentage(1e-5);

    private static final EigenvalueSpectrum WIDE = EigenvalueSpectrum.of(
            0.056, 0.083, 0.087, 0.095, 0.104, 0.182, 0.201, 0.211, 0.244, 0.374, 0.427, 0.778, 0.827, 1.081, 1.161,
            1.404, 2.319, 2.709, 4.95, 9.265, 9.355, 11.764, 15.709, 25.893);

    @Test
    void fit_released_agreesWithNumpy() {
        JsonNode golden = GoldenVectors.read("tempbalance-02-conv-slices").get("expected");
        EigenvalueSpectrum spectrum = EigenvalueSpectrum.of(GoldenVectors.doubles(golden.get("eigenvalues_ascending")));

        TailFit fit = PeakFit.released().fit(spectrum);

        assertThat(fit.xminIndex()).isEqualTo(48);
        assertThat(fit.alpha()).isCloseTo(7.290735160701586, GOLDEN);
        assertThat(fit.distance()).isCloseTo(0.16239108046652276, GOLDEN);
        assertThat(PeakFit.corrected().fit(spectrum)).isEqualTo(fit);
    }

    @ParameterizedTest
    @CsvSource({"0.01, 0, 1.368459007881271", "1, 19, 3.771332889347035", "4, 19, 3.771332889347032"})
    void fit_released_changesWithTheScaleAsItsBoundIsALogarithm(double scale, int xminIndex, double alpha) {
        TailFit fit = PeakFit.released().fit(WIDE.scaled(scale));

        assertThat(fit.xminIndex()).isEqualTo(xminIndex);
        assertThat(fit.alpha()).isCloseTo(alpha, GOLDEN);
    }

    @ParameterizedTest
    @CsvSource({"0.01", "1", "4"})
    void fit_corrected_doesNotChangeWithTheScale(double scale) {
        TailFit fit = PeakFit.corrected().fit(WIDE.scaled(scale));

        assertThat(fit.xminIndex()).isEqualTo(19);
        assertThat(fit.alpha()).isCloseTo(3.771332889347035, GOLDEN);
    }

    @Test
    void fit_noCandidateInRange_isUnusableWhereTheReleasedCodeReturnsZero() {
        TailFit fit = PeakFit.builder().bins(3).build().fit(EigenvalueSpectrum.of(0.04, 0.27, 10.71, 11.54, 24.09));

        assertThat(fit.alpha()).isNaN();
        assertThat(fit.reason().orElseThrow())
                .matches("no threshold lies between 0\\.43296.* and 4\\.2789.* around the peak of the spectrum at"
                        + " 2\\.8526.*; the released code returns alpha = 0 here, take another tail fit");
    }

    @Test
    void fit_largestEigenvalue_isNeverACandidate() {
        TailFit fit = PeakFit.builder()
                .bins(2)
                .lowerBound(PeakFit.LowerBound.CORRECTED)
                .build()
                .fit(EigenvalueSpectrum.of(1, 90, 100, 110));

        assertThat(fit.isUsable())
                .as("peak bin starts at 10.5, candidates end at 15.7")
                .isFalse();
    }

    @Test
    void fit_zeroEigenvalues_stayOutOfTheHistogram() {
        double[] padded = new double[WIDE.size() + 10];
        System.arraycopy(WIDE.toArray(), 0, padded, 0, WIDE.size());

        TailFit fit = PeakFit.released().fit(EigenvalueSpectrum.of(padded));

        assertThat(fit.xminIndex()).isEqualTo(29);
        assertThat(fit.alpha()).isCloseTo(3.771332889347035, GOLDEN);
    }

    @Test
    void fit_nothingToFit_saysWhy() {
        assertThat(PeakFit.released().fit(EigenvalueSpectrum.of(2)).reason().orElseThrow())
                .startsWith("a tail must have >= 2 eigenvalues, got 1 of 1");
        assertThat(PeakFit.released().fit(EigenvalueSpectrum.of(0, 0)).reason().orElseThrow())
                .startsWith("all eigenvalues are zero");
        assertThat(PeakFit.released()
                        .fit(EigenvalueSpectrum.of(2, 2, 2))
                        .reason()
                        .orElseThrow())
                .startsWith("the 2 largest of 3 eigenvalues are equal");
        assertThat(PeakFit.corrected()
                        .fit(EigenvalueSpectrum.of(2, 2 + 1e-7, 2 + 2e-7))
                        .reason()
                        .orElseThrow())
                .contains("equal up to rounding");
    }

    @Test
    void bins_none_isRefused() {
        assertThatThrownBy(() -> PeakFit.builder().bins(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("bins of the peak fit must be >= 1, got 0; the released code uses 100");
    }

    @Test
    void toString_any_printsTheSettings() {
        assertThat(PeakFit.corrected()).hasToString("PeakFit{bins=100, lowerBound=CORRECTED}");
    }
}
