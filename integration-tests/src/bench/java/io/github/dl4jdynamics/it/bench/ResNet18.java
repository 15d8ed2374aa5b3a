/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.bench;

import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/** The 21 weighted layers of the CIFAR ResNet-18 with random weights: 157 kernel slices, 11 million weights. */
final class ResNet18 {

    private ResNet18() {}

    static ComputationGraph create() {
        GraphBuilder graph = new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(new Sgd(0.1))
                .weightInit(WeightInit.RELU)
                .convolutionMode(ConvolutionMode.Same)
                .activation(Activation.RELU)
                .graphBuilder()
                .addInputs("input")
                .setInputTypes(InputType.convolutional(32, 32, 3));
        String last = conv(graph, "stem", "input", 64, 3, 1);
        int[] widths = {64, 128, 256, 512};
        for (int stage = 0; stage < widths.length; stage++) {
            for (int block = 0; block < 2; block++) {
                String name = "stage" + (stage + 1) + "-" + block;
                int stride = stage > 0 && block == 0 ? 2 : 1;
                String first = conv(graph, name + "-conv1", last, widths[stage], 3, stride);
                String second = conv(graph, name + "-conv2", first, widths[stage], 3, 1);
                String shortcut = stride == 2 ? conv(graph, name + "-shortcut", last, widths[stage], 1, 2) : last;
                graph.addVertex(name, new ElementWiseVertex(ElementWiseVertex.Op.Add), second, shortcut);
                last = name;
            }
        }
        graph.addLayer("pool", new GlobalPoolingLayer.Builder(PoolingType.AVG).build(), last)
                .addLayer(
                        "output",
                        new OutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                                .nOut(10)
                                .activation(Activation.SOFTMAX)
                                .build(),
                        "pool")
                .setOutputs("output");
        ComputationGraph net = new ComputationGraph(graph.build());
        net.init();
        return net;
    }

    private static String conv(GraphBuilder graph, String name, String input, int width, int kernel, int stride) {
        graph.addLayer(
                name,
                new ConvolutionLayer.Builder(kernel, kernel)
                        .stride(stride, stride)
                        .nOut(width)
                        .hasBias(false)
                        .build(),
                input);
        return name;
    }
}
