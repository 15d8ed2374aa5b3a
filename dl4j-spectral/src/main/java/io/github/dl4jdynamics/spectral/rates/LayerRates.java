/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.rates;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.nd4j.linalg.learning.config.AdaBelief;
import org.nd4j.linalg.learning.config.IUpdater;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * Layer-wise learning rates of an unmodified network: every layer trains at its own rate times a factor that may be
 * changed between any two updates.
 *
 * <p>{@code install} puts a {@link LayerRateSchedule} around the rate of every layer's updater; from then on changing a
 * factor costs nothing and disturbs nothing. On a live network the updater is rebuilt once, with its state carried over
 * parameter by parameter; on a configuration before {@code init()} there is no state to move. {@code remove} gives the
 * user's own updaters back. Deeplearning4j's own way, {@code NetworkUtils.setLearningRate}, throws on networks with batch
 * normalization and a stateful updater, drops schedules and ignores bias updaters and wrapped layers.
 *
 * <p>With all factors at 1 training is bit-identical to the plain network.
 *
 * @since 0.1
 */
public final class LayerRates {
    private LayerRates() {}

    /** Installs factors a listener will steer; a network that already has them keeps them. Factors start at 1. */
    public static LayerFactors install(Model net) {
        return install(net, new Installation(true, null));
    }

    /**
     * Installs factors that a listener steers, so that they can warn when it is gone. A network that already has factors
     * keeps them; where it shares them with the network it was cloned from, it gets copies.
     *
     * @throws IllegalStateException if fixed multipliers are installed
     */
    public static LayerFactors install(Model net, Attendance listener) {
        return install(net, new Installation(true, listener)).followedBy(listener);
    }

    /**
     * Installs fixed multipliers (discriminative fine-tuning), for example {@code {"embedding": 0.1, "output": 2}}; layers
     * not named stay at 1.
     *
     * @throws IllegalArgumentException for an unknown, frozen or rateless layer, or a multiplier that is not finite and
     *     {@code >= 0}
     */
    public static LayerFactors multiply(Model net, Map<String, Double> multipliers) {
        Map<String, LayerConfs> known = new LinkedHashMap<>();
        LayerConfs.of(net).forEach(layer -> known.put(layer.key(), layer));
        multipliers.forEach((layer, factor) -> {
            checkArgument(
                    known.containsKey(layer),
                    "rate multiplier for layer '%s': no such layer; the network has %s",
                    layer,
                    known.keySet());
            checkArgument(
                    known.get(layer).hasParameters(),
                    "rate multiplier for layer '%s': it has no parameters; drop it",
                    layer);
            String refusal = refusal(known.get(layer));
            checkArgument(refusal == null, "rate multiplier for layer '%s': %s", layer, refusal);
            checkArgument(
                    factor >= 0 && !Double.isInfinite(factor),
                    "rate multiplier of layer '%s' must be finite and >= 0, got %s; 1 leaves the layer at its own rate",
                    layer,
                    factor);
        });
        LayerFactors rates = install(net, new Installation(false, null));
        multipliers.forEach((layer, factor) -> rates.set(layer, FactorUpdate.of(factor, 0, 0)));
        return rates;
    }

    private static LayerFactors install(Model net, Installation installation) {
        List<LayerConfs> layers = LayerConfs.of(net);
        if (installation.on(layers)) {
            UpdaterStates.rebuild(net);
        }
        return read(layers);
    }

    /** Installs steered factors in a configuration before {@code init()}: no state exists yet, so none is moved. */
    public static LayerFactors install(MultiLayerConfiguration conf) {
        List<LayerConfs> layers = LayerConfs.of(conf);
        new Installation(true, null).on(layers);
        return read(layers);
    }

    /** See {@link #install(MultiLayerConfiguration)}. */
    public static LayerFactors install(ComputationGraphConfiguration conf) {
        List<LayerConfs> layers = LayerConfs.of(conf);
        new Installation(true, null).on(layers);
        return read(layers);
    }

    /** The factors a network has now; empty when nothing is installed. */
    public static LayerFactors of(Model net) {
        return read(LayerConfs.of(net));
    }

    /** Gives every layer the updater the user configured, with its state; does nothing when nothing is installed. */
    public static void remove(Model net) {
        if (Installation.undo(LayerConfs.of(net))) {
            UpdaterStates.rebuild(net);
        }
    }

    private static LayerFactors read(List<LayerConfs> layers) {
        return LayerFactors.read("learning rate", layers, Installation::installed, LayerRates::refusal);
    }

    /** Why a layer cannot have a rate of its own, or null when it can or has no parameters. */
    static String refusal(LayerConfs layer) {
        if (!layer.hasParameters()) {
            return null;
        }
        return layer.frozen() ? "frozen" : refusal(layer.confs().get(0).updater());
    }

    static String refusal(IUpdater updater) {
        if (updater == null) {
            return "no updater configured";
        }
        String name = updater.getClass().getSimpleName();
        if (updater instanceof AdaBelief) {
            // DL4J-M2.1: AdaBelief sizes its state for two components and splits it into three.
            return name + " cannot be initialised by Deeplearning4j 1.0.0-M2.1 (index out of bounds); use Adam";
        }
        return updater.hasLearningRate() ? null : name + " has no learning rate; use an updater with one, such as Adam";
    }
}
