/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.oracle;

import java.util.ArrayList;
import java.util.Set;

import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
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
import org.deeplearning4j.nn.conf.layers.samediff.SameDiffLayer;
import org.deeplearning4j.nn.conf.layers.samediff.SameDiffVertex;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationRReLU;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossBinaryXENT;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * A copy of a network's configuration whose loss is a plain function of the parameters: no dropout, no weight noise, no
 * randomized activation, no regularization, no clipped logarithms, whole sequences instead of truncated ones, losses averaged over examples,
 * and backward passes that differentiate what the forward pass computed.
 */
final class NoiseFreeConfiguration {
    /** Close to the smallest normal FLOAT. */
    private static final double LEAST_PROBABILITY = 1e-37;

    private final BatchNormalizationMode normalization;

    /** Frozen layers that may end the backward pass, as nothing below them is trained. */
    private Set<Layer> bottoms = Set.of();

    NoiseFreeConfiguration(BatchNormalizationMode normalization) {
        this.normalization = normalization;
    }

    MultiLayerConfiguration of(MultiLayerConfiguration original) {
        MultiLayerConfiguration copy = ConfigurationCopy.of(original);
        copy.setBackpropType(BackpropType.Standard);
        copy.setTrainingWorkspaceMode(WorkspaceMode.ENABLED);
        bottoms = FrozenBottoms.of(copy);
        copy.getConfs().forEach(this::rewrite);
        BottomDense.replaceIn(copy);
        return copy;
    }

    ComputationGraphConfiguration of(ComputationGraphConfiguration original) {
        ComputationGraphConfiguration copy = ConfigurationCopy.of(original);
        copy.setBackpropType(BackpropType.Standard);
        copy.setTrainingWorkspaceMode(WorkspaceMode.ENABLED);
        // DL4J-M2.1: with another mode, the backward pass of a graph leaves its closed workspace in use.
        copy.setInferenceWorkspaceMode(WorkspaceMode.ENABLED);
        copy.getDefaultConfiguration().setMiniBatch(true);
        bottoms = FrozenBottoms.of(copy);
        copy.getVertices().replaceAll((name, vertex) -> rewritten(vertex));
        copy.getNetworkOutputs().forEach(name -> thaw(copy.getVertices().get(name)));
        BottomDense.replaceIn(copy);
        return copy;
    }

    private GraphVertex rewritten(GraphVertex vertex) {
        if (vertex instanceof FrozenVertex) {
            // DL4J-M2.1: a frozen vertex ends the backward pass. The mask knows that it is frozen.
            return rewritten(((FrozenVertex) vertex).getUnderlying());
        }
        if (vertex instanceof LayerVertex) {
            rewrite(((LayerVertex) vertex).getLayerConf());
        }
        return vertex instanceof SameDiffVertex ? new SingleErrorVertex((SameDiffVertex) vertex) : vertex;
    }

    /**
     * DL4J-M2.1: the score of a graph is 0 if an output layer is frozen. The mask knows that it is, and its constraints go,
     * since a frozen layer does not apply them.
     */
    private static void thaw(GraphVertex output) {
        if (output instanceof LayerVertex) {
            NeuralNetConfiguration conf = ((LayerVertex) output).getLayerConf();
            if (conf.getLayer() instanceof FrozenLayerWithBackprop) {
                Layer thawed = ((FrozenLayerWithBackprop) conf.getLayer()).getUnderlying();
                thawed.setConstraints(null);
                conf.setLayer(thawed);
            }
        }
    }

    private void rewrite(NeuralNetConfiguration conf) {
        conf.setMiniBatch(true);
        conf.setLayer(LayerWrappers.rewrite(conf.getLayer(), this::rewritten));
    }

