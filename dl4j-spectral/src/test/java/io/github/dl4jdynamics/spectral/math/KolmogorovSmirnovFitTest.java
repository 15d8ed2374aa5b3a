/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.math;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;

import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.shade.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

class KolmogorovSmirnovFitTest {

    private static final Percentage GOLDEN = Percentage.withPercentage(1e-5);

    private final TailFitter fitter = new KolmogorovSmirnovFit();

    @Test
    void fit_paretoGolden_reproducesTheScan() {
        for (JsonNode expected : GoldenVectors.read("tempbalance-05-pareto-known-alpha")
                .get("expected")
                .get("generated")) {
            TailFit fit = fitter.fit(ParetoQuantiles.of(expected));

            if (expected.get("alpha_goodness_of_fit").isNull()) {
                assertThat(fit.alpha())
                        .isCloseTo(expected.get("true_alpha").doubleValue(), Percentage.withPercentage(0.1));
                continue;
            }
            assertThat(fit.alpha())
                    .isCloseTo(expected.get("alpha_goodness_of_fit").doubleValue(), GOLDEN);
            assertThat(fit.distance())
                    .isCloseTo(expected.get("D_goodness_of_fit").doubleValue(), GOLDEN);
            assertThat(fit.xminIndex())
                    .isEqualTo(expected.get("xmin_index_goodness_of_fit").intValue());
        }
    }

    @Test
    void fit_matrixWithParetoSpectrum_reproducesTheScan() {
        JsonNode golden = GoldenVectors.read("tempbalance-05-pareto-known-alpha");
        JsonNode expected = golden.get("expected").get("matrix");
        EigenvalueSpectrum spectrum = Matrices.of(
                        GoldenVectors.doubles(golden.get("data")), GoldenVectors.ints(golden.get("matrix_shape")), 1)
                .spectrum();

        TailFit fit = fitter.fit(spectrum);

        assertThat(fit.alpha()).isCloseTo(expected.get("alpha_goodness_of_fit").doubleValue(), GOLDEN);
        assertThat(fit.distance()).isCloseTo(expected.get("D_goodness_of_fit").doubleValue(), GOLDEN);
        assertThat(fit.xminIndex()).isZero();
    }

    @Test
    void fit_gaussianMatrix_agreesWithNumpy() {
        JsonNode golden = GoldenVectors.read("tempbalance-01-linear-median");

        TailFit fit = fitter.fit(EigenvalueSpectrum.of(
                GoldenVectors.doubles(golden.get("expected").get("eigenvalues_ascending"))));

        assertThat(fit.xminIndex()).isEqualTo(9);
        assertThat(fit.alpha()).isCloseTo(3.4144642578075954, GOLDEN);
        assertThat(fit.distance()).isCloseTo(0.1512137205337855, GOLDEN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"noise", "pareto", "lognormal", "ties", "zeros", "steps"})
    void fit_anySpectrum_isBitIdenticalToThePlainLoops(String kind) {
        for (int size : new int[] {2, 3, 5, 17, 64, 301}) {
            EigenvalueSpectrum spectrum = sample(kind, size);

            assertThat(fitter.fit(spectrum)).isEqualTo(plainLoops(spectrum));
        }
    }

    @Test
    void fit_largeNoiseBulkWhoseDistanceKeepsFalling_isBitIdenticalToThePlainLoops() {
        MarchenkoPastur law = MarchenkoPastur.of(2000, 1000, 1);
        EigenvalueSpectrum spectrum = EigenvalueSpectrum.of(IntStream.range(0, 1000)
                .mapToDouble(i -> law.quantile((i + 0.5) / 1000))
                .toArray());

        assertThat(fitter.fit(spectrum)).isEqualTo(plainLoops(spectrum));
    }

    private static EigenvalueSpectrum sample(String kind, int size) {
        Random random = new Random(size);
        switch (kind) {
            case "noise":
                return Matrices.gaussian(size, size / 2 + 2, size / 2 + 1).spectrum();
            case "pareto":
                return EigenvalueSpectrum.of(
                        random.doubles(size).map(u -> Math.pow(1 - u, -1 / 1.7)).toArray());
            case "lognormal":
                return EigenvalueSpectrum.of(random.doubles(size)
                        .map(u -> Math.exp(random.nextGaussian()))
                        .toArray());
            case "ties":
                return EigenvalueSpectrum.of(
                        random.ints(size, 1, 6).asDoubleStream().toArray());
            case "zeros":
                return EigenvalueSpectrum.of(random.doubles(size)
                        .map(u -> u < 0.4 ? 0 : u < 0.5 ? 1e-17 * u : u)
                        .toArray());
            default:
                return EigenvalueSpectrum.of(
                        random.doubles(size).map(u -> u < 0.9 ? 1 + u : 1000).toArray());
        }
    }

    /** The scan as its formulas are written, in O(N^2). */
    private static TailFit plainLoops(EigenvalueSpectrum e) {
        int size = e.size();
        double[] log =
                Arrays.stream(e.toArray()).map(x -> Math.log(x / e.largest())).toArray();
        TailFit best = null;
        for (int i = 0; i < size - 1; i++) {
            double sum = 0;
            for (int j = size - 1; j >= i; j--) {
                sum += log[j];
            }
            int n = size - i;
            double alpha = 1 + n / (sum - n * log[i]);
            double distance = 0;
            for (int j = i; j < size; j++) {
                double fitted = 1 - Math.exp((1 - alpha) * (log[j] - log[i]));
                distance = Math.max(distance, Math.abs(fitted - (j - i) / (double) n));
            }
            boolean degenerate = e.get(i) <= e.largest() * size * Math.ulp(1.0) || -log[i] <= 1e-6;
            if (!degenerate && (best == null || distance < best.distance())) {
                best = TailFit.of(alpha, e.get(i), i, n, distance);
            }
        }
        return best != null ? best : new KolmogorovSmirnovFit().fit(e);
    }

    @Test
    void fit_powerLawAboveNoise_findsWhereItStarts() {
        double[] mixed = new double[600];
        double[] tail = ParetoQuantiles.of(200, 2.5).toArray();
        for (int i = 0; i < 600; i++) {
            mixed[i] = i < 400 ? 0.5 + 0.5 * i / 400 : tail[i - 400];
        }

        TailFit fit = fitter.fit(EigenvalueSpectrum.of(mixed));

        assertThat(fit.xminIndex()).isBetween(395, 410);
        assertThat(fit.alpha()).isCloseTo(2.5, Percentage.withPercentage(2));
    }

    @Test
    void fit_nothingToFit_saysWhy() {
        assertThat(fitter.fit(EigenvalueSpectrum.of(3)).reason())
                .contains("a tail must have >= 2 eigenvalues, got 1 of 1; take a larger tail or layer");
        assertThat(fitter.fit(EigenvalueSpectrum.of(0, 0, 0)).reason().orElseThrow())
                .startsWith("all eigenvalues are zero");
        assertThat(fitter.fit(EigenvalueSpectrum.of(0, 0, 0, 1)).reason().orElseThrow())
                .startsWith("the threshold eigenvalue (index 2 of 4) is zero up to rounding");
        assertThat(fitter.fit(EigenvalueSpectrum.of(0, 0, 4, 4)).reason().orElseThrow())
                .startsWith("the 2 largest of 4 eigenvalues are equal up to rounding: 4.0 to 4.0");
    }
}
