/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.rates;

import java.util.List;
import java.util.function.Function;

import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * Handle on the factors installed in one network by {@link LayerRates} or {@link LayerDecays}.
 *
 * <p>Setting a factor acts on the next update; nothing is rebuilt. The handle belongs to the network object it was read
 * from: a copy or a restored network has schedules of its own.
 *
 * @since 0.1
 */
public final class LayerFactors {
    private final String what;
    private final ImmutableListMultimap<String, LayerFactorSchedule> schedules;
    private final ImmutableMap<String, String> refused;

    private LayerFactors(
            String what,
            ImmutableListMultimap<String, LayerFactorSchedule> schedules,
            ImmutableMap<String, String> refused) {
        this.what = what;
        this.schedules = schedules;
        this.refused = refused;
    }

    static LayerFactors read(
            String what,
            List<LayerConfs> layers,
            Function<LayerConfs, List<? extends LayerFactorSchedule>> installed,
            Function<LayerConfs, String> refusal) {
        ImmutableListMultimap.Builder<String, LayerFactorSchedule> schedules = ImmutableListMultimap.builder();
        ImmutableMap.Builder<String, String> refused = ImmutableMap.builder();
        for (LayerConfs layer : layers) {
            if (layer.hasParameters()) {
                schedules.putAll(layer.key(), installed.apply(layer));
            }
            String reason = refusal.apply(layer);
            if (reason != null) {
                refused.put(layer.key(), reason);
            }
        }
        return new LayerFactors(what, schedules.build(), refused.build());
    }

    /** Layers that have a factor, in network order. */
    public ImmutableSet<String> layers() {
        return schedules.keySet();
    }

    /** Layers with parameters that cannot have a factor, with the reason. */
    public ImmutableMap<String, String> refused() {
        return refused;
    }

    /**
     * Schedule of a layer's weights (the first one, when its biases have another).
     *
     * @throws IllegalArgumentException for a layer without a factor
     */
    public LayerFactorSchedule schedule(String layer) {
        return all(layer).get(0);
    }

    /**
     * Sets a layer's factor, for its weights and biases alike. A factor of 0 stops a layer under SGD; ND4J's Adam family
     * takes a rate of exactly 0 for its epsilon (1e-8 by default).
     *
     * @throws IllegalArgumentException for a layer without a factor, or a factor that is not finite and {@code >= 0}
     */
    public void set(String layer, FactorUpdate update) {
        all(layer).forEach(schedule -> schedule.set(update));
    }

    /** Tells the schedules which listener steers them. */
    LayerFactors followedBy(Attendance listener) {
        schedules.values().forEach(schedule -> schedule.follow(listener));
        return this;
    }

    private List<LayerFactorSchedule> all(String layer) {
        List<LayerFactorSchedule> own = schedules.get(layer);
        checkArgument(
                !own.isEmpty(),
                "layer '%s' has no %s of its own: %s; layers with one: %s",
                layer,
                what,
                refused.getOrDefault(layer, "no such layer"),
                schedules.keySet());
        return own;
    }
}
