/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.weights;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

import io.github.dl4jdynamics.spectral.math.EigenvalueSpectrum;
import io.github.dl4jdynamics.spectral.math.MatrixNature;
import io.github.dl4jdynamics.spectral.math.SpectrumMetric;
import io.github.dl4jdynamics.spectral.math.TailFit;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** One row: hints, name, and how several divisions become one number. */
class LayerSpectrumTest {
    private final MultiLayerNetwork net = Networks.sequence(
            Networks.trainableInput(),
            new DenseLayer.Builder().name("fc").nOut(20).build());
    private final LayerWeights layer = LayerWeights.of(net).get(0);

    @ParameterizedTest
    @CsvSource({
        "1.01, 50, over-trained",
        "1.99, 50, over-trained",
        "2, 50, ''",
        "4, 50, ''",
        "6, 50, ''",
        "6.01, 50, under-trained",
        "8, 50, under-trained",
        "8.01, 50, no clear tail (alpha > 8)",
        "1.99, 49, over-trained? few eigenvalues",
        "2, 49, few eigenvalues",
        "6.01, 49, under-trained? few eigenvalues",
        "8.01, 49, no clear tail (alpha > 8)"
    })
    void hint_atTheLimits(double alpha, int count, String hint) {
        assertThat(row(division(count, TailFit.of(alpha, 1, 0, 10, 0.1))).hint())
                .isEqualTo(hint);
    }

    @Test
    void hint_withoutAlpha_isEmpty() {
        assertThat(row(division(60, TailFit.unusable("a constant tail"))).hint())
                .isEmpty();
        assertThat(LayerSpectrum.without(layer, array(), "too small").hint()).isEmpty();
    }

    @Test
    void severalDivisions_averageWhatTheyHaveAndAddUpTheirEigenvalues() {
        LayerSpectrum row = row(
                division(30, TailFit.of(2, 1, 0, 10, 0.1)),
                division(30, TailFit.unusable("a constant tail")),
                division(30, TailFit.of(5, 3, 0, 20, 0.3)));

        assertThat(row.alpha()).isEqualTo(3.5);
        assertThat(row.metric(SpectrumMetric.XMIN)).isEqualTo(2);
        assertThat(row.metric(SpectrumMetric.TAIL_SIZE)).isEqualTo(15);
        assertThat(row.metric(SpectrumMetric.KS_DISTANCE)).isCloseTo(0.2, within(1e-15));
        assertThat(row.metric(SpectrumMetric.SPECTRAL_NORM)).isEqualTo(30);
        assertThat(row.metric(SpectrumMetric.EIGENVALUE_COUNT)).isEqualTo(90);
        assertThat(row.spectrum().orElseThrow().size()).isEqualTo(90);
        assertThat(row.reason()).isEmpty();
        assertThat(row.hint()).isEmpty();
    }

    @Test
    void noDivisionFitted_hasTheFirstReason() {
        LayerSpectrum row = row(division(30, TailFit.unusable("first")), division(30, TailFit.unusable("second")));

        assertThat(row.reason()).contains("first");
        assertThat(row.alpha()).isNaN();
        assertThat(row.metric(SpectrumMetric.SPECTRAL_NORM)).isEqualTo(30);
        assertThat(row).hasToString("fc: first");
    }

    @Test
    void row_ofAnArray_describesIt() {
        LayerSpectrum row = row(division(60, TailFit.of(2.5, 1, 0, 10, 0.1)));

        assertThat(row.layer()).isEqualTo("fc");
        assertThat(row.name()).isEqualTo("fc");
        assertThat(row.parameter()).isEqualTo("W");
        assertThat(row.type()).isEqualTo("DenseLayer");
        assertThat(row.kind()).contains(WeightKind.DENSE);
        assertThat(row.shape()).containsExactly(12L, 20L);
        assertThat(row.frozen()).isFalse();
        assertThat(row).hasToString("fc: alpha 2.5");
        assertThat(array()).hasToString("fc.W [12, 20]");
    }

    @Test
    void spectrumOfDivisions_isSortedTogether() {
        LayerSpectrum row = row(
                new LayerSpectrum.Division(EigenvalueSpectrum.of(1, 5, 9), TailFit.unusable("short"), metrics(3)),
                new LayerSpectrum.Division(EigenvalueSpectrum.of(2, 4), TailFit.unusable("short"), metrics(2)));

        assertThat(row.spectrum().orElseThrow().toArray()).containsExactly(1, 2, 4, 5, 9);
    }

    private WeightArray array() {
        return layer.arrays().get(0);
    }

    private LayerSpectrum row(LayerSpectrum.Division... divisions) {
        return LayerSpectrum.of(layer, array(), List.of(divisions));
    }

    private LayerSpectrum.Division division(int count, TailFit fit) {
        double[] values = new double[count];
        Arrays.setAll(values, i -> i + 1);
        EigenvalueSpectrum spectrum = EigenvalueSpectrum.of(values);
        Map<SpectrumMetric, Double> metrics = new EnumMap<>(SpectrumMetric.class);
        for (SpectrumMetric metric : SpectrumMetric.values()) {
            metrics.put(metric, metric.of(spectrum, fit, array().group()));
        }
        return new LayerSpectrum.Division(spectrum, fit, metrics);
    }

    private static Map<SpectrumMetric, Double> metrics(int count) {
        Map<SpectrumMetric, Double> metrics = new EnumMap<>(SpectrumMetric.class);
        for (SpectrumMetric metric : SpectrumMetric.values()) {
            metrics.put(metric, metric == SpectrumMetric.EIGENVALUE_COUNT ? count : Double.NaN);
        }
        return metrics;
    }

    @Test
    void group_ofADenseLayer_isOutByIn() {
        assertThat(array().group().nature()).isEqualTo(MatrixNature.LINEAR);
        assertThat(array().group().rows()).isEqualTo(20);
        assertThat(array().group().cols()).isEqualTo(12);
    }
}
