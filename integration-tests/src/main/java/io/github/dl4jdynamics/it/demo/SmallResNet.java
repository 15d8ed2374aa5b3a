/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.demo;

import java.util.List;
import java.util.function.Supplier;

import io.github.dl4jdynamics.it.demo.data.ImageShape;
import org.deeplearning4j.nn.conf.CacheMode;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.distribution.NormalDistribution;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.weights.IWeightInit;
import org.deeplearning4j.nn.weights.WeightInit;
import org.deeplearning4j.nn.weights.WeightInitDistribution;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.regularization.WeightDecay;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkNotNull;

/**
 * A residual network of eight weight layers in depth, small enough to train in a demo on a CPU.
 *
 * <pre>{@code
 * stem    ReLU(BN(conv(x))), stride 2                            k filters, 1/2 of the side
 * stage1  ReLU(x + BN(conv(ReLU(BN(conv(x))))))                  k          1/2
 * stage2  ReLU(BN(proj(x)) + BN(conv(ReLU(BN(conv(x))))))       2k          1/4
 * stage3  like stage2                                           4k          1/8
 * pool    mean over positions
 * output  softmax of a dense layer
 * }</pre>
 *
 * <p>{@code conv} is a 3 x 3 convolution, {@code proj} a 1 x 1 convolution of stride 2, k the width; the first
 * {@code conv} of stages 2 and 3 has stride 2.
 *
 * <p>Layers are named after their place: {@code stem}, {@code stem-bn}, {@code stage1-conv1}, {@code stage1-bn1}, ...,
 * {@code stage2-shortcut}, ..., {@code output}. Convolutions have no bias, since BN follows, and He's initialization.
 * Weight decay is set layer by layer: on the network builder DL4J 1.0.0-M2.1 would apply it twice.
 *
 * <p>K. He, X. Zhang, S. Ren, J. Sun, Deep Residual Learning for Image Recognition, CVPR 2016, sections 3.3 and 4.2
 * (the CIFAR-10 networks; here n = 1, with the projection shortcut B and a stem of stride 2 for speed).
 */
public final class SmallResNet {
    private static final int STAGES = 3;

    /** Standard deviation of the output weights: near zero, all classes start equal. Ours; saves an epoch. */
    private static final double OUTPUT_DEVIATION = 0.01;

    private final Builder settings;
    private final GraphBuilder graph;

    private SmallResNet(Builder settings) {
        this.settings = settings;
        this.graph = new NeuralNetConfiguration.Builder()
                .seed(settings.seed)
                .updater(settings.updater)
                .weightInit(WeightInit.RELU)
                .convolutionMode(ConvolutionMode.Same)
                // Without it DL4J's convolution computes its forward pass again in the backward pass.
                .cacheMode(CacheMode.DEVICE)
                .graphBuilder()
                .addInputs("input");
    }

    public static Builder builder() {
        return new Builder();
    }

    private ComputationGraphConfiguration build() {
        String last = relu("stem-relu", normalized("stem", "stem-bn", filters(3, 2, settings.width), pooled("input")));
        for (int stage = 1; stage <= STAGES; stage++) {
            last = stage("stage" + stage, last, stage);
        }
        OutputLayer.Builder output = new OutputLayer.Builder(LossFunction.MCXENT)
                .nOut(settings.classes)
                .activation(Activation.SOFTMAX)
                .weightInit(settings.outputWeights);
        if (settings.outputUpdater != null) {
            output.updater(settings.outputUpdater);
        }
        decay(output);
        ImageShape shape = settings.shape;
        return graph.addLayer("pool", new GlobalPoolingLayer.Builder(PoolingType.AVG).build(), last)
                .addLayer("output", output.build(), "pool")
                .setOutputs("output")
                .setInputTypes(InputType.convolutional(shape.height(), shape.width(), shape.channels()))
                .build();
    }

