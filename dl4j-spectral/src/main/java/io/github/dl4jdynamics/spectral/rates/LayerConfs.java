/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.rates;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import com.google.common.collect.ImmutableList;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.TrainingConfig;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.samediff.AbstractSameDiffLayer;
import org.deeplearning4j.nn.conf.layers.samediff.SameDiffVertex;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.layers.FrozenLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkState;

/**
 * The configuration objects that hold one layer's updaters: those inside wrappers, and both copies where Deeplearning4j
 * keeps two.
 *
 * <p>DL4J-M2.1: {@code LastTimeStep}, {@code TimeDistributed} and the mask wrappers run on a clone of the configuration
 * that gets saved, so a change must be written to both, or it is either ignored now or lost later.
 */
public final class LayerConfs {
    private final String key;
    private final boolean frozen;
    private final ImmutableList<TrainableConf> confs;

    private LayerConfs(String key, boolean frozen, List<TrainableConf> confs) {
        this.key = key;
        this.frozen = frozen;
        this.confs = ImmutableList.copyOf(confs);
    }

    /** Layer name, or vertex name in a graph. */
    public String key() {
        return key;
    }

    /** Whether training never changes the layer. */
    public boolean frozen() {
        return frozen;
    }

    /** Distinct holders of the layer's updaters. */
    public ImmutableList<TrainableConf> confs() {
        return confs;
    }

    /** Whether there is anything to update: dropout and loss layers have an updater and no parameters. */
    boolean hasParameters() {
        return confs.stream().anyMatch(TrainableConf::hasParameters);
    }

    /**
     * Layers of an initialised {@code MultiLayerNetwork} or {@code ComputationGraph}, in order.
     *
     * @throws IllegalArgumentException for another model, or for layers of the same name
     * @throws IllegalStateException before {@code init()}
     */
    public static ImmutableList<LayerConfs> of(Model model) {
        checkArgument(
                model instanceof MultiLayerNetwork || model instanceof ComputationGraph,
                "layer-wise settings need a MultiLayerNetwork or a ComputationGraph, got %s",
                model == null ? "null" : model.getClass().getName());
        boolean initialised = model instanceof MultiLayerNetwork
                ? ((MultiLayerNetwork) model).getLayers() != null
                : ((ComputationGraph) model).getVertices() != null;
        checkState(initialised, "the network must be initialised to have layer-wise settings; call init() first");
        return model instanceof MultiLayerNetwork
                ? ofNetwork((MultiLayerNetwork) model)
                : ofGraph((ComputationGraph) model);
    }

    static ImmutableList<LayerConfs> of(MultiLayerConfiguration conf) {
        ImmutableList.Builder<LayerConfs> layers = ImmutableList.builder();
        for (int i = 0; i < conf.getConfs().size(); i++) {
            Layer layer = conf.getConf(i).getLayer();
            layers.add(new Collector().add(layer).named(name(layer, i)));
        }
        return distinct(layers.build());
    }

    static ImmutableList<LayerConfs> of(ComputationGraphConfiguration conf) {
        ImmutableList.Builder<LayerConfs> layers = ImmutableList.builder();
        for (Map.Entry<String, org.deeplearning4j.nn.conf.graph.GraphVertex> vertex :
                conf.getVertices().entrySet()) {
            layers.add(new Collector().add(vertex.getValue()).named(vertex.getKey()));
        }
        return layers.build();
    }

    private static ImmutableList<LayerConfs> ofNetwork(MultiLayerNetwork net) {
        ImmutableList.Builder<LayerConfs> layers = ImmutableList.builder();
        for (int i = 0; i < net.getnLayers(); i++) {
            Layer saved = net.getLayerWiseConfigurations().getConf(i).getLayer();
            layers.add(new Collector().add(saved).add(net.getLayer(i)).named(name(saved, i)));
        }
        return distinct(layers.build());
    }

    /** Deeplearning4j allows two layers of a {@code MultiLayerNetwork} the same name. */
    private static ImmutableList<LayerConfs> distinct(ImmutableList<LayerConfs> layers) {
        Set<String> names = new HashSet<>();
        layers.forEach(layer -> checkArgument(
                names.add(layer.key()),
                "layer names must be distinct for layer-wise settings, got '%s' twice; set others with name(..)",
                layer.key()));
        return layers;
    }

    private static ImmutableList<LayerConfs> ofGraph(ComputationGraph net) {
        ImmutableList.Builder<LayerConfs> layers = ImmutableList.builder();
        for (int index : net.topologicalSortOrder()) {
            GraphVertex vertex = net.getVertices()[index];
            String name = vertex.getVertexName();
            Collector collector =
                    new Collector().add(net.getConfiguration().getVertices().get(name));
            if (vertex.hasLayer()) {
                collector.add(vertex.getLayer());
            } else {
                collector.add(vertex.getConfig());
            }
            layers.add(collector.named(name));
        }
        return layers.build();
    }

    private static String name(Layer layer, int index) {
        return layer.getLayerName() == null ? "layer" + index : layer.getLayerName();
    }

    /** Walks wrappers down to the objects that hold updaters. */
    private static final class Collector {
        private final List<TrainableConf> found = new ArrayList<>();
        private boolean frozen;

        Collector add(org.deeplearning4j.nn.api.Layer runtime) {
            // DL4J-M2.1: after setFeatureExtractor only the runtime class tells that a layer is frozen.
            frozen |= runtime instanceof FrozenLayer
                    || runtime instanceof org.deeplearning4j.nn.layers.FrozenLayerWithBackprop;
            return add(runtime.conf().getLayer()).add(runtime.getConfig());
        }

        Collector add(TrainingConfig config) {
            if (config instanceof Layer) {
                return add((Layer) config);
            }
            if (config instanceof SameDiffVertex) {
                keep(TrainableConf.of((SameDiffVertex) config));
            }
            return this;
        }

        Collector add(org.deeplearning4j.nn.conf.graph.GraphVertex vertex) {
            if (vertex instanceof LayerVertex) {
                return add(((LayerVertex) vertex).getLayerConf().getLayer());
            }
            if (vertex instanceof SameDiffVertex) {
                keep(TrainableConf.of((SameDiffVertex) vertex));
            }
            return this;
        }

        Collector add(Layer layer) {
            if (layer instanceof org.deeplearning4j.nn.conf.layers.misc.FrozenLayer) {
                frozen = true;
                return add(((org.deeplearning4j.nn.conf.layers.misc.FrozenLayer) layer).getLayer());
            }
            frozen |= layer instanceof FrozenLayerWithBackprop;
            if (layer instanceof BaseWrapperLayer) {
                return add(((BaseWrapperLayer) layer).getUnderlying());
            }
            if (layer instanceof Bidirectional) {
                return add(((Bidirectional) layer).getFwd()).add(((Bidirectional) layer).getBwd());
            }
            if (layer instanceof BaseLayer) {
                keep(TrainableConf.of((BaseLayer) layer));
            } else if (layer instanceof AbstractSameDiffLayer) {
                keep(TrainableConf.of((AbstractSameDiffLayer) layer));
            }
            return this;
        }

        private void keep(TrainableConf holder) {
            if (found.stream().noneMatch(known -> known.conf() == holder.conf())) {
                found.add(holder);
            }
        }

        LayerConfs named(String key) {
            return new LayerConfs(key, frozen, found);
        }
    }
}
