/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance;

import java.util.Map;
import java.util.UUID;

import io.github.dl4jdynamics.spectral.rates.LayerRateSchedule;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonProperty;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkNotNull;

/**
 * The builder spelling of layer-wise rates: wrap the updater in the network's configuration and pass the listener.
 *
 * <pre>{@code
 * new NeuralNetConfiguration.Builder().updater(TempBalanceUpdater.of(new Adam(1e-3)))...
 * net.setListeners(TempBalance.farms().listener());
 * }</pre>
 *
 * <p>Every clone has an id of its own, so Deeplearning4j never merges the updaters of two layers and no state has to move
 * when the rates start to differ. (Where one object ends up on two layers all the same, the listener separates them when
 * it attaches.) Without the listener it trains exactly as the wrapped updater, and warns. The class name and the property
 * names are part of saved models.
 *
 * @since 0.1
 */
public final class TempBalanceUpdater implements IUpdater {
    private static final long serialVersionUID = 1L;

    @JsonProperty("id")
    private final String id;

    /** The wrapped updater, its rate given by a schedule that belongs to this id. */
    @JsonProperty("updater")
    private final IUpdater updater;

    private TempBalanceUpdater(@JsonProperty("id") String id, @JsonProperty("updater") IUpdater updater) {
        this.id = id;
        this.updater = updater;
    }

    /**
     * Wraps an updater that has a learning rate; one that is wrapped already is just copied.
     *
     * @throws IllegalArgumentException if it has none (AdaDelta, NoOp)
     */
    public static TempBalanceUpdater of(IUpdater updater) {
        checkNotNull(updater, "updater to wrap must not be null; for example new Adam(1e-3)");
        checkArgument(
                updater.hasLearningRate(),
                "updater to wrap must have a learning rate, got %s; use one that has, such as Adam",
                updater.getClass().getSimpleName());
        return updater instanceof TempBalanceUpdater ? (TempBalanceUpdater) updater.clone() : wrap(updater.clone());
    }

    private static TempBalanceUpdater wrap(IUpdater own) {
        String id = "updater-" + UUID.randomUUID();
        IUpdater tuned = own.clone();
        tuned.setLrAndSchedule(Double.NaN, new LayerRateSchedule(id, own, true));
        return new TempBalanceUpdater(id, tuned);
    }

    private IUpdater own() {
        return LayerRateSchedule.carriedBy(updater).own();
    }

    @Override
    public long stateSize(long numParams) {
        return updater.stateSize(numParams);
    }

    @Override
    public GradientUpdater<?> instantiate(INDArray viewArray, boolean initializeViewArray) {
        return updater.instantiate(viewArray, initializeViewArray);
    }

    @Override
    public GradientUpdater<?> instantiate(Map<String, INDArray> updaterState, boolean initializeStateArrays) {
        return updater.instantiate(updaterState, initializeStateArrays);
    }

    @Override
    public double getLearningRate(int iteration, int epoch) {
        return updater.getLearningRate(iteration, epoch);
    }

    @Override
    public boolean hasLearningRate() {
        return true;
    }

    /** Sets the wrapped updater's own rate, which the layer's factor scales. */
    @Override
    public void setLrAndSchedule(double lr, ISchedule lrSchedule) {
        own().setLrAndSchedule(lr, lrSchedule);
    }

    /** A copy under an id of its own, with a factor of 1. */
    @Override
    public TempBalanceUpdater clone() {
        return wrap(own().clone());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TempBalanceUpdater
                && ((TempBalanceUpdater) other).id.equals(id)
                && ((TempBalanceUpdater) other).updater.equals(updater);
    }

    @Override
    public int hashCode() {
        return id.hashCode();
    }

    @Override
    public String toString() {
        return "TempBalanceUpdater(" + own() + ")";
    }
}