    /** Means over squares of pixels, if asked for. */
    private String pooled(String input) {
        if (settings.inputPooling == 1) {
            return input;
        }
        SubsamplingLayer means = new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.AVG)
                .kernelSize(settings.inputPooling, settings.inputPooling)
                .stride(settings.inputPooling, settings.inputPooling)
                .build();
        graph.addLayer("shrink", means, input);
        return "shrink";
    }

    private String stage(String name, String input, int stage) {
        int width = settings.width << (stage - 1);
        int stride = stage == 1 ? 1 : 2;
        String inner =
                relu(name + "-relu1", normalized(name + "-conv1", name + "-bn1", filters(3, stride, width), input));
        String residual = normalized(name + "-conv2", name + "-bn2", filters(3, 1, width), inner);
        String shortcut = stage == 1
                ? input
                : normalized(name + "-shortcut", name + "-shortcut-bn", filters(1, stride, width), input);
        graph.addVertex(name + "-add", new ElementWiseVertex(ElementWiseVertex.Op.Add), residual, shortcut);
        return relu(name + "-relu2", name + "-add");
    }

    private ConvolutionLayer.Builder filters(int side, int stride, int count) {
        ConvolutionLayer.Builder filters = new ConvolutionLayer.Builder(side, side)
                .stride(stride, stride)
                .nOut(count)
                .hasBias(false)
                .activation(Activation.IDENTITY);
        decay(filters);
        return filters;
    }

    /** Adds a convolution and its batch normalization; returns the name of the latter. */
    private String normalized(String name, String bn, ConvolutionLayer.Builder filters, String input) {
        graph.addLayer(name, filters.build(), input).addLayer(bn, settings.normalization.get(), name);
        return bn;
    }

    private String relu(String name, String input) {
        graph.addLayer(
                name, new ActivationLayer.Builder().activation(Activation.RELU).build(), input);
        return name;
    }

    private void decay(BaseLayer.Builder<?> layer) {
        if (settings.weightDecay > 0) {
            // DL4J-M2.1: a WeightDecay of the network builder is added to every layer twice.
            layer.regularization(List.of(new WeightDecay(settings.weightDecay, true)));
        }
    }

    /** Settings of the network; all have defaults. */
    public static final class Builder {
        private static final int SMALLEST_SIDE = 8;

        private ImageShape shape = ImageShape.of(3, 32, 32);
        private int classes = 10;
        private int width = 12;
        private int inputPooling = 1;
        private IUpdater updater = new Nesterovs(0.1, 0.9);
        private IUpdater outputUpdater;
        private IWeightInit outputWeights = new WeightInitDistribution(new NormalDistribution(0, OUTPUT_DEVIATION));
        private Supplier<? extends BatchNormalization> normalization = BatchNormalization::new;
        private double weightDecay;
        private long seed = 1;

        private Builder() {}

        /** Shape of the images, at least 8 x 8 pixels; default 3 x 32 x 32. */
        public Builder shape(ImageShape shape) {
            checkArgument(
                    shape.height() >= SMALLEST_SIDE && shape.width() >= SMALLEST_SIDE,
                    "shape of SmallResNet's images must be at least 8 x 8 pixels (three strides of 2), got %s",
                    shape);
            this.shape = shape;
            return this;
        }

        /** Number of classes, at least 2; default 10. */
        public Builder classes(int classes) {
            checkArgument(classes >= 2, "classes of SmallResNet must be >= 2, got %s", classes);
            this.classes = classes;
            return this;
        }

        /** Filters of the stem and stage 1, doubled in stages 2 and 3; default 12 (ours, for the demo's time). */
        public Builder width(int width) {
            checkArgument(width >= 1, "width of SmallResNet must be >= 1 filter, got %s", width);
            this.width = width;
            return this;
        }

        /**
         * Shrinks the images first, by means over squares of so many pixels. Default 1, which
         * leaves them alone; 2 is four times as fast.
         */
        public Builder inputPooling(int side) {
            checkArgument(side >= 1, "inputPooling of SmallResNet must be >= 1 pixel, got %s; 1 switches it off", side);
            this.inputPooling = side;
            return this;
        }

        /** Updater of all layers; default Nesterovs, rate 0.1, momentum 0.9 (He et al., section 4.2). */
        public Builder updater(IUpdater updater) {
            this.updater = checkNotNull(updater, "updater of SmallResNet must not be null");
            return this;
        }

        /** Updater of the output layer; default that of all layers. */
        public Builder outputUpdater(IUpdater outputUpdater) {
            this.outputUpdater = checkNotNull(
                    outputUpdater,
                    "outputUpdater of SmallResNet must not be null; leave it out for that of all layers");
            return this;
        }

        /**
         * Initial weights of the output layer; default normal with a deviation of 0.01, from which all classes start alike.
         * An output layer that is not to learn needs weights of the usual size.
         */
        public Builder outputWeights(IWeightInit outputWeights) {
            this.outputWeights = checkNotNull(outputWeights, "outputWeights of SmallResNet must not be null");
            return this;
        }

        /** Makes the normalization after a convolution, one call for each; default the framework's own. */
        public Builder normalization(Supplier<? extends BatchNormalization> normalization) {
            this.normalization = checkNotNull(
                    normalization, "normalization of SmallResNet must not be null; leave it out for DL4J's own");
            return this;
        }

        /** Decoupled weight decay of convolution and output weights, times the rate; default 0, none. */
        public Builder weightDecay(double weightDecay) {
            checkArgument(
                    weightDecay >= 0 && weightDecay < 1,
                    "weightDecay of SmallResNet must be in [0, 1), got %s; 0 switches it off",
                    weightDecay);
            this.weightDecay = weightDecay;
            return this;
        }

        /** Seed of the initial weights; default 1. */
        public Builder seed(long seed) {
            this.seed = seed;
            return this;
        }

        /** A new configuration, for {@code new ComputationGraph(...)}. */
        public ComputationGraphConfiguration build() {
            return new SmallResNet(this).build();
        }
    }
}
