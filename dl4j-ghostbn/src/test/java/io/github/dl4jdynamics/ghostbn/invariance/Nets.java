/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.invariance;

import java.util.List;

import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions;
import org.nd4j.nativeblas.NativeOpsHolder;

/** Tiny networks with normalizations so exact ({@code eps} 1e-12) that scale invariance can be tested to many digits. */
final class Nets {
    static final int BATCH = 12;
    static final int CLASSES = 3;

    static {
        // Waking and joining a second thread takes longer than any operation on arrays this small.
        Nd4j.getExecutioner();
        NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(1);
    }

    private Nets() {}

    static NeuralNetConfiguration.Builder settings(IUpdater updater) {
        return new NeuralNetConfiguration.Builder()
                .seed(12345)
                .dataType(DataType.DOUBLE)
                .updater(updater)
                .biasInit(0.3)
                .activation(Activation.IDENTITY);
    }

    static DenseLayer.Builder dense(String name, int nOut) {
        return new DenseLayer.Builder().name(name).nOut(nOut);
    }

    static ConvolutionLayer.Builder conv(String name, int nOut) {
        return new ConvolutionLayer.Builder(3, 3).name(name).nOut(nOut).padding(1, 1);
    }

    static BatchNormalization norm(String name) {
        return new BatchNormalization.Builder().name(name).eps(1e-12).build();
    }

    static ActivationLayer relu(String name) {
        return new ActivationLayer.Builder()
                .name(name)
                .activation(Activation.RELU)
                .build();
    }

    static OutputLayer output(String name) {
        return new OutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                .name(name)
                .nOut(CLASSES)
                .activation(Activation.SOFTMAX)
                .build();
    }

    static MultiLayerNetwork stack(InputType input, Layer... layers) {
        return stack(settings(new Sgd(0.1)), input, layers);
    }

    static MultiLayerNetwork stack(NeuralNetConfiguration.Builder settings, InputType input, Layer... layers) {
        NeuralNetConfiguration.ListBuilder list = settings.list();
        for (Layer layer : layers) {
            list.layer(layer);
        }
        MultiLayerNetwork net = new MultiLayerNetwork(list.setInputType(input).build());
        net.init();
        return net;
    }

    static InputType image() {
        return InputType.convolutional(6, 6, 2);
    }

    /** Dense, norm, output with the given L2 penalty on all weights. */
    static MultiLayerNetwork denseNet(IUpdater updater, double l2) {
        return stack(
                settings(updater).l2(l2),
                InputType.feedForward(5),
                dense("dense", 7).build(),
                norm("bn"),
                output("out"));
    }

    /** Pre-activation residual network: stem, two blocks of norm, ReLU, convolution, added, then the last norm. */
    static ComputationGraph preActivation() {
        ComputationGraphConfiguration.GraphBuilder graph = settings(new Sgd(0.1))
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(image())
                .addLayer("stem", conv("stem", 4).build(), "in");
        String stream = "stem";
        for (String block : List.of("1", "2")) {
            graph.addLayer("bn" + block, norm("bn" + block), stream)
                    .addLayer("relu" + block, relu("relu" + block), "bn" + block)
                    .addLayer("conv" + block, conv("conv" + block, 4).build(), "relu" + block)
                    .addVertex("add" + block, new ElementWiseVertex(ElementWiseVertex.Op.Add), stream, "conv" + block);
            stream = "add" + block;
        }
        return initialised(graph.addLayer("bnLast", norm("bnLast"), stream)
                .addLayer("pool", new GlobalPoolingLayer.Builder(PoolingType.AVG).build(), "bnLast")
                .addLayer("out", output("out"), "pool")
                .setOutputs("out")
                .build());
    }

    /** Residual network with projection: each branch normalized, the sum normalized once more. */
    static ComputationGraph postActivation() {
        return initialised(settings(new Sgd(0.1))
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(image())
                .addLayer("stem", conv("stem", 4).build(), "in")
                .addLayer("bn0", norm("bn0"), "stem")
                .addLayer("relu0", relu("relu0"), "bn0")
                .addLayer("conv1", conv("conv1", 4).build(), "relu0")
                .addLayer("bn1", norm("bn1"), "conv1")
                .addVertex("add", new ElementWiseVertex(ElementWiseVertex.Op.Add), "bn1", "relu0")
                .addLayer("relu1", relu("relu1"), "add")
                .addLayer("conv2", conv("conv2", 3).build(), "relu1")
                .addLayer("bn2", norm("bn2"), "conv2")
                .addLayer("pool", new GlobalPoolingLayer.Builder(PoolingType.AVG).build(), "bn2")
                .addLayer("out", output("out"), "pool")
                .setOutputs("out")
                .build());
    }

    /** Two kernels whose sum is normalized, two whose concatenation is, and ReLU with bias behind it. */
    static ComputationGraph branches() {
        return initialised(settings(new Sgd(0.1))
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(image())
                .addLayer("left", conv("left", 4).activation(Activation.RELU).build(), "in")
                .addLayer("right", conv("right", 4).build(), "in")
                .addVertex("add", new ElementWiseVertex(ElementWiseVertex.Op.Add), "left", "right")
                .addLayer("bn1", norm("bn1"), "add")
                .addLayer("up", conv("up", 2).build(), "bn1")
                .addLayer(
                        "down", conv("down", 3).activation(Activation.LEAKYRELU).build(), "bn1")
                .addVertex("merge", new MergeVertex(), "up", "down")
                .addLayer("bn2", norm("bn2"), "merge")
                .addLayer("pool", new GlobalPoolingLayer.Builder(PoolingType.MAX).build(), "bn2")
                .addLayer("out", output("out"), "pool")
                .setOutputs("out")
                .build());
    }

    private static ComputationGraph initialised(ComputationGraphConfiguration conf) {
        ComputationGraph net = new ComputationGraph(conf);
        net.init();
        return net;
    }

    static DataSet vectors(int seed) {
        Nd4j.getRandom().setSeed(seed);
        return new DataSet(Nd4j.randn(DataType.DOUBLE, BATCH, 5), labels());
    }

    static DataSet images(int seed) {
        Nd4j.getRandom().setSeed(seed);
        return new DataSet(Nd4j.randn(DataType.DOUBLE, BATCH, 2, 6, 6), labels());
    }

    private static INDArray labels() {
        INDArray labels = Nd4j.zeros(DataType.DOUBLE, BATCH, CLASSES);
        for (int i = 0; i < BATCH; i++) {
            labels.putScalar(i, (i * 7 + i / 2) % CLASSES, 1);
        }
        return labels;
    }

    static DataSetIterator batches(DataSet... data) {
        return new ExistingDataSetIterator(List.of(data));
    }

    static void fit(Model net, DataSet data, int times) {
        for (int i = 0; i < times; i++) {
            if (net instanceof MultiLayerNetwork) {
                ((MultiLayerNetwork) net).fit(data);
            } else {
                ((ComputationGraph) net).fit(data);
            }
        }
    }

    /** Training loss with batch statistics, without penalties. */
    static double trainingLoss(Model net, DataSet data) {
        return net instanceof MultiLayerNetwork
                ? ((MultiLayerNetwork) net).score(data, true)
                : ((ComputationGraph) net).score(data, true);
    }
}
