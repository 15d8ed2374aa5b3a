/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.regime;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions;
import org.nd4j.nativeblas.NativeOpsHolder;

/** Tiny networks in double, and random data that does not use the generator of dropout. */
final class Networks {
    static final int IN = 5;
    static final int CLASSES = 3;

    static {
        // Waking and joining a second thread takes longer than any operation on arrays this small.
        Nd4j.getExecutioner(); // loads the native library
        NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(1);
    }

    private Networks() {}

    static NeuralNetConfiguration.Builder conf(IUpdater updater) {
        return new NeuralNetConfiguration.Builder()
                .seed(12345)
                .dataType(DataType.DOUBLE)
                .updater(updater)
                .activation(Activation.TANH);
    }

    static DenseLayer.Builder dense(int out) {
        return new DenseLayer.Builder().nOut(out);
    }

    static OutputLayer.Builder output() {
        return new OutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                .nOut(CLASSES)
                .activation(Activation.SOFTMAX);
    }

    static RnnOutputLayer.Builder sequenceOutput() {
        return new RnnOutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                .nOut(CLASSES)
                .activation(Activation.SOFTMAX);
    }

    static MultiLayerNetwork initialised(MultiLayerConfiguration conf) {
        MultiLayerNetwork net = new MultiLayerNetwork(conf);
        net.init();
        return net;
    }

    static ComputationGraph initialised(ComputationGraphConfiguration conf) {
        ComputationGraph net = new ComputationGraph(conf);
        net.init();
        return net;
    }

    static INDArray random(long seed, long... shape) {
        SplittableRandom random = new SplittableRandom(seed);
        double[] values = new double[(int) Nd4j.createUninitialized(shape).length()];
        for (int i = 0; i < values.length; i++) {
            values[i] = 2 * random.nextDouble() - 1;
        }
        return Nd4j.createFromArray(values).reshape(shape);
    }

    /** One of {@link #CLASSES} classes for each row, one-hot. */
    static INDArray classes(long seed, int rows) {
        SplittableRandom random = new SplittableRandom(seed);
        INDArray labels = Nd4j.zeros(DataType.DOUBLE, rows, CLASSES);
        for (int i = 0; i < rows; i++) {
            labels.putScalar(i, random.nextInt(CLASSES), 1);
        }
        return labels;
    }

    static DataSet batch(long seed, int rows) {
        return new DataSet(random(seed, rows, IN), classes(seed + 1000, rows));
    }

    static List<DataSet> batches(int count, int rows) {
        List<DataSet> batches = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            batches.add(batch(i, rows));
        }
        return batches;
    }

    /** Features [rows, IN, steps], labels [rows, CLASSES, steps], no masks. */
    static DataSet sequences(long seed, int rows, int steps) {
        INDArray labels =
                classes(seed + 1000, rows * steps).reshape(rows, steps, CLASSES).permute(0, 2, 1);
        return new DataSet(random(seed, rows, IN, steps), labels.dup('c'));
    }

    /** Sets the generator dropout draws from; comparing two runs needs the same state at the start of both. */
    static void seed(long seed) {
        Nd4j.getRandom().setSeed(seed);
    }

    /** Exact values: {@code INDArray.equals} forgives 1e-5. */
    static double[] bits(INDArray array) {
        return array.dup('c').data().asDouble();
    }

    /** The gradient of the loss summed over a batch, without a step. */
    static INDArray gradient(MultiLayerNetwork net, DataSet data) {
        net.setInput(data.getFeatures());
        net.setLabels(data.getLabels());
        net.setLayerMaskArrays(data.getFeaturesMaskArray(), data.getLabelsMaskArray());
        net.computeGradientAndScore();
        net.clearLayerMaskArrays();
        return net.gradient().gradient().dup();
    }

    /** Copies every gradient as the listeners before this one left it. */
    static final class Gradients extends BaseTrainingListener {
        final List<INDArray> seen = new ArrayList<>();

        @Override
        public void onGradientCalculation(Model model) {
            seen.add(model.getGradientsViewArray().dup());
        }
    }
}
