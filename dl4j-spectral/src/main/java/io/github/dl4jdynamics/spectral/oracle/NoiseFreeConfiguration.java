/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.oracle;

import java.util.ArrayList;
import java.util.Set;

import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.graph.FrozenVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.CenterLossOutputLayer;
import org.deeplearning4j.nn.conf.layers.Cnn3DLossLayer;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationRReLU;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossBinaryXENT;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;

/**
 * A copy of a network's configuration whose loss is a plain function of the parameters: no dropout, no weight noise, no
 * randomized activation, no clipped logarithms, whole sequences instead of truncated ones, losses averaged over examples,
 * and backward passes that differentiate what the forward pass computed.
 */
final class NoiseFreeConfiguration {
    private final BatchNormalizationMode normalization;
    private final boolean regularized;

    /** Frozen layers that may end the backward pass, as nothing below them is trained. */
    private Set<Layer> bottoms = Set.of();

    NoiseFreeConfiguration(BatchNormalizationMode normalization, boolean regularized) {
        this.normalization = normalization;
        this.regularized = regularized;
    }

    MultiLayerConfiguration of(MultiLayerConfiguration original) {
        MultiLayerConfiguration copy = ConfigurationCopy.of(original);
        copy.setBackpropType(BackpropType.Standard);
        copy.setTrainingWorkspaceMode(WorkspaceMode.ENABLED);
        bottoms = FrozenBottoms.of(copy);
        copy.getConfs().forEach(this::rewrite);
        return copy;
    }

    ComputationGraphConfiguration of(ComputationGraphConfiguration original) {
        ComputationGraphConfiguration copy = ConfigurationCopy.of(original);
        copy.setBackpropType(BackpropType.Standard);
        copy.setTrainingWorkspaceMode(WorkspaceMode.ENABLED);
        copy.getDefaultConfiguration().setMiniBatch(true);
        bottoms = FrozenBottoms.of(copy);
        copy.getVertices().values().forEach(this::rewrite);
        return copy;
    }

    private void rewrite(GraphVertex vertex) {
        if (vertex instanceof LayerVertex) {
            rewrite(((LayerVertex) vertex).getLayerConf());
        } else if (vertex instanceof FrozenVertex) {
            rewrite(((FrozenVertex) vertex).getUnderlying());
        }
    }

    private void rewrite(NeuralNetConfiguration conf) {
        conf.setMiniBatch(true);
        conf.setLayer(LayerWrappers.rewrite(conf.getLayer(), this::rewritten));
    }

    private Layer rewritten(Layer layer) {
        layer.setIDropout(null);
        if (layer instanceof BaseLayer) {
            quieten((BaseLayer) layer);
        }
        if (layer instanceof ActivationLayer) {
            ActivationLayer activation = (ActivationLayer) layer;
            activation.setActivationFn(expected(activation.getActivationFn()));
        }
        unclip(loss(layer));
        if (layer instanceof CenterLossOutputLayer) {
            // DL4J-M2.1: else the "gradient" of the centers is their own update rule, and even with it their rate.
            ((CenterLossOutputLayer) layer).setGradientCheck(true);
            ((CenterLossOutputLayer) layer).setAlpha(1);
        }
        if (layer instanceof FrozenLayer && !bottoms.contains(layer)) {
            // DL4J-M2.1: a frozen layer ends the backward pass, so the layers below it would have no gradient.
            return withBackprop((FrozenLayer) layer);
        }
        if (layer instanceof FrozenLayerWithBackprop) {
            return withFixedNormalization((FrozenLayerWithBackprop) layer);
        }
        return layer instanceof BatchNormalization && normalization == BatchNormalizationMode.RUNNING_STATISTICS
                ? FixedNormalization.of((BatchNormalization) layer)
                : layer;
    }

    private void quieten(BaseLayer layer) {
        layer.setWeightNoise(null);
        layer.setActivationFn(expected(layer.getActivationFn()));
        if (!regularized) {
            layer.setRegularization(new ArrayList<>());
            layer.setRegularizationBias(new ArrayList<>());
        }
    }

    private static Layer withBackprop(FrozenLayer frozen) {
        FrozenLayerWithBackprop layer = new FrozenLayerWithBackprop(frozen.getLayer());
        layer.setLayerName(frozen.getLayerName());
        return withFixedNormalization(layer);
    }

    /** A frozen layer runs in test mode. */
    private static Layer withFixedNormalization(FrozenLayerWithBackprop frozen) {
        if (frozen.getUnderlying() instanceof BatchNormalization) {
            frozen.setUnderlying(FixedNormalization.of((BatchNormalization) frozen.getUnderlying()));
        }
        return frozen;
    }

    /**
     * The activation at test time of one that draws slopes in training. DL4J-M2.1: the derivative of RReLU is 1
     * everywhere.
     */
    private static IActivation expected(IActivation activation) {
        if (activation instanceof ActivationRReLU) {
            ActivationRReLU random = (ActivationRReLU) activation;
            return new ActivationLReLU(0.5 * (random.getL() + random.getU()));
        }
        return activation;
    }

    private static ILossFunction loss(Layer layer) {
        return layer instanceof BaseOutputLayer
                ? ((BaseOutputLayer) layer).getLossFn()
                : layer instanceof LossLayer
                        ? ((LossLayer) layer).getLossFn()
                        : layer instanceof RnnLossLayer
                                ? ((RnnLossLayer) layer).getLossFn()
                                : layer instanceof CnnLossLayer
                                        ? ((CnnLossLayer) layer).getLossFn()
                                        : layer instanceof Cnn3DLossLayer ? ((Cnn3DLossLayer) layer).getLossFn() : null;
    }

    private static void unclip(ILossFunction loss) {
        if (loss instanceof LossMCXENT) {
            ((LossMCXENT) loss).setSoftmaxClipEps(0);
        } else if (loss instanceof LossBinaryXENT) {
            ((LossBinaryXENT) loss).setClipEps(0);
        }
    }
}
