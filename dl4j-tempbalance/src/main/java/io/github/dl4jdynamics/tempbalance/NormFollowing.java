/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import com.google.common.collect.ImmutableMap;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.graph.vertex.VertexIndices;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;

/**
 * Which weighted layer a batch normalization takes its rate from: the nearest one upstream.
 *
 * <p>Nearest counts vertices, through activations, pooling, merges and other normalizations. Where two are equally near,
 * as behind the addition of a residual block with a projection shortcut, the one on the vertex's first input wins, which
 * by habit is the main path. So a normalization behind an addition follows the last convolution of the block, and in a
 * pre-activation network each normalization follows the convolution whose output it normalizes, not the one it feeds.
 * (The released code goes by names, {@code bn1} to {@code conv1}, which in pre-activation networks is the layer it
 * feeds.) A normalization of the network's input has none and keeps its own rate.
 */
final class NormFollowing {

    private NormFollowing() {}

    /** Normalization layer to the layer it follows; normalizations that follow none are missing. */
    static ImmutableMap<String, String> of(Model model) {
        return model instanceof MultiLayerNetwork
                ? ofStack((MultiLayerNetwork) model)
                : ofGraph((ComputationGraph) model);
    }

    private static ImmutableMap<String, String> ofStack(MultiLayerNetwork net) {
        ImmutableMap.Builder<String, String> follows = ImmutableMap.builder();
        String weighted = null;
        for (int i = 0; i < net.getnLayers(); i++) {
            Layer layer = net.getLayer(i);
            String name = net.getLayerWiseConfigurations().getConf(i).getLayer().getLayerName();
            name = name == null ? "layer" + i : name;
            if (isNorm(layer)) {
                if (weighted != null) {
                    follows.put(name, weighted);
                }
            } else if (hasWeights(layer)) {
                weighted = name;
            }
        }
        return follows.build();
    }

    private static ImmutableMap<String, String> ofGraph(ComputationGraph net) {
        ImmutableMap.Builder<String, String> follows = ImmutableMap.builder();
        for (GraphVertex vertex : net.getVertices()) {
            if (vertex.hasLayer() && isNorm(vertex.getLayer())) {
                nearestWeighted(net.getVertices(), vertex)
                        .ifPresent(source -> follows.put(vertex.getVertexName(), source));
            }
        }
        return follows.build();
    }

    /** Breadth first, inputs in their order: the first weighted vertex met is the nearest. */
    private static Optional<String> nearestWeighted(GraphVertex[] vertices, GraphVertex norm) {
        Deque<GraphVertex> queue = new ArrayDeque<>();
        Set<Integer> seen = new HashSet<>();
        queue.add(norm);
        while (!queue.isEmpty()) {
            GraphVertex vertex = queue.remove();
            if (vertex.hasLayer() ? hasWeights(vertex.getLayer()) : vertex.numParams() > 0) {
                return Optional.of(vertex.getVertexName());
            }
            VertexIndices[] inputs = vertex.getInputVertices();
            for (int i = 0; inputs != null && i < inputs.length; i++) {
                if (seen.add(inputs[i].getVertexIndex())) {
                    queue.add(vertices[inputs[i].getVertexIndex()]);
                }
            }
        }
        return Optional.empty();
    }

    private static boolean isNorm(Layer layer) {
        return conf(layer) instanceof BatchNormalization;
    }

    /** Whether the layer has parameters and is neither a normalization nor an activation function that learns. */
    private static boolean hasWeights(Layer layer) {
        return layer.numParams() > 0 && !isNorm(layer) && !(conf(layer) instanceof PReLULayer);
    }

    private static org.deeplearning4j.nn.conf.layers.Layer conf(Layer layer) {
        org.deeplearning4j.nn.conf.layers.Layer conf = layer.conf().getLayer();
        return conf instanceof FrozenLayer ? ((FrozenLayer) conf).getLayer() : conf;
    }

    /** The rule with the user's choices in place of it; a norm mapped to the empty string keeps its own rate. */
    static ImmutableMap<String, String> withOverrides(Map<String, String> rule, Map<String, String> overrides) {
        ImmutableMap.Builder<String, String> merged = ImmutableMap.builder();
        rule.forEach((norm, source) -> {
            if (!overrides.containsKey(norm)) {
                merged.put(norm, source);
            }
        });
        overrides.forEach((norm, source) -> {
            if (!source.isEmpty()) {
                merged.put(norm, source);
            }
        });
        return merged.build();
    }
}
