/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.oracle;

import java.util.Optional;
import java.util.function.UnaryOperator;

import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;

/** Configurations of layers inside configurations of layers. */
final class LayerWrappers {
    private LayerWrappers() {}

    /** The layer inside all wrappers; of a bidirectional one the forward direction. */
    static Layer bare(Layer layer) {
        return inner(layer).map(LayerWrappers::bare).orElse(layer);
    }

    /** Whether the layer or one inside it has constraints. */
    static boolean isConstrained(Layer layer) {
        boolean own = layer.getConstraints() != null && !layer.getConstraints().isEmpty();
        boolean backward = layer instanceof Bidirectional && isConstrained(((Bidirectional) layer).getBwd());
        return own || backward || inner(layer).map(LayerWrappers::isConstrained).orElse(false);
    }

    private static Optional<Layer> inner(Layer layer) {
        if (layer instanceof FrozenLayer) {
            return Optional.of(((FrozenLayer) layer).getLayer());
        }
        if (layer instanceof Bidirectional) {
            return Optional.of(((Bidirectional) layer).getFwd());
        }
        return layer instanceof BaseWrapperLayer
                ? Optional.of(((BaseWrapperLayer) layer).getUnderlying())
                : Optional.empty();
    }

    /** Applies a change to a layer and, before it, to the layers inside; changes the wrappers in place where they allow it. */
    static Layer rewrite(Layer layer, UnaryOperator<Layer> change) {
        Layer wrapper = layer;
        if (layer instanceof FrozenLayer) {
            Layer before = ((FrozenLayer) layer).getLayer();
            Layer inside = rewrite(before, change);
            if (inside != before) {
                wrapper = new FrozenLayer(inside);
                wrapper.setLayerName(layer.getLayerName());
            }
        } else if (layer instanceof Bidirectional) {
            Bidirectional both = (Bidirectional) layer;
            both.setFwd(rewrite(both.getFwd(), change));
            both.setBwd(rewrite(both.getBwd(), change));
        } else if (layer instanceof BaseWrapperLayer) {
            BaseWrapperLayer outside = (BaseWrapperLayer) layer;
            outside.setUnderlying(rewrite(outside.getUnderlying(), change));
        }
        return change.apply(wrapper);
    }
}
