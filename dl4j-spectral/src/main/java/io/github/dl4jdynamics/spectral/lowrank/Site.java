/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.lowrank;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.github.dl4jdynamics.spectral.nd4j.Detached;
import io.github.dl4jdynamics.spectral.weights.LayerWeights;
import org.deeplearning4j.nn.api.Trainable;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;

import static com.google.common.base.Preconditions.checkArgument;

/** One layer of the network that is to become smaller, with its live parameters: reading only. */
final class Site {
    private final LayerWeights weights;
    private final Layer conf;
    private final Trainable runtime;

    /** @param conf null for a graph vertex that is no layer */
    private Site(LayerWeights weights, Layer conf, Trainable runtime) {
        this.weights = weights;
        this.conf = conf;
        this.runtime = runtime;
    }

    static List<Site> of(MultiLayerNetwork net) {
        List<Site> sites = new ArrayList<>();
        for (LayerWeights weights : LayerWeights.of(net)) {
            int index = sites.size();
            Layer conf = net.getLayerWiseConfigurations().getConf(index).getLayer();
            sites.add(new Site(weights, conf, net.getLayer(index)));
        }
        return sites;
    }

    static List<Site> of(ComputationGraph net) {
        List<Site> sites = new ArrayList<>();
        for (LayerWeights weights : LayerWeights.of(net)) {
            GraphVertex vertex = net.getConfiguration().getVertices().get(weights.layer());
            Layer conf = vertex instanceof LayerVertex
                    ? ((LayerVertex) vertex).getLayerConf().getLayer()
                    : null;
            sites.add(new Site(weights, conf, net.getVertex(weights.layer())));
        }
        return sites;
    }

    String name() {
        return weights.layer();
    }

    String type() {
        return weights.type();
    }

    Map<String, INDArray> parameters() {
        Map<String, INDArray> parameters = runtime.paramTable(false);
        return parameters == null ? Map.of() : parameters;
    }

    long parameterCount() {
        return parameters().values().stream().mapToLong(INDArray::length).sum();
    }

    /** Why the layer cannot be replaced, whatever its weights are. */
    Optional<String> obstacle() {
        if (weights.reason().isPresent()) {
            return weights.reason();
        }
        if (weights.frozen()) {
            return Optional.of("frozen");
        }
        return conf == null ? Optional.of(type() + " is a vertex, not a layer") : ThinLayers.obstacle(conf);
    }

    /** Regularizations that would be lost. */
    List<String> leftOff() {
        return ThinLayers.leftOff(conf);
    }

    /** Outputs, or 0 if this is no layer that could ever be replaced. */
    int rows() {
        return isMatrix() ? size(shape().length == 2 ? 1 : 0) : 0;
    }

    /** Inputs times kernel positions. */
    int cols() {
        return isMatrix() ? Math.toIntExact(weights().length() / rows()) : 0;
    }

    private boolean isMatrix() {
        return conf != null && ThinLayers.isFactorable(conf);
    }

    private int size(int axis) {
        return Math.toIntExact(shape()[axis]);
    }

    private long[] shape() {
        return weights().shape();
    }

    private INDArray weights() {
        return parameters().get(ThinLayers.WEIGHTS);
    }

    /**
     * The matrix to factorize, see {@link ThinLayers#matrix}.
     *
     * @throws IllegalArgumentException if an entry is not finite
     */
    INDArray matrix() {
        double[] values = Detached.doubles(weights(), 'c');
        for (int i = 0; i < values.length; i++) {
            checkArgument(
                    Double.isFinite(values[i]),
                    "weights of layer '%s' must be finite to be factorized, got %s at %s of the shape %s; go back to an "
                            + "earlier checkpoint, or name the other layers in layers(..)",
                    name(),
                    values[i],
                    Arrays.toString(position(i)),
                    Arrays.toString(shape()));
        }
        return ThinLayers.matrix(weights());
    }

    private long[] position(int index) {
        long[] position = new long[shape().length];
        long rest = index;
        for (int axis = position.length - 1; axis >= 0; axis--) {
            position[axis] = rest % shape()[axis];
            rest /= shape()[axis];
        }
        return position;
    }

    /** Copies all parameters into the same layer of the new network. */
    void copyTo(Trainable layer) {
        copy(parameters(), layer);
    }

    /** Copies everything but the weights: bias, gain of a layer normalization. */
    void copyRestTo(Trainable layer) {
        Map<String, INDArray> rest = new HashMap<>(parameters());
        rest.remove(ThinLayers.WEIGHTS);
        copy(rest, layer);
    }

    private static void copy(Map<String, INDArray> parameters, Trainable layer) {
        parameters.forEach((key, value) -> layer.paramTable(false).get(key).assign(value));
    }
}
