/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.weights;

import org.deeplearning4j.nn.conf.graph.FrozenVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;

/** Configuration of a layer or graph vertex with all wrappers taken off, and what they said. */
final class BareConf {
    private final Object conf;
    private final boolean frozen;
    private final boolean bidirectional;

    private BareConf(Object conf, boolean frozen, boolean bidirectional) {
        this.conf = conf;
        this.frozen = frozen;
        this.bidirectional = bidirectional;
    }

    /** Takes a layer's configuration, or a graph vertex'. */
    static BareConf of(Object wrapped) {
        Object conf = wrapped;
        boolean frozen = false;
        boolean bidirectional = false;
        for (Object inner = inner(conf); inner != null; inner = inner(conf)) {
            frozen |= conf instanceof FrozenLayer
                    || conf instanceof FrozenLayerWithBackprop
                    || conf instanceof FrozenVertex;
            bidirectional |= conf instanceof Bidirectional;
            conf = inner;
        }
        return new BareConf(conf, frozen, bidirectional);
    }

    private static Object inner(Object conf) {
        if (conf instanceof LayerVertex) {
            return ((LayerVertex) conf).getLayerConf().getLayer();
        }
        if (conf instanceof FrozenVertex) {
            return ((FrozenVertex) conf).getUnderlying();
        }
        if (conf instanceof FrozenLayer) {
            return ((FrozenLayer) conf).getLayer();
        }
        if (conf instanceof Bidirectional) {
            return ((Bidirectional) conf).getFwd();
        }
        return conf instanceof BaseWrapperLayer ? ((BaseWrapperLayer) conf).getUnderlying() : null;
    }

    Object conf() {
        return conf;
    }

    /** Simple class name; of an anonymous class its parent's. */
    String type() {
        Class<?> type = conf.getClass();
        return (type.isAnonymousClass() ? type.getSuperclass() : type).getSimpleName();
    }

    boolean frozen() {
        return frozen;
    }

    /** The parameter's name in the layer itself, without the letter for the direction. */
    String own(String parameter) {
        return bidirectional ? parameter.substring(1) : parameter;
    }
}
