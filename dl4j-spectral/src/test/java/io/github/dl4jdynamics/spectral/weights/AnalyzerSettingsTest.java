/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.weights;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

import io.github.dl4jdynamics.spectral.math.ConvolutionWindows;
import io.github.dl4jdynamics.spectral.math.EigenvalueSpectrum;
import io.github.dl4jdynamics.spectral.math.FarmsEsd;
import io.github.dl4jdynamics.spectral.math.MedianFit;
import io.github.dl4jdynamics.spectral.math.SpectrumMetric;
import io.github.dl4jdynamics.spectral.math.TailFit;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

/** What each setting does to the numbers, and what it refuses. */
class AnalyzerSettingsTest {
    private final MultiLayerNetwork net = Networks.sequence(
            InputType.convolutional(6, 6, 12),
            new ConvolutionLayer.Builder(3, 3).name("conv").nOut(30).build(),
            new DepthwiseConvolution2D.Builder(2, 2).name("depth").nOut(30).build(),
            new DenseLayer.Builder().name("dense").nOut(20).build());

    private static WeightSpectrumAnalyzer.Builder all() {
        return WeightSpectrumAnalyzer.builder().minEigenvalues(0).zeroThreshold(0);
    }

    @Test
    void farms_divisionsOfAConvolution_areFittedOneByOneAndAveraged() {
        LayerSpectrum row = all().esd(FarmsEsd.reference())
                .fit(MedianFit.released())
                .build()
                .analyze(net)
                .layer("conv")
                .orElseThrow();

        // 30 x 12 slices make two windows of 12 x 12 at each of 9 positions; six rows are left over.
        assertThat(row.divisions()).hasSize(2);
        INDArray weights = net.getLayer("conv").getParam("W");
        double alphas = 0;
        double norms = 0;
        for (int d = 0; d < 2; d++) {
            int first = 12 * d;
            EigenvalueSpectrum twin =
                    EigenvalueSpectrum.of(NaiveSpectrum.of("W", WeightKind.CONVOLUTION_2D, 9, 12, 12, (k, o, i) ->
                                    new long[] {first + o, i, k / 3, k % 3})
                            .eigenvalues(weights));
            TailFit fit = MedianFit.released().fit(twin);
            assertThat(row.divisions().get(d).spectrum().toArray())
                    .containsExactly(twin.toArray(), within(1e-13 * twin.largest()));
            assertThat(row.divisions().get(d).fit().alpha()).isCloseTo(fit.alpha(), withinPercentage(1e-8));
            alphas += fit.alpha();
            norms += twin.largest();
        }
        assertThat(row.alpha()).isCloseTo(alphas / 2, withinPercentage(1e-8));
        assertThat(row.metric(SpectrumMetric.SPECTRAL_NORM)).isCloseTo(norms / 2, withinPercentage(1e-8));
        assertThat(row.metric(SpectrumMetric.EIGENVALUE_COUNT)).isEqualTo(2 * 9 * 12);
    }

    @Test
    void farms_noiseBulk_isThatOfTheWindowsNotOfTheLayer() {
        FarmsEsd pooled =
                FarmsEsd.builder().convolutions(ConvolutionWindows.POOLED).build();
        INDArray weights = net.getLayer("conv").getParam("W");
        weights.assign(Nd4j.randn(weights.dataType(), weights.shape()));

        LayerSpectrum row = all().esd(pooled).build().analyze(net).layer("conv").orElseThrow();

        // Unit noise, halved by the scale of convolutions; the bulk of square windows ends at 4 n sigma^2.
        assertThat(row.metric(SpectrumMetric.MP_SIGMA)).isCloseTo(Math.sqrt(0.5), within(0.08));
        assertThat(row.metric(SpectrumMetric.MP_BULK_EDGE)).isCloseTo(4 * 12 * 0.5, within(4.0));
    }

