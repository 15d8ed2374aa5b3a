/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.math;

import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.shade.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class MarchenkoPasturTest {

    @Test
    void edges_knownShape_areThoseOfTheLaw() {
        MarchenkoPastur law = MarchenkoPastur.of(400, 100, 0.5);

        assertThat(law.lowerEdge()).isEqualTo(0.25 * (20 - 10) * (20 - 10), within(1e-12));
        assertThat(law.upperEdge()).isEqualTo(0.25 * (20 + 10) * (20 + 10), within(1e-12));
        assertThat(law.sigma()).isEqualTo(0.5);
        assertThat(MarchenkoPastur.of(100, 400, 0.5).upperEdge()).isEqualTo(law.upperEdge());
        assertThat(MarchenkoPastur.of(8, 8, 1).lowerEdge()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"64, 64, 1", "100, 50, 0.3", "2000, 10, 2", "7, 7000, 0.01"})
    void density_summedUp_isTheCumulativeShareAndOne(int rows, int cols, double sigma) {
        MarchenkoPastur law = MarchenkoPastur.of(rows, cols, sigma);
        int steps = 200_000;
        double share = 0;
        double previous = Math.sqrt(law.lowerEdge());
        double width = (Math.sqrt(law.upperEdge()) - previous) / steps;

        // Summed over singular values: the density of eigenvalues has a pole at 0 for square matrices.
        for (int i = 0; i < steps; i++) {
            double root = previous + (i + 0.5) * width;
            share += law.density(root * root) * 2 * root * width;
            if (i % 20_000 == 19_999) {
                double end = previous + (i + 1) * width;
                assertThat(law.cumulative(end * end)).isEqualTo(share, within(1e-6));
            }
        }

        assertThat(share).isEqualTo(1, within(1e-6));
    }

    @Test
    void density_outsideTheBulk_isZero() {
        MarchenkoPastur law = MarchenkoPastur.of(40, 10, 1);

        assertThat(law.density(law.lowerEdge() * 0.99)).isZero();
        assertThat(law.density(law.upperEdge() * 1.01)).isZero();
        assertThat(law.density(-1)).isZero();
        assertThat(law.cumulative(law.lowerEdge() * 0.99)).isZero();
        assertThat(law.cumulative(law.upperEdge() * 1.01)).isEqualTo(1);
        assertThat(MarchenkoPastur.of(4, 4, 1).density(0)).isInfinite();
    }

    @ParameterizedTest
    @CsvSource({"64, 64", "100, 50", "2000, 10"})
    void quantile_anyShare_invertsCumulative(int rows, int cols) {
        MarchenkoPastur law = MarchenkoPastur.of(rows, cols, 0.7);

        for (double share : new double[] {0.001, 0.1, 0.5, 0.9, 0.999}) {
            assertThat(law.cumulative(law.quantile(share))).isEqualTo(share, within(1e-9));
        }
        assertThat(law.quantile(0)).isCloseTo(law.lowerEdge(), within(1e-9));
        assertThat(law.quantile(1)).isCloseTo(law.upperEdge(), Percentage.withPercentage(1e-7));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "1.25", "1.5", "2", "3", "4", "5.12", "8", "9", "16"})
    void noiseAlpha_goldenTable_isTheBiasOfTheAspectRatio(String aspectRatio) {
        JsonNode expected = GoldenVectors.read("tempbalance-06-aspect-ratio")
                .get("expected")
                .get("asymptotic_gaussian_alpha_by_aspect_ratio")
                .get(aspectRatio);
        int longSide = (int) Math.round(100 * Double.parseDouble(aspectRatio));

        MarchenkoPastur law = MarchenkoPastur.of(longSide, 100, 3);

        assertThat(law.noiseAlpha(2)).isCloseTo(expected.get(0).doubleValue(), Percentage.withPercentage(0.01));
        assertThat(law.noiseAlpha(1.5)).isCloseTo(expected.get(1).doubleValue(), Percentage.withPercentage(0.01));
    }

    @ParameterizedTest
    @CsvSource({"200, 200", "300, 100"})
    void noiseAlpha_gaussianMatrix_isWhatTheMedianFitFinds(int rows, int cols) {
        double alpha = MedianFit.released()
                .fit(Matrices.gaussian(4, rows, cols).spectrum())
                .alpha();

        assertThat(alpha).isEqualTo(MarchenkoPastur.of(rows, cols, 1).noiseAlpha(2), within(0.05));
    }

    @Test
    void fit_gaussianMatrix_findsSigmaAndNoSignal() {
        EigenvalueSpectrum spectrum = Matrices.gaussian(3, 400, 200).spectrum().scaled(0.04);

        MarchenkoPastur law = MarchenkoPastur.fit(spectrum, 200, 400);

        assertThat(law.sigma()).isEqualTo(0.2, within(0.005));
        assertThat(law.softRank(spectrum)).isEqualTo(1, within(0.05));
        assertThat(law.spikes(spectrum)).isLessThanOrEqualTo(1);
    }

    @Test
    void fit_gaussianMatrixWithPlantedDirections_countsThemAndKeepsSigma() {
        double[] e = Matrices.gaussian(3, 240, 120).spectrum().toArray();
        e[119] = 3000;
        e[118] = 2000;
        e[117] = 1500;
        EigenvalueSpectrum spectrum = EigenvalueSpectrum.of(e);

        MarchenkoPastur law = MarchenkoPastur.fit(spectrum, 240, 120);

        assertThat(law.sigma()).isEqualTo(1, within(0.025));
        assertThat(law.spikes(spectrum)).isEqualTo(3);
        assertThat(law.softRank(spectrum)).isEqualTo(law.upperEdge() / 3000);
    }

    @Test
    void fit_noBulk_isRefused() {
        assertThatThrownBy(() -> MarchenkoPastur.fit(EigenvalueSpectrum.of(0, 0, 1), 3, 3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a Marchenko-Pastur fit needs a median eigenvalue that is not zero up to rounding, got"
                        + " EigenvalueSpectrum{size=3, smallest=0.0, median=0.0, largest=1.0};"
                        + " less than half the rank is left, there is no noise bulk");
    }

    @Test
    void of_impossibleSettings_areRefused() {
        assertThatThrownBy(() -> MarchenkoPastur.of(0, 3, 1))
                .hasMessage("a Marchenko-Pastur law needs a matrix of >= 1 x 1, got 0 x 3;"
                        + " pass the sides of one matrix");
        assertThatThrownBy(() -> MarchenkoPastur.of(3, 3, 0))
                .hasMessage("sigma of a Marchenko-Pastur law must be > 0 and finite, got 0.0;"
                        + " it is the entries' standard deviation");
        assertThatThrownBy(() -> MarchenkoPastur.of(3, 3, 1).quantile(1.5))
                .hasMessage("share of a quantile must be in [0, 1], got 1.5");
        assertThatThrownBy(() -> MarchenkoPastur.of(3, 3, 1).noiseAlpha(1))
                .hasMessageContaining("must be finite and > 1");
    }
}
