/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.invariance;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import com.google.common.collect.ImmutableSet;
import io.github.dl4jdynamics.ghostbn.invariance.Signal.Passing;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.dropout.GaussianDropout;
import org.deeplearning4j.nn.conf.dropout.IDropout;
import org.deeplearning4j.nn.conf.dropout.SpatialDropout;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.misc.ElementWiseMultiplicationLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.preprocessor.Cnn3DToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.CnnToRnnPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.ComposableInputPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnn3DPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToRnnPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.RnnToCnnPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.RnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.weightnoise.DropConnect;
import org.deeplearning4j.nn.conf.weightnoise.IWeightNoise;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;

/**
 * Takes a layer apart into signals: reshaping of its input, dropout of its input, the layer itself, its activation.
 *
 * <p>Deeplearning4j classes are compared by {@code instanceof} where subclasses compute the same, and by class where a
 * subclass could compute anything.
 */
final class LayerSignals {
    private static final ImmutableSet<Class<?>> KEEP_CONSTANTS = ImmutableSet.of(
            CnnToFeedForwardPreProcessor.class,
            Cnn3DToFeedForwardPreProcessor.class,
            RnnToFeedForwardPreProcessor.class,
            FeedForwardToRnnPreProcessor.class);
    private static final ImmutableSet<Class<?>> RESHAPE = ImmutableSet.of(
            FeedForwardToCnnPreProcessor.class,
            FeedForwardToCnn3DPreProcessor.class,
            CnnToRnnPreProcessor.class,
            RnnToCnnPreProcessor.class);
    private static final ImmutableSet<Class<?>> MULTIPLICATIVE_DROPOUT =
            ImmutableSet.of(Dropout.class, GaussianDropout.class, SpatialDropout.class);

    private final SignalGraph graph;
    private final String name;
    private final String key;
    private final Layer runtime;
    private final boolean frozen;
    private final org.deeplearning4j.nn.conf.layers.Layer conf;

    /**
     * @param name for people
     * @param key the network's own address of the layer
     */
    LayerSignals(SignalGraph graph, String name, String key, Layer runtime) {
        this.graph = graph;
        this.name = name;
        this.key = key;
        this.runtime = runtime;
        this.frozen = isFrozen(runtime);
        this.conf = bare(runtime.conf().getLayer());
    }

    // DL4J-M2.1: after setFeatureExtractor only the runtime class tells that a layer is frozen.
    private static boolean isFrozen(Layer runtime) {
        return runtime instanceof org.deeplearning4j.nn.layers.FrozenLayer
                || runtime instanceof org.deeplearning4j.nn.layers.FrozenLayerWithBackprop;
    }

    private static org.deeplearning4j.nn.conf.layers.Layer bare(org.deeplearning4j.nn.conf.layers.Layer conf) {
        if (conf instanceof FrozenLayer) {
            return bare(((FrozenLayer) conf).getLayer());
        }
        return conf instanceof FrozenLayerWithBackprop ? bare(((FrozenLayerWithBackprop) conf).getUnderlying()) : conf;
    }

    /** Adds the layer behind a signal; gives the position of its output. */
    int addBehind(int input, InputPreProcessor reshaping) {
        int position = reshaping == null ? input : addReshaping(input, reshaping);
        // Frozen layers run in inference mode.
        return addLayer(frozen ? position : addDropout(position));
    }

    private int addReshaping(int input, InputPreProcessor reshaping) {
        if (reshaping instanceof ComposableInputPreProcessor) {
            int position = input;
            for (InputPreProcessor part : ((ComposableInputPreProcessor) reshaping).getInputPreProcessors()) {
                position = addReshaping(position, part);
            }
            return position;
        }
        if (KEEP_CONSTANTS.contains(reshaping.getClass())) {
            return graph.add(Signal.homogeneous(name, input, Passing.CONSTANTS));
        }
        return RESHAPE.contains(reshaping.getClass())
                ? graph.add(Signal.homogeneous(name, input, Passing.SCALE))
                : barrier(input, "the preprocessor " + reshaping.getClass().getSimpleName());
    }

    private int addDropout(int input) {
        IDropout dropout = conf.getIDropout();
        if (dropout == null) {
            return input;
        }
        return MULTIPLICATIVE_DROPOUT.contains(dropout.getClass())
                ? graph.add(Signal.homogeneous(name, input, Passing.CHANNELS))
                : barrier(input, "the noise " + dropout.getClass().getSimpleName());
    }

    private int addLayer(int input) {
        if (conf instanceof BatchNormalization) {
            return addNorm(input);
        }
        if (isLinear()) {
            return addLinear(input);
        }
        if (conf instanceof ActivationLayer) {
            return addActivation(input, ((ActivationLayer) conf).getActivationFn());
        }
        if (conf instanceof DropoutLayer) {
            return addActivation(input, ((DropoutLayer) conf).getActivationFn());
        }
        if (conf instanceof PReLULayer) {
            return graph.add(Signal.homogeneous(name, input, Passing.CHANNELS));
        }
        return ShapeLayers.passing(conf)
                .map(passing -> graph.add(Signal.homogeneous(name, input, passing)))
                .orElseGet(() -> barrier(input, layerType()));
    }

    private int addNorm(int input) {
        if (frozen) {
            return barrier(input, "the frozen normalization");
        }
        boolean locked = ((BatchNormalization) conf).isLockGammaBeta();
        return graph.add(Signal.norm(name, input, locked ? List.of() : List.of(array("gamma"), array("beta"))));
    }

    private boolean isLinear() {
        boolean known = conf instanceof DenseLayer
                || conf instanceof ConvolutionLayer
                || conf instanceof EmbeddingLayer
                || conf instanceof EmbeddingSequenceLayer
                || conf instanceof ElementWiseMultiplicationLayer;
        return known && !(conf instanceof DenseLayer && ((DenseLayer) conf).hasLayerNorm());
    }

    private int addLinear(int input) {
        Map<String, ?> table = runtime.paramTable();
        List<WeightArray> weights = new ArrayList<>();
        for (String kernel : List.of("W", "pW")) {
            if (!frozen && table.containsKey(kernel)) {
                weights.add(array(kernel));
            }
        }
        int linear = graph.add(Signal.linear(name, input, weights, table.containsKey("b") ? array("b") : null));
        IWeightNoise noise = ((BaseLayer) conf).getWeightNoise();
        if (noise != null && !frozen && noise.getClass() != DropConnect.class) {
            linear = barrier(linear, "the weight noise " + noise.getClass().getSimpleName());
        }
        return addActivation(linear, ((BaseLayer) conf).getActivationFn());
    }

    private int addActivation(int input, IActivation activation) {
        if (activation instanceof ActivationIdentity) {
            return input;
        }
        return HomogeneousActivations.contains(activation)
                ? graph.add(Signal.homogeneous(name, input, Passing.CHANNELS))
                : barrier(input, "the activation " + activation);
    }

    private String layerType() {
        boolean output =
                conf instanceof BaseOutputLayer || runtime instanceof org.deeplearning4j.nn.api.layers.IOutputLayer;
        return output ? "the output layer" : "the " + conf.getClass().getSimpleName();
    }

    private int barrier(int input, String what) {
        return graph.add(Signal.barrier(name, List.of(input), what + " of layer '" + name + "'"));
    }

    private WeightArray array(String param) {
        return new WeightArray(name, key, param);
    }
}
