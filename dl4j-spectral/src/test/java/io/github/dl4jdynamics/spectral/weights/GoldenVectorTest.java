/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.weights;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

import com.google.common.collect.ImmutableMap;
import io.github.dl4jdynamics.spectral.math.FarmsEsd;
import io.github.dl4jdynamics.spectral.math.KolmogorovSmirnovFit;
import io.github.dl4jdynamics.spectral.math.MatrixNature;
import io.github.dl4jdynamics.spectral.math.MedianFit;
import io.github.dl4jdynamics.spectral.math.SmallMatrices;
import io.github.dl4jdynamics.spectral.math.SpectrumMetric;
import io.github.dl4jdynamics.spectral.nd4j.GramSpectra;
import org.assertj.core.data.Percentage;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

/** The matrices of the golden vectors as weights of live networks of either kind and of every type they can have. */
class GoldenVectorTest {
    private static final Map<String, SpectrumMetric> METRICS = ImmutableMap.<String, SpectrumMetric>builder()
            .put("eigs_num", SpectrumMetric.EIGENVALUE_COUNT)
            .put("tail_count", SpectrumMetric.TAIL_SIZE)
            .put("xmin", SpectrumMetric.XMIN)
            .put("alpha", SpectrumMetric.ALPHA)
            .put("D", SpectrumMetric.KS_DISTANCE)
            .put("spectral_norm", SpectrumMetric.SPECTRAL_NORM)
            .put("frobenius_sq", SpectrumMetric.FROBENIUS_SQ)
            .put("stable_rank", SpectrumMetric.STABLE_RANK)
            .put("mean_eig", SpectrumMetric.MEAN_EIGENVALUE)
            .put("alpha_hat", SpectrumMetric.ALPHA_HAT)
            .build();

    /** What the released codes do: no eigenvalue is left out, small layers are measured. */
    private static WeightSpectrumAnalyzer.Builder released() {
        return WeightSpectrumAnalyzer.builder().zeroThreshold(0).minEigenvalues(0);
    }

    @ParameterizedTest
    @CsvSource({"false, DOUBLE", "false, FLOAT", "true, DOUBLE", "true, FLOAT", "true, HALF"})
    void denseLayer_medianFit_hasEveryMetric(boolean graph, DataType type) {
        JsonNode vector = read("tempbalance-01-linear-median");
        Model net = dense(graph, type, vector.get("data"), 24, 16);

        for (JsonNode expected : vector.at("/expected/by_xmin_pos")) {
            MedianFit fit = MedianFit.builder()
                    .xminPos(expected.get("xmin_pos").doubleValue())
                    .build();
            LayerSpectrum row = row(released().fit(fit).build(), net);
            assertMetrics(row, expected, tolerance(vector, type));
        }
        LayerSpectrum paper = row(released().fit(MedianFit.paper()).build(), net);
        assertThat(paper.alpha())
                .isCloseTo(vector.at("/expected/alpha_paper_convention_k8").doubleValue(), tolerance(vector, type));
        assertEigenvalues(paper, vector.at("/expected/eigenvalues_ascending"), type);
    }

    @Test
    void bfloat16Array_eigenvalues_areThoseOfRoundedWeights() {
        JsonNode vector = read("tempbalance-01-linear-median");
        INDArray weights = Nd4j.create(numbers(vector.get("data")), new long[] {24, 16}, 'c');
        WeightArray array = new WeightArray(
                "it",
                "W",
                weights.transpose().castTo(DataType.BFLOAT16),
                MatrixLayout.inOut(WeightKind.DENSE, MatrixNature.LINEAR));

        double[] eigenvalues =
                GramSpectra.defaults().of(Matrices.of(array)).get(0).eigenvalues();

        // 8 bits: half a percent of a weight, at most one percent of the largest eigenvalue.
        JsonNode expected = vector.at("/expected/eigenvalues_ascending");
        double rounding = 0.01 * expected.get(15).doubleValue();
        for (int i = 0; i < eigenvalues.length; i++) {
            assertThat(eigenvalues[i]).isCloseTo(expected.get(i).doubleValue(), within(rounding));
        }
    }

    @ParameterizedTest
    @CsvSource({"false, DOUBLE", "false, FLOAT", "true, DOUBLE", "true, FLOAT", "false, HALF"})
    void convolution_slicesAndScale_hasEveryMetric(boolean graph, DataType type) {
        JsonNode vector = read("tempbalance-02-conv-slices");
        JsonNode expected = vector.get("expected");
        Model net = Networks.of(
                graph,
                type,
                InputType.convolutional(4, 4, 6),
                new ConvolutionLayer.Builder(3, 3).name("it").nOut(8).build());
        set(net, "it", vector.get("data"), 8, 6, 3, 3);

        LayerSpectrum row = row(released().fit(MedianFit.released()).build(), net);
        LayerSpectrum unscaled =
                row(released().fit(MedianFit.released()).convolutionScale(1).build(), net);

        assertMetrics(row, expected, tolerance(vector, type));
        assertEigenvalues(row, expected.get("eigenvalues_ascending"), type);
        assertMetrics(unscaled, expected.get("with_conv_norm_1"), tolerance(vector, type));
    }