    @Test
    void convolutionScale_scalesConvolutionsOnly() {
        SpectrumReport half = all().build().analyze(net);
        SpectrumReport whole = all().convolutionScale(1).build().analyze(net);

        for (String layer : Arrays.asList("conv", "depth", "dense")) {
            LayerSpectrum a = half.layer(layer).orElseThrow();
            LayerSpectrum b = whole.layer(layer).orElseThrow();
            double factor = "dense".equals(layer) ? 1 : 0.5;
            for (SpectrumMetric metric :
                    Arrays.asList(SpectrumMetric.SPECTRAL_NORM, SpectrumMetric.FROBENIUS_SQ, SpectrumMetric.XMIN)) {
                assertThat(a.metric(metric)).isCloseTo(factor * b.metric(metric), withinPercentage(1e-9));
            }
            for (SpectrumMetric metric :
                    Arrays.asList(SpectrumMetric.ALPHA, SpectrumMetric.STABLE_RANK, SpectrumMetric.EIGENVALUE_COUNT)) {
                assertThat(a.metric(metric)).isCloseTo(b.metric(metric), withinPercentage(1e-9));
            }
        }
        INDArray dense = net.getLayer("dense").getParam("W");
        assertThat(half.layer("dense").orElseThrow().metric(SpectrumMetric.FROBENIUS_SQ))
                .isCloseTo(Math.pow(dense.norm2Number().doubleValue(), 2), withinPercentage(1e-9));
        INDArray conv = net.getLayer("conv").getParam("W");
        assertThat(half.layer("conv").orElseThrow().metric(SpectrumMetric.FROBENIUS_SQ))
                .isCloseTo(0.5 * Math.pow(conv.norm2Number().doubleValue(), 2), withinPercentage(1e-9));
    }

    @Test
    void zeroThreshold_keepsZerosOutOfTheFitButInTheMetrics() {
        // Rank 12 of 20: the copied rows add nothing but eight zero eigenvalues.
        INDArray weights = net.getLayer("dense").getParam("W");
        weights.get(NDArrayIndex.all(), NDArrayIndex.interval(12, 20))
                .assign(weights.get(NDArrayIndex.all(), NDArrayIndex.interval(0, 8)));
        WeightSpectrumAnalyzer.Builder median = all().fit(MedianFit.released());

        LayerSpectrum kept = median.build().analyze(net).layer("dense").orElseThrow();
        LayerSpectrum filtered =
                median.zeroThreshold(1e-5).build().analyze(net).layer("dense").orElseThrow();

        assertThat(kept.divisions().get(0).fit().tailSize()).isEqualTo(10);
        assertThat(filtered.divisions().get(0).fit().tailSize()).isEqualTo(6);
        assertThat(filtered.metric(SpectrumMetric.XMIN)).isGreaterThan(kept.metric(SpectrumMetric.XMIN));
        assertThat(filtered.metric(SpectrumMetric.MATRIX_RANK)).isEqualTo(12);
        assertThat(filtered.metric(SpectrumMetric.RANK_LOSS)).isEqualTo(8);
        assertThat(filtered.metric(SpectrumMetric.EIGENVALUE_COUNT)).isEqualTo(20);
        for (SpectrumMetric metric : Arrays.asList(
                SpectrumMetric.MEAN_EIGENVALUE,
                SpectrumMetric.EIGENVALUE_RATIO,
                SpectrumMetric.ENTROPY,
                SpectrumMetric.MIN_SINGULAR_VALUE,
                SpectrumMetric.CONDITION_NUMBER,
                SpectrumMetric.STABLE_RANK,
                SpectrumMetric.MP_SOFT_RANK)) {
            assertThat(filtered.metric(metric)).as(metric.key()).isEqualTo((Double) kept.metric(metric));
        }
        LayerSpectrum.Division division = filtered.divisions().get(0);
        assertThat(division.spectrum().get(division.fit().xminIndex()))
                .as("the index of the threshold counts in the spectrum it is given with")
                .isEqualTo(division.fit().xmin());
        assertThat(division.fit().xminIndex() + division.fit().tailSize()).isEqualTo(20);
    }

    @Test
    void zeroThreshold_aboveEverything_keepsEverything() {
        LayerSpectrum row = all().zeroThreshold(1e9)
                .fit(MedianFit.released())
                .build()
                .analyze(net)
                .layer("dense")
                .orElseThrow();

        assertThat(row.divisions().get(0).fit().tailSize()).isEqualTo(10);
    }

    @Test
    void metricsNotSelected_areNaNButTheCount() {
        LayerSpectrum row = all().metrics(EnumSet.of(SpectrumMetric.STABLE_RANK))
                .build()
                .analyze(net)
                .layer("dense")
                .orElseThrow();

        for (SpectrumMetric metric : SpectrumMetric.values()) {
            boolean there = metric == SpectrumMetric.STABLE_RANK || metric == SpectrumMetric.EIGENVALUE_COUNT;
            assertThat(Double.isNaN(row.metric(metric))).as(metric.key()).isEqualTo(!there);
        }
        assertThat(row.reason()).isEmpty();
        assertThat(row.divisions().get(0).fit().isUsable()).isTrue();
    }

    @Test
    void noLayers_giveNoRows() {
        assertThat(all().build().analyze(List.of())).isEmpty();
    }

