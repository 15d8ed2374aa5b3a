/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

import com.google.common.collect.ImmutableSet;
import io.github.dl4jdynamics.ghostbn.math.RunningRule;
import io.github.dl4jdynamics.ghostbn.math.SplitRule;
import io.github.dl4jdynamics.spectral.oracle.ConfigurationCopy;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.layers.FrozenLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.rng.Random;
import org.nd4j.linalg.factory.Nd4j;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkNotNull;
import static com.google.common.base.Preconditions.checkState;

/**
 * Replaces the batch normalization of whole networks: plain by ghost, and ghost by plain.
 *
 * <pre>{@code
 * MultiLayerNetwork ghost = GhostBatchNorms.ghost(32).convert(network);
 * MultiLayerNetwork plain = GhostBatchNorms.plain().convert(ghost);
 * }</pre>
 *
 * <p>What comes back is always a new object, also where there was nothing to replace; the original is not changed and
 * shares nothing with it. A converted network has the same parameters, running statistics, updater state, iteration and
 * epoch counts, bit for bit, and goes on training where the original stands. ND4J's random generator is left as it was. Not
 * taken along, as when a model is saved and loaded: listeners ({@code ghost.setListeners(network.getListeners())} moves
 * them) and the state of {@code rnnTimeStep}.
 *
 * <p>At inference both compute the same, except where a locked gamma or beta is at its default and the other is not, which
 * the plain layer ignores. Training with {@link SplitRule#NEVER} follows the plain network, but for what
 * {@link GhostBatchNormalization} lists as different on purpose: among others, gradient normalization moves to gamma and
 * beta alone. Constraints stay on the parameters they are on, be it the running statistics.
 *
 * <p>Layers keep all settings. Those inside wrappers such as {@code FrozenLayer} are replaced there. Other subclasses of
 * {@link BatchNormalization} are left alone, since they may compute something else. One line of the log says which layers
 * were replaced and which were not.
 *
 * <p>Immutable. Cost: a copy of the configuration, the parameters and the updater state.
 *
 * @since 0.1.0
 */
public final class GhostBatchNorms {
    private static final Logger log = LoggerFactory.getLogger(GhostBatchNorms.class);

    /** Null for plain. */
    private final SplitRule rule;

    private final RunningRule runningRule;
    private final Predicate<String> chosen;
    private final ImmutableSet<String> required;

    private GhostBatchNorms(
            SplitRule rule, RunningRule runningRule, Predicate<String> chosen, ImmutableSet<String> required) {
        this.rule = rule;
        this.runningRule = runningRule;
        this.chosen = chosen;
        this.required = required;
    }

    /**
     * To ghost batch normalization with so many examples (not values) per ghost batch and all other settings at their
     * defaults.
     *
     * @param ghostBatchSize at least 1; {@link SplitRule#NEVER} for the statistics of the whole batch
     * @throws IllegalArgumentException if below 1
     */
    public static GhostBatchNorms ghost(int ghostBatchSize) {
        return ghost(SplitRule.ofSize(ghostBatchSize), RunningRule.AVERAGE_ONCE);
    }

    /**
     * To ghost batch normalization; layers that are ghost already get these settings.
     *
     * @param rule how batches are split
     * @param runningRule how ghost batches move the running statistics
     */
    public static GhostBatchNorms ghost(SplitRule rule, RunningRule runningRule) {
        checkNotNull(rule, "split rule of ghost(...) must not be null; pass SplitRule.ofSize(32)");
        checkNotNull(runningRule, "running rule of ghost(...) must not be null; pass RunningRule.AVERAGE_ONCE");
        return new GhostBatchNorms(rule, runningRule, name -> true, ImmutableSet.of());
    }

    /**
     * To plain {@link BatchNormalization}, for use without this library.
     *
     * <p>The plain layer fails on sequences and volumes. Where the layers in front tell that a layer gets them, conversion
     * is refused; input that is fed to the layer directly cannot be told.
     */
    public static GhostBatchNorms plain() {
        return new GhostBatchNorms(null, null, name -> true, ImmutableSet.of());
    }

    /** The same for some layers only; the others are left as they are. By default all. */
    public GhostBatchNorms layers(Predicate<String> names) {
        checkNotNull(names, "predicate of layer names must not be null; leave layers(...) out for all layers");
        return new GhostBatchNorms(rule, runningRule, names, ImmutableSet.of());
    }

    /**
     * The same for these layers only; converting a network in which one of them is no batch normalization layer fails.
     *
     * @param names layer names; of a graph, vertex names
     */
    public GhostBatchNorms layers(String... names) {
        ImmutableSet<String> all = ImmutableSet.copyOf(names);
        checkArgument(!all.isEmpty(), "layers(...) needs at least one name, got none; leave it out for all layers");
        return new GhostBatchNorms(rule, runningRule, all::contains, all);
    }

    /**
     * A converted copy of a configuration.
     *
     * @throws IllegalArgumentException if a named layer is missing or has sequences or volumes as its input, see
     *     {@link #plain()}, or if a part of the configuration is not serializable
     */
    public MultiLayerConfiguration convert(MultiLayerConfiguration configuration) {
        checkNotNull(configuration, "configuration to convert must not be null; pass a built one");
        MultiLayerConfiguration copy = ConfigurationCopy.of(configuration);
        GhostBatchNormsConversion conversion = new GhostBatchNormsConversion(this::replacement, chosen);
        for (int i = 0; i < copy.getConfs().size(); i++) {
            NeuralNetConfiguration conf = copy.getConf(i);
            String name = conf.getLayer().getLayerName();
            int before = conversion.converted().size();
            conf.setLayer(conversion.convert(name == null ? "layer" + i : name, conf.getLayer()));
            if (rule == null && conversion.converted().size() > before) {
                GhostBatchNormsInput.checkPlain(copy, i);
            }
        }
        checkNames(conversion);
        log.info("{}: {}", this, conversion);
        return copy;
    }

