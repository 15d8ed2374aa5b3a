/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.lowrank;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.github.dl4jdynamics.spectral.oracle.ConfigurationCopy;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Builds the new network from a copy of the configuration and the decisions. */
final class Surgery {
    private final List<Decision> decisions;
    private final Set<String> names = new HashSet<>();

    Surgery(List<Decision> decisions) {
        this.decisions = decisions;
        decisions.forEach(decision -> names.add(decision.name()));
    }

    MultiLayerNetwork on(MultiLayerNetwork net) {
        MultiLayerConfiguration conf = ConfigurationCopy.of(net.getLayerWiseConfigurations());
        Map<Integer, InputPreProcessor> preProcessors = new HashMap<>();
        List<NeuralNetConfiguration> layers = new ArrayList<>();
        for (int i = 0; i < decisions.size(); i++) {
            NeuralNetConfiguration layer = conf.getConf(i);
            // Positions shift: a layer without a name keeps the one that reports gave it.
            layer.getLayer().setLayerName(decisions.get(i).name());
            if (conf.getInputPreProcess(i) != null) {
                preProcessors.put(layers.size(), conf.getInputPreProcess(i));
            }
            if (decisions.get(i).replaces()) {
                ThinLayers thin = decisions.get(i).layers(layer, firstName(decisions.get(i)));
                layers.add(thin.first());
                layers.add(thin.second());
            } else {
                layers.add(layer);
            }
        }
        conf.setConfs(layers);
        conf.setInputPreProcessors(preProcessors);
        MultiLayerNetwork small = new MultiLayerNetwork(conf);
        small.init(parameters(conf.getDataType()), false);
        int index = 0;
        for (Decision decision : decisions) {
            if (decision.replaces()) {
                decision.writeTo(small.getLayer(index++), small.getLayer(index++));
            } else {
                decision.writeTo(small.getLayer(index++));
            }
        }
        return small;
    }

    ComputationGraph on(ComputationGraph net) {
        ComputationGraphConfiguration conf = ConfigurationCopy.of(net.getConfiguration());
        Map<String, Decision> replaced = new HashMap<>();
        Map<String, String> firstNames = new HashMap<>();
        for (Decision decision : decisions) {
            if (decision.replaces()) {
                replaced.put(decision.name(), decision);
                firstNames.put(decision.name(), firstName(decision));
            }
        }
        Map<String, GraphVertex> vertices = new LinkedHashMap<>();
        Map<String, List<String>> inputs = new LinkedHashMap<>();
        conf.getVertices().forEach((name, vertex) -> {
            List<String> before = conf.getVertexInputs().get(name);
            if (replaced.containsKey(name)) {
                String firstName = firstNames.get(name);
                LayerVertex layer = (LayerVertex) vertex;
                ThinLayers thin = replaced.get(name).layers(layer.getLayerConf(), firstName);
                vertices.put(firstName, new LayerVertex(thin.first(), layer.getPreProcessor()));
                inputs.put(firstName, before);
                layer.setLayerConf(thin.second());
                layer.setPreProcessor(null);
                before = List.of(firstName);
            }
            vertices.put(name, vertex);
            inputs.put(name, new ArrayList<>(before));
        });
        conf.setVertices(vertices);
        conf.setVertexInputs(inputs);
        // The order of the vertices is kept with the configuration, and computed anew if it is not there.
        conf.setTopologicalOrder(null);
        conf.setTopologicalOrderStr(null);
        ComputationGraph small = new ComputationGraph(conf);
        small.init(parameters(conf.getDataType()), false);
        for (Decision decision : decisions) {
            if (decision.replaces()) {
                decision.writeTo(small.getVertex(firstNames.get(decision.name())), small.getVertex(decision.name()));
            } else {
                decision.writeTo(small.getVertex(decision.name()));
            }
        }
        return small;
    }

    private String firstName(Decision decision) {
        String name = decision.name() + "-in";
        while (!names.add(name)) {
            name += "-in";
        }
        return name;
    }

    /** No weights are drawn, as some initializations refuse thin matrices. */
    private INDArray parameters(DataType type) {
        long length = decisions.stream()
                .mapToLong(decision -> decision.row().parametersAfter())
                .sum();
        return Nd4j.create(type, 1, length);
    }
}
