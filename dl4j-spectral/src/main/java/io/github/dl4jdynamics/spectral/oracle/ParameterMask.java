/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.oracle;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import com.google.common.collect.ImmutableList;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.Trainable;
import org.deeplearning4j.nn.conf.layers.CenterLossOutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.graph.vertex.impl.FrozenVertex;
import org.deeplearning4j.nn.layers.FrozenLayer;
import org.deeplearning4j.nn.layers.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.params.CenterLossParamInitializer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkState;

/**
 * The arrays of a network's flat parameter vector, and which of them count: not running statistics, whose gradients are
 * updates in disguise, not frozen layers, not parameters of layer-wise pretraining.
 *
 * <p>Holds no reference to the network. Immutable.
 */
public final class ParameterMask {
    private final ImmutableList<ParameterArray> arrays;
    private final ImmutableList<ParameterArray> counted;
    private final long length;

    private ParameterMask(List<ParameterArray> arrays, boolean runningStatistics, long length) {
        this.arrays = ImmutableList.copyOf(arrays);
        this.length = length;
        List<ParameterArray> kept = new ArrayList<>();
        for (ParameterArray array : arrays) {
            if (array.role() == ParameterArray.Role.TRAINED
                    || runningStatistics && array.role() == ParameterArray.Role.RUNNING_STATISTIC) {
                kept.add(array);
            }
        }
        kept.sort(Comparator.comparingLong(ParameterArray::offset));
        this.counted = ImmutableList.copyOf(kept);
    }

    /**
     * The mask of a network in training, without running statistics.
     *
     * @param net an initialised {@code MultiLayerNetwork} or {@code ComputationGraph}
     * @return the mask
     * @throws IllegalArgumentException for any other model
     * @throws IllegalStateException if the layers' parameters are not the network's parameter vector
     */
    public static ParameterMask of(Model net) {
        return of(net, false);
    }

    static ParameterMask of(Model net, boolean runningStatistics) {
        List<ParameterArray> arrays = new ArrayList<>();
        Set<String> names = new HashSet<>();
        long offset = 0;
        int index = 0;
        List<? extends Trainable> layers = layers(net);
        for (int i = 0; i < layers.size(); i++) {
            Trainable layer = layers.get(i);
            // The order in which DL4J's own updater walks the flat vector.
            Map<String, INDArray> parameters = layer.paramTable(false);
            if (parameters == null || parameters.isEmpty()) {
                continue;
            }
            String name = distinct(name(net, layer, i), i, names);
            long[] starts = starts(parameters.values(), offset, net.params());
            int place = 0;
            for (Map.Entry<String, INDArray> entry : parameters.entrySet()) {
                INDArray value = entry.getValue();
                arrays.add(new ParameterArray(
                        index,
                        name,
                        type(layer),
                        entry.getKey(),
                        starts[place++],
                        value.shape(),
                        value.ordering(),
                        role(layer, entry.getKey())));
                offset += value.length();
            }
            index++;
        }
        checkState(
                offset == net.params().length(),
                "the layers' parameters must fill the network's parameter vector of %s elements, got %s; a custom layer "
                        + "whose parameters are no views of it cannot be followed",
                net.params().length(),
                offset);
        return new ParameterMask(arrays, runningStatistics, offset);
    }

    /**
     * Where the arrays of a layer begin in the flat vector. DL4J-M2.1: depthwise and separable convolutions list their bias
     * last and keep it first.
     */
    private static long[] starts(Collection<INDArray> values, long first, INDArray all) {
        long[] listed = new long[values.size()];
        long[] actual = new long[values.size()];
        long position = first;
        int place = 0;
        for (INDArray value : values) {
            listed[place] = position;
            actual[place++] = value.offset() - all.offset();
            position += value.length();
        }
        long next = first;
        for (int found = 0; found < actual.length; found++) {
            long wanted = next;
            place = 0;
            for (INDArray value : values) {
                next = actual[place++] == wanted ? wanted + value.length() : next;
            }
        }
        return next == position ? actual : listed;
    }

    /** All arrays, layer by layer in the framework's order. */
    public ImmutableList<ParameterArray> arrays() {
        return arrays;
    }

    /** The arrays that count, in the order of the flat vector. */
    public ImmutableList<ParameterArray> counted() {
        return counted;
    }

