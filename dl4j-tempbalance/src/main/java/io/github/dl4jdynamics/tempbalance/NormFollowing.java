/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance;

import java.util.Map;

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
 * <p>Upstream leads through activations, pooling, dropout and other normalizations; where branches meet, through the one
 * with the most weighted layers in a row behind it, of equals the first. So a normalization behind the addition of a
 * residual block follows the block's last convolution and not its shortcut, and in a pre-activation network each
 * normalization follows the convolution whose output it normalizes, not the one it feeds. (The released code goes by names,
 * {@code bn1} to {@code conv1}, which in pre-activation networks is the layer it feeds.) A normalization of the network's
 * input has none and keeps its own rate.
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
        int[] depths = depths(net);
        ImmutableMap.Builder<String, String> follows = ImmutableMap.builder();
        for (GraphVertex vertex : net.getVertices()) {
            if (vertex.hasLayer() && isNorm(vertex.getLayer())) {
                GraphVertex source = upstream(net, vertex, depths);
                while (source != null && !hasWeights(source)) {
                    source = upstream(net, source, depths);
                }
                if (source != null) {
                    follows.put(vertex.getVertexName(), source.getVertexName());
                }
            }
        }
        return follows.build();
    }

    /** Weighted layers on the longest way from an input to each vertex, itself included. */
    private static int[] depths(ComputationGraph net) {
        int[] depths = new int[net.getVertices().length];
        for (int index : net.topologicalSortOrder()) {
            GraphVertex vertex = net.getVertices()[index];
            GraphVertex source = upstream(net, vertex, depths);
            depths[index] = (source == null ? 0 : depths[source.getVertexIndex()]) + (hasWeights(vertex) ? 1 : 0);
        }
        return depths;
    }

    /** The deepest input, of equals the first; null for an input of the network. */
    private static GraphVertex upstream(ComputationGraph net, GraphVertex vertex, int[] depths) {
        VertexIndices[] inputs = vertex.getInputVertices();
        GraphVertex deepest = null;
        for (int i = 0; inputs != null && i < inputs.length; i++) {
            int index = inputs[i].getVertexIndex();
            if (deepest == null || depths[index] > depths[deepest.getVertexIndex()]) {
                deepest = net.getVertices()[index];
            }
        }
        return deepest;
    }

    private static boolean hasWeights(GraphVertex vertex) {
        return vertex.hasLayer() ? hasWeights(vertex.getLayer()) : vertex.numParams() > 0;
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
