/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.weights;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;

import io.github.dl4jdynamics.spectral.math.FarmsEsd;
import io.github.dl4jdynamics.spectral.math.MedianFit;
import io.github.dl4jdynamics.spectral.math.SmallMatrices;
import io.github.dl4jdynamics.spectral.math.SpectrumMetric;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.CapsuleLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LearnedSelfAttentionLayer;
import org.deeplearning4j.nn.conf.layers.LocallyConnected1D;
import org.deeplearning4j.nn.conf.layers.LocallyConnected2D;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.PrimaryCapsules;
import org.deeplearning4j.nn.conf.layers.SelfAttentionLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.misc.ElementWiseMultiplicationLayer;
import org.deeplearning4j.nn.conf.layers.samediff.SDLayerParams;
import org.deeplearning4j.nn.conf.layers.samediff.SameDiffLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.lossfunctions.LossFunctions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

/** A layer that has no numbers says why, in its place in the report. */
class LayersWithoutNumbersTest {
    private static final InputType FLAT = InputType.feedForward(16);
    private static final InputType IMAGE = InputType.convolutional(6, 6, 2);
    private static final InputType SEQUENCE = InputType.recurrent(4, 5);

    private static SpectrumReport analyze(InputType input, Layer... layers) {
        return WeightSpectrumAnalyzer.create().analyze(Networks.sequence(input, layers));
    }

    private static String reason(InputType input, Layer layer) {
        LayerSpectrum row = analyze(input, layer).layers().get(0);
        assertThat(row.kind()).isEmpty();
        assertThat(row.parameter()).isEmpty();
        assertThat(row.shape()).isEmpty();
        assertThat(row.divisions()).isEmpty();
        assertThat(row.spectrum()).isEmpty();
        assertThat(row.alpha()).isNaN();
        return row.reason().orElseThrow();
    }

    @Test
    void layerWithoutMatrix_saysWhatItHas() {
        assertThat(reason(IMAGE, new SubsamplingLayer.Builder().build()))
                .isEqualTo("SubsamplingLayer has no parameters");
        assertThat(reason(FLAT, new ActivationLayer(Activation.TANH))).isEqualTo("ActivationLayer has no parameters");
        assertThat(reason(FLAT, new BatchNormalization()))
                .isEqualTo(
                        "no weight matrix known among the parameters gamma, beta, mean, log10stdev of BatchNormalization");
        assertThat(reason(IMAGE, new PReLULayer.Builder().inputShape(2, 6, 6).build()))
                .isEqualTo("no weight matrix known among the parameters W of PReLULayer");
        assertThat(reason(
                        FLAT,
                        new ElementWiseMultiplicationLayer.Builder().nOut(16).build()))
                .isEqualTo("no weight matrix known among the parameters W, b of ElementWiseMultiplicationLayer");
    }

    @Test
    void attentionWithoutProjection_saysWhatItHas() {
        assertThat(reason(
                        SEQUENCE,
                        new SelfAttentionLayer.Builder()
                                .nIn(4)
                                .nOut(4)
                                .nHeads(1)
                                .projectInput(false)
                                .build()))
                .isEqualTo("SelfAttentionLayer has no parameters");
        assertThat(reason(
                        SEQUENCE,
                        new LearnedSelfAttentionLayer.Builder()
                                .nIn(4)
                                .nOut(4)
                                .nHeads(1)
                                .nQueries(3)
                                .projectInput(false)
                                .build()))
                .isEqualTo("no weight matrix known among the parameters Q of LearnedSelfAttentionLayer");
    }

    @Test
    void layerWhoseWeightsAreNoSharedMatrix_namesItsParameters() {
        assertThat(reason(
                        IMAGE,
                        new LocallyConnected2D.Builder()
                                .kernelSize(2, 2)
                                .nOut(3)
                                .build()))
                .isEqualTo("no weight matrix known among the parameters W, b of LocallyConnected2D");
        assertThat(reason(
                        SEQUENCE,
                        new LocallyConnected1D.Builder().kernelSize(2).nOut(3).build()))
                .isEqualTo("no weight matrix known among the parameters W, b of LocallyConnected1D");
        assertThat(reason(
                        IMAGE,
                        new PrimaryCapsules.Builder(2, 3).kernelSize(3, 3).build()))
                .isEqualTo("no weight matrix known among the parameters weight, bias of PrimaryCapsules");
        assertThat(analyze(
                                IMAGE,
                                new PrimaryCapsules.Builder(2, 3)
                                        .kernelSize(3, 3)
                                        .build(),
                                new CapsuleLayer.Builder(3, 4, 1).build())
                        .layer("layer1")
                        .orElseThrow()
                        .reason())
                .contains("no weight matrix known among the parameters weight of CapsuleLayer");
        assertThat(reason(FLAT, new Scaling())).isEqualTo("no weight matrix known among the parameters W of Scaling");
    }

