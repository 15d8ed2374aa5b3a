/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.rates;

import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.regularization.WeightDecay;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/** Small networks with what breaks glue code: batch normalization, dropout, L2, odd sizes, wrappers. */
final class Nets {
    static final int IN = 7;
    static final int CLASSES = 3;

    private Nets() {}

    static MultiLayerConfiguration denseConf(IUpdater updater, DataType type) {
        return new NeuralNetConfiguration.Builder()
                .seed(12345)
                .dataType(type)
                .updater(updater)
                .l2(1e-3)
                .activation(Activation.TANH)
                .list()
                .layer(new DenseLayer.Builder().nIn(IN).nOut(13).dropOut(0.8).build())
                .layer(new BatchNormalization.Builder().nOut(13).build())
                .layer(new DenseLayer.Builder().nIn(13).nOut(5).build())
                .layer(new OutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                        .nIn(5)
                        .nOut(CLASSES)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build();
    }

    static MultiLayerNetwork dense(IUpdater updater, DataType type) {
        MultiLayerNetwork net = new MultiLayerNetwork(denseConf(updater, type));
        net.init();
        return net;
    }

    /** Dense, a dropout layer of its own, output: the dropout layer has an updater and no parameters. */
    static MultiLayerNetwork withDropoutLayer(IUpdater updater) {
        MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .updater(updater)
                .l2(1e-3)
                .list()
                .layer(new DenseLayer.Builder().nIn(IN).nOut(5).build())
                .layer(new DropoutLayer.Builder(0.5).build())
                .layer(new OutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                        .nIn(5)
                        .nOut(CLASSES)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
        net.init();
        return net;
    }

    static ComputationGraphConfiguration graphConf(IUpdater updater, DataType type) {
        return new NeuralNetConfiguration.Builder()
                .seed(12345)
                .dataType(type)
                .updater(updater)
                .activation(Activation.TANH)
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(InputType.feedForward(IN))
                .addLayer("first", new DenseLayer.Builder().nOut(9).dropOut(0.9).build(), "in")
                .addLayer("norm", new BatchNormalization(), "first")
                .addLayer(
                        "second",
                        new DenseLayer.Builder()
                                .nOut(9)
                                .regularization(java.util.Collections.singletonList(new WeightDecay(1e-2, true)))
                                .build(),
                        "norm")
                .addVertex("add", new ElementWiseVertex(ElementWiseVertex.Op.Add), "norm", "second")
                .addLayer(
                        "out",
                        new OutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                                .nOut(CLASSES)
                                .activation(Activation.SOFTMAX)
                                .build(),
                        "add")
                .setOutputs("out")
                .build();
    }

    static ComputationGraph graph(IUpdater updater, DataType type) {
        ComputationGraph net = new ComputationGraph(graphConf(updater, type));
        net.init();
        return net;
    }

    /** Bidirectional LSTM inside LastTimeStep: two wrappers, and a runtime configuration that is a clone. */
    static MultiLayerNetwork recurrent(IUpdater updater) {
        MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(7)
                .updater(updater)
                .list()
                .layer(new Bidirectional(new LSTM.Builder().nOut(5).build()))
                .layer(new LastTimeStep(new LSTM.Builder().nOut(4).build()))
                .layer(new OutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                        .nOut(CLASSES)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.recurrent(IN))
                .build());
        net.init();
        return net;
    }

    static DataSet batch(int step, DataType type) {
        INDArray features = Nd4j.create(type, 11, IN);
        INDArray labels = Nd4j.create(type, 11, CLASSES);
        java.util.SplittableRandom random = new java.util.SplittableRandom(step);
        for (int i = 0; i < 11; i++) {
            for (int j = 0; j < IN; j++) {
                features.putScalar(i, j, random.nextDouble() - 0.5);
            }
            labels.putScalar(i, random.nextInt(CLASSES), 1);
        }
        return new DataSet(features, labels);
    }

    static DataSet sequences(int step) {
        DataSet flat = batch(step, DataType.FLOAT);
        INDArray steps = Nd4j.create(DataType.FLOAT, 11, IN, 4);
        for (int t = 0; t < 4; t++) {
            steps.get(
                            org.nd4j.linalg.indexing.NDArrayIndex.all(),
                            org.nd4j.linalg.indexing.NDArrayIndex.all(),
                            org.nd4j.linalg.indexing.NDArrayIndex.point(t))
                    .assign(flat.getFeatures().mul(t + 1));
        }
        return new DataSet(steps, flat.getLabels());
    }
}
