/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.rates;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

import org.nd4j.linalg.learning.config.IUpdater;

import static com.google.common.base.Preconditions.checkState;

/** Puts {@link LayerRateSchedule}s around the updaters in configurations, finds them and takes them off again. */
final class Installation {
    private final boolean steered;
    private final Attendance listener;

    /**
     * @param steered whether a listener moves the factors
     * @param listener which one, or null when it is not known yet
     */
    Installation(boolean steered, Attendance listener) {
        this.steered = steered;
        this.listener = listener;
    }

    /**
     * Returns whether any updater was replaced, so that a live network must rebuild.
     *
     * @throws IllegalStateException before anything is changed, when the other kind of factor is installed
     */
    boolean on(List<LayerConfs> layers) {
        layers.forEach(this::checkSameKind);
        boolean changed = false;
        for (LayerConfs layer : layers) {
            if (layer.hasParameters() && LayerRates.refusal(layer) == null) {
                changed |= replace(layer, updater -> tuned(layer.key(), updater));
            }
        }
        return changed;
    }

    /** Gives the user's own updaters back; returns whether there was anything to give back. */
    static boolean undo(List<LayerConfs> layers) {
        boolean changed = false;
        for (LayerConfs layer : layers) {
            changed |= replace(layer, updater -> {
                LayerRateSchedule schedule = LayerRateSchedule.carriedBy(updater);
                return schedule == null ? updater : schedule.own();
            });
        }
        return changed;
    }

    /** Distinct schedules of a layer, the weights' first. */
    static List<LayerRateSchedule> installed(LayerConfs layer) {
        // By identity, not equality: the two copies of a wrapped layer's configuration hold equal schedules.
        Set<LayerRateSchedule> found = Collections.newSetFromMap(new IdentityHashMap<>());
        List<LayerRateSchedule> inOrder = new ArrayList<>();
        for (TrainableConf conf : layer.confs()) {
            for (IUpdater updater : Arrays.asList(conf.updater(), conf.biasUpdater())) {
                LayerRateSchedule schedule = LayerRateSchedule.carriedBy(updater);
                if (schedule != null && found.add(schedule)) {
                    inOrder.add(schedule);
                }
            }
        }
        return inOrder;
    }

    private void checkSameKind(LayerConfs layer) {
        for (LayerRateSchedule present : installed(layer)) {
            checkState(
                    present.steered() == steered,
                    "layer '%s' already has %s, so %s cannot be installed; call LayerRates.remove(net) first",
                    layer.key(),
                    present.steered() ? "a steered rate" : "a fixed multiplier",
                    steered ? "a steered rate" : "a fixed multiplier");
        }
    }

    /**
     * The updater with a schedule of this layer of this network. A schedule of another layer (one object on two layers) or
     * of another network (DL4J-M2.1: clones of a network share its updaters) is copied first, its state included.
     */
    private IUpdater tuned(String key, IUpdater updater) {
        LayerRateSchedule present = LayerRateSchedule.carriedBy(updater);
        if (present != null && present.layer().equals(key) && !present.followsOtherThan(listener)) {
            return updater;
        }
        IUpdater own = present == null ? updater : present.own();
        IUpdater tuned = own.clone();
        tuned.setLrAndSchedule(
                Double.NaN, present == null ? new LayerRateSchedule(key, own.clone(), steered) : present.renamed(key));
        return tuned;
    }

    /** One object in several places stays one object, so that a layer's parameters still share a block. */
    private static boolean replace(LayerConfs layer, UnaryOperator<IUpdater> replacement) {
        Map<IUpdater, IUpdater> replaced = new IdentityHashMap<>();
        boolean changed = false;
        for (TrainableConf conf : layer.confs()) {
            IUpdater updater = conf.updater();
            if (updater != null) {
                IUpdater other = replaced.computeIfAbsent(updater, replacement);
                changed |= other != updater;
                conf.updater(other);
            }
            IUpdater bias = conf.biasUpdater();
            if (bias != null && LayerRates.refusal(bias) == null) {
                IUpdater other = replaced.computeIfAbsent(bias, replacement);
                changed |= other != bias;
                conf.biasUpdater(other);
            }
        }
        return changed;
    }
}
