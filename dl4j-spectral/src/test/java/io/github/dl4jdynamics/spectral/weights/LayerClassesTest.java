/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.weights;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.AutoEncoder;
import org.deeplearning4j.nn.conf.layers.CenterLossOutputLayer;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.Deconvolution3D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.GravesBidirectionalLSTM;
import org.deeplearning4j.nn.conf.layers.GravesLSTM;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LearnedSelfAttentionLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RecurrentAttentionLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SelfAttentionLayer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.conf.layers.variational.BernoulliReconstructionDistribution;
import org.deeplearning4j.nn.conf.layers.variational.VariationalAutoencoder;
import org.deeplearning4j.nn.conf.ocnn.OCNNOutputLayer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/** Every layer class of Deeplearning4j that holds matrices: eigenvalues against the slow twin, in both network kinds. */
@SuppressWarnings("deprecation") // GravesLSTM is deprecated, and found in saved models
class LayerClassesTest {
    private static final InputType FLAT = InputType.feedForward(7);
    private static final InputType SEQUENCE = InputType.recurrent(4, 5);
    private static final InputType IMAGE = InputType.convolutional(9, 8, 3);
    private static final InputType VOLUME = InputType.convolutional3D(5, 6, 7, 3);

    private final WeightSpectrumAnalyzer analyzer =
            WeightSpectrumAnalyzer.builder().minEigenvalues(0).build();

    static Stream<Arguments> layers() {
        return Stream.of(feedForward(), convolutions(), recurrent(), attention())
                .flatMap(cases -> cases);
    }

    private static Stream<Arguments> feedForward() {
        return Stream.of(
                arguments(
                        FLAT,
                        new DenseLayer.Builder().nOut(5).hasLayerNorm(true).build(),
                        List.of(NaiveSpectrum.inOut("W", WeightKind.DENSE, 7, 5))),
                arguments(
                        FLAT,
                        new OutputLayer.Builder()
                                .nOut(5)
                                .activation(Activation.SOFTMAX)
                                .build(),
                        List.of(NaiveSpectrum.inOut("W", WeightKind.DENSE, 7, 5))),
                arguments(
                        FLAT,
                        new CenterLossOutputLayer.Builder()
                                .nOut(5)
                                .activation(Activation.SOFTMAX)
                                .build(),
                        List.of(NaiveSpectrum.inOut("W", WeightKind.DENSE, 7, 5))),
                arguments(
                        SEQUENCE,
                        new RnnOutputLayer.Builder()
                                .nOut(6)
                                .activation(Activation.SOFTMAX)
                                .build(),
                        List.of(NaiveSpectrum.inOut("W", WeightKind.DENSE, 4, 6))),
                arguments(
                        FLAT,
                        new AutoEncoder.Builder().nOut(5).build(),
                        List.of(NaiveSpectrum.inOut("W", WeightKind.DENSE, 7, 5))),
                arguments(
                        FLAT,
                        new OCNNOutputLayer.Builder()
                                .nIn(7)
                                .hiddenLayerSize(5)
                                .nu(0.1)
                                .build(),
                        List.of(NaiveSpectrum.inOut("v", WeightKind.DENSE, 7, 5))),
                arguments(
                        FLAT,
                        new VariationalAutoencoder.Builder()
                                .encoderLayerSizes(6, 4)
                                .decoderLayerSizes(8)
                                .reconstructionDistribution(new BernoulliReconstructionDistribution())
                                .nOut(3)
                                .build(),
                        List.of(
                                NaiveSpectrum.inOut("e0W", WeightKind.DENSE, 7, 6),
                                NaiveSpectrum.inOut("e1W", WeightKind.DENSE, 6, 4),
                                NaiveSpectrum.inOut("pZXMeanW", WeightKind.DENSE, 4, 3),
                                NaiveSpectrum.inOut("pZXLogStd2W", WeightKind.DENSE, 4, 3),
                                NaiveSpectrum.inOut("d0W", WeightKind.DENSE, 3, 8),
                                NaiveSpectrum.inOut("pXZW", WeightKind.DENSE, 8, 7))),
                arguments(
                        InputType.feedForward(9),
                        new EmbeddingLayer.Builder().nIn(9).nOut(4).build(),
                        List.of(NaiveSpectrum.inOut("W", WeightKind.EMBEDDING, 9, 4))),
                arguments(
                        InputType.recurrent(9, 5),
                        new EmbeddingSequenceLayer.Builder()
                                .nIn(9)
                                .nOut(4)
                                .inputLength(5)
                                .build(),
                        List.of(NaiveSpectrum.inOut("W", WeightKind.EMBEDDING, 9, 4))));
    }

