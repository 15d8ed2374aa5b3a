/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca;

import java.util.Arrays;
import java.util.SplittableRandom;

import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
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
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions;
import org.nd4j.nativeblas.NativeOpsHolder;

/** Tiny networks of both kinds, their data and their training. */
final class Nets {
    static final int IN = 4;
    static final int CLASSES = 3;

    static {
        // Waking and joining a second thread takes longer than any operation on arrays this small.
        Nd4j.getExecutioner(); // loads the native library
        NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(1);
    }

    private Nets() {}

    static NeuralNetConfiguration.Builder base(IUpdater updater) {
        return new NeuralNetConfiguration.Builder()
                .seed(1)
                .dataType(DataType.DOUBLE)
                .updater(updater)
                .activation(Activation.TANH);
    }

    static DenseLayer dense(int out) {
        return new DenseLayer.Builder().nOut(out).build();
    }

    static OutputLayer output() {
        return new OutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                .nOut(CLASSES)
                .activation(Activation.SOFTMAX)
                .build();
    }

    /** Dense, output. */
    static Model net(boolean graph, IUpdater updater) {
        return net(graph, base(updater), InputType.feedForward(IN), dense(5), output());
    }

    /** Dense, batch normalization, output. */
    static Model normalized(boolean graph, IUpdater updater) {
        return net(
                graph,
                base(updater),
                InputType.feedForward(IN),
                dense(5),
                new BatchNormalization.Builder().decay(0.7).build(),
                output());
    }

    static Model net(boolean graph, NeuralNetConfiguration.Builder base, InputType type, Layer... layers) {
        return net(graph, 0, base, type, layers);
    }

    /** A chain of layers; truncated after so many steps, or not with 0. */
    static Model net(
            boolean graph, int truncated, NeuralNetConfiguration.Builder base, InputType type, Layer... layers) {
        BackpropType backprop = truncated == 0 ? BackpropType.Standard : BackpropType.TruncatedBPTT;
        int length = truncated == 0 ? 20 : truncated;
        if (!graph) {
            NeuralNetConfiguration.ListBuilder list = base.list();
            Arrays.stream(layers).forEach(list::layer);
            MultiLayerNetwork net = new MultiLayerNetwork(list.backpropType(backprop)
                    .tBPTTLength(length)
                    .setInputType(type)
                    .build());
            net.init();
            return net;
        }
        GraphBuilder builder = base.graphBuilder().addInputs("in").setInputTypes(type);
        String last = "in";
        for (int i = 0; i < layers.length; i++) {
            builder.addLayer("layer" + i, layers[i], last);
            last = "layer" + i;
        }
        ComputationGraph net = new ComputationGraph(builder.setOutputs(last)
                .backpropType(backprop)
                .tBPTTForwardLength(length)
                .tBPTTBackwardLength(length)
                .build());
        net.init();
        return net;
    }

    /** Rows of noisy classes. */
    static DataSet rows(int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        INDArray features = Nd4j.zeros(DataType.DOUBLE, count, IN);
        INDArray labels = Nd4j.zeros(DataType.DOUBLE, count, CLASSES);
        for (int i = 0; i < count; i++) {
            int one = random.nextInt(CLASSES);
            labels.putScalar(i, one, 1);
            for (int j = 0; j < IN; j++) {
                features.putScalar(i, j, random.nextDouble() - 0.5 + (j == one ? 0.7 : 0));
            }
        }
        return new DataSet(features, labels);
    }

    /** Rows on which an update leaves no number in the first layer. */
    static DataSet poison() {
        DataSet rows = rows(6, 5);
        rows.getFeatures().putScalar(2, 1, Double.NaN);
        return rows;
    }

    /** Sequences of different lengths, masked at their ends. */
    static DataSet sequences(int count, int steps, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        INDArray features = Nd4j.zeros(DataType.DOUBLE, count, IN, steps);
        INDArray labels = Nd4j.zeros(DataType.DOUBLE, count, CLASSES, steps);
        INDArray mask = Nd4j.zeros(DataType.DOUBLE, count, steps);
        for (int i = 0; i < count; i++) {
            for (int t = 0; t < steps; t++) {
                labels.putScalar(i, random.nextInt(CLASSES), t, 1);
                mask.putScalar(i, t, t < steps - i % 3 ? 1 : 0);
                for (int j = 0; j < IN; j++) {
                    features.putScalar(i, j, t, random.nextDouble() - 0.5);
                }
            }
        }
        return new DataSet(features, labels, mask, mask.dup());
    }

    static DataSetIterator batches(DataSet rows, int size) {
        return new ListDataSetIterator<>(rows.copy().batchBy(size), 1);
    }

    static void fit(Model net, DataSet batch) {
        if (net instanceof MultiLayerNetwork) {
            ((MultiLayerNetwork) net).fit(batch);
        } else {
            ((ComputationGraph) net).fit(batch);
        }
    }

    static void fit(Model net, DataSetIterator batches, int epochs) {
        if (net instanceof MultiLayerNetwork) {
            ((MultiLayerNetwork) net).fit(batches, epochs);
        } else {
            ((ComputationGraph) net).fit(batches, epochs);
        }
    }

    /** So many updates on batches that differ. */
    static void updates(Model net, int count) {
        for (int i = 0; i < count; i++) {
            fit(net, rows(6, 100 + i));
        }
    }

    static INDArray updaterState(Model net) {
        return net instanceof MultiLayerNetwork
                ? ((MultiLayerNetwork) net).updaterState()
                : ((ComputationGraph) net).updaterState();
    }

    static double[] values(INDArray array) {
        return array == null
                ? new double[0]
                : array.detach().castTo(DataType.DOUBLE).dup('c').ravel().toDoubleVector();
    }
}
