/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.math;

import java.util.List;
import java.util.stream.IntStream;

import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.shade.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** FARMS from weights to alpha: the released code's numbers and the paper's claim. */
class FarmsEsdGoldenTest {

    private static final Percentage GOLDEN = Percentage.withPercentage(1e-4);

    private static Matrices layer(JsonNode golden, double convNorm) {
        return Matrices.of(
                GoldenVectors.doubles(golden.get("data")), GoldenVectors.ints(golden.get("shape")), convNorm);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tall_96x24", "square_48x48", "wide_24x96"})
    void linear_aspectRatioGolden_isReproduced(String name) {
        JsonNode golden = GoldenVectors.read("tempbalance-06-aspect-ratio");
        JsonNode expected = golden.get("expected").get("matrices").get(name);
        Matrices matrix = layer(golden.get("matrices").get(name), 1);
        FarmsEsd farms = FarmsEsd.builder()
                .windowRows(20)
                .aspectRatio(1)
                .fixedGrid(5)
                .smallMatrices(SmallMatrices.REFERENCE)
                .build();

        EigenvalueSpectrum spectrum = matrix.spectra(farms).get(0);
        TailFit fit = MedianFit.released().fit(spectrum);

        assertThat(farms.divisions(matrix.group()).get(0))
                .hasSize(expected.get("n_windows").intValue());
        assertThat(spectrum.size()).isEqualTo(expected.get("eigs_num_farms").intValue());
        assertThat(fit.alpha()).isCloseTo(expected.get("alpha_farms").doubleValue(), GOLDEN);
        assertThat(fit.distance()).isCloseTo(expected.get("D_farms").doubleValue(), GOLDEN);
        assertThat(fit.xminIndex()).isEqualTo(expected.get("xmin_index_farms").intValue());
        assertThat(matrix.meanAlpha(new WholeMatrixEsd()))
                .isCloseTo(expected.get("alpha_full").doubleValue(), GOLDEN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"conv1", "conv2", "fc1", "fc2", "head"})
    void network_endToEndGolden_isReproduced(String name) {
        JsonNode golden = GoldenVectors.read("tempbalance-07-end-to-end");
        JsonNode expected = golden.get("expected");
        Matrices layer = layer(
                golden.get("layers").get(name),
                golden.get("settings").get("conv_norm").doubleValue());
        FarmsEsd farms = FarmsEsd.builder()
                .windowRows(8)
                .fixedGrid(4)
                .smallMatrices(SmallMatrices.REFERENCE)
                .build();

        assertThat(layer.meanAlpha(farms))
                .isCloseTo(expected.get("farms").get("alphas").get(name).doubleValue(), GOLDEN);
        assertThat(layer.meanAlpha(new WholeMatrixEsd()))
                .isCloseTo(expected.get("tempbalance").get("alphas").get(name).doubleValue(), GOLDEN);
    }

    @ParameterizedTest
    @CsvSource({
        "64, 64, 2.1578, 2.1032",
        "128, 64, 2.7181, 2.1123",
        "256, 64, 3.5313, 2.1202",
        "64, 512, 4.4645, 2.0995"
    })
    void gaussianMatrix_anyShape_hasTheAlphaOfASquareOneInWindows(int rows, int cols, double whole, double windowed) {
        FarmsEsd farms = FarmsEsd.builder().windowRows(32).fixedGrid(5).build();
        double meanWhole = IntStream.range(0, 3)
                .mapToDouble(seed -> Matrices.gaussian(seed, rows, cols).meanAlpha(new WholeMatrixEsd()))
                .average()
                .orElseThrow();
        double meanWindowed = IntStream.range(0, 3)
                .mapToDouble(seed -> Matrices.gaussian(seed, rows, cols).meanAlpha(farms))
                .average()
                .orElseThrow();

        // The simulation's spread is 0.12 for the longest whole matrix, 0.03 elsewhere; each mean is of a few draws.
        assertThat(meanWhole).isEqualTo(whole, within(0.15));
        assertThat(meanWindowed).isEqualTo(windowed, within(0.06));
    }

    @Test
    void gaussianConvolution_untrained_hasTheSameAlphaInEveryShape() {
        for (int[] shape : new int[][] {{64, 64, 3, 3}, {128, 64, 3, 3}, {64, 128, 1, 1}}) {
            assertThat(Matrices.gaussian(1, shape).meanAlpha(FarmsEsd.reference()))
                    .isBetween(2.10, 2.17);
        }
    }

    @Test
    void convolution_oblongSlices_meanOfDivisionsDiffersFromPooledFit() {
        Matrices layer = Matrices.gaussian(2, 32, 16, 3, 3);
        FarmsEsd pooled =
                FarmsEsd.builder().convolutions(ConvolutionWindows.POOLED).build();

        double mean = layer.meanAlpha(FarmsEsd.reference());

        assertThat(layer.spectra(FarmsEsd.reference())).hasSize(2);
        assertThat(layer.spectra(pooled)).hasSize(1);
        assertThat(Math.abs(mean - layer.meanAlpha(pooled))).isBetween(0.01, 0.1);
    }

    @Test
    void convolution_squareSlices_isTempBalanceExactly() {
        Matrices layer = Matrices.gaussian(2, 12, 12, 3, 3);

        List<EigenvalueSpectrum> windows = layer.spectra(FarmsEsd.reference());

        assertThat(windows).isEqualTo(layer.spectra(new WholeMatrixEsd()));
    }

    @Test
    void convolution_transposedSlices_hasTheSameAlpha() {
        Matrices layer = Matrices.gaussian(6, 30, 12, 3, 3);

        double alpha = layer.meanAlpha(FarmsEsd.reference());

        assertThat(layer.transposed().meanAlpha(FarmsEsd.reference())).isEqualTo(alpha, within(1e-9));
    }
}