    @ParameterizedTest
    @CsvSource({"false, DOUBLE", "true, FLOAT", "false, HALF"})
    void paretoSpectrum_bothFits_findTheExponent(boolean graph, DataType type) {
        JsonNode vector = read("tempbalance-05-pareto-known-alpha");
        JsonNode expected = vector.at("/expected/matrix");
        Model net = dense(graph, type, vector.get("data"), 48, 32);

        LayerSpectrum median = row(released().fit(MedianFit.released()).build(), net);
        LayerSpectrum scan = row(released().fit(new KolmogorovSmirnovFit()).build(), net);

        Percentage tolerance = tolerance(vector, type);
        assertThat(median.alpha()).isCloseTo(expected.get("alpha_median").doubleValue(), tolerance);
        assertThat(scan.alpha()).isCloseTo(expected.get("alpha_goodness_of_fit").doubleValue(), tolerance);
        assertThat(median.metric(SpectrumMetric.SPECTRAL_NORM))
                .isCloseTo(expected.get("spectral_norm").doubleValue(), tolerance);
        if (type == DataType.DOUBLE || type == DataType.FLOAT) {
            // A distance is a difference of probabilities: in few digits it is all rounding.
            assertThat(median.metric(SpectrumMetric.KS_DISTANCE))
                    .isCloseTo(expected.get("D_median").doubleValue(), tolerance);
            assertThat(scan.metric(SpectrumMetric.KS_DISTANCE))
                    .isCloseTo(expected.get("D_goodness_of_fit").doubleValue(), tolerance);
            assertThat(scan.divisions().get(0).fit().xminIndex())
                    .isEqualTo(expected.get("xmin_index_goodness_of_fit").intValue());
        }
    }

    @ParameterizedTest
    @CsvSource({"false, DOUBLE", "true, FLOAT", "true, HALF"})
    void aspectRatio_wholeAndWindows_haveTheReferenceAlphas(boolean graph, DataType type) {
        JsonNode vector = read("tempbalance-06-aspect-ratio");
        WeightSpectrumAnalyzer whole = released().fit(MedianFit.released()).build();
        WeightSpectrumAnalyzer farms = released()
                .fit(MedianFit.released())
                .esd(FarmsEsd.builder()
                        .windowRows(20)
                        .fixedGrid(5)
                        .smallMatrices(SmallMatrices.REFERENCE)
                        .build())
                .build();

        Iterator<Map.Entry<String, JsonNode>> matrices = vector.get("matrices").fields();
        while (matrices.hasNext()) {
            Map.Entry<String, JsonNode> matrix = matrices.next();
            JsonNode expected = vector.at("/expected/matrices").get(matrix.getKey());
            JsonNode shape = matrix.getValue().get("shape");
            Model net = dense(
                    graph,
                    type,
                    matrix.getValue().get("data"),
                    shape.get(0).intValue(),
                    shape.get(1).intValue());

            LayerSpectrum windows = row(farms, net);

            Percentage tolerance = tolerance(vector, type);
            assertThat(row(whole, net).alpha())
                    .isCloseTo(expected.get("alpha_full").doubleValue(), tolerance);
            assertThat(windows.alpha()).isCloseTo(expected.get("alpha_farms").doubleValue(), tolerance);
            assertThat(windows.metric(SpectrumMetric.KS_DISTANCE))
                    .isCloseTo(expected.get("D_farms").doubleValue(), tolerance);
            assertThat(windows.metric(SpectrumMetric.EIGENVALUE_COUNT))
                    .isEqualTo(expected.get("eigs_num_farms").doubleValue());
            assertThat(windows.divisions().get(0).fit().xminIndex())
                    .isEqualTo(expected.get("xmin_index_farms").intValue());
        }
    }

    @ParameterizedTest
    @CsvSource({"false, DOUBLE", "false, FLOAT", "true, DOUBLE", "true, FLOAT", "false, HALF"})
    void network_tempBalanceAndFarms_haveTheReferenceAlphas(boolean graph, DataType type) {
        JsonNode vector = read("tempbalance-07-end-to-end");
        Model net = convolutional(graph, type);
        List<String> layers = new ArrayList<>();
        vector.get("layers").fieldNames().forEachRemaining(layers::add);
        for (String layer : layers) {
            JsonNode weights = vector.get("layers").get(layer);
            long[] shape = new long[weights.get("shape").size()];
            for (int i = 0; i < shape.length; i++) {
                shape[i] = weights.get("shape").get(i).longValue();
            }
            set(net, layer, weights.get("data"), shape);
        }
        WeightSpectrumAnalyzer.Builder median = released().fit(MedianFit.released());

        SpectrumReport whole = median.build().analyze(net);
        SpectrumReport farms = median.esd(FarmsEsd.builder()
                        .windowRows(8)
                        .fixedGrid(4)
                        .smallMatrices(SmallMatrices.REFERENCE)
                        .build())
                .build()
                .analyze(net);

        for (String layer : layers) {
            assertThat(whole.layer(layer).orElseThrow().alpha())
                    .as(layer)
                    .isCloseTo(
                            vector.at("/expected/tempbalance/alphas").get(layer).doubleValue(),
                            tolerance(vector, type));
            assertThat(farms.layer(layer).orElseThrow().alpha())
                    .as(layer)
                    .isCloseTo(vector.at("/expected/farms/alphas").get(layer).doubleValue(), tolerance(vector, type));
        }
    }