    @Test
    void someLayers_giveTheirRowsOnly() {
        List<LayerWeights> layers = LayerWeights.of(net);

        List<LayerSpectrum> rows = all().build().analyze(List.of(layers.get(2), layers.get(0)));

        assertThat(rows).extracting(LayerSpectrum::layer).containsExactly("dense", "conv");
        assertThat(rows.get(0).spectrum())
                .isEqualTo(
                        all().build().analyze(net).layer("dense").orElseThrow().spectrum());
    }

    @Test
    void minEigenvalues_atTheLimit_measures() {
        assertThat(WeightSpectrumAnalyzer.builder()
                        .minEigenvalues(20)
                        .build()
                        .analyze(net)
                        .layer("dense")
                        .orElseThrow()
                        .reason())
                .isEmpty();
        assertThat(WeightSpectrumAnalyzer.builder()
                        .minEigenvalues(21)
                        .build()
                        .analyze(net)
                        .layer("dense")
                        .orElseThrow()
                        .reason())
                .contains("20 eigenvalues, fewer than 21");
    }

    @Test
    void settings_areNamedInTheOrderOfTheBuilder() {
        WeightSpectrumAnalyzer analyzer = WeightSpectrumAnalyzer.builder()
                .kinds(EnumSet.of(WeightKind.EMBEDDING, WeightKind.DENSE))
                .metrics(EnumSet.of(SpectrumMetric.ALPHA))
                .minEigenvalues(3)
                .build();

        assertThat(analyzer.settings().keySet())
                .containsExactly(
                        "kinds",
                        "esd",
                        "fit",
                        "zeroThreshold",
                        "convolutionScale",
                        "minEigenvalues",
                        "metrics",
                        "solver");
        assertThat(analyzer.settings())
                .containsEntry("kinds", "[DENSE, EMBEDDING]")
                .containsEntry("metrics", "[ALPHA]")
                .containsEntry("zeroThreshold", "1.0E-5")
                .containsEntry("convolutionScale", "0.5")
                .containsEntry("minEigenvalues", "3");
        assertThat(analyzer.analyze(net).settings()).isEqualTo(analyzer.settings());
        assertThat(analyzer.toString()).startsWith("WeightSpectrumAnalyzer{kinds=[DENSE, EMBEDDING], ");
    }

    @Test
    void builder_usedOn_doesNotChangeWhatItBuilt() {
        WeightSpectrumAnalyzer.Builder builder = WeightSpectrumAnalyzer.builder();
        WeightSpectrumAnalyzer first = builder.build();
        builder.minEigenvalues(99).kinds(Set.of());

        assertThat(first.settings()).containsEntry("minEigenvalues", "10");
        assertThat(first.analyze(net).layer("dense").orElseThrow().reason()).isEmpty();
        List<LayerSpectrum> none = builder.build().analyze(net).layers();
        assertThat(none).allMatch(row -> row.reason().orElse("").endsWith("weights not selected"));
    }

    @ParameterizedTest
    @ValueSource(doubles = {-1e-9, Double.NaN, Double.POSITIVE_INFINITY})
    void zeroThreshold_outOfRange_isRefused(double value) {
        assertThatThrownBy(() -> WeightSpectrumAnalyzer.builder().zeroThreshold(value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("zeroThreshold of the analyzer must be finite and >= 0, got " + value
                        + "; 1e-5 is the usual value");
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
    void convolutionScale_outOfRange_isRefused(double value) {
        assertThatThrownBy(() -> WeightSpectrumAnalyzer.builder().convolutionScale(value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("convolutionScale of the analyzer must be finite and > 0, got " + value
                        + "; 0.5 is the released value");
    }

    @Test
    void otherSettings_outOfRange_areRefused() {
        WeightSpectrumAnalyzer.Builder builder = WeightSpectrumAnalyzer.builder();

        assertThatThrownBy(() -> builder.minEigenvalues(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("minEigenvalues of the analyzer must be >= 0, got -1; 10 is the usual value");
        assertThatThrownBy(() -> builder.esd(null))
                .hasMessage("esd of the analyzer must not be null; WholeMatrixEsd pools whole matrices");
        assertThatThrownBy(() -> builder.fit(null))
                .hasMessage("fit of the analyzer must not be null; MedianFit is the quick one");
        assertThatThrownBy(() -> builder.solver(null))
                .hasMessage("solver of the analyzer must not be null; see GramSpectra.defaults()");
        assertThatThrownBy(() -> builder.kinds(null))
                .hasMessage("kinds of the analyzer must not be null; WeightKind.ALL is everything");
        assertThatThrownBy(() -> builder.metrics(null))
                .hasMessage(
                        "metrics of the analyzer must not be null; EnumSet.allOf(SpectrumMetric.class) is everything");
    }
}
