/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.lowrank;

import java.util.Map;
import java.util.Random;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
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

/** Small networks of both kinds, and weights of a rank. */
final class LowRankNets {
    static final int IN = 20;
    static final int CLASSES = 12;

    private LowRankNets() {}

    static NeuralNetConfiguration.Builder settings(DataType type) {
        return new NeuralNetConfiguration.Builder()
                .seed(5)
                .dataType(type)
                .updater(new Adam(0.01))
                .activation(Activation.TANH);
    }

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

    static DenseLayer dense(String name, int out) {
        return new DenseLayer.Builder().name(name).nOut(out).build();
    }

    static OutputLayer output() {
        return new OutputLayer.Builder()
                .name("out")
                .nOut(CLASSES)
                .activation(Activation.SOFTMAX)
                .build();
    }

    /** Dense 20 -> 24, dense 24 -> 16, output 16 -> 12. */
    static Layer[] plain() {
        return new Layer[] {dense("first", 24), dense("second", 16), output()};
    }

    /** Random values in all parameters; weights of layers to be factorized get the rank. */
    static <T extends Model> T lowRank(T net, int rank) {
        Random random = new Random(11);
        Map<String, INDArray> parameters = net.paramTable();
        parameters.forEach((name, values) -> {
            if (name.endsWith("_W") && values.rank() != 5) {
                long rows = values.size(0);
                INDArray product = random(random, rows, rank).mmul(random(random, rank, values.length() / rows));
                values.assign(product.reshape('c', values.shape()));
            } else if (name.endsWith("_var")) {
                values.assign(random(random, 1, values.length()).mul(0.2).add(1).reshape(values.shape()));
            } else {
                values.assign(random(random, 1, values.length()).reshape(values.shape()));
            }
        });
        return net;
    }

    private static INDArray random(Random random, long rows, long cols) {
        return Nd4j.createFromArray(random.doubles(rows * cols, -0.7, 0.7).toArray())
                .reshape(rows, cols);
    }

    static INDArray features(DataType type, long... shape) {
        INDArray features = Nd4j.create(type, shape);
        Random random = new Random(3);
        return features.assign(random(random, 1, features.length()).reshape(shape));
    }

    static DataSet batch(DataType type) {
        INDArray labels = Nd4j.create(type, 8, CLASSES);
        for (int i = 0; i < 8; i++) {
            labels.putScalar(i, i % CLASSES, 1);
        }
        return new DataSet(features(type, 8, IN), labels);
    }

    static INDArray output(Model net, INDArray features) {
        return net instanceof MultiLayerNetwork
                ? ((MultiLayerNetwork) net).output(features)
                : ((ComputationGraph) net).outputSingle(features);
    }

    static FactorizedNetwork<? extends Model> factorize(LowRankFactorization factorization, Model net) {
        return net instanceof MultiLayerNetwork
                ? factorization.factorize((MultiLayerNetwork) net)
                : factorization.factorize((ComputationGraph) net);
    }

    static FactorizedNetwork<? extends Model> factorize(Model net) {
        return factorize(LowRankFactorization.builder().energy(1).build(), net);
    }
}
