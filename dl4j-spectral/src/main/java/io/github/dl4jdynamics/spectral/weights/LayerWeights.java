/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.weights;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

import com.google.common.collect.ImmutableList;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.layers.FrozenLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.buffer.DataType;
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
    private final String reason;

    private LayerWeights(String layer, String type, boolean frozen, ImmutableList<WeightArray> arrays, String reason) {
        this.layer = layer;
        this.type = type;
        this.frozen = frozen;
        this.arrays = arrays;
        this.reason = reason;
    }

    /**
     * All layers (graph: vertices, in topological order, without the inputs) of a network, with and without weights.
     *
     * @throws IllegalArgumentException for another kind of model
     * @throws IllegalStateException for a network that was not initialised, or closed
     */
    public static ImmutableList<LayerWeights> of(Model model) {
        checkArgument(
                model instanceof MultiLayerNetwork || model instanceof ComputationGraph,
                "weight spectra need a MultiLayerNetwork or a ComputationGraph, got %s",
                model == null ? "null" : model.getClass().getName());
        return model instanceof MultiLayerNetwork ? of((MultiLayerNetwork) model) : of((ComputationGraph) model);
    }

    private static ImmutableList<LayerWeights> of(MultiLayerNetwork net) {
        checkAlive(net.isInitCalled(), net);
        ImmutableList.Builder<LayerWeights> layers = ImmutableList.builder();
        for (int i = 0; i < net.getnLayers(); i++) {
            Layer runtime = net.getLayer(i);
            org.deeplearning4j.nn.conf.layers.Layer conf =
                    net.getLayerWiseConfigurations().getConf(i).getLayer();
            String name = conf.getLayerName() == null ? "layer" + i : conf.getLayerName();
            layers.add(of(name, BareConf.of(conf), runtime instanceof FrozenLayer, runtime.paramTable()));
        }
        return layers.build();
    }

    private static ImmutableList<LayerWeights> of(ComputationGraph net) {
        checkAlive(net.getVertices() != null, net);
        ImmutableList.Builder<LayerWeights> layers = ImmutableList.builder();
        for (int index : net.topologicalSortOrder()) {
            GraphVertex vertex = net.getVertices()[index];
            if (!vertex.isInputVertex()) {
                String name = vertex.getVertexName();
                BareConf conf = BareConf.of(net.getConfiguration().getVertices().get(name));
                layers.add(of(name, conf, vertex.getLayer() instanceof FrozenLayer, vertex.paramTable(false)));
            }
        }
        return layers.build();
    }

    private static void checkAlive(boolean initialised, Model net) {
        checkState(initialised, "the network must be initialised to have weights; call init() first");
        // Reading memory that was given back would not fail but return whatever lies there now.
        checkState(
                !net.params().wasClosed(), "the network must not be closed to have weights; analyze it before close()");
    }

    private static LayerWeights of(String name, BareConf bare, boolean frozen, Map<String, INDArray> parameters) {
        ImmutableList.Builder<WeightArray> arrays = ImmutableList.builder();
        if (parameters != null) {
            parameters.forEach((key, values) -> WeightLayouts.of(bare.conf(), bare.own(key), values.rank())
                    .ifPresent(matrices -> arrays.add(new WeightArray(name, key, values, matrices))));
        }
        String reason = parameters == null || parameters.isEmpty()
                ? bare.type() + " has no parameters"
                : "no weight matrix known among the parameters " + String.join(", ", parameters.keySet()) + " of "
                        + bare.type();
        return new LayerWeights(name, bare.type(), frozen || bare.frozen(), arrays.build(), reason);
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
                            .collect(ImmutableList.toImmutableList()),
                    reason);
        }
    }

    /**
     * Largest {@code ||W - W'|| / ||W'||} over the layer's weight arrays (Frobenius norms), W' those of an earlier
     * snapshot; 0 for a layer without weights, infinite when weights leave zero, NaN when a weight is not finite or too
     * large for its square.
     *
     * @throws IllegalArgumentException if the snapshot is of a layer with other arrays
     */
    @SuppressWarnings("try") // the workspace scope is left by closing it
    public double relativeChangeFrom(LayerWeights before) {
        checkArgument(
                shapes().equals(before.shapes()),
                "the earlier weights must be of the same layer, %s, got %s",
                arrays,
                before.arrays);
        try (MemoryWorkspace outside = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            double largest = 0;
            for (int i = 0; i < arrays.size(); i++) {
                double change = relativeChange(
                        before.arrays.get(i).values(), arrays.get(i).values());
                largest = Math.max(largest, change); // NaN stays NaN
            }
            return largest;
        }
    }

    private static double relativeChange(INDArray before, INDArray after) {
        // A norm has the type of its array, and in half precision nothing above 65504 exists.
        DataType wide = before.dataType() == DataType.DOUBLE ? DataType.DOUBLE : DataType.FLOAT;
        INDArray then = before.castTo(wide);
        double norm = then.norm2Number().doubleValue();
        double distance = after.castTo(wide).distance2(then);
        if (!Double.isFinite(norm) || !Double.isFinite(distance)) {
            return Double.NaN;
        }
        return distance == 0 ? 0 : distance / norm;
    }

    private ImmutableList<String> shapes() {
        return arrays.stream()
                .map(array -> array.parameter() + Arrays.toString(array.shape()))
                .collect(ImmutableList.toImmutableList());
    }

    /** Layer name, or vertex name in a graph. */
    public String layer() {
        return layer;
    }

    /** Simple class name of the layer's configuration with wrappers taken off, for example {@code DenseLayer}. */
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

    /** Why there are no arrays: no parameters at all, or none that is known to be a matrix; empty if there are some. */
    public Optional<String> reason() {
        return arrays.isEmpty() ? Optional.of(reason) : Optional.empty();
    }
}
