/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.lowrank;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** 2D convolutions: the same function whatever kernel, stride, padding, dilation, mode and format. */
class ConvolutionFactorizationTest {

    @ParameterizedTest
    @CsvSource({
        "false, NCHW, Truncate, 1, 1, 0",
        "true, NCHW, Truncate, 2, 1, 1",
        "false, NHWC, Truncate, 1, 2, 2",
        "true, NHWC, Same, 2, 1, 0",
        "false, NCHW, Same, 1, 2, 0",
        "false, NCHW, Strict, 1, 1, 1",
    })
    void network_ofLowRank_isTheSameFunction(
            boolean graph, CNN2DFormat format, ConvolutionMode mode, int stride, int dilation, int padding) {
        Layer[] layers = {
            new ConvolutionLayer.Builder(3, 2)
                    .name("conv")
                    .nOut(12)
                    .stride(stride, stride)
                    .dilation(dilation, dilation)
                    .padding(padding, padding)
                    .convolutionMode(mode)
                    .dropOut(0.5)
                    .dataFormat(format)
                    .build(),
            new BatchNormalization.Builder().name("norm").build(),
            new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX, new int[] {2, 2}, new int[] {2, 2})
                    .name("pool")
                    .convolutionMode(ConvolutionMode.Same)
                    .dataFormat(format)
                    .build(),
            new ConvolutionLayer.Builder(2, 2)
                    .name("free")
                    .nOut(9)
                    .hasBias(false)
                    .convolutionMode(ConvolutionMode.Same)
                    .dataFormat(format)
                    .build(),
            LowRankNets.output()
        };
        Model net = LowRankNets.lowRank(
                LowRankNets.of(graph, DataType.DOUBLE, InputType.convolutional(9, 8, 5, format), layers), 3);
        INDArray features = format == CNN2DFormat.NCHW
                ? LowRankNets.features(DataType.DOUBLE, 4, 5, 9, 8)
                : LowRankNets.features(DataType.DOUBLE, 4, 9, 8, 5);

        FactorizedNetwork<? extends Model> small = LowRankNets.factorize(net);

        assertThat(small.layers())
                .filteredOn(LayerFactorization::replaced)
                .extracting(LayerFactorization::layer)
                .containsExactly("conv", "free", "out");
        LayerFactorization row = small.layer("conv").orElseThrow();
        assertThat(row.rows()).isEqualTo(12);
        assertThat(row.cols()).isEqualTo(5 * 3 * 2);
        assertThat(row.parametersAfter()).isEqualTo(3 * (12 + 30) + 12);
        INDArray expected = LowRankNets.output(net, features);
        assertThat(expected.stdNumber().doubleValue()).isGreaterThan(1e-3);
        assertThat(LowRankNets.output(small.network(), features).distance2(expected))
                .isLessThan(1e-12);
    }

    @Test
    void secondConvolution_isPointwise_firstKeepsTheGeometry() {
        MultiLayerNetwork net = LowRankNets.lowRank(
                LowRankNets.sequence(
                        InputType.convolutional(9, 9, 4),
                        new ConvolutionLayer.Builder(3, 3)
                                .name("conv")
                                .nOut(16)
                                .stride(2, 2)
                                .padding(1, 1)
                                .activation(Activation.RELU)
                                .cudnnAlgoMode(ConvolutionLayer.AlgoMode.NO_WORKSPACE)
                                .build(),
                        LowRankNets.output()),
                4);

        MultiLayerNetwork small =
                LowRankFactorization.builder().energy(1).build().factorize(net).network();

        ConvolutionLayer first =
                (ConvolutionLayer) small.getLayer("conv-in").conf().getLayer();
        ConvolutionLayer second =
                (ConvolutionLayer) small.getLayer("conv").conf().getLayer();
        assertThat(first.getNOut()).isEqualTo(4);
        assertThat(first.hasBias()).isFalse();
        assertThat(first.getKernelSize()).containsExactly(3, 3);
        assertThat(first.getStride()).containsExactly(2, 2);
        assertThat(first.getPadding()).containsExactly(1, 1);
        assertThat(first.getCudnnAlgoMode()).isEqualTo(ConvolutionLayer.AlgoMode.NO_WORKSPACE);
        assertThat(second.getKernelSize()).containsExactly(1, 1);
        assertThat(second.getStride()).containsExactly(1, 1);
        assertThat(second.getPadding()).containsExactly(0, 0);
        assertThat(second.getActivationFn()).isEqualTo(Activation.RELU.getActivationFunction());
        assertThat(small.getLayer("conv").getParam("b"))
                .isEqualTo(net.getLayer("conv").getParam("b"));
    }

    @Test
    void truncation_ofAKernel_isTheBestOfTheMatrixOutByInKernel() {
        MultiLayerNetwork net = LowRankNets.sequence(
                InputType.convolutional(9, 9, 4),
                new ConvolutionLayer.Builder(3, 3).name("conv").nOut(16).build(),
                LowRankNets.output());
        INDArray matrix = net.getLayer("conv").getParam("W").dup('c').reshape('c', 16, 36);

        FactorizedNetwork<MultiLayerNetwork> small = LowRankFactorization.builder()
                .layers("conv")
                .rank("conv", 7)
                .build()
                .factorize(net);

        INDArray before =
                small.network().getLayer("conv-in").getParam("W").dup('c').reshape('c', 7, 36);
        INDArray after = small.network().getLayer("conv").getParam("W").dup('c').reshape('c', 16, 7);
        double relative =
                after.mmul(before).distance2(matrix) / matrix.norm2Number().doubleValue();
        assertThat(1 - relative * relative)
                .isCloseTo(small.layer("conv").orElseThrow().energy(), within(1e-12));
    }
}