    private static Stream<Arguments> convolutions() {
        return Stream.of(
                arguments(
                        IMAGE,
                        new ConvolutionLayer.Builder(3, 2).nOut(5).build(),
                        List.of(NaiveSpectrum.of("W", WeightKind.CONVOLUTION_2D, 6, 5, 3, (k, o, i) ->
                                new long[] {o, i, k / 2, k % 2}))),
                arguments(
                        SEQUENCE,
                        new Convolution1DLayer.Builder(3).nOut(6).build(),
                        List.of(NaiveSpectrum.of(
                                "W", WeightKind.CONVOLUTION_1D, 3, 6, 4, (k, o, i) -> new long[] {o, i, k, 0}))),
                arguments(
                        VOLUME,
                        new Convolution3D.Builder(2, 1, 3).nOut(4).build(),
                        List.of(NaiveSpectrum.of("W", WeightKind.CONVOLUTION_3D, 6, 4, 3, (k, o, i) ->
                                new long[] {o, i, k / 3, 0, k % 3}))),
                arguments(
                        IMAGE,
                        new Deconvolution2D.Builder(3, 2).nOut(5).build(),
                        List.of(NaiveSpectrum.of("W", WeightKind.CONVOLUTION_2D, 6, 5, 3, (k, o, i) ->
                                new long[] {i, o, k / 2, k % 2}))),
                arguments(
                        VOLUME,
                        new Deconvolution3D.Builder()
                                .kernelSize(2, 1, 3)
                                .nOut(4)
                                .build(),
                        List.of(NaiveSpectrum.of("W", WeightKind.CONVOLUTION_3D, 6, 4, 3, (k, o, i) ->
                                new long[] {k / 3, 0, k % 3, o, i}))),
                arguments(
                        IMAGE,
                        new DepthwiseConvolution2D.Builder(3, 2)
                                .depthMultiplier(2)
                                .build(),
                        List.of(NaiveSpectrum.of("W", WeightKind.DEPTHWISE, 6, 6, 1, (k, o, i) ->
                                new long[] {k / 2, k % 2, o / 2, o % 2}))),
                arguments(
                        IMAGE,
                        new SeparableConvolution2D.Builder(3, 2)
                                .depthMultiplier(2)
                                .nOut(5)
                                .build(),
                        List.of(
                                NaiveSpectrum.of("W", WeightKind.DEPTHWISE, 6, 6, 1, (k, o, i) ->
                                        new long[] {o / 3, o % 3, k / 2, k % 2}),
                                NaiveSpectrum.of(
                                        "pW", WeightKind.POINTWISE, 1, 5, 6, (k, o, i) -> new long[] {o, i, 0, 0}))));
    }

    private static Stream<Arguments> recurrent() {
        return Stream.of(
                arguments(
                        SEQUENCE,
                        new LSTM.Builder().nOut(3).build(),
                        List.of(NaiveSpectrum.gates("W", 4, 4, 3), NaiveSpectrum.gates("RW", 4, 3, 3))),
                arguments(
                        SEQUENCE,
                        new GravesLSTM.Builder().nOut(3).build(),
                        List.of(NaiveSpectrum.gates("W", 4, 4, 3), NaiveSpectrum.gates("RW", 4, 3, 3))),
                arguments(
                        SEQUENCE,
                        new GravesBidirectionalLSTM.Builder().nOut(3).build(),
                        List.of(
                                NaiveSpectrum.gates("WF", 4, 4, 3),
                                NaiveSpectrum.gates("RWF", 4, 3, 3),
                                NaiveSpectrum.gates("WB", 4, 4, 3),
                                NaiveSpectrum.gates("RWB", 4, 3, 3))),
                arguments(
                        SEQUENCE,
                        new SimpleRnn.Builder().nOut(3).hasLayerNorm(true).build(),
                        List.of(NaiveSpectrum.gates("W", 1, 4, 3), NaiveSpectrum.gates("RW", 1, 3, 3))));
    }