    @Test
    void anonymousLayer_hasItsParentsName() {
        assertThat(reason(FLAT, new Scaling() {
                    private static final long serialVersionUID = 1;
                }))
                .isEqualTo("no weight matrix known among the parameters W of Scaling");
    }

    @Test
    void network_ofMixedLayers_hasOneRowPerOwnerInLayerOrder() {
        SpectrumReport report = analyze(
                IMAGE,
                new ConvolutionLayer.Builder(3, 3).name("conv").nOut(12).build(),
                new BatchNormalization.Builder().name("norm").build(),
                new ActivationLayer.Builder()
                        .activation(Activation.RELU)
                        .name("relu")
                        .build(),
                new SubsamplingLayer.Builder().name("pool").build(),
                new DenseLayer.Builder().name("dense").nOut(15).build(),
                new OutputLayer.Builder()
                        .name("out")
                        .nOut(2)
                        .activation(Activation.SOFTMAX)
                        .build());

        assertThat(report.layers())
                .extracting(LayerSpectrum::name)
                .containsExactly("conv", "norm", "relu", "pool", "dense", "out");
        assertThat(report.layers())
                .extracting(row -> Double.isNaN(row.alpha()))
                .containsExactly(false, true, true, true, false, true);
        assertThat(report.layer("out").orElseThrow().reason()).contains("2 eigenvalues, fewer than 10");
    }

    @Test
    void networkWithoutParameters_hasOnlyReasons() {
        SpectrumReport report = analyze(
                FLAT,
                new ActivationLayer(Activation.TANH),
                new LossLayer.Builder(LossFunctions.LossFunction.MSE)
                        .activation(Activation.TANH)
                        .build());

        assertThat(report.layers())
                .extracting(row -> row.reason().orElseThrow())
                .containsExactly("ActivationLayer has no parameters", "LossLayer has no parameters");
        assertThat(report.mean(SpectrumMetric.ALPHA)).isNaN();
    }

    @Test
    void kindNotSelected_saysSoAndKeepsKindAndShape() {
        MultiLayerNetwork net = Networks.sequence(
                IMAGE,
                new ConvolutionLayer.Builder(3, 3).name("conv").nOut(12).build(),
                new DenseLayer.Builder().name("dense").nOut(15).build());

        SpectrumReport report = WeightSpectrumAnalyzer.builder()
                .kinds(EnumSet.of(WeightKind.DENSE))
                .build()
                .analyze(net);

        LayerSpectrum conv = report.layer("conv").orElseThrow();
        assertThat(conv.reason()).contains("convolution_2d weights not selected");
        assertThat(conv.kind()).contains(WeightKind.CONVOLUTION_2D);
        assertThat(conv.shape()).containsExactly(12L, 2L, 3L, 3L);
        assertThat(report.layer("dense").orElseThrow().reason()).isEmpty();
    }

