/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.math;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;

import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.shade.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class SpectrumMetricTest {

    private static final Percentage GOLDEN = Percentage.withPercentage(1e-5);

    private static final Set<SpectrumMetric> OF_THE_TAIL = EnumSet.of(
            SpectrumMetric.ALPHA,
            SpectrumMetric.ALPHA_HAT,
            SpectrumMetric.KS_DISTANCE,
            SpectrumMetric.STANDARD_ERROR,
            SpectrumMetric.XMIN,
            SpectrumMetric.XMAX,
            SpectrumMetric.TAIL_SIZE,
            SpectrumMetric.LOG_ALPHA_NORM);

    private static double metric(SpectrumMetric metric, MatrixGroup group, double... eigenvalues) {
        EigenvalueSpectrum spectrum = EigenvalueSpectrum.of(eigenvalues);
        return metric.of(spectrum, MedianFit.released().fit(spectrum), group);
    }

    private static double square(SpectrumMetric metric, double... eigenvalues) {
        int side = eigenvalues.length;
        return metric(metric, MatrixGroup.of(MatrixNature.LINEAR, 1, side, side), eigenvalues);
    }

    @ParameterizedTest
    @CsvSource({
        "alpha, alpha",
        "D, D",
        "xmin, xmin",
        "num_pl_spikes, tail_count",
        "num_evals, eigs_num",
        "spectral_norm, spectral_norm",
        "norm, frobenius_sq",
        "stable_rank, stable_rank",
        "norm_stable_rank, mean_eig",
        "alpha_hat, alpha_hat"
    })
    void of_goldenSpectra_areTheReferenceMetrics(String key, String field) {
        for (String vector : new String[] {"tempbalance-01-linear-median", "tempbalance-02-conv-slices"}) {
            JsonNode golden = GoldenVectors.read(vector).get("expected");
            JsonNode expected =
                    golden.has("by_xmin_pos") ? golden.get("by_xmin_pos").get(0) : golden;
            MatrixGroup group = vector.contains("conv")
                    ? MatrixGroup.of(MatrixNature.CONVOLUTION, 9, 8, 6)
                    : MatrixGroup.of(MatrixNature.LINEAR, 1, 24, 16);

            double value = metric(
                    SpectrumMetric.named(key), group, GoldenVectors.doubles(golden.get("eigenvalues_ascending")));

            assertThat(value).isCloseTo(expected.get(field).doubleValue(), GOLDEN);
        }
    }

    /** Numbers of a numpy implementation; the median of the noise law there by summing its density. */
    @ParameterizedTest
    @CsvSource({
        "ENTROPY, 0.8667124591244364, 0.8841624961581341",
        "LOG_NORM, 1.2033936750679117, 0.7038374160325076",
        "LOG_ALPHA_NORM, 1.6614001662121256, -0.1464603122962073",
        "EIGENVALUE_RATIO, 3.7167928168536033, 6.180688152016766",
        "CONDITION_NUMBER, 11.689966696780953, 23.79042059477791",
        "DETX_TAIL_SIZE, 13, 40",
        "MP_SIGMA, 0.2139096268635037, 0.10253697164882639",
        "MP_BULK_EDGE, 3.623606846305617, 0.2928775373949956",
        "MP_SOFT_RANK, 1.1494006382788506, 0.7582963264418705",
        "MP_SPIKES, 0, 2",
        "MATRIX_RANK, 16, 54",
        "RANK_LOSS, 0, 0"
    })
    void of_goldenSpectra_agreesWithNumpy(SpectrumMetric metric, double linear, double convolution) {
        JsonNode linearGolden =
                GoldenVectors.read("tempbalance-01-linear-median").get("expected");
        JsonNode convGolden = GoldenVectors.read("tempbalance-02-conv-slices").get("expected");

        assertThat(metric(
                        metric,
                        MatrixGroup.of(MatrixNature.LINEAR, 1, 24, 16),
                        GoldenVectors.doubles(linearGolden.get("eigenvalues_ascending"))))
                .isCloseTo(linear, Percentage.withPercentage(1e-3));
        assertThat(metric(
                        metric,
                        MatrixGroup.of(MatrixNature.CONVOLUTION, 9, 8, 6),
                        GoldenVectors.doubles(convGolden.get("eigenvalues_ascending"))))
                .isCloseTo(convolution, Percentage.withPercentage(1e-3));
    }

    @Test
    void of_smallSpectrum_isWhatItsDefinitionSays() {
        double[] e = {0.25, 1, 4, 16};

        assertThat(square(SpectrumMetric.LOG_SPECTRAL_NORM, e)).isEqualTo(Math.log10(16));
        assertThat(square(SpectrumMetric.XMAX, e)).isEqualTo(16);
        assertThat(square(SpectrumMetric.MAX_SINGULAR_VALUE, e)).isEqualTo(4);
        assertThat(square(SpectrumMetric.MIN_SINGULAR_VALUE, e)).isEqualTo(0.5);
        assertThat(square(SpectrumMetric.CONDITION_NUMBER, e)).isEqualTo(8);
        assertThat(square(SpectrumMetric.EIGENVALUE_RATIO, e)).isEqualTo(4);
        assertThat(square(SpectrumMetric.STANDARD_ERROR, e))
                .isEqualTo((square(SpectrumMetric.ALPHA, e) - 1) / Math.sqrt(2), within(1e-15));
    }

    @Test
    void entropy_extremes_areOneAndZero() {
        assertThat(square(SpectrumMetric.ENTROPY, 3, 3, 3)).isEqualTo(1, within(1e-12));
        assertThat(square(SpectrumMetric.ENTROPY, 0, 0, 3)).isZero();
        assertThat(square(SpectrumMetric.ENTROPY, 0, 2, 2)).as("rank, not size").isEqualTo(1, within(1e-12));
    }

    @Test
    void rank_eigenvaluesOfRounding_doNotCount() {
        assertThat(square(SpectrumMetric.MATRIX_RANK, 0, 1e-17, 1e-3, 1)).isEqualTo(2);
        assertThat(square(SpectrumMetric.RANK_LOSS, 0, 1e-17, 1e-3, 1)).isEqualTo(2);
    }

    @Test
    void detX_hugeSpectrum_doesNotOverflow() {
        double[] e = new double[2000];
        Arrays.setAll(e, i -> i < 1500 ? 1e-3 : 4);

        double tail = square(SpectrumMetric.DETX_TAIL_SIZE, e);

        // Mean 1.00075: 500 logarithms of 3.997 are paid back by 100.2 of 9.9925e-4.
        assertThat(tail).isEqualTo(601);
    }

    @ParameterizedTest
    @EnumSource
    void of_zeroSpectrum_isFiniteOrNaN(SpectrumMetric metric) {
        double value = square(metric, 0, 0, 0);

        Set<SpectrumMetric> defined = EnumSet.of(
                SpectrumMetric.EIGENVALUE_COUNT,
                SpectrumMetric.SPECTRAL_NORM,
                SpectrumMetric.FROBENIUS_SQ,
                SpectrumMetric.MEAN_EIGENVALUE,
                SpectrumMetric.MATRIX_RANK,
                SpectrumMetric.RANK_LOSS,
                SpectrumMetric.MAX_SINGULAR_VALUE,
                SpectrumMetric.MIN_SINGULAR_VALUE);
        if (defined.contains(metric)) {
            assertThat(value).isFinite();
        } else {
            assertThat(value).isNaN();
        }
    }

    @ParameterizedTest
    @EnumSource
    void of_unusableFit_isNaNForTheTailOnly(SpectrumMetric metric) {
        EigenvalueSpectrum spectrum = EigenvalueSpectrum.of(0.5, 1, 2, 3);

        double value = metric.of(spectrum, TailFit.unusable("no fit"), MatrixGroup.of(MatrixNature.LINEAR, 1, 4, 6));

        assertThat(Double.isNaN(value)).isEqualTo(OF_THE_TAIL.contains(metric));
    }

    @Test
    void of_singularMatrix_isNaNNotInfinite() {
        assertThat(square(SpectrumMetric.CONDITION_NUMBER, 0, 1, 2)).isNaN();
        assertThat(square(SpectrumMetric.EIGENVALUE_RATIO, 0, 0, 2)).isNaN();
        assertThat(square(SpectrumMetric.MP_SIGMA, 0, 0, 2)).isNaN();
        assertThat(square(SpectrumMetric.DETX_TAIL_SIZE, 2, 2, 2)).isNaN();
    }

    @ParameterizedTest
    @CsvSource({
        "alpha_weighted, ALPHA_HAT",
        "alphahat, ALPHA_HAT",
        "eigs_num, EIGENVALUE_COUNT",
        "lambda_max, SPECTRAL_NORM",
        "lambda_plus, MP_BULK_EDGE",
        "d, KS_DISTANCE",
        "DETX_NUM, DETX_TAIL_SIZE"
    })
    void named_otherSystemsNames_areTheSameMetrics(String name, SpectrumMetric metric) {
        assertThat(SpectrumMetric.named(name)).isEqualTo(metric);
    }

    @Test
    void named_unknown_listsTheKeys() {
        assertThatThrownBy(() -> SpectrumMetric.named("beta"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("name of a spectrum metric must be one of alpha, alpha_hat, D, sigma,")
                .hasMessageEndingWith(", condition_number, got 'beta'");
    }

    @Test
    void keys_all_areDistinctAndExplained() {
        assertThat(Arrays.stream(SpectrumMetric.values())
                        .map(SpectrumMetric::key)
                        .collect(Collectors.toSet()))
                .hasSameSizeAs(SpectrumMetric.values());
        assertThat(SpectrumMetric.values()).allSatisfy(metric -> {
            assertThat(SpectrumMetric.named(metric.key())).isEqualTo(metric);
            assertThat(metric.glossary()).isNotBlank().doesNotContain("\n");
        });
    }
}
