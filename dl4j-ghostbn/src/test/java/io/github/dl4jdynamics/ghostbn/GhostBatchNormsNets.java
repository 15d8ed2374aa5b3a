/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.SplittableRandom;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.constraint.MaxNormConstraint;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.util.ModelSerializer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.linalg.schedule.StepSchedule;
import org.nd4j.nativeblas.NativeOpsHolder;

/** Small networks in double precision in which every kind of plain batch normalization layer occurs. */
final class GhostBatchNormsNets {
    static final int IN = 5;
    static final int CLASSES = 3;
    static final int BATCH = 8;

    static {
        // Waking and joining a second thread takes longer than any operation on arrays this small.
        Nd4j.getExecutioner(); // loads the native library
        NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(1);
    }

    private GhostBatchNormsNets() {}

    static NeuralNetConfiguration.Builder base() {
        return new NeuralNetConfiguration.Builder()
                .seed(4)
                .dataType(DataType.DOUBLE)
                .updater(new Adam(new StepSchedule(ScheduleType.ITERATION, 0.02, 0.5, 3)))
                .activation(Activation.TANH);
    }

    static DenseLayer dense(int out) {
        return new DenseLayer.Builder().nOut(out).build();
    }

    static OutputLayer output() {
        return new OutputLayer.Builder()
                .nOut(CLASSES)
                .activation(Activation.SOFTMAX)
                .build();
    }

    static BatchNormalization.Builder norm(String name) {
        return new BatchNormalization.Builder().name(name);
    }

    /** Trained by Adam with a schedule, by Nesterovs and not at all; bn1 with variances, bn2 locked, bn3 frozen. */
    static MultiLayerNetwork stack() {
        IUpdater nesterovs = new Nesterovs(0.05, 0.8);
        MultiLayerNetwork network = new MultiLayerNetwork(base().list()
                .layer(new DenseLayer.Builder().nOut(6).dropOut(0.8).build())
                .layer(norm("bn1").useLogStd(false).decay(0.7).build())
                .layer(dense(6))
                .layer(norm("bn2").lockGammaBeta(true).gamma(1.5).beta(0.2).build())
                .layer(new FrozenLayer(norm("bn3").build()))
                .layer(new DenseLayer.Builder().nOut(4).updater(nesterovs).build())
                .layer(norm("bn4").updater(nesterovs).eps(1e-3).build())
                .layer(norm("bn5")
                        .constrainAllParameters(new MaxNormConstraint(30, 0))
                        .gradientNormalization(GradientNormalization.ClipL2PerLayer)
                        .gradientNormalizationThreshold(50)
                        .build())
                .layer(output())
                .setInputType(InputType.feedForward(IN))
                .build());
        network.init();
        return network;
    }

    /** A convolution and a residual block. */
    static ComputationGraph residual() {
        ComputationGraph graph = new ComputationGraph(base().graphBuilder()
                .addInputs("in")
                .setInputTypes(InputType.convolutional(4, 4, 2))
                .addLayer("conv", new ConvolutionLayer.Builder(3, 3).nOut(3).build(), "in")
                .addLayer("bn1", norm("bn1").build(), "conv")
                .addLayer("branch", new ConvolutionLayer.Builder(1, 1).nOut(3).build(), "bn1")
                .addLayer("bn2", norm("bn2").useLogStd(false).build(), "branch")
                .addVertex("sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), "bn1", "bn2")
                .addLayer("dense", dense(4), "sum")
                .addLayer("bn3", norm("bn3").build(), "dense")
                .addLayer("out", output(), "bn3")
                .setOutputs("out")
                .build());
        graph.init();
        return graph;
    }

    static MultiLayerNetwork stack(Layer... norms) {
        NeuralNetConfiguration.ListBuilder list = base().list();
        for (Layer norm : norms) {
            list.layer(dense(4)).layer(norm);
        }
        MultiLayerNetwork network = new MultiLayerNetwork(
                list.layer(output()).setInputType(InputType.feedForward(IN)).build());
        network.init();
        return network;
    }

    static DataSet batch(Model network, int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        INDArray features = network instanceof ComputationGraph
                ? Nd4j.create(DataType.DOUBLE, BATCH, 2, 4, 4)
                : Nd4j.create(DataType.DOUBLE, BATCH, IN);
        for (int i = 0; i < features.length(); i++) {
            features.putScalar(i, random.nextDouble() - 0.5);
        }
        INDArray labels = Nd4j.create(DataType.DOUBLE, BATCH, CLASSES);
        for (int i = 0; i < BATCH; i++) {
            labels.putScalar(i, random.nextInt(CLASSES), 1);
        }
        return new DataSet(features, labels);
    }

    /** Trains on batches from..to-1; dropout draws from a generator seeded the same each time. */
    static void fit(Model network, int from, int to) {
        Nd4j.getRandom().setSeed(17 + from);
        for (int i = from; i < to; i++) {
            if (network instanceof MultiLayerNetwork) {
                ((MultiLayerNetwork) network).fit(batch(network, i));
            } else {
                ((ComputationGraph) network).fit(batch(network, i));
            }
        }
    }

    static double[] output(Model network) {
        INDArray features = batch(network, 99).getFeatures();
        return network instanceof MultiLayerNetwork
                ? values(((MultiLayerNetwork) network).output(features))
                : values(((ComputationGraph) network).outputSingle(features));
    }

    static Model convert(GhostBatchNorms conversion, Model network) {
        return network instanceof MultiLayerNetwork
                ? conversion.convert((MultiLayerNetwork) network)
                : conversion.convert((ComputationGraph) network);
    }

    static String json(Model network) {
        return network instanceof MultiLayerNetwork
                ? ((MultiLayerNetwork) network).getLayerWiseConfigurations().toJson()
                : ((ComputationGraph) network).getConfiguration().toJson();
    }

    static BaseMultiLayerUpdater<?> updater(Model network) {
        return network instanceof MultiLayerNetwork
                ? (BaseMultiLayerUpdater<?>) ((MultiLayerNetwork) network).getUpdater(false)
                : ((ComputationGraph) network).getUpdater(false);
    }

    static double[] state(Model network) {
        return values(updater(network).getStateViewArray());
    }

    static double[] parameters(Model network) {
        return values(network.params());
    }

    static Model savedAndLoaded(Model network) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ModelSerializer.writeModel(network, bytes, true);
        ByteArrayInputStream in = new ByteArrayInputStream(bytes.toByteArray());
        return network instanceof MultiLayerNetwork
                ? ModelSerializer.restoreMultiLayerNetwork(in, true)
                : ModelSerializer.restoreComputationGraph(in, true);
    }

    /** Exact values: {@code INDArray.equals} forgives 1e-5. */
    static double[] values(INDArray array) {
        return array.dup('c').data().asDouble();
    }
}
