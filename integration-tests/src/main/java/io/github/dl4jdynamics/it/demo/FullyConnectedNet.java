/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.demo;

import java.util.function.Supplier;

import io.github.dl4jdynamics.it.demo.data.ImageShape;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.learning.config.IUpdater;

/**
 * Three hidden layers {@code ReLU(BN(W x))} of 256 units and a softmax: the kind of network for small grey images.
 *
 * <p>Layers are named {@code dense1}, {@code bn1}, {@code relu1}, ..., {@code output}. The weights have no bias, since BN
 * follows, and He's initialization.
 *
 * <p>After network F1 of Hoffer, Hubara, Soudry, NeurIPS 2017, arXiv 1705.08741, which has five layers of 512 units;
 * smaller for the demo's time.
 */
final class FullyConnectedNet {
    private static final int LAYERS = 3;
    private static final int UNITS = 256;

    private final ImageShape shape;
    private final int classes;

    FullyConnectedNet(ImageShape shape, int classes) {
        this.shape = shape;
        this.classes = classes;
    }

    /** A new configuration; {@code normalization} is called once for every hidden layer. */
    ComputationGraphConfiguration configuration(
            IUpdater updater, Supplier<? extends BatchNormalization> normalization, long seed) {
        GraphBuilder graph = new NeuralNetConfiguration.Builder()
                .seed(seed)
                .updater(updater)
                .weightInit(WeightInit.RELU)
                .graphBuilder()
                .addInputs("input");
        String last = "input";
        for (int i = 1; i <= LAYERS; i++) {
            graph.addLayer("dense" + i, dense(), last)
                    .addLayer("bn" + i, normalization.get(), "dense" + i)
                    .addLayer("relu" + i, relu(), "bn" + i);
            last = "relu" + i;
        }
        OutputLayer output = new OutputLayer.Builder()
                .nOut(classes)
                .activation(Activation.SOFTMAX)
                .weightInit(WeightInit.XAVIER)
                .build();
        return graph.addLayer("output", output, last)
                .setOutputs("output")
                .setInputTypes(InputType.convolutional(shape.height(), shape.width(), shape.channels()))
                .build();
    }

    private static DenseLayer dense() {
        return new DenseLayer.Builder()
                .nOut(UNITS)
                .hasBias(false)
                .activation(Activation.IDENTITY)
                .build();
    }

    private static ActivationLayer relu() {
        return new ActivationLayer.Builder().activation(Activation.RELU).build();
    }

    @Override
    public String toString() {
        return "fully connected network of " + LAYERS + " x " + UNITS + " units";
    }
}
