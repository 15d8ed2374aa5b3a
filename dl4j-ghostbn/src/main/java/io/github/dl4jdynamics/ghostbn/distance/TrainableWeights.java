/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.distance;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.Trainable;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.layers.FrozenLayer;
import org.deeplearning4j.nn.layers.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.NoOp;

import static com.google.common.base.Preconditions.checkState;

/**
 * Where in the flat parameter vector each layer's weights lie, without what training does not move by gradients: running
 * statistics, frozen layers, parameters of layer-wise pretraining. Holds no reference to the network.
 */
final class TrainableWeights {
    private final ImmutableList<Part> parts;

    private TrainableWeights(ImmutableList<Part> parts) {
        this.parts = parts;
    }

    static TrainableWeights of(Model net) {
        ImmutableList.Builder<Part> parts = ImmutableList.builder();
        List<String> names = new ArrayList<>();
        List<? extends Trainable> layers = layers(net);
        long offset = 0;
        for (int i = 0; i < layers.size(); i++) {
            Part part = new Part(i, distinct(name(net, i, layers.get(i)), i, names));
            // The order in which DL4J's own updater walks the flat vector.
            Map<String, INDArray> parameters = layers.get(i).paramTable(false);
            if (parameters != null) {
                for (Map.Entry<String, INDArray> parameter : parameters.entrySet()) {
                    long end = offset + parameter.getValue().length();
                    if (isTrained(layers.get(i), parameter.getKey())) {
                        part.add(parameter.getKey(), offset, end);
                    }
                    offset = end;
                }
            }
            if (!part.keys.isEmpty()) {
                parts.add(part);
            }
        }
        checkState(
                offset == net.params().length(),
                "the layers' parameters must fill the network's parameter vector of %s elements, got %s; a custom layer "
                        + "whose parameters are no views of it cannot be followed",
                net.params().length(),
                offset);
        return new TrainableWeights(parts.build());
    }

    private static List<? extends Trainable> layers(Model net) {
        if (net instanceof MultiLayerNetwork) {
            return List.of(((MultiLayerNetwork) net).getLayers());
        }
        ComputationGraph graph = (ComputationGraph) net;
        List<GraphVertex> vertices = new ArrayList<>();
        for (int index : graph.topologicalSortOrder()) {
            vertices.add(graph.getVertices()[index]);
        }
        return vertices;
    }

    private static String name(Model net, int index, Trainable layer) {
        if (layer instanceof GraphVertex) {
            return ((GraphVertex) layer).getVertexName();
        }
        String name = ((MultiLayerNetwork) net)
                .getLayerWiseConfigurations()
                .getConf(index)
                .getLayer()
                .getLayerName();
        return name == null ? "layer" + index : name;
    }

    /** Deeplearning4j allows two layers of a {@code MultiLayerNetwork} the same name. */
    private static String distinct(String name, int index, List<String> names) {
        String own = names.contains(name) ? name + "#" + index : name;
        names.add(own);
        return own;
    }

    private static boolean isTrained(Trainable layer, String key) {
        Layer runtime = layer instanceof GraphVertex ? ((GraphVertex) layer).getLayer() : (Layer) layer;
        if (runtime instanceof FrozenLayer || runtime instanceof FrozenLayerWithBackprop) {
            return false;
        }
        IUpdater updater = layer.getConfig().getUpdaterByParam(key);
        return updater != null
                && !(updater instanceof NoOp)
                && layer.updaterDivideByMinibatch(key)
                && !layer.getConfig().isPretrainParam(key);
    }

    /**
     * Learning rate of an update, the mean over all trainable weights: per-layer factors cancel in it, a step of the whole
     * network does not. NaN when no updater has a rate, as with AdaDelta.
     */
    double rate(Model net, int iteration, int epoch) {
        List<? extends Trainable> layers = layers(net);
        double first = Double.NaN;
        boolean differ = false;
        double sum = 0;
        long weights = 0;
        for (Part part : parts) {
            for (int k = 0; k < part.keys.size(); k++) {
                IUpdater updater = layers.get(part.index).getConfig().getUpdaterByParam(part.keys.get(k));
                if (updater != null && updater.hasLearningRate()) {
                    double rate = updater.getLearningRate(iteration, epoch);
                    first = weights == 0 ? rate : first;
                    differ |= rate != first;
                    sum += rate * part.lengths.get(k);
                    weights += part.lengths.get(k);
                }
            }
        }
        return differ ? sum / weights : first;
    }

    /** Euclidean distance of each layer's weights in two flat vectors; keys are the layers' names in network order. */
    ImmutableMap<String, Double> distances(INDArray now, INDArray start) {
        ImmutableMap.Builder<String, Double> distances = ImmutableMap.builder();
        try (BlockwiseDistance distance = new BlockwiseDistance(now, start)) {
            for (Part part : parts) {
                double squared = 0;
                for (long[] range : part.ranges) {
                    squared += distance.squared(range[0], range[1]);
                }
                distances.put(part.name, Math.sqrt(squared));
            }
        }
        return distances.build();
    }

    /** One layer: its trainable parameters and the ranges they fill, neighbours joined. */
    private static final class Part {
        private final int index;
        private final String name;
        private final List<String> keys = new ArrayList<>();
        private final List<Long> lengths = new ArrayList<>();
        private final List<long[]> ranges = new ArrayList<>();

        Part(int index, String name) {
            this.index = index;
            this.name = name;
        }

        void add(String key, long from, long to) {
            keys.add(key);
            lengths.add(to - from);
            long[] last = ranges.isEmpty() ? null : ranges.get(ranges.size() - 1);
            if (last != null && last[1] == from) {
                last[1] = to;
            } else {
                ranges.add(new long[] {from, to});
            }
        }
    }
}
