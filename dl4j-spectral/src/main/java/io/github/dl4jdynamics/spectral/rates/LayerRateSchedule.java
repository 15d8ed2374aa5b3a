/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.rates;

import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.shade.jackson.annotation.JsonProperty;

import static com.google.common.base.Preconditions.checkNotNull;

/**
 * Learning rate of one layer: a factor times the rate of the updater the user chose for it.
 *
 * <pre>{@code rate(iteration, epoch) = factor * own.getLearningRate(iteration, epoch)}</pre>
 *
 * <p>The user's updater is kept whole, so its fixed rate or schedule is followed whatever its class, and removing the
 * schedule gives exactly that updater back. The class name and the property names are part of saved models.
 *
 * @see LayerRates
 * @since 0.1
 */
public final class LayerRateSchedule extends LayerFactorSchedule {
    private static final long serialVersionUID = 1L;

    private static final ThreadLocal<LayerRateSchedule[]> PROBE = new ThreadLocal<>();

    @JsonProperty("own")
    private final IUpdater own;

    /**
     * @param layer name of the layer (graph: vertex)
     * @param own the user's updater; read, never changed, and its gradient arithmetic is not used
     * @param steered whether a listener is expected to move the factor
     */
    public LayerRateSchedule(
            @JsonProperty("layer") String layer,
            @JsonProperty("own") IUpdater own,
            @JsonProperty("steered") boolean steered) {
        super(checkNotNull(layer, "layer"), steered);
        this.own = checkNotNull(own, "own updater of layer '%s'", layer);
    }

    /** The user's own updater. */
    public IUpdater own() {
        return own;
    }

    @Override
    void asked() {
        LayerRateSchedule[] probe = PROBE.get();
        if (probe != null) {
            probe[0] = this;
        }
    }

    @Override
    double ownValueAt(int iteration, int epoch) {
        return own.getLearningRate(iteration, epoch);
    }

    @Override
    public LayerRateSchedule clone() {
        return renamed(layer());
    }

    /**
     * The schedule an updater takes its rate from, or null when it is not one of ours.
     *
     * <p>ND4J's updaters have no common way to read their schedule, but all of them ask it for the rate: the schedule
     * that answers is the one they hold. Works for updaters of other libraries too.
     */
    public static LayerRateSchedule carriedBy(IUpdater updater) {
        if (updater == null || !updater.hasLearningRate()) {
            return null;
        }
        PROBE.set(new LayerRateSchedule[1]);
        try {
            updater.getLearningRate(0, 0);
            return PROBE.get()[0];
        } finally {
            PROBE.remove();
        }
    }

    /** The same schedule and state under another layer's name. */
    LayerRateSchedule renamed(String layer) {
        LayerRateSchedule copy = new LayerRateSchedule(layer, own.clone(), steered());
        copy.copyStateFrom(this);
        return copy;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LayerRateSchedule
                && ((LayerRateSchedule) other).layer().equals(layer())
                && ((LayerRateSchedule) other).own.equals(own);
    }

    @Override
    public int hashCode() {
        return layer().hashCode();
    }

    @Override
    public String toString() {
        return "LayerRateSchedule{" + layer() + ": " + factor() + " x " + own + "}";
    }
}
