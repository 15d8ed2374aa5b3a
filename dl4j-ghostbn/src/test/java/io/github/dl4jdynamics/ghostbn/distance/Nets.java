/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.distance;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions;
import org.nd4j.nativeblas.NativeOpsHolder;

/** Tiny networks with batch normalization and dropout. */
final class Nets {
    static final int IN = 5;
    static final int CLASSES = 3;
    static final int BATCH = 6;

    static {
        // Waking and joining a second thread takes longer than any operation on arrays this small.
        Nd4j.getExecutioner(); // loads the native library
        NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(1);
    }

    private Nets() {}

    static DenseLayer.Builder dense(String name) {
        return new DenseLayer.Builder().name(name).nOut(7);
    }

    static OutputLayer output() {
        return new OutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                .name("out")
                .nOut(CLASSES)
                .activation(Activation.SOFTMAX)
                .build();
    }

    static NeuralNetConfiguration.Builder base(IUpdater updater) {
        return new NeuralNetConfiguration.Builder().seed(1).updater(updater).activation(Activation.TANH);
    }

    /** Layers frozen, first (with dropout), norm, out. */
    static MultiLayerConfiguration stackConf(IUpdater updater) {
        return base(updater)
                .list()
                .layer(new FrozenLayer.Builder().layer(dense("frozen").build()).build())
                .layer(dense("first").dropOut(0.8).build())
                .layer(new BatchNormalization.Builder().name("norm").build())
                .layer(output())
                .setInputType(InputType.feedForward(IN))
                .build();
    }

    static MultiLayerNetwork stack(IUpdater updater) {
        MultiLayerNetwork net = new MultiLayerNetwork(stackConf(updater));
        net.init();
        return net;
    }

    static ComputationGraph graph(IUpdater updater) {
        ComputationGraphConfiguration conf = base(updater)
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(InputType.feedForward(IN))
                .addLayer(
                        "frozen",
                        new FrozenLayer.Builder().layer(dense("frozen").build()).build(),
                        "in")
                .addLayer("first", dense("first").dropOut(0.8).build(), "frozen")
                .addLayer("norm", new BatchNormalization(), "first")
                .addLayer("out", output(), "norm")
                .setOutputs("out")
                .build();
        ComputationGraph net = new ComputationGraph(conf);
        net.init();
        return net;
    }

    static Model net(boolean graph, IUpdater updater) {
        return graph ? graph(updater) : stack(updater);
    }

    static DataSet batch(int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        INDArray features = Nd4j.create(DataType.FLOAT, BATCH, IN);
        INDArray labels = Nd4j.create(DataType.FLOAT, BATCH, CLASSES);
        for (int i = 0; i < BATCH; i++) {
            for (int j = 0; j < IN; j++) {
                features.putScalar(i, j, random.nextDouble() - 0.5);
            }
            labels.putScalar(i, random.nextInt(CLASSES), 1);
        }
        return new DataSet(features, labels);
    }

    /** An epoch of so many updates. */
    static ListDataSetIterator<DataSet> epoch(int updates) {
        List<DataSet> batches = new ArrayList<>();
        for (int i = 0; i < updates; i++) {
            batches.add(batch(i));
        }
        return new ListDataSetIterator<>(DataSet.merge(batches).asList(), BATCH);
    }

    /** Trains without epoch hooks. */
    static void fit(Model net, int updates) {
        for (int i = 0; i < updates; i++) {
            if (net instanceof MultiLayerNetwork) {
                ((MultiLayerNetwork) net).fit(batch(i));
            } else {
                ((ComputationGraph) net).fit(batch(i));
            }
        }
    }

    static void fitEpochs(Model net, int updates, int epochs) {
        if (net instanceof MultiLayerNetwork) {
            ((MultiLayerNetwork) net).fit(epoch(updates), epochs);
        } else {
            ((ComputationGraph) net).fit(epoch(updates), epochs);
        }
    }

    /** Exact values: {@code INDArray.equals} forgives 1e-5. */
    static double[] values(INDArray array) {
        return array.dup('c').data().asDouble();
    }
}
