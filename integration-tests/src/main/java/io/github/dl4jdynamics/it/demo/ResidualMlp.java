/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.demo;

import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.nd4j.linalg.activations.Activation;

/**
 * The body of a residual network of dense layers: {@value #BLOCKS} blocks of two layers over a stem.
 *
 * <pre>{@code
 * stem     ReLU(BN(W x))
 * block1   ReLU(x + BN(W ReLU(BN(W x))))
 * ...
 * }</pre>
 *
 * <p>Layers are named {@code stem}, {@code stem-bn}, {@code block1-dense1}, {@code block1-bn1}, .... Weights have no bias,
 * since BN follows.
 */
final class ResidualMlp {
    private static final int UNITS = 64;
    private static final int BLOCKS = 3;

    private final GraphBuilder graph;

    private ResidualMlp(GraphBuilder graph) {
        this.graph = graph;
    }

    /** Adds the body over an input; returns the name of its last vertex. */
    static String add(GraphBuilder graph, String input) {
        ResidualMlp body = new ResidualMlp(graph);
        String last = body.relu("stem-relu", body.normalized("stem", "stem-bn", input));
        for (int block = 1; block <= BLOCKS; block++) {
            String name = "block" + block;
            String inner = body.relu(name + "-relu1", body.normalized(name + "-dense1", name + "-bn1", last));
            String residual = body.normalized(name + "-dense2", name + "-bn2", inner);
            graph.addVertex(name + "-add", new ElementWiseVertex(ElementWiseVertex.Op.Add), residual, last);
            last = body.relu(name + "-relu2", name + "-add");
        }
        return last;
    }

    private String normalized(String name, String bn, String input) {
        DenseLayer dense = new DenseLayer.Builder()
                .nOut(UNITS)
                .hasBias(false)
                .activation(Activation.IDENTITY)
                .build();
        graph.addLayer(name, dense, input).addLayer(bn, new BatchNormalization(), name);
        return bn;
    }

    private String relu(String name, String input) {
        graph.addLayer(
                name, new ActivationLayer.Builder().activation(Activation.RELU).build(), input);
        return name;
    }
}
