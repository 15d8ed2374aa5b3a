/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.invariance;

import java.util.Arrays;
import java.util.Optional;

import io.github.dl4jdynamics.ghostbn.invariance.Signal.Passing;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.BaseUpsamplingLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SpaceToBatchLayer;
import org.deeplearning4j.nn.conf.layers.SpaceToDepthLayer;
import org.deeplearning4j.nn.conf.layers.Subsampling3DLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPadding1DLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPadding3DLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping1D;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping2D;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping3D;
import org.deeplearning4j.nn.conf.layers.misc.RepeatVector;
import org.deeplearning4j.nn.conf.layers.util.MaskLayer;

/**
 * Layers without weights that pass a scale on: pooling, padding, cropping, upsampling and the like.
 *
 * <p>A constant is claimed to survive only where it surely does. Where it is not, the bias joins the group of its weights,
 * which is invariant all the same.
 */
final class ShapeLayers {

    private ShapeLayers() {}

    static Optional<Passing> passing(Layer layer) {
        if (layer instanceof SubsamplingLayer) {
            SubsamplingLayer pooling = (SubsamplingLayer) layer;
            boolean padded = pooling.getConvolutionMode() == ConvolutionMode.Same
                    || Arrays.stream(pooling.getPadding()).anyMatch(rows -> rows != 0);
            return Optional.of(
                    !padded && keepsConstants(pooling.getPoolingType()) ? Passing.CONSTANTS : Passing.CHANNELS);
        }
        if (layer instanceof GlobalPoolingLayer) {
            boolean keeps = keepsConstants(((GlobalPoolingLayer) layer).getPoolingType());
            return Optional.of(keeps ? Passing.CONSTANTS : Passing.CHANNELS);
        }
        if (layer instanceof BaseUpsamplingLayer
                || layer instanceof Cropping1D
                || layer instanceof Cropping2D
                || layer instanceof Cropping3D
                || layer instanceof RepeatVector) {
            return Optional.of(Passing.CONSTANTS);
        }
        if (layer instanceof Subsampling3DLayer
                || layer instanceof ZeroPadding1DLayer
                || layer instanceof ZeroPaddingLayer
                || layer instanceof ZeroPadding3DLayer
                || layer instanceof SpaceToBatchLayer
                || layer instanceof SpaceToDepthLayer
                || layer instanceof MaskLayer) {
            return Optional.of(Passing.CHANNELS);
        }
        return Optional.empty();
    }

    private static boolean keepsConstants(PoolingType pooling) {
        return pooling == PoolingType.MAX || pooling == PoolingType.AVG;
    }
}
