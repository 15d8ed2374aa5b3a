/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.util.ModelSerializer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.nativeblas.NativeOpsHolder;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;

/** Small networks around ghost batch normalization, and their numbers. */
final class LiveNets {
    static final int IN = 4;
    static final int CLASSES = 3;

    static {
        // Waking and joining a second thread takes longer than any operation on arrays this small.
        Nd4j.getExecutioner(); // loads the native library
        NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(1);
    }

    private LiveNets() {}

    static GhostBatchNormalization.Builder ghost(int size) {
        return GhostBatchNormalization.builder().ghostBatchSize(size);
    }

    static NeuralNetConfiguration.Builder base(DataType type) {
        return new NeuralNetConfiguration.Builder()
                .seed(42)
                .dataType(type)
                .updater(new Adam(0.01))
                .activation(Activation.TANH);
    }

    static DenseLayer dense(int nOut) {
        return new DenseLayer.Builder().nOut(nOut).build();
    }

    static OutputLayer output() {
        return new OutputLayer.Builder(LossFunction.MCXENT)
                .nOut(CLASSES)
                .activation(Activation.SOFTMAX)
                .build();
    }

    static RnnOutputLayer rnnOutput() {
        return new RnnOutputLayer.Builder(LossFunction.MCXENT)
                .nOut(CLASSES)
                .activation(Activation.SOFTMAX)
                .build();
    }

    static LossLayer loss() {
        return new LossLayer.Builder(LossFunction.MSE)
                .activation(Activation.IDENTITY)
                .build();
    }

    static MultiLayerConfiguration conf(NeuralNetConfiguration.Builder base, InputType input, Layer... layers) {
        NeuralNetConfiguration.ListBuilder list = base.list();
        for (Layer layer : layers) {
            list.layer(layer);
        }
        return list.setInputType(input).build();
    }

    static MultiLayerNetwork net(NeuralNetConfiguration.Builder base, InputType input, Layer... layers) {
        return net(conf(base, input, layers));
    }

    static MultiLayerNetwork net(MultiLayerConfiguration conf) {
        MultiLayerNetwork net = new MultiLayerNetwork(conf);
        net.init();
        return net;
    }

    /** A normalization layer right on the input, whose gamma and beta do not move. */
    static MultiLayerNetwork still(DataType type, InputType input, Layer normalization) {
        return net(base(type).updater(new Sgd(0)), input, normalization, loss());
    }

    /** dense, ghost, dense, ghost, output. */
    static MultiLayerConfiguration stack(NeuralNetConfiguration.Builder base, int ghostBatchSize) {
        return conf(
                base,
                InputType.feedForward(IN),
                dense(6),
                ghost(ghostBatchSize).build(),
                dense(5),
                ghost(ghostBatchSize).build(),
                output());
    }

    static DataSet batch(DataType type, int examples, int seed) {
        return new DataSet(random(type, seed, examples, IN), labels(type, seed, examples));
    }

    /** Of the wanted shape, with neighbours that differ: uniform in [-1, 1] plus the index of the example / 10. */
    static INDArray random(DataType type, int seed, long... shape) {
        SplittableRandom random = new SplittableRandom(seed);
        INDArray array = Nd4j.create(DataType.DOUBLE, shape);
        long perExample = array.length() / shape[0];
        for (long i = 0; i < array.length(); i++) {
            array.putScalar(i, 2 * random.nextDouble() - 1 + i / perExample / 10.0);
        }
        return array.castTo(type);
    }

    static INDArray labels(DataType type, int seed, int examples) {
        SplittableRandom random = new SplittableRandom(seed + 1000L);
        INDArray labels = Nd4j.create(type, examples, CLASSES);
        for (int i = 0; i < examples; i++) {
            labels.putScalar(i, random.nextInt(CLASSES), 1);
        }
        return labels;
    }

    /** One-hot [n, classes, steps]. */
    static INDArray sequenceLabels(DataType type, int seed, int examples, int steps) {
        SplittableRandom random = new SplittableRandom(seed + 1000L);
        INDArray labels = Nd4j.create(type, examples, CLASSES, steps);
        for (int i = 0; i < examples; i++) {
            for (int t = 0; t < steps; t++) {
                labels.putScalar(i, random.nextInt(CLASSES), t, 1);
            }
        }
        return labels;
    }

    static void fit(MultiLayerNetwork net, DataType type, int examples, int batches) {
        for (int i = 0; i < batches; i++) {
            net.fit(batch(type, examples, i));
        }
    }

    /** Exact values: {@code INDArray.equals} forgives 1e-5. */
    static double[] values(INDArray array) {
        return array.dup('c').castTo(DataType.DOUBLE).data().asDouble();
    }

    static double[] param(MultiLayerNetwork net, String name) {
        return values(net.getParam(name));
    }

    static INDArray forward(org.deeplearning4j.nn.api.Layer layer, INDArray x, boolean training) {
        layer.setInput(x, LayerWorkspaceMgr.noWorkspaces());
        return layer.activate(training, LayerWorkspaceMgr.noWorkspaces());
    }

    static MultiLayerNetwork copy(MultiLayerNetwork net) {
        try {
            return ModelSerializer.restoreMultiLayerNetwork(new ByteArrayInputStream(saved(net)), true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static ComputationGraph copy(ComputationGraph net) {
        try {
            return ModelSerializer.restoreComputationGraph(new ByteArrayInputStream(saved(net)), true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] saved(org.deeplearning4j.nn.api.Model net) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ModelSerializer.writeModel(net, bytes, true);
        return bytes.toByteArray();
    }

    /** A golden vector. */
    static JsonNode vector(String name) {
        try {
            return new ObjectMapper().readTree(LiveNets.class.getResourceAsStream("/vectors/" + name + ".json"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Nested JSON arrays as an array of their shape. */
    static INDArray array(JsonNode node, DataType type) {
        List<Long> shape = new ArrayList<>();
        for (JsonNode n = node; n.isArray(); n = n.get(0)) {
            shape.add((long) n.size());
        }
        List<Double> numbers = new ArrayList<>();
        flatten(node, numbers);
        return Nd4j.createFromArray(
                        numbers.stream().mapToDouble(Double::doubleValue).toArray())
                .reshape(shape.stream().mapToLong(Long::longValue).toArray())
                .castTo(type);
    }

    private static void flatten(JsonNode node, List<Double> into) {
        if (node.isArray()) {
            node.forEach(child -> flatten(child, into));
        } else {
            into.add(node.asDouble());
        }
    }
}
