/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.examples;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/** The network and the data of all examples: 64 inputs, two hidden layers with batch normalization, 4 classes. */
final class ExampleNetworks {
    private static final int INPUTS = 64;
    private static final int CLASSES = 4;

    private ExampleNetworks() {}

    static MultiLayerConfiguration configuration(IUpdater updater) {
        return new NeuralNetConfiguration.Builder()
                .seed(42)
                .updater(updater)
                .l2(1e-4)
                .activation(Activation.RELU)
                .list()
                .layer(new DenseLayer.Builder()
                        .name("input")
                        .nIn(INPUTS)
                        .nOut(96)
                        .build())
                .layer(new BatchNormalization.Builder().name("norm").nOut(96).build())
                .layer(new DenseLayer.Builder()
                        .name("block1-dense")
                        .nIn(96)
                        .nOut(80)
                        .build())
                .layer(new DenseLayer.Builder()
                        .name("block2-dense")
                        .nIn(80)
                        .nOut(64)
                        .build())
                .layer(new OutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                        .name("output")
                        .nIn(64)
                        .nOut(CLASSES)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build();
    }

    static MultiLayerNetwork network() {
        MultiLayerNetwork net = new MultiLayerNetwork(configuration(new Adam(1e-3)));
        net.init();
        return net;
    }

    static DataSetIterator data() {
        return data(32);
    }

    /** Four clouds of points, seeded. */
    static DataSetIterator data(int batchSize) {
        SplittableRandom random = new SplittableRandom(7);
        List<DataSet> examples = IntStream.range(0, 320)
                .mapToObj(i -> {
                    int label = i % CLASSES;
                    float[] features = new float[INPUTS];
                    for (int j = 0; j < INPUTS; j++) {
                        features[j] = (float) (random.nextDouble() - 0.5 + (j % CLASSES == label ? 0.4 : 0));
                    }
                    float[] oneHot = new float[CLASSES];
                    oneHot[label] = 1;
                    return new DataSet(Nd4j.create(new float[][] {features}), Nd4j.create(new float[][] {oneHot}));
                })
                .collect(Collectors.toList());
        return new ListDataSetIterator<>(examples, batchSize);
    }
}
