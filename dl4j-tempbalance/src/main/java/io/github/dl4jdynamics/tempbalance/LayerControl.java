/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.github.dl4jdynamics.spectral.rates.Attendance;
import io.github.dl4jdynamics.spectral.rates.FactorUpdate;
import io.github.dl4jdynamics.spectral.rates.LayerDecays;
import io.github.dl4jdynamics.spectral.rates.LayerFactorSchedule;
import io.github.dl4jdynamics.spectral.rates.LayerFactors;
import io.github.dl4jdynamics.spectral.rates.LayerRates;
import io.github.dl4jdynamics.spectral.weights.LayerWeights;
import io.github.dl4jdynamics.tempbalance.math.LayerScore;
import io.github.dl4jdynamics.tempbalance.math.RateAllocation;
import org.deeplearning4j.nn.api.Model;

import static com.google.common.base.Preconditions.checkArgument;

/** From scores to the factors of every layer of one network: tuned layers, the norms that follow them, and the rest. */
final class LayerControl {
    private final TempBalanceSettings settings;

    /** All layers of the network, in its order. */
    private final ImmutableList<String> order;

    private final ScoredLayers scored;
    private final ImmutableMap<String, String> follows;

    private Attendance listener;
    private Map<Target, LayerFactors> factors;

    private LayerControl(
            TempBalanceSettings settings,
            ImmutableList<String> order,
            ScoredLayers scored,
            ImmutableMap<String, String> follows) {
        this.settings = settings;
        this.order = order;
        this.scored = scored;
        this.follows = follows;
    }

    /**
     * Decides which layers are scored and which follow; changes nothing.
     *
     * @throws IllegalArgumentException for settings that do not fit the network, or when no layer can be tuned
     */
    static LayerControl of(TempBalanceSettings settings, Model net, List<LayerWeights> layers) {
        ImmutableList<String> order = layers.stream().map(LayerWeights::layer).collect(ImmutableList.toImmutableList());
        settings.mentionedLayers()
                .forEach((layer, setting) -> checkArgument(
                        order.contains(layer),
                        "layer '%s' named in %s does not exist; the network has %s",
                        layer,
                        setting,
                        order));
        Map<Target, Map<String, String>> refused = refused(settings, net);
        ScoredLayers scored = ScoredLayers.of(settings, layers, refusedByAll(refused.values()));
        refused.forEach((target, reasons) -> checkArgument(
                !reasons.keySet().containsAll(scored.names()),
                "target %s must have a scored layer it can act on, got none: %s",
                target,
                reasons));
        settings.normOverrides()
                .keySet()
                .forEach(norm -> checkArgument(
                        !scored.names().contains(norm),
                        "normFollows: '%s' is scored itself and follows no layer; name a normalization, or exclude('%s')",
                        norm,
                        norm));
        ImmutableMap<String, String> upstream = settings.followsNorms() ? NormFollowing.of(net) : ImmutableMap.of();
        return new LayerControl(
                settings, order, scored, NormFollowing.withOverrides(upstream, settings.normOverrides()));
    }

    private static Map<Target, Map<String, String>> refused(TempBalanceSettings settings, Model net) {
        Map<Target, Map<String, String>> refused = new EnumMap<>(Target.class);
        for (Target target : settings.targets()) {
            LayerFactors own = target == Target.LEARNING_RATE ? LayerRates.of(net) : LayerDecays.of(net);
            refused.put(target, own.refused());
        }
        return refused;
    }

    /** With the reason of the first target. */
    private static Map<String, String> refusedByAll(Collection<Map<String, String>> targets) {
        Map<String, String> byAll = new HashMap<>(targets.iterator().next());
        targets.forEach(refused -> byAll.keySet().retainAll(refused.keySet()));
        return byAll;
    }

    static boolean isInstalled(Model net) {
        return !LayerRates.of(net).layers().isEmpty()
                || !LayerDecays.of(net).layers().isEmpty();
    }

    /** Gives every layer the updater and the decay its user configured. */
    static void remove(Model net) {
        LayerRates.remove(net);
        LayerDecays.remove(net);
    }

    void install(Model net, Attendance attendance) {
        listener = attendance;
        install(net);
    }

    private void install(Model net) {
        factors = new EnumMap<>(Target.class);
        for (Target target : settings.targets()) {
            factors.put(
                    target,
                    target == Target.LEARNING_RATE
                            ? LayerRates.install(net, listener)
                            : LayerDecays.install(net, listener));
        }
    }

    /** Layers that are scored. */
    ImmutableSet<String> scored() {
        return scored.names();
    }

    /**
     * Whether some factor was never set, here or before the network was saved, or was set in the future: in a network made
     * by transfer learning, which counts iterations anew.
     */
    boolean isFresh(int iteration) {
        // One more than now: a zip written in iterationDone has the counter of the iteration just done.
        return factors.values().stream()
                .flatMap(handle -> handle.layers().stream().map(handle::schedule))
                .mapToInt(LayerFactorSchedule::updatedAtIteration)
                .anyMatch(updated -> updated == LayerFactorSchedule.NEVER || updated > iteration + 1);
    }