    private static Model convolutional(boolean graph, DataType type) {
        Layer[] layers = {
            new ConvolutionLayer.Builder(3, 3)
                    .name("conv1")
                    .nOut(8)
                    .hasBias(false)
                    .build(),
            new BatchNormalization.Builder().name("bn1").build(),
            new ConvolutionLayer.Builder(3, 3)
                    .name("conv2")
                    .nOut(16)
                    .hasBias(false)
                    .build(),
            new BatchNormalization.Builder().name("bn2").build(),
            new DenseLayer.Builder().name("fc1").nOut(24).build(),
            new DenseLayer.Builder().name("fc2").nOut(20).build(),
            new OutputLayer.Builder()
                    .name("head")
                    .nOut(10)
                    .activation(Activation.SOFTMAX)
                    .build()
        };
        for (int i = 0; i < 4; i += 2) {
            ((ConvolutionLayer) layers[i]).setConvolutionMode(ConvolutionMode.Same);
        }
        return Networks.of(graph, type, InputType.convolutional(2, 1, 3), layers);
    }

    private static Model dense(boolean graph, DataType type, JsonNode data, int out, int in) {
        Model net = Networks.of(
                graph,
                type,
                InputType.feedForward(in),
                new DenseLayer.Builder().name("it").nOut(out).build());
        set(net, "it", data, out, in);
        return net;
    }

    /** Numbers in the order of the vectors; Deeplearning4j stores dense weights the other way round. */
    private static void set(Model net, String layer, JsonNode data, long... shape) {
        INDArray weights = Nd4j.create(numbers(data), shape, 'c');
        INDArray parameter = Networks.parameter(net, layer, "W");
        parameter.assign((shape.length == 2 ? weights.transpose() : weights).castTo(parameter.dataType()));
    }

    private static double[] numbers(JsonNode data) {
        double[] numbers = new double[data.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = data.get(i).doubleValue();
        }
        return numbers;
    }

    private static LayerSpectrum row(WeightSpectrumAnalyzer analyzer, Model net) {
        return analyzer.analyze(net).layer("it").orElseThrow();
    }

    private static void assertMetrics(LayerSpectrum row, JsonNode expected, Percentage tolerance) {
        int compared = 0;
        for (Map.Entry<String, SpectrumMetric> metric : METRICS.entrySet()) {
            if (expected.has(metric.getKey())) {
                compared++;
                assertThat(row.metric(metric.getValue()))
                        .as(metric.getKey())
                        .isCloseTo(expected.get(metric.getKey()).doubleValue(), tolerance);
            }
        }
        assertThat(compared).isGreaterThanOrEqualTo(4);
        if (expected.has("xmin_index")) {
            assertThat(row.divisions().get(0).fit().xminIndex())
                    .isEqualTo(expected.get("xmin_index").intValue());
        }
    }

    private static void assertEigenvalues(LayerSpectrum row, JsonNode expected, DataType type) {
        double[] actual = row.spectrum().orElseThrow().toArray();
        assertThat(actual).hasSize(expected.size());
        double largest = actual[actual.length - 1];
        double rounding = largest * (type == DataType.DOUBLE || type == DataType.FLOAT ? 1e-7 : 0.01);
        for (int i = 0; i < actual.length; i++) {
            double wanted = expected.get(i).doubleValue();
            assertThat(actual[i]).as("eigenvalue " + i).isBetween(wanted - rounding, wanted + rounding);
        }
    }

    /**
     * The files' tolerances; for HALF what rounding the weights to 11 bits does to these matrices. Deeplearning4j's
     * networks know no BFLOAT16.
     */
    private static Percentage tolerance(JsonNode vector, DataType type) {
        switch (type) {
            case DOUBLE:
                return withinPercentage(100 * vector.at("/tolerance/double_rel").doubleValue());
            case FLOAT:
                return withinPercentage(
                        100 * vector.at("/tolerance/float32_rel").doubleValue());
            default:
                return withinPercentage(0.3);
        }
    }

    private static JsonNode read(String name) {
        try (InputStream json = GoldenVectorTest.class.getResourceAsStream("/vectors/" + name + ".json")) {
            return new ObjectMapper().readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
