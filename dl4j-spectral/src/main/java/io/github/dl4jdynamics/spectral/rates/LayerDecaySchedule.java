/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.rates;

import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonProperty;

import static com.google.common.base.Preconditions.checkNotNull;

/**
 * Weight-decay coefficient of one layer: a factor times the coefficient (or schedule) the user chose.
 *
 * <p>Used as the coefficient of Deeplearning4j's {@code L2Regularization} and {@code WeightDecay}. The class name and the
 * property names are part of saved models.
 *
 * @see LayerDecays
 * @since 0.1
 */
public final class LayerDecaySchedule extends LayerFactorSchedule {
    private static final long serialVersionUID = 1L;

    @JsonProperty("own")
    private final ISchedule own;

    /**
     * @param layer name of the layer (graph: vertex)
     * @param own the user's coefficient
     * @param steered whether a listener is expected to move the factor
     */
    public LayerDecaySchedule(
            @JsonProperty("layer") String layer,
            @JsonProperty("own") ISchedule own,
            @JsonProperty("steered") boolean steered) {
        super(checkNotNull(layer, "layer"), steered);
        this.own = checkNotNull(own, "own coefficient of layer '%s'", layer);
    }

    /** The user's own coefficient. */
    public ISchedule own() {
        return own;
    }

    @Override
    double ownValueAt(int iteration, int epoch) {
        return own.valueAt(iteration, epoch);
    }

    @Override
    public LayerDecaySchedule clone() {
        return renamed(layer());
    }

    /** The same schedule and state under another layer's name. */
    LayerDecaySchedule renamed(String layer) {
        LayerDecaySchedule copy = new LayerDecaySchedule(layer, own.clone(), steered());
        copy.copyStateFrom(this);
        return copy;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LayerDecaySchedule
                && ((LayerDecaySchedule) other).layer().equals(layer())
                && ((LayerDecaySchedule) other).own.equals(own);
    }

    @Override
    public int hashCode() {
        return layer().hashCode();
    }

    @Override
    public String toString() {
        return "LayerDecaySchedule{" + layer() + ": " + factor() + " x " + own + "}";
    }
}