    private static Stream<Arguments> attention() {
        return Stream.of(
                arguments(
                        SEQUENCE,
                        new SelfAttentionLayer.Builder()
                                .nOut(5)
                                .nHeads(2)
                                .headSize(3)
                                .projectInput(true)
                                .build(),
                        List.of(
                                NaiveSpectrum.heads("Wq", 2, 3, 4),
                                NaiveSpectrum.heads("Wk", 2, 3, 4),
                                NaiveSpectrum.heads("Wv", 2, 3, 4),
                                NaiveSpectrum.inOut("Wo", WeightKind.ATTENTION, 6, 5))),
                arguments(
                        SEQUENCE,
                        new LearnedSelfAttentionLayer.Builder()
                                .nOut(5)
                                .nHeads(2)
                                .headSize(3)
                                .nQueries(2)
                                .projectInput(true)
                                .build(),
                        List.of(
                                NaiveSpectrum.heads("Wq", 2, 3, 4),
                                NaiveSpectrum.heads("Wk", 2, 3, 4),
                                NaiveSpectrum.heads("Wv", 2, 3, 4),
                                NaiveSpectrum.inOut("Wo", WeightKind.ATTENTION, 6, 5))),
                arguments(
                        SEQUENCE,
                        new RecurrentAttentionLayer.Builder()
                                .nOut(5)
                                .nHeads(2)
                                .headSize(3)
                                .projectInput(true)
                                .build(),
                        List.of(
                                NaiveSpectrum.gates("W", 1, 4, 5),
                                NaiveSpectrum.gates("RW", 1, 5, 5),
                                NaiveSpectrum.heads("Wq", 2, 3, 5),
                                NaiveSpectrum.heads("Wk", 2, 3, 4),
                                NaiveSpectrum.heads("Wv", 2, 3, 4),
                                NaiveSpectrum.inOut("Wo", WeightKind.ATTENTION, 6, 5))));
    }

    @ParameterizedTest
    @MethodSource("layers")
    void multiLayerNetwork_everyLayerClass_agreesWithTheTwin(InputType input, Layer layer, List<NaiveSpectrum> twins) {
        assertTwins(Networks.sequence(input, named(layer)), twins);
    }

    @ParameterizedTest
    @MethodSource("layers")
    void computationGraph_everyLayerClass_agreesWithTheTwin(InputType input, Layer layer, List<NaiveSpectrum> twins) {
        assertTwins(Networks.graph(DataType.DOUBLE, input, named(layer)), twins);
    }

    private static Layer named(Layer layer) {
        layer.setLayerName("it");
        return layer;
    }

    private void assertTwins(Model net, List<NaiveSpectrum> twins) {
        List<LayerSpectrum> rows = analyzer.analyze(net).layers();

        assertThat(rows).extracting(LayerSpectrum::layer).containsOnly("it");
        assertThat(rows.stream().map(LayerSpectrum::parameter).collect(Collectors.toList()))
                .containsExactlyInAnyOrderElementsOf(
                        twins.stream().map(NaiveSpectrum::parameter).collect(Collectors.toList()));
        for (NaiveSpectrum twin : twins) {
            LayerSpectrum row = rows.stream()
                    .filter(other -> other.parameter().equals(twin.parameter()))
                    .findFirst()
                    .orElseThrow();
            double[] expected = twin.eigenvalues(Networks.parameter(net, "it", twin.parameter()));
            double[] actual = row.spectrum().orElseThrow().toArray();

            assertThat(row.kind()).as(twin.toString()).contains(twin.kind());
            assertThat(actual).as(twin.toString()).hasSameSizeAs(expected);
            double rounding = 1e-13 * Arrays.stream(expected).max().orElseThrow();
            for (int i = 0; i < expected.length; i++) {
                assertThat(actual[i])
                        .as("%s, eigenvalue %s", twin, i)
                        .isBetween(expected[i] - rounding, expected[i] + rounding);
            }
        }
    }
}