    private Layer rewritten(Layer layer) {
        layer.setIDropout(null);
        checkFormat(layer);
        if (layer instanceof BaseLayer) {
            quieten((BaseLayer) layer);
        }
        if (layer instanceof ActivationLayer) {
            ActivationLayer activation = (ActivationLayer) layer;
            activation.setActivationFn(expected(activation.getActivationFn()));
        }
        unclipLoss(layer);
        if (layer instanceof CenterLossOutputLayer) {
            // DL4J-M2.1: else the "gradient" of the centers is their own update rule, and even with it their rate.
            ((CenterLossOutputLayer) layer).setGradientCheck(true);
            ((CenterLossOutputLayer) layer).setAlpha(1);
        }
        if (layer instanceof BatchNormalization) {
            ignoreLockedAsForward((BatchNormalization) layer);
        }
        if (layer instanceof SameDiffLayer) {
            return new SingleErrorLayer((SameDiffLayer) layer);
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

    /**
     * DL4J-M2.1: {@code computeScore} of {@code CnnLossLayer} takes every image for NCHW, and that of {@code RnnLossLayer}
     * takes the input for the labels if channels come last.
     */
    private static void checkFormat(Layer layer) {
        Object format = layer instanceof CnnLossLayer
                ? ((CnnLossLayer) layer).getFormat()
                : layer instanceof RnnLossLayer ? ((RnnLossLayer) layer).getRnnDataFormat() : null;
        checkArgument(
                format != CNN2DFormat.NHWC && format != RNNFormat.NWC,
                "data format of %s '%s' must be %s, got %s: Deeplearning4j 1.0.0-M2.1 computes another score than its "
                        + "gradient is of",
                layer.getClass().getSimpleName(),
                layer.getLayerName(),
                format instanceof RNNFormat ? RNNFormat.NCW : CNN2DFormat.NCHW,
                format);
    }

    /**
     * DL4J-M2.1: the forward pass ignores locked gamma and beta unless both differ from 1 and 0, the backward pass does
     * not ignore gamma.
     */
    private static void ignoreLockedAsForward(BatchNormalization layer) {
        if (layer.isLockGammaBeta()
                && layer.getClass() == BatchNormalization.class
                && (layer.getGamma() == 1 || layer.getBeta() == 0)) {
            layer.setGamma(1);
            layer.setBeta(0);
        }
    }

    private void quieten(BaseLayer layer) {
        layer.setWeightNoise(null);
        layer.setActivationFn(expected(layer.getActivationFn()));
        layer.setRegularization(new ArrayList<>());
        layer.setRegularizationBias(new ArrayList<>());
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
     * The mean of an activation that draws slopes in training. DL4J-M2.1: at test time, RReLU is the larger of its input
     * and the mean slope, which is no mean of what it is in training.
     */
    private static IActivation expected(IActivation activation) {
        if (activation instanceof ActivationRReLU) {
            ActivationRReLU random = (ActivationRReLU) activation;
            return new ActivationLReLU(0.5 * (random.getL() + random.getU()));
        }
        return activation;
    }

    private static void unclipLoss(Layer layer) {
        if (layer instanceof BaseOutputLayer) {
            BaseOutputLayer output = (BaseOutputLayer) layer;
            output.setLossFn(unclipped(output.getLossFn(), output));
        } else if (layer instanceof LossLayer) {
            LossLayer output = (LossLayer) layer;
            output.setLossFn(unclipped(output.getLossFn(), output));
        } else if (layer instanceof RnnLossLayer) {
            RnnLossLayer output = (RnnLossLayer) layer;
            output.setLossFn(unclipped(output.getLossFn(), output));
        } else if (layer instanceof CnnLossLayer) {
            CnnLossLayer output = (CnnLossLayer) layer;
            output.setLossFn(unclipped(output.getLossFn(), output));
        } else if (layer instanceof Cnn3DLossLayer) {
            Cnn3DLossLayer output = (Cnn3DLossLayer) layer;
            output.setLossFn(unclipped(output.getLossFn(), output));
        }
    }

    /** Other activations than the sigmoid reach 0 and 1, where binary cross entropy is infinite without clipping. */
    private static ILossFunction unclipped(ILossFunction loss, BaseLayer layer) {
        if (loss instanceof LossMCXENT) {
            // Not 0: a probability that underflows would give 0 log 0.
            ((LossMCXENT) loss).setSoftmaxClipEps(LEAST_PROBABILITY);
        } else if (loss != null
                && loss.getClass() == LossBinaryXENT.class
                && layer.getActivationFn() instanceof ActivationSigmoid) {
            return new LogisticLoss((LossBinaryXENT) loss);
        }
        return loss;
    }
}
