/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.weights;

import java.util.SplittableRandom;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.distribution.NormalDistribution;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/** Small networks of both kinds. */
final class Networks {
    private static final int IN = 12;
    private static final int CLASSES = 3;

    private Networks() {}

    static NeuralNetConfiguration.Builder settings(DataType type) {
        return new NeuralNetConfiguration.Builder()
                .seed(77)
                .dataType(type)
                .updater(new Adam(0.01))
                .weightInit(new NormalDistribution(0, 0.3))
                .activation(Activation.TANH);
    }

    /** Layers one after the other; those without a name get {@code layer0}, {@code layer1}, ... */
    static MultiLayerNetwork sequence(DataType type, InputType input, Layer... layers) {
        NeuralNetConfiguration.ListBuilder list = settings(type).list();
        for (Layer layer : layers) {
            list.layer(layer);
        }
        MultiLayerNetwork net = new MultiLayerNetwork(list.setInputType(input).build());
        net.init();
        return net;
    }

    static MultiLayerNetwork sequence(InputType input, Layer... layers) {
        return sequence(DataType.DOUBLE, input, layers);
    }

    /** The same as a graph; all layers need names. */
    static ComputationGraph graph(DataType type, InputType input, Layer... layers) {
        ComputationGraphConfiguration.GraphBuilder builder =
                settings(type).graphBuilder().addInputs("in").setInputTypes(input);
        String previous = "in";
        for (Layer layer : layers) {
            builder.addLayer(layer.getLayerName(), layer, previous);
            previous = layer.getLayerName();
        }
        ComputationGraph net = new ComputationGraph(builder.setOutputs(previous).build());
        net.init();
        return net;
    }

    static Model of(boolean graph, DataType type, InputType input, Layer... layers) {
        return graph ? graph(type, input, layers) : sequence(type, input, layers);
    }

    /** Dropout, batch normalization and three weight matrices, the first large enough for a usable fit. */
    static Layer[] trainable() {
        return new Layer[] {
            new DenseLayer.Builder().name("first").nOut(24).dropOut(0.8).build(),
            new BatchNormalization.Builder().name("norm").build(),
            new DenseLayer.Builder().name("second").nOut(11).build(),
            new OutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                    .name("out")
                    .nOut(CLASSES)
                    .activation(Activation.SOFTMAX)
                    .build()
        };
    }

    static InputType trainableInput() {
        return InputType.feedForward(IN);
    }

    static DataSet batch(int step, DataType type) {
        INDArray features = Nd4j.create(type, 9, IN);
        INDArray labels = Nd4j.create(type, 9, CLASSES);
        SplittableRandom random = new SplittableRandom(step);
        for (int i = 0; i < 9; i++) {
            for (int j = 0; j < IN; j++) {
                features.putScalar(i, j, random.nextDouble() - 0.5);
            }
            labels.putScalar(i, random.nextInt(CLASSES), 1);
        }
        return new DataSet(features, labels);
    }

    /** A parameter of a named layer. */
    static INDArray parameter(Model net, String layer, String parameter) {
        return net instanceof MultiLayerNetwork
                ? ((MultiLayerNetwork) net).getLayer(layer).getParam(parameter)
                : ((ComputationGraph) net).getLayer(layer).getParam(parameter);
    }
}