    @Test
    void windowsLargerThanTheLayer_whenStrict_saySo() {
        MultiLayerNetwork net = Networks.sequence(
                FLAT,
                new DenseLayer.Builder().name("wide").nOut(40).build(),
                new DenseLayer.Builder().name("wider").nOut(30).build());
        FarmsEsd strict = FarmsEsd.builder()
                .windowRows(20)
                .smallMatrices(SmallMatrices.STRICT)
                .build();

        SpectrumReport report =
                WeightSpectrumAnalyzer.builder().esd(strict).build().analyze(net);

        assertThat(report.layer("wide").orElseThrow().reason().orElseThrow())
                .contains("20 x 20")
                .contains("40 x 16");
        assertThat(report.layer("wider").orElseThrow().reason()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void weightThatIsNotFinite_losesItsOwnLayerOnly(double value) {
        MultiLayerNetwork net = Networks.sequence(
                FLAT,
                new DenseLayer.Builder().name("good").nOut(40).build(),
                new DenseLayer.Builder().name("bad").nOut(30).build(),
                new DenseLayer.Builder().name("last").nOut(30).build());
        LayerSpectrum lastBefore =
                WeightSpectrumAnalyzer.create().analyze(net).layer("last").orElseThrow();
        net.getLayer("bad").getParam("W").putScalar(3, 4, value);

        SpectrumReport report = WeightSpectrumAnalyzer.create().analyze(net);

        assertThat(report.layer("good").orElseThrow().reason()).isEmpty();
        assertThat(report.layer("bad").orElseThrow().reason().orElseThrow()).contains("finite");
        assertThat(report.layer("bad").orElseThrow().metric(SpectrumMetric.SPECTRAL_NORM))
                .isNaN();
        assertThat(report.layer("last").orElseThrow().spectrum()).isEqualTo(lastBefore.spectrum());
    }

    @Test
    void biasThatIsNotFinite_doesNotMatter() {
        MultiLayerNetwork net =
                Networks.sequence(FLAT, new DenseLayer.Builder().nOut(40).build());
        net.getLayer(0).getParam("b").assign(Double.NaN);

        assertThat(WeightSpectrumAnalyzer.create().analyze(net).layers().get(0).reason())
                .isEmpty();
    }

    @Test
    void zeroWeights_haveNoTailAndNoUndefinedMetric() {
        LayerSpectrum row = constant(0);

        assertThat(row.reason().orElseThrow()).contains("zero");
        assertThat(row.alpha()).isNaN();
        assertThat(row.metric(SpectrumMetric.SPECTRAL_NORM)).isZero();
        assertThat(row.metric(SpectrumMetric.MATRIX_RANK)).isZero();
        assertThat(row.metric(SpectrumMetric.STABLE_RANK)).isNaN();
        assertThat(row.metric(SpectrumMetric.LOG_NORM)).isNaN();
        assertThat(row.hint()).isEmpty();
    }

    @Test
    void constantWeights_areOneDirectionWithoutATail() {
        LayerSpectrum row = constant(0.5);

        assertThat(row.reason()).isPresent();
        assertThat(row.alpha()).isNaN();
        assertThat(row.metric(SpectrumMetric.SPECTRAL_NORM)).isCloseTo(0.25 * 16 * 40, within(1e-9));
        assertThat(row.metric(SpectrumMetric.MATRIX_RANK)).isEqualTo(1);
        assertThat(row.metric(SpectrumMetric.RANK_LOSS)).isEqualTo(15);
        assertThat(row.metric(SpectrumMetric.STABLE_RANK)).isCloseTo(1, within(1e-9));
    }

    private static LayerSpectrum constant(double value) {
        MultiLayerNetwork net =
                Networks.sequence(FLAT, new DenseLayer.Builder().nOut(40).build());
        net.getLayer(0).getParam("W").assign(value);
        return WeightSpectrumAnalyzer.create().analyze(net).layers().get(0);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 16})
    void singleRow_hasOneEigenvalueAndNoTail(int in) {
        MultiLayerNetwork net = Networks.sequence(
                InputType.feedForward(in), new DenseLayer.Builder().nOut(1).build());
        double squares = net.getLayer(0).getParam("W").norm2Number().doubleValue();

        LayerSpectrum usual =
                WeightSpectrumAnalyzer.create().analyze(net).layers().get(0);
        List<LayerSpectrum> all = WeightSpectrumAnalyzer.builder()
                .minEigenvalues(0)
                .build()
                .analyze(net)
                .layers();
        LayerSpectrum median = WeightSpectrumAnalyzer.builder()
                .minEigenvalues(0)
                .fit(MedianFit.released())
                .build()
                .analyze(net)
                .layers()
                .get(0);

        assertThat(usual.reason()).contains("1 eigenvalues, fewer than 10");
        assertThat(usual.spectrum()).isEmpty();
        assertThat(all.get(0).reason()).isPresent();
        assertThat(median.reason()).isPresent();
        assertThat(all.get(0).metric(SpectrumMetric.SPECTRAL_NORM))
                .isCloseTo(squares * squares, withinPercentage(1e-9));
        assertThat(all.get(0).metric(SpectrumMetric.ALPHA)).isNaN();
    }

    @Test
    void scaleOutOfRange_isAReason() {
        MultiLayerNetwork net = Networks.sequence(
                IMAGE, new ConvolutionLayer.Builder(3, 3).nOut(12).build());
        net.getLayer(0).getParam("W").muli(1e10);

        LayerSpectrum row = WeightSpectrumAnalyzer.builder()
                .convolutionScale(1e300)
                .build()
                .analyze(net)
                .layers()
                .get(0);

        assertThat(row.reason().orElseThrow()).contains("finite");
    }

    /** A custom layer with a matrix that only its author knows how to read. */
    static class Scaling extends SameDiffLayer {
        private static final long serialVersionUID = 1;

        @Override
        public SDVariable defineLayer(
                SameDiff graph, SDVariable input, Map<String, SDVariable> parameters, SDVariable mask) {
            return input.mmul(parameters.get("W"));
        }

        @Override
        public void defineParameters(SDLayerParams parameters) {
            parameters.addWeightParam("W", 16, 16);
        }

        @Override
        public void initializeParameters(Map<String, INDArray> parameters) {
            parameters.get("W").assign(0.1);
        }

        @Override
        public InputType getOutputType(int index, InputType input) {
            return input;
        }
    }
}