    /**
     * A converted copy of a graph's configuration.
     *
     * @throws IllegalArgumentException if a named layer is missing or has sequences or volumes as its input, see
     *     {@link #plain()}, or if a part of the configuration is not serializable
     */
    public ComputationGraphConfiguration convert(ComputationGraphConfiguration configuration) {
        checkNotNull(configuration, "configuration to convert must not be null; pass a built one");
        ComputationGraphConfiguration copy = ConfigurationCopy.of(configuration);
        GhostBatchNormsConversion conversion = new GhostBatchNormsConversion(this::replacement, chosen);
        for (Map.Entry<String, GraphVertex> vertex : copy.getVertices().entrySet()) {
            if (vertex.getValue() instanceof LayerVertex) {
                NeuralNetConfiguration conf = ((LayerVertex) vertex.getValue()).getLayerConf();
                conf.setLayer(conversion.convert(vertex.getKey(), conf.getLayer()));
            }
        }
        if (rule == null) {
            conversion.converted().forEach(name -> GhostBatchNormsInput.checkPlain(copy, name));
        }
        checkNames(conversion);
        log.info("{}: {}", this, conversion);
        return copy;
    }

    /**
     * A converted copy of a network, ready to train on.
     *
     * @throws IllegalStateException if the network is not initialised
     * @throws IllegalArgumentException as for configurations
     */
    @SuppressWarnings("try") // the workspace scope is left by closing it
    public MultiLayerNetwork convert(MultiLayerNetwork network) {
        checkNotNull(network, "network to convert must not be null; pass an initialised one");
        checkState(
                network.isInitCalled(),
                "network to convert must be initialised, got one without parameters; call init(), or convert its "
                        + "configuration");
        Random random = Nd4j.getRandom();
        long rootState = random.rootState();
        long nodeState = random.nodeState();
        try (MemoryWorkspace outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
            MultiLayerNetwork copy = new MultiLayerNetwork(convert(network.getLayerWiseConfigurations()));
            copy.init(duplicate(network.params()), false);
            freezeAsIn(network, copy);
            if (network.getUpdater(false) != null) {
                GhostBatchNormsUpdaterState.copy(
                        (BaseMultiLayerUpdater<?>) network.getUpdater(false),
                        (BaseMultiLayerUpdater<?>) copy.getUpdater(true));
            }
            return copy;
        } finally {
            random.setStates(rootState, nodeState);
        }
    }

    /**
     * A converted copy of a graph, ready to train on.
     *
     * @throws IllegalStateException if the graph is not initialised
     * @throws IllegalArgumentException as for configurations
     */
    @SuppressWarnings("try") // the workspace scope is left by closing it
    public ComputationGraph convert(ComputationGraph graph) {
        checkNotNull(graph, "graph to convert must not be null; pass an initialised one");
        checkState(
                graph.getVertices() != null,
                "graph to convert must be initialised, got one without parameters; call init(), or convert its "
                        + "configuration");
        Random random = Nd4j.getRandom();
        long rootState = random.rootState();
        long nodeState = random.nodeState();
        try (MemoryWorkspace outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
            ComputationGraph copy = new ComputationGraph(convert(graph.getConfiguration()));
            copy.init(duplicate(graph.params()), false);
            freezeAsIn(graph, copy);
            if (graph.getUpdater(false) != null) {
                GhostBatchNormsUpdaterState.copy(graph.getUpdater(false), copy.getUpdater(true));
            }
            return copy;
        } finally {
            random.setStates(rootState, nodeState);
        }
    }

    private BatchNormalization replacement(BatchNormalization layer) {
        if (rule != null) {
            return GhostBatchNormsSettings.ghost(layer, rule, runningRule);
        }
        return layer instanceof GhostBatchNormalization
                ? GhostBatchNormsSettings.plain((GhostBatchNormalization) layer)
                : layer;
    }

    private void checkNames(GhostBatchNormsConversion conversion) {
        Set<String> missing = new TreeSet<>(required);
        missing.removeAll(conversion.seen());
        checkArgument(
                missing.isEmpty(),
                "layers(...) must name batch normalization layers of the network, got %s; it has %s",
                missing,
                conversion.seen());
    }

    private static INDArray duplicate(INDArray parameters) {
        return parameters == null ? null : parameters.dup();
    }

    /** Layers can be frozen in the network alone, without their configuration. */
    private static void freezeAsIn(MultiLayerNetwork network, MultiLayerNetwork copy) {
        org.deeplearning4j.nn.api.Layer[] layers = copy.getLayers();
        for (int i = 0; i < layers.length; i++) {
            if (network.getLayer(i) instanceof FrozenLayer && !(layers[i] instanceof FrozenLayer)) {
                layers[i] = new FrozenLayer(layers[i]);
            }
        }
    }

    private static void freezeAsIn(ComputationGraph graph, ComputationGraph copy) {
        for (org.deeplearning4j.nn.graph.vertex.GraphVertex vertex : graph.getVertices()) {
            if (vertex.hasLayer() && vertex.getLayer() instanceof FrozenLayer) {
                copy.getVertex(vertex.getVertexName()).setLayerAsFrozen();
            }
        }
    }

    @Override
    public String toString() {
        return rule == null
                ? "to plain batch normalization"
                : "to ghost batch normalization in " + rule + ", running statistics " + runningRule;
    }
}