    /** Sets every layer's factor for the given iteration on, and says what was set. */
    TempBalanceUpdate.Draft apply(Model net, Map<String, LayerScoring.Score> scores, int iteration, int epoch) {
        install(net); // again, since setLearningRate(..) puts a plain updater in the place of ours
        Map<Target, Map<String, RateAllocation.Layer>> allocated = new EnumMap<>(Target.class);
        factors.forEach((target, handle) -> allocated.put(target, allocate(target, handle, scores)));
        factors.forEach((target, handle) -> handle.layers()
                .forEach(layer -> handle.set(layer, update(layer, allocated.get(target), iteration, epoch))));
        ImmutableList.Builder<TempBalanceUpdate.Layer> rows = ImmutableList.builder();
        for (String layer : order) {
            if (factors.values().stream()
                    .anyMatch(handle ->
                            handle.layers().contains(layer) || handle.refused().containsKey(layer))) {
                rows.add(describe(layer, scores, allocated));
            }
        }
        return new TempBalanceUpdate.Draft(iteration, epoch, rows.build());
    }

    private Map<String, RateAllocation.Layer> allocate(
            Target target, LayerFactors handle, Map<String, LayerScoring.Score> scores) {
        List<LayerScore> inputs = new ArrayList<>();
        for (String layer : scored.names()) {
            if (handle.layers().contains(layer)) {
                LayerScoring.Score score = scores.get(layer);
                LayerFactorSchedule schedule = handle.schedule(layer);
                LayerScore input = LayerScore.of(layer, score.value()).standardError(score.standardError());
                if (schedule.updatedAtIteration() != LayerFactorSchedule.NEVER) {
                    double factor = schedule.factor() / settings.multiplier(layer);
                    input = input.previousSmoothedScore(schedule.score())
                            .previousFactor(factor > 0 && Double.isFinite(factor) ? factor : Double.NaN);
                }
                inputs.add(input);
            }
        }
        Map<String, RateAllocation.Layer> allocated = new LinkedHashMap<>();
        settings.allocator(target).allocate(inputs).layers().forEach(layer -> allocated.put(layer.name(), layer));
        return allocated;
    }

    private FactorUpdate update(String layer, Map<String, RateAllocation.Layer> allocated, int iteration, int epoch) {
        RateAllocation.Layer own = allocated.get(layer);
        double factor = own != null || !follows.containsKey(layer)
                ? factor(layer, allocated)
                : factor(follows.get(layer), allocated) * settings.multiplier(layer);
        FactorUpdate update =
                FactorUpdate.of(factor, iteration, epoch).withScore(own == null ? Double.NaN : own.smoothedScore());
        return settings.hold() ? update.held() : update;
    }

    private double factor(String layer, Map<String, RateAllocation.Layer> allocated) {
        RateAllocation.Layer own = allocated.get(layer);
        return (own == null ? 1 : own.factor()) * settings.multiplier(layer);
    }

    private TempBalanceUpdate.Layer describe(
            String layer,
            Map<String, LayerScoring.Score> scores,
            Map<Target, Map<String, RateAllocation.Layer>> allocated) {
        TempBalanceUpdate.Builder row = new TempBalanceUpdate.Builder(layer);
        Set<String> notes = new LinkedHashSet<>();
        factors.forEach((target, handle) -> {
            RateAllocation.Layer own = allocated.get(target).get(layer);
            if (own != null) {
                row.score(own.score(), own.smoothedScore());
                notes.add(own.note());
            }
            if (handle.layers().contains(layer)) {
                LayerFactorSchedule schedule = handle.schedule(layer);
                if (target == Target.LEARNING_RATE) {
                    row.rate(
                            schedule.factor(),
                            schedule.valueAt(schedule.updatedAtIteration(), schedule.updatedAtEpoch()));
                } else {
                    row.decay(schedule.factor());
                }
            }
        });
        notes.addAll(reasons(layer, scores));
        factors.values().forEach(handle -> notes.add(handle.refused().getOrDefault(layer, "")));
        notes.remove("");
        return row.note(String.join("; ", notes)).build();
    }

    /** Why the layer has no score, and whose factor it takes. */
    private List<String> reasons(String layer, Map<String, LayerScoring.Score> scores) {
        if (scores.containsKey(layer)) {
            return List.of(scores.get(layer).reason());
        }
        List<String> reasons = new ArrayList<>();
        if (scored.reasons().containsKey(layer)) {
            reasons.add(scored.reasons().get(layer));
        }
        if (follows.containsKey(layer) && isSteered(layer)) {
            reasons.add("follows " + follows.get(layer));
        }
        return reasons.isEmpty() && isSteered(layer) ? List.of("not a kind that is scored") : reasons;
    }

    private boolean isSteered(String layer) {
        return factors.values().stream().anyMatch(handle -> handle.layers().contains(layer));
    }
}
