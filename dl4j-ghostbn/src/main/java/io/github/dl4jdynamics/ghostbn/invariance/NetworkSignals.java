/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.invariance;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import io.github.dl4jdynamics.ghostbn.invariance.Signal.Passing;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.FrozenVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.PoolHelperVertex;
import org.deeplearning4j.nn.conf.graph.ReshapeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.StackVertex;
import org.deeplearning4j.nn.conf.graph.SubsetVertex;
import org.deeplearning4j.nn.conf.graph.UnstackVertex;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.graph.vertex.VertexIndices;
import org.deeplearning4j.nn.graph.vertex.impl.LayerVertex;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkState;

/** Reads the signals of a network off its layers and vertices. */
final class NetworkSignals {
    private final SignalGraph graph = new SignalGraph();
    private final List<WeightArray> arrays = new ArrayList<>();

    private NetworkSignals() {}

    static NetworkSignals of(Model net) {
        checkArgument(
                net instanceof MultiLayerNetwork || net instanceof ComputationGraph,
                "scale-invariant groups need a MultiLayerNetwork or a ComputationGraph, got %s",
                net == null ? "null" : net.getClass().getName());
        NetworkSignals signals = new NetworkSignals();
        if (net instanceof MultiLayerNetwork) {
            signals.read((MultiLayerNetwork) net);
        } else {
            signals.read((ComputationGraph) net);
        }
        return signals;
    }

    SignalGraph graph() {
        return graph;
    }

    /** Every parameter array of every layer, running statistics and frozen ones included, in order of the layers. */
    List<WeightArray> arrays() {
        return arrays;
    }

    private void read(MultiLayerNetwork net) {
        checkState(net.getLayers() != null, "scale-invariant groups need an initialised network; call init() first");
        int position = graph.add(Signal.input("input"));
        for (int i = 0; i < net.getnLayers(); i++) {
            String given =
                    net.getLayerWiseConfigurations().getConf(i).getLayer().getLayerName();
            String name = given == null ? "layer" + i : given;
            InputPreProcessor reshaping = net.getLayerWiseConfigurations().getInputPreProcess(i);
            position = add(name, String.valueOf(i), net.getLayer(i), position, reshaping);
        }
    }

    private void read(ComputationGraph net) {
        checkState(net.getVertices() != null, "scale-invariant groups need an initialised network; call init() first");
        Map<Integer, Integer> outputs = new HashMap<>();
        for (int index : net.topologicalSortOrder()) {
            GraphVertex vertex = net.getVertices()[index];
            VertexIndices[] sources = vertex.getInputVertices();
            List<Integer> inputs = sources == null
                    ? List.of()
                    : Arrays.stream(sources)
                            .map(source -> outputs.get(source.getVertexIndex()))
                            .collect(Collectors.toList());
            outputs.put(index, add(net, vertex, inputs));
        }
    }

    private int add(ComputationGraph net, GraphVertex vertex, List<Integer> inputs) {
        String name = vertex.getVertexName();
        if (vertex.isInputVertex()) {
            return graph.add(Signal.input(name));
        }
        if (vertex instanceof LayerVertex && inputs.size() == 1) {
            return add(name, name, vertex.getLayer(), inputs.get(0), ((LayerVertex) vertex).getLayerPreProcessor());
        }
        return graph.add(
                vertexSignal(name, bare(net.getConfiguration().getVertices().get(name)), inputs));
    }

    private int add(String name, String key, Layer layer, int input, InputPreProcessor reshaping) {
        // A convolution has its bias in front of its weights; people expect it behind them.
        layer.paramTable().keySet().stream()
                .sorted(Comparator.comparing("b"::equals))
                .forEach(param -> arrays.add(new WeightArray(name, key, param)));
        return new LayerSignals(graph, name, key, layer).addBehind(input, reshaping);
    }

    private static org.deeplearning4j.nn.conf.graph.GraphVertex bare(
            org.deeplearning4j.nn.conf.graph.GraphVertex conf) {
        return conf instanceof FrozenVertex ? ((FrozenVertex) conf).getUnderlying() : conf;
    }

    private static Signal vertexSignal(
            String name, org.deeplearning4j.nn.conf.graph.GraphVertex conf, List<Integer> inputs) {
        if (conf instanceof ElementWiseVertex) {
            switch (((ElementWiseVertex) conf).getOp()) {
                case Add:
                case Subtract:
                case Average:
                    return Signal.sum(name, inputs, Passing.CONSTANTS);
                case Max:
                    return Signal.sum(name, inputs, Passing.CHANNELS);
                default:
                    return Signal.barrier(name, inputs, "the product of vertex '" + name + "'");
            }
        }
        if (conf instanceof MergeVertex) {
            return Signal.concatenation(name, inputs);
        }
        if (conf instanceof StackVertex) {
            return Signal.sum(name, inputs, Passing.CHANNELS);
        }
        if (inputs.size() == 1) {
            if (conf instanceof ScaleVertex || conf instanceof SubsetVertex || conf instanceof PoolHelperVertex) {
                return Signal.homogeneous(name, inputs.get(0), Passing.CONSTANTS);
            }
            if (conf instanceof ReshapeVertex) {
                return Signal.homogeneous(name, inputs.get(0), Passing.SCALE);
            }
            if (conf instanceof UnstackVertex) {
                return Signal.homogeneous(name, inputs.get(0), Passing.CHANNELS);
            }
        }
        return Signal.barrier(name, inputs, "the " + conf.getClass().getSimpleName() + " '" + name + "'");
    }
}
