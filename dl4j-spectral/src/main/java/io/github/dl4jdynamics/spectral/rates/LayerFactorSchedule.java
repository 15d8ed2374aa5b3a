/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.rates;

import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect;
import org.nd4j.shade.jackson.annotation.JsonProperty;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * A layer's own value, scaled by a factor that may change at any time.
 *
 * <pre>{@code value(iteration, epoch) = factor * own(iteration, epoch)}</pre>
 *
 * <p>Everything the next value needs is a property of this bean (factor, held value, smoothed score, time of the last
 * change), so whatever Deeplearning4j saves continues where it stopped. Two schedules are equal when they belong to the
 * same layer and scale the same own value; the factor does not count, because Deeplearning4j merges the updaters of
 * neighbouring parameters exactly when their schedules are equal, and that must not change while the factor does.
 *
 * @since 0.1
 */
@JsonAutoDetect(
        fieldVisibility = JsonAutoDetect.Visibility.NONE,
        getterVisibility = JsonAutoDetect.Visibility.NONE,
        isGetterVisibility = JsonAutoDetect.Visibility.NONE)
public abstract class LayerFactorSchedule implements ISchedule {
    private static final long serialVersionUID = 1L;

    /** {@link #updatedAtIteration()} of a factor that was never set. */
    public static final int NEVER = -1;

    @JsonProperty("layer")
    private String layer;

    /** Whether a listener is expected to move the factor; fixed multipliers expect none. */
    @JsonProperty("steered")
    private boolean steered;

    @JsonProperty("factor")
    private volatile double factor = 1;

    /** Own value frozen at the last change, or NaN while the own value is followed. */
    @JsonProperty("heldValue")
    private volatile double heldValue = Double.NaN;

    @JsonProperty("score")
    private volatile double score = Double.NaN;

    @JsonProperty("updatedAtIteration")
    private volatile int updatedAtIteration = NEVER;

    @JsonProperty("updatedAtEpoch")
    private volatile int updatedAtEpoch = NEVER;

    private transient volatile Attendance attendance;

    LayerFactorSchedule(String layer, boolean steered) {
        this.layer = layer;
        this.steered = steered;
    }

    /** The value the user configured, unscaled. */
    abstract double ownValueAt(int iteration, int epoch);

    /** Called whenever a value is asked for. */
    void asked() {}

    @Override
    public abstract LayerFactorSchedule clone();

    @Override
    public final double valueAt(int iteration, int epoch) {
        asked();
        if (steered) {
            Attendance.check(attendance, iteration);
        }
        double held = heldValue;
        // A factor of exactly 1 must reproduce the plain network bit for bit, which 1 * x does.
        return factor * (Double.isNaN(held) ? ownValueAt(iteration, epoch) : held);
    }

    /** Name of the layer (graph: vertex) this schedule belongs to. */
    public final String layer() {
        return layer;
    }

    /** Multiple of the layer's own value now in force; 1 until it is set. */
    public final double factor() {
        return factor;
    }

    /** Smoothed score behind the factor, NaN when the factor did not come from a score. */
    public final double score() {
        return score;
    }

    /** 0-based iteration whose update was the first to use the factor, or {@link #NEVER}. */
    public final int updatedAtIteration() {
        return updatedAtIteration;
    }

    /** 0-based epoch of that iteration, or {@link #NEVER}. */
    public final int updatedAtEpoch() {
        return updatedAtEpoch;
    }

    final void set(FactorUpdate update) {
        double value = update.factor();
        checkArgument(
                value >= 0 && !Double.isInfinite(value),
                "rate factor of layer '%s' must be finite and >= 0, got %s; 1 leaves the layer at its own rate",
                layer,
                value);
        heldValue = update.hold() ? ownValueAt(update.iteration(), update.epoch()) : Double.NaN;
        score = update.score();
        factor = value;
        updatedAtIteration = update.iteration();
        updatedAtEpoch = update.epoch();
    }

    final void follow(Attendance listener) {
        this.attendance = listener;
    }

    /** Whether another listener than this one moves the factor: that of the network this one was cloned from. */
    final boolean followsOtherThan(Attendance listener) {
        return listener != null && attendance != null && attendance != listener;
    }

    final boolean steered() {
        return steered;
    }

    final void copyStateFrom(LayerFactorSchedule other) {
        factor = other.factor;
        heldValue = other.heldValue;
        score = other.score;
        updatedAtIteration = other.updatedAtIteration;
        updatedAtEpoch = other.updatedAtEpoch;
    }
}
