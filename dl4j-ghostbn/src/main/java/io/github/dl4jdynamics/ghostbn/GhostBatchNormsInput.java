/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn;

import java.util.List;

import com.google.common.collect.ImmutableSet;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.ShiftVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseRecurrentLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.Deconvolution3D;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LearnedSelfAttentionLayer;
import org.deeplearning4j.nn.conf.layers.LocallyConnected1D;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.RecurrentAttentionLayer;
import org.deeplearning4j.nn.conf.layers.SelfAttentionLayer;
import org.deeplearning4j.nn.conf.layers.Subsampling1DLayer;
import org.deeplearning4j.nn.conf.layers.Subsampling3DLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling1D;
import org.deeplearning4j.nn.conf.layers.Upsampling3D;
import org.deeplearning4j.nn.conf.layers.ZeroPadding1DLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPadding3DLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping1D;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping3D;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.TimeDistributed;
import org.deeplearning4j.nn.conf.layers.util.MaskLayer;
import org.deeplearning4j.nn.conf.layers.util.MaskZeroLayer;
import org.deeplearning4j.nn.conf.preprocessor.CnnToRnnPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnn3DPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToRnnPreProcessor;

/**
 * Refuses sequences and volumes, which plain batch normalization cannot train on.
 *
 * <p>DL4J-M2.1: a built configuration does not hold its input type, so what a layer gets is read from what precedes it:
 * the nearest preprocessor or layer that does not pass shapes through.
 */
final class GhostBatchNormsInput {
    private static final ImmutableSet<Class<?>> SHAPE_KEEPING = ImmutableSet.of(
            BatchNormalization.class,
            ActivationLayer.class,
            DropoutLayer.class,
            PReLULayer.class,
            MaskLayer.class,
            ElementWiseVertex.class,
            MergeVertex.class,
            ScaleVertex.class,
            ShiftVertex.class);
    private static final ImmutableSet<Class<?>> SEQUENCES = ImmutableSet.of(
            CnnToRnnPreProcessor.class,
            FeedForwardToRnnPreProcessor.class,
            BaseRecurrentLayer.class,
            TimeDistributed.class,
            Convolution1DLayer.class,
            Subsampling1DLayer.class,
            LocallyConnected1D.class,
            Upsampling1D.class,
            ZeroPadding1DLayer.class,
            Cropping1D.class,
            EmbeddingSequenceLayer.class,
            SelfAttentionLayer.class,
            LearnedSelfAttentionLayer.class,
            RecurrentAttentionLayer.class);
    private static final ImmutableSet<Class<?>> VOLUMES = ImmutableSet.of(
            FeedForwardToCnn3DPreProcessor.class,
            Convolution3D.class,
            Deconvolution3D.class,
            Subsampling3DLayer.class,
            Upsampling3D.class,
            ZeroPadding3DLayer.class,
            Cropping3D.class);

    private GhostBatchNormsInput() {}

    /** @throws IllegalArgumentException if the layer is known to get sequences or volumes */
    static void checkPlain(MultiLayerConfiguration conf, int layer) {
        if (conf.getConf(layer).getLayer() instanceof TimeDistributed) {
            return;
        }
        Object source = conf.getInputPreProcess(layer);
        for (int i = layer - 1; source == null && i >= 0; i--) {
            Layer previous = unwrapped(conf.getConf(i).getLayer());
            source = keepsShape(previous) ? conf.getInputPreProcess(i) : previous;
        }
        check(conf.getConf(layer).getLayer().getLayerName(), source);
    }

    /** @throws IllegalArgumentException if the layer is known to get sequences or volumes */
    static void checkPlain(ComputationGraphConfiguration conf, String name) {
        GraphVertex vertex = conf.getVertices().get(name);
        if (((LayerVertex) vertex).getLayerConf().getLayer() instanceof TimeDistributed) {
            return;
        }
        Object source = preProcessor(vertex);
        String at = name;
        while (source == null && conf.getVertexInputs().containsKey(at)) {
            List<String> inputs = conf.getVertexInputs().get(at);
            at = inputs.get(0);
            vertex = conf.getVertices().get(at);
            Object previous = vertex instanceof LayerVertex
                    ? unwrapped(((LayerVertex) vertex).getLayerConf().getLayer())
                    : vertex;
            source = keepsShape(previous) ? preProcessor(vertex) : previous;
        }
        check(name, source);
    }

    private static InputPreProcessor preProcessor(GraphVertex vertex) {
        return vertex instanceof LayerVertex ? ((LayerVertex) vertex).getPreProcessor() : null;
    }

    private static Layer unwrapped(Layer layer) {
        if (layer instanceof FrozenLayer) {
            return unwrapped(((FrozenLayer) layer).getLayer());
        }
        if (layer instanceof FrozenLayerWithBackprop) {
            return unwrapped(((FrozenLayerWithBackprop) layer).getUnderlying());
        }
        if (layer instanceof MaskZeroLayer) {
            return unwrapped(((MaskZeroLayer) layer).getUnderlying());
        }
        if (layer instanceof Bidirectional && !(((Bidirectional) layer).getFwd() instanceof LastTimeStep)) {
            return ((Bidirectional) layer).getFwd();
        }
        return layer;
    }

    private static boolean keepsShape(Object part) {
        return part == null || isAny(SHAPE_KEEPING, part);
    }

    private static boolean isAny(ImmutableSet<Class<?>> classes, Object part) {
        return classes.stream().anyMatch(c -> c.isInstance(part));
    }

    private static void check(String name, Object source) {
        boolean sequences = source != null && isAny(SEQUENCES, source);
        if (sequences || source != null && isAny(VOLUMES, source)) {
            throw new IllegalArgumentException("input of layer '" + name
                    + "' must be dense or images to become plain BatchNormalization, got "
                    + (sequences ? "sequences" : "volumes") + " from "
                    + source.getClass().getSimpleName()
                    + ", on which the plain layer fails; choose the other layers with layers(...)");
        }
    }
}
