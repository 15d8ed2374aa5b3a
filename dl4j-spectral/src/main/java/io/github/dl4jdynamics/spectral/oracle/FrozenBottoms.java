/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.oracle;

import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;

/** Frozen layers with nothing but frozen layers between them and the input: no gradient is wanted below them. */
final class FrozenBottoms {
    private FrozenBottoms() {}

    static Set<Layer> of(MultiLayerConfiguration conf) {
        Set<Layer> bottoms = Collections.newSetFromMap(new IdentityHashMap<>());
        for (NeuralNetConfiguration layer : conf.getConfs()) {
            if (isTrained(layer)) {
                break;
            }
            addFrozen(layer, bottoms);
        }
        return bottoms;
    }

    static Set<Layer> of(ComputationGraphConfiguration conf) {
        Set<Layer> bottoms = Collections.newSetFromMap(new IdentityHashMap<>());
        Map<String, Boolean> trainedBelow = new HashMap<>();
        conf.getVertices().forEach((name, vertex) -> {
            if (vertex instanceof LayerVertex && !isTrainedBelow(name, conf, trainedBelow)) {
                addFrozen(((LayerVertex) vertex).getLayerConf(), bottoms);
            }
        });
        return bottoms;
    }

    private static void addFrozen(NeuralNetConfiguration layer, Set<Layer> bottoms) {
        if (layer.getLayer() instanceof FrozenLayer) {
            bottoms.add(layer.getLayer());
        }
    }

    private static boolean isTrainedBelow(String name, ComputationGraphConfiguration conf, Map<String, Boolean> known) {
        Boolean before = known.get(name);
        if (before != null) {
            return before;
        }
        boolean trainedBelow = false;
        for (String input : conf.getVertexInputs().getOrDefault(name, List.of())) {
            GraphVertex vertex = conf.getVertices().get(input);
            boolean trained = vertex instanceof LayerVertex
                    ? isTrained(((LayerVertex) vertex).getLayerConf())
                    : vertex != null && vertex.numParams(false) > 0;
            trainedBelow |= trained || isTrainedBelow(input, conf, known);
        }
        known.put(name, trainedBelow);
        return trainedBelow;
    }

    private static boolean isTrained(NeuralNetConfiguration layer) {
        return !(layer.getLayer() instanceof FrozenLayer)
                && layer.getLayer().initializer().numParams(layer) > 0;
    }
}
