/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.oracle;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.CenterLossOutputLayer;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.variational.VariationalAutoencoder;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class LossOracleGradientTest {
    private static final InputType FLAT = InputType.feedForward(4);
    private static final InputType IMAGE = InputType.convolutional(6, 6, 2, CNN2DFormat.NCHW);
    private static final InputType IMAGE_LAST = InputType.convolutional(6, 6, 2, CNN2DFormat.NHWC);

    static Stream<Arguments> layers() {
        List<Arguments> cases = new ArrayList<>();
        add(cases, "dense with dropout", flat(dense().dropOut(0.5).build(), Networks.output()), Networks.rows(6, 4));
        add(
                cases,
                "PReLU",
                flat(dense().build(), new PReLULayer.Builder().inputShape(5).build(), Networks.output()));
        add(cases, "embedding", embedding(), embeddingRows());
        add(cases, "VAE", flat(vae(), Networks.output()));
        add(cases, "loss layer", flat(dense().nOut(3).build(), lossLayer()));
        add(cases, "center loss", flat(dense().build(), centerLoss()));
        for (CNN2DFormat format : CNN2DFormat.values()) {
            String suffix = " " + format;
            InputType image = format == CNN2DFormat.NCHW ? IMAGE : IMAGE_LAST;
            DataSet images = format == CNN2DFormat.NCHW ? Networks.rows(3, 2, 6, 6) : Networks.rows(3, 6, 6, 2);
            add(
                    cases,
                    "convolution" + suffix,
                    Networks.sequence(image, convolution(), pool(), Networks.output()),
                    images);
            add(
                    cases,
                    "separable" + suffix,
                    Networks.sequence(
                            image,
                            new SeparableConvolution2D.Builder(3, 3)
                                    .nOut(3)
                                    .depthMultiplier(2)
                                    .build(),
                            pool(),
                            Networks.output()),
                    images);
            add(
                    cases,
                    "depthwise" + suffix,
                    Networks.sequence(
                            image,
                            new DepthwiseConvolution2D.Builder(3, 3)
                                    .depthMultiplier(2)
                                    .build(),
                            pool(),
                            Networks.output()),
                    images);
            add(
                    cases,
                    "deconvolution" + suffix,
                    Networks.sequence(
                            image,
                            new Deconvolution2D.Builder(2, 2)
                                    .nOut(3)
                                    .stride(2, 2)
                                    .build(),
                            pool(),
                            Networks.output()),
                    images);
            if (format == CNN2DFormat.NCHW) {
                add(
                        cases,
                        "image loss" + suffix,
                        Networks.sequence(image, same(), imageLoss(format)),
                        imageRows(format));
            }
        }
        return cases.stream();
    }

    static Stream<Arguments> losses() {
        List<Arguments> cases = new ArrayList<>();
        add(cases, "XENT", flat(dense().build(), Networks.output(LossFunction.XENT, Activation.SIGMOID)));
        add(cases, "MSE", flat(dense().build(), Networks.output(LossFunction.MSE, Activation.IDENTITY)));
        add(cases, "L2", flat(dense().build(), Networks.output(LossFunction.L2, Activation.TANH)));
        add(cases, "MAE", flat(dense().build(), Networks.output(LossFunction.MEAN_ABSOLUTE_ERROR, Activation.TANH)));
        add(
                cases,
                "NLL",
                flat(dense().build(), Networks.output(LossFunction.NEGATIVELOGLIKELIHOOD, Activation.SOFTMAX)));
        DataSet signs = Networks.rows(6, 4);
        signs.setLabels(signs.getLabels().mul(2).sub(1));
        add(cases, "hinge", flat(dense().build(), Networks.output(LossFunction.HINGE, Activation.TANH)), signs);
        OutputLayer weighted = new OutputLayer.Builder(new LossMCXENT(Nd4j.createFromArray(0.5, 2, 1.5)))
                .nOut(Networks.CLASSES)
                .activation(Activation.SOFTMAX)
                .build();
        add(cases, "weighted MCXENT", flat(dense().build(), weighted));
        DataSet sparse = Networks.rows(6, 4);
        sparse.setLabels(sparse.getLabels().argMax(1).castTo(DataType.DOUBLE).reshape(6, 1));
        add(
                cases,
                "sparse MCXENT",
                flat(dense().build(), Networks.output(LossFunction.SPARSE_MCXENT, Activation.SOFTMAX)),
                sparse);
        return cases.stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"layers", "losses"})
    void gradient_ofEveryKindOfNetwork_isTheDerivative(String name, Model net, DataSet data) {
        LossOracle oracle = LossOracle.builder(net).build();

        double loss = Networks.assertGradient(oracle, LossData.of(data).batches(4));

        // At most the clipping of logarithms lies between the two.
        double live = Networks.score(net, data, false);
        assertThat(loss).isCloseTo(live, within(1e-12 + 1e-12 * Math.abs(live)));
    }

    @Test
    void imageLossWithChannelsLast_isRefusedInWords() {
        MultiLayerNetwork net = Networks.sequence(IMAGE_LAST, same(), imageLoss(CNN2DFormat.NHWC));

        assertThatThrownBy(() -> LossOracle.builder(net).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "data format of CnnLossLayer 'layer1' must be NCHW, got NHWC: Deeplearning4j 1.0.0-M2.1 computes "
                                + "another score than its gradient is of");
    }

    private static MultiLayerNetwork flat(Layer... layers) {
        return Networks.sequence(FLAT, layers);
    }

    private static DenseLayer.Builder dense() {
        return new DenseLayer.Builder().nOut(5).activation(Activation.TANH);
    }

    private static ConvolutionLayer convolution() {
        return new ConvolutionLayer.Builder(3, 3)
                .nOut(3)
                .activation(Activation.TANH)
                .build();
    }

    private static ConvolutionLayer same() {
        return new ConvolutionLayer.Builder(3, 3)
                .nOut(Networks.CLASSES)
                .convolutionMode(ConvolutionMode.Same)
                .build();
    }

    private static SubsamplingLayer pool() {
        return new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.AVG)
                .kernelSize(2, 2)
                .stride(2, 2)
                .build();
    }

    private static CnnLossLayer imageLoss(CNN2DFormat format) {
        return new CnnLossLayer.Builder(LossFunctions.LossFunction.MCXENT)
                .activation(Activation.SOFTMAX)
                .format(format)
                .build();
    }

    private static DataSet imageRows(CNN2DFormat format) {
        boolean first = format == CNN2DFormat.NCHW;
        INDArray labels = Nd4j.zeros(DataType.DOUBLE, first ? new long[] {3, 3, 6, 6} : new long[] {3, 6, 6, 3});
        for (int n = 0; n < 3; n++) {
            for (int h = 0; h < 6; h++) {
                for (int w = 0; w < 6; w++) {
                    int c = (n + h * w) % 3;
                    labels.putScalar(first ? new int[] {n, c, h, w} : new int[] {n, h, w, c}, 1);
                }
            }
        }
        return new DataSet(first ? Networks.features(3, 2, 6, 6) : Networks.features(3, 6, 6, 2), labels);
    }

    private static VariationalAutoencoder vae() {
        return new VariationalAutoencoder.Builder()
                .nOut(3)
                .encoderLayerSizes(5)
                .decoderLayerSizes(4)
                .activation(Activation.TANH)
                .pzxActivationFunction(Activation.SIGMOID)
                .build();
    }

    private static LossLayer lossLayer() {
        return new LossLayer.Builder(LossFunction.MCXENT)
                .activation(Activation.SOFTMAX)
                .build();
    }

    private static CenterLossOutputLayer centerLoss() {
        return new CenterLossOutputLayer.Builder(LossFunction.MCXENT)
                .nOut(Networks.CLASSES)
                .activation(Activation.SOFTMAX)
                .alpha(0.3)
                .lambda(0.7)
                .build();
    }

    private static MultiLayerNetwork embedding() {
        return flat(
                new EmbeddingLayer.Builder().nIn(4).nOut(3).hasBias(true).build(),
                new ActivationLayer(Activation.TANH),
                Networks.output());
    }

    private static DataSet embeddingRows() {
        DataSet data = Networks.rows(6, 1);
        data.setFeatures(Nd4j.createFromArray(0, 1, 2, 3, 1, 2).reshape(6, 1));
        return data;
    }

    private static void add(List<Arguments> cases, String name, MultiLayerNetwork net) {
        add(cases, name, net, Networks.rows(6, 4));
    }

    /** Both kinds of network. */
    static void add(List<Arguments> cases, String name, MultiLayerNetwork net, DataSet data) {
        cases.add(Arguments.of(name, net, data));
        cases.add(Arguments.of(name + " as a graph", net.toComputationGraph(), data));
    }
}
