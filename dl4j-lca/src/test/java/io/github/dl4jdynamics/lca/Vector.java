/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
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
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;

/** A golden vector and the live networks it speaks of: dense W1 b1, tanh, dense W2 b2, softmax. */
final class Vector {
    final JsonNode json;
    final boolean graph;
    final DataType type;

    Vector(String name, boolean graph, DataType type) {
        try (InputStream in = Vector.class.getResourceAsStream("/vectors/" + name + ".json")) {
            json = new ObjectMapper().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.graph = graph;
        this.type = type;
    }

    JsonNode inputs() {
        return json.path("inputs");
    }

    JsonNode expected() {
        return json.path("expected");
    }

    /** Largest deviation allowed from a value. */
    double tolerance(double value) {
        return type == DataType.DOUBLE ? 1e-10 + 1e-8 * Math.abs(value) : 1e-5 + 1e-4 * Math.abs(value);
    }

    DataSet rows(String x, String y) {
        JsonNode labels = inputs().path(y);
        int classes = labels.isMissingNode() ? 0 : inputs().toString().contains("\"y\":[2") ? 3 : 2;
        INDArray oneHot = Nd4j.zeros(type, labels.size(), classes);
        for (int i = 0; i < labels.size(); i++) {
            oneHot.putScalar(i, labels.get(i).asInt(), 1);
        }
        return new DataSet(matrix(inputs().path(x)), oneHot);
    }

    INDArray matrix(JsonNode rows) {
        double[][] values = new double[rows.size()][rows.get(0).size()];
        for (int i = 0; i < values.length; i++) {
            for (int j = 0; j < values[i].length; j++) {
                values[i][j] = rows.get(i).get(j).asDouble();
            }
        }
        return Nd4j.create(values).castTo(type);
    }

    /** A network of the shapes of a parameter point, at that point. */
    Model net(JsonNode theta, double l2, double rate) {
        int in = theta.path("W1").size();
        int hidden = theta.path("W1").get(0).size();
        int out = theta.path("W2").get(0).size();
        boolean normalized = theta.has("gamma");
        NeuralNetConfiguration.Builder base =
                new NeuralNetConfiguration.Builder().dataType(type).updater(new Sgd(rate));
        Layer[] layers = {
            new DenseLayer.Builder()
                    .nIn(in)
                    .nOut(hidden)
                    .hasBias(!normalized)
                    .activation(normalized ? Activation.IDENTITY : Activation.TANH)
                    .l2(l2)
                    .build(),
            normalized
                    ? new BatchNormalization.Builder()
                            .nIn(hidden)
                            .nOut(hidden)
                            .eps(1e-5)
                            .build()
                    : null,
            normalized ? new ActivationLayer(Activation.TANH) : null,
            new OutputLayer.Builder().nIn(hidden).nOut(out).l2(l2).build()
        };
        Model net = graph ? graph(base, layers, in) : stack(base, layers);
        moveTo(net, theta);
        return net;
    }

    private static Model stack(NeuralNetConfiguration.Builder base, Layer[] layers) {
        NeuralNetConfiguration.ListBuilder list = base.list();
        for (Layer layer : layers) {
            if (layer != null) {
                list.layer(layer);
            }
        }
        MultiLayerNetwork net = new MultiLayerNetwork(list.build());
        net.init();
        return net;
    }

    private static Model graph(NeuralNetConfiguration.Builder base, Layer[] layers, int in) {
        org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder builder =
                base.graphBuilder().addInputs("in").setInputTypes(InputType.feedForward(in));
        String last = "in";
        int number = 0;
        for (Layer layer : layers) {
            if (layer != null) {
                String name = "layer" + number++;
                builder.addLayer(name, layer, last);
                last = name;
            }
        }
        ComputationGraph net = new ComputationGraph(builder.setOutputs(last).build());
        net.init();
        return net;
    }

    /** Sets the parameters as an update would. */
    void moveTo(Model net, JsonNode theta) {
        int output = theta.has("gamma") ? 3 : 1;
        set(net, 0, "W", matrix(theta.path("W1")));
        set(net, output, "W", matrix(theta.path("W2")));
        set(net, output, "b", row(theta.path("b2")));
        if (theta.has("gamma")) {
            set(net, 1, "gamma", row(theta.path("gamma")));
            set(net, 1, "beta", row(theta.path("beta")));
        } else {
            set(net, 0, "b", row(theta.path("b1")));
        }
    }

    private INDArray row(JsonNode values) {
        double[] row = new double[values.size()];
        for (int i = 0; i < row.length; i++) {
            row[i] = values.get(i).asDouble();
        }
        return Nd4j.create(row).castTo(type).reshape(1, row.length);
    }

    private void set(Model net, int layer, String key, INDArray value) {
        INDArray parameter = graph
                ? ((ComputationGraph) net).getLayer("layer" + layer).getParam(key)
                : ((MultiLayerNetwork) net).getLayer(layer).getParam(key);
        parameter.assign(value.reshape(parameter.shape()));
    }

    /** Plays one update to the listener. */
    void step(LossChangeAllocationListener lca, Model net, JsonNode next, int iteration) {
        lca.onGradientCalculation(net);
        moveTo(net, next);
        lca.iterationDone(net, iteration, 0);
    }
}