    /** Elements of the flat vector, counted or not. */
    public long length() {
        return length;
    }

    /** Elements that count. */
    public long countedLength() {
        return counted.stream().mapToLong(ParameterArray::length).sum();
    }

    /** The parts of the flat vector that count, neighbours joined: pairs of first and last-plus-one position. */
    public ImmutableList<long[]> ranges() {
        List<long[]> ranges = new ArrayList<>();
        for (ParameterArray array : counted) {
            long[] last = ranges.isEmpty() ? null : ranges.get(ranges.size() - 1);
            if (last != null && last[1] == array.offset()) {
                last[1] = array.end();
            } else {
                ranges.add(new long[] {array.offset(), array.end()});
            }
        }
        return ImmutableList.copyOf(ranges);
    }

    /** Whether another network's parameters lie in the same places, under the same names. */
    public boolean hasLayoutOf(ParameterMask other) {
        boolean same = arrays.size() == other.arrays.size();
        for (int i = 0; same && i < arrays.size(); i++) {
            same = arrays.get(i).liesAs(other.arrays.get(i));
        }
        return same;
    }

    /**
     * The layers and vertices of a network that have parameters, as {@link ParameterArray#layerIndex} numbers them.
     *
     * @param net an initialised {@code MultiLayerNetwork} or {@code ComputationGraph}
     * @return input first
     * @throws IllegalArgumentException for any other model
     */
    public static List<Trainable> layersWithParameters(Model net) {
        List<Trainable> layers = new ArrayList<>();
        for (Trainable layer : layers(net)) {
            if (layer.paramTable(false) != null && !layer.paramTable(false).isEmpty()) {
                layers.add(layer);
            }
        }
        return layers;
    }

    private static List<? extends Trainable> layers(Model net) {
        if (net instanceof MultiLayerNetwork) {
            return List.of(((MultiLayerNetwork) net).getLayers());
        }
        checkArgument(
                net instanceof ComputationGraph,
                "parameters are those of a MultiLayerNetwork or a ComputationGraph, got %s",
                net == null ? "null" : net.getClass().getName());
        ComputationGraph graph = (ComputationGraph) net;
        List<GraphVertex> vertices = new ArrayList<>();
        for (int index : graph.topologicalSortOrder()) {
            vertices.add(graph.getVertices()[index]);
        }
        return vertices;
    }

    private static String name(Model net, Trainable layer, int index) {
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
    private static String distinct(String name, int index, Set<String> names) {
        String own = name;
        while (!names.add(own)) {
            own += "#" + index;
        }
        return own;
    }

    private static String type(Trainable layer) {
        Class<?> type = bare(layer).getClass();
        return (type.isAnonymousClass() ? type.getSuperclass() : type).getSimpleName();
    }

    private static ParameterArray.Role role(Trainable layer, String key) {
        Layer runtime = runtime(layer);
        if (runtime instanceof FrozenLayer
                || runtime instanceof FrozenLayerWithBackprop
                || layer instanceof FrozenVertex) {
            return ParameterArray.Role.FROZEN;
        }
        if (layer.getConfig().isPretrainParam(key)) {
            return ParameterArray.Role.PRETRAINED;
        }
        if (bare(layer) instanceof CenterLossOutputLayer && key.equals(CenterLossParamInitializer.CENTER_KEY)) {
            return ParameterArray.Role.TRAINED; // the loss depends on the centers, whatever moves them
        }
        IUpdater updater = layer.getConfig().getUpdaterByParam(key);
        return !layer.updaterDivideByMinibatch(key)
                ? ParameterArray.Role.RUNNING_STATISTIC
                : updater == null ? ParameterArray.Role.FROZEN : ParameterArray.Role.TRAINED;
    }

    private static Object bare(Trainable layer) {
        Layer runtime = runtime(layer);
        return runtime != null && runtime.conf() != null
                ? LayerWrappers.bare(runtime.conf().getLayer())
                : layer.getConfig();
    }

    private static Layer runtime(Trainable layer) {
        return layer instanceof GraphVertex ? ((GraphVertex) layer).getLayer() : (Layer) layer;
    }

    @Override
    public String toString() {
        return arrays.toString();
    }
}
