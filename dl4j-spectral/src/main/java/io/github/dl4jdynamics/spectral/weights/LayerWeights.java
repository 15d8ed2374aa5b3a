/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.weights;

import java.util.Map;
import java.util.Optional;

import com.google.common.collect.ImmutableList;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.TrainingConfig;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.layers.FrozenLayer;
import org.deeplearning4j.nn.layers.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkState;

/**
 * The weight arrays of one layer of a network, or why it has none.
 *
 * @since 0.1
 */
public final class LayerWeights {
    private final String layer;
    private final String type;
    private final boolean frozen;
    private final ImmutableList<WeightArray> arrays;

    private LayerWeights(String layer, String type, boolean frozen, ImmutableList<WeightArray> arrays) {
        this.layer = layer;
        this.type = type;
        this.frozen = frozen;
        this.arrays = arrays;
    }

    /**
     * All layers (graph: vertices, in topological order) of a network, with and without weights.
     *
     * @throws IllegalArgumentException for another kind of model
     * @throws IllegalStateException for a network that was not initialised
     */
    public static ImmutableList<LayerWeights> of(Model model) {
        checkArgument(
                model instanceof MultiLayerNetwork || model instanceof ComputationGraph,
                "weight spectra need a MultiLayerNetwork or a ComputationGraph, got %s",
                model == null ? "null" : model.getClass().getName());
        checkState(isInitialised(model), "the network must be initialised to have weights; call init() first");
        ImmutableList.Builder<LayerWeights> layers = ImmutableList.builder();
        if (model instanceof MultiLayerNetwork) {
            MultiLayerNetwork net = (MultiLayerNetwork) model;
            for (int i = 0; i < net.getnLayers(); i++) {
                String name =
                        net.getLayerWiseConfigurations().getConf(i).getLayer().getLayerName();
                layers.add(of(name == null ? "layer" + i : name, net.getLayer(i)));
            }
        } else {
            ComputationGraph net = (ComputationGraph) model;
            for (int index : net.topologicalSortOrder()) {
                GraphVertex vertex = net.getVertices()[index];
                if (vertex.hasLayer()) {
                    layers.add(of(vertex.getVertexName(), vertex.getLayer()));
                } else if (!vertex.isInputVertex()) {
                    layers.add(of(vertex));
                }
            }
        }
        return layers.build();
    }

    private static boolean isInitialised(Model model) {
        return model instanceof MultiLayerNetwork
                ? ((MultiLayerNetwork) model).getLayers() != null && model.params() != null
                : ((ComputationGraph) model).getVertices() != null && model.params() != null;
    }

    private static LayerWeights of(String name, Layer runtime) {
        boolean frozen = runtime instanceof FrozenLayer || runtime instanceof FrozenLayerWithBackprop;
        org.deeplearning4j.nn.conf.layers.Layer conf = runtime.conf().getLayer();
        String type = conf.getClass().getSimpleName();
        if (conf instanceof org.deeplearning4j.nn.conf.layers.misc.FrozenLayer) {
            conf = ((org.deeplearning4j.nn.conf.layers.misc.FrozenLayer) conf).getLayer();
        }
        boolean prefixed = false;
        while (conf instanceof BaseWrapperLayer || conf instanceof Bidirectional) {
            prefixed |= conf instanceof Bidirectional;
            conf = conf instanceof Bidirectional
                    ? ((Bidirectional) conf).getFwd()
                    : ((BaseWrapperLayer) conf).getUnderlying();
        }
        return new LayerWeights(name, type, frozen, arrays(name, conf, prefixed, runtime.paramTable()));
    }

    private static LayerWeights of(GraphVertex vertex) {
        TrainingConfig conf = vertex.getConfig();
        String type = (conf == null ? vertex : conf).getClass().getSimpleName();
        return new LayerWeights(
                vertex.getVertexName(),
                type,
                false,
                arrays(vertex.getVertexName(), conf, false, conf == null ? null : vertex.paramTable(false)));
    }

    private static ImmutableList<WeightArray> arrays(
            String layer, Object conf, boolean prefixed, Map<String, INDArray> parameters) {
        ImmutableList.Builder<WeightArray> arrays = ImmutableList.builder();
        if (parameters != null && conf instanceof TrainingConfig) {
            parameters.forEach((name, values) -> {
                Optional<MatrixLayout> layout =
                        WeightLayouts.of((TrainingConfig) conf, prefixed ? name.substring(1) : name, values.rank());
                layout.ifPresent(matrices -> arrays.add(new WeightArray(layer, name, values, matrices)));
            });
        }
        return arrays.build();
    }

    /** The same layer with copies of its weights, which training does not change. */
    @SuppressWarnings("try") // the workspace scope is left by closing it
    public LayerWeights snapshot() {
        try (MemoryWorkspace outside = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            return new LayerWeights(
                    layer,
                    type,
                    frozen,
                    arrays.stream()
                            .map(array -> new WeightArray(
                                    layer, array.parameter(), array.values().dup(), array.layout()))
                            .collect(ImmutableList.toImmutableList()));
        }
    }

    /**
     * Largest {@code ||W - W'|| / ||W'||} over the layer's weight arrays (Frobenius norms), W' those of an earlier
     * snapshot; NaN when a weight is not finite.
     */
    @SuppressWarnings("try") // the workspace scope is left by closing it
    public double relativeChangeFrom(LayerWeights before) {
        try (MemoryWorkspace outside = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            double largest = 0;
            for (int i = 0; i < arrays.size(); i++) {
                INDArray now = arrays.get(i).values();
                INDArray then = before.arrays.get(i).values();
                double change = now.distance2(then) / then.norm2Number().doubleValue();
                largest = Double.isNaN(change) ? change : Math.max(largest, change);
            }
            return largest;
        }
    }

    /** Layer name, or vertex name in a graph. */
    public String layer() {
        return layer;
    }

    /** Simple class name of the layer's configuration, for example {@code DenseLayer}. */
    public String type() {
        return type;
    }

    /** Whether training never changes the layer. */
    public boolean frozen() {
        return frozen;
    }

    /** Weight arrays that hold matrices; empty for pooling, normalization, activation and custom layers. */
    public ImmutableList<WeightArray> arrays() {
        return arrays;
    }
}
