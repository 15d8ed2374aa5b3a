/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

import org.deeplearning4j.nn.api.layers.LayerConstraint;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;

/** The conversion of one configuration's layers, one by one, and its record. */
final class GhostBatchNormsConversion {
    private final UnaryOperator<BatchNormalization> target;
    private final Predicate<String> chosen;
    private final List<String> converted = new ArrayList<>();
    private final List<String> leftAlone = new ArrayList<>();
    private final Set<String> seen = new TreeSet<>();

    /** @param target gives the layer to put in place, or the same one for none */
    GhostBatchNormsConversion(UnaryOperator<BatchNormalization> target, Predicate<String> chosen) {
        this.target = target;
        this.chosen = chosen;
    }

    /** The layer to use instead, which may be the same one; layers inside wrappers are exchanged there. */
    Layer convert(String name, Layer layer) {
        if (layer instanceof BatchNormalization) {
            return convertNorm(name, (BatchNormalization) layer);
        }
        if (layer instanceof BaseWrapperLayer) {
            BaseWrapperLayer wrapper = (BaseWrapperLayer) layer;
            wrapper.setUnderlying(convert(name, wrapper.getUnderlying()));
        }
        if (layer instanceof FrozenLayer) {
            FrozenLayer frozen = (FrozenLayer) layer;
            Layer inner = convert(name, frozen.getLayer());
            return inner == frozen.getLayer() ? frozen : refrozen(frozen, inner);
        }
        return layer;
    }

    private Layer convertNorm(String name, BatchNormalization layer) {
        seen.add(name);
        if (!chosen.test(name)) {
            leftAlone.add(name + " (not chosen)");
            return layer;
        }
        if (layer.getClass() != BatchNormalization.class && !(layer instanceof GhostBatchNormalization)) {
            leftAlone.add(name + " (" + layer.getClass().getSimpleName() + " may compute something else)");
            return layer;
        }
        BatchNormalization replacement = target.apply(layer);
        if (replacement == layer) {
            leftAlone.add(name + " (is plain already)");
        } else {
            converted.add(name);
        }
        return replacement;
    }

    /** A frozen layer's content has no setter, and its other setters pass through to the content. */
    private static Layer refrozen(FrozenLayer original, Layer inner) {
        String innerName = inner.getLayerName();
        List<LayerConstraint> innerConstraints = inner.getConstraints();
        FrozenLayer frozen = new FrozenLayer(inner);
        frozen.setLayerName(original.getLayerName());
        frozen.setConstraints(original.getConstraints());
        frozen.setIDropout(original.getIDropout());
        inner.setLayerName(innerName);
        inner.setConstraints(innerConstraints);
        return frozen;
    }

    /** Names of the layers that were replaced, input first. */
    List<String> converted() {
        return converted;
    }

    /** Names of all batch normalization layers met. */
    Set<String> seen() {
        return seen;
    }

    @Override
    public String toString() {
        return converted.size() + " of " + seen.size() + " batch normalization layers converted"
                + (converted.isEmpty() ? "" : ": " + String.join(", ", converted))
                + (leftAlone.isEmpty() ? "" : "; left alone: " + String.join(", ", leftAlone));
    }
}
