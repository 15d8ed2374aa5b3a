/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.github.dl4jdynamics.spectral.math.MatrixGroup;
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
    private final TempBalanceBuilder settings;
    private final LayerScoring.Selection selection;
    private final Map<Target, LayerFactors> factors;
    private final ImmutableMap<String, String> follows;

    private LayerControl(
            TempBalanceBuilder settings,
            LayerScoring.Selection selection,
            Map<Target, LayerFactors> factors,
            ImmutableMap<String, String> follows) {
        this.settings = settings;
        this.selection = selection;
        this.factors = factors;
        this.follows = follows;
    }

    /**
     * The layers that can be scored and steered.
     *
     * @throws IllegalArgumentException when there is none, with every layer's reason
     */
    static LayerScoring.Selection selection(TempBalanceBuilder settings, Model net, List<LayerWeights> layers) {
        Map<String, String> refused = (settings.targets().contains(Target.LEARNING_RATE)
                        ? LayerRates.of(net)
                        : LayerDecays.of(net))
                .refused();
        Set<String> names = layers.stream().map(LayerWeights::layer).collect(ImmutableSet.toImmutableSet());
        LayerScoring.Selection selection = settings.scoring().select(layers, names, refused);
        Map<String, String> reasons = new LinkedHashMap<>(selection.reasons());
        boolean measurable = false;
        for (LayerWeights layer : selection.kept()) {
            String reason = tooSmall(settings, layer);
            measurable |= reason == null;
            if (reason != null) {
                reasons.put(layer.layer(), reason);
            }
        }
        checkArgument(
                measurable,
                "TempBalance must have at least one layer to tune, got none: %s; relax exclusions(..), kinds(..) or esd(..)",
                reasons.isEmpty() ? "no layer has weights of the kinds selected" : reasons);
        return selection;
    }

    /** Why the estimator takes none of the layer's matrices, or null. */
    private static String tooSmall(TempBalanceBuilder settings, LayerWeights layer) {
        String reason = null;
        for (MatrixGroup group : settings.groups(layer)) {
            try {
                settings.esd().divisions(group);
                return null;
            } catch (IllegalArgumentException e) {
                reason = e.getMessage();
            }
        }
        return reason;
    }

    static LayerControl install(TempBalanceBuilder settings, Model net, LayerScoring.Selection selection) {
        Map<Target, LayerFactors> factors = new EnumMap<>(Target.class);
        for (Target target : settings.targets()) {
            factors.put(target, target == Target.LEARNING_RATE ? LayerRates.install(net) : LayerDecays.install(net));
        }
        ImmutableMap<String, String> follows = settings.followsNorms()
                ? NormFollowing.withOverrides(NormFollowing.of(net), settings.normOverrides())
                : NormFollowing.withOverrides(ImmutableMap.of(), settings.normOverrides());
        return new LayerControl(settings, selection, factors, follows);
    }

    void follow(Attendance attendance) {
        factors.values().forEach(handle -> handle.follow(attendance));
    }

    /** Whether no factor was ever set, here or before the network was saved. */
    boolean isFresh() {
        return factors.values().stream()
                .flatMap(handle -> handle.layers().stream().map(handle::schedule))
                .allMatch(schedule -> schedule.updatedAtIteration() == LayerFactorSchedule.NEVER);
    }

    /** Sets every layer's factor for the given iteration on, and says what was set. */
    TempBalanceUpdate.Draft apply(Map<String, LayerScoring.Score> scores, int iteration, int epoch) {
        Map<String, TempBalanceUpdate.Builder> rows = new LinkedHashMap<>();
        factors.values().forEach(handle -> {
            handle.layers().forEach(layer -> rows.computeIfAbsent(layer, TempBalanceUpdate.Builder::new));
            handle.refused().keySet().forEach(layer -> rows.computeIfAbsent(layer, TempBalanceUpdate.Builder::new));
        });
        factors.forEach((target, handle) -> {
            Map<String, RateAllocation.Layer> allocated = allocate(target, handle, scores);
            for (String layer : handle.layers()) {
                RateAllocation.Layer own = allocated.get(layer);
                RateAllocation.Layer leader = own != null ? own : allocated.get(follows.getOrDefault(layer, layer));
                double factor = (leader == null ? 1 : leader.factor()) * settings.multiplier(layer);
                FactorUpdate update = FactorUpdate.of(factor, iteration, epoch)
                        .withScore(own == null ? Double.NaN : own.smoothedScore());
                handle.set(layer, settings.hold() ? update.held() : update);
                describe(rows.get(layer), target, handle.schedule(layer), own);
            }
        });
        rows.forEach((layer, row) -> row.note(reason(layer, scores)));
        return new TempBalanceUpdate.Draft(iteration, epoch, rows.values());
    }

    private Map<String, RateAllocation.Layer> allocate(
            Target target, LayerFactors handle, Map<String, LayerScoring.Score> scores) {
        List<LayerScore> inputs = new ArrayList<>();
        for (LayerWeights layer : selection.kept()) {
            String name = layer.layer();
            if (handle.layers().contains(name)) {
                LayerScoring.Score score = scores.get(name);
                LayerFactorSchedule schedule = handle.schedule(name);
                LayerScore input = LayerScore.of(name, score.value()).standardError(score.standardError());
                double multiplier = settings.multiplier(name);
                if (schedule.updatedAtIteration() != LayerFactorSchedule.NEVER && multiplier > 0) {
                    input = input.previousSmoothedScore(schedule.score())
                            .previousFactor(schedule.factor() / multiplier);
                }
                inputs.add(input);
            }
        }
        Map<String, RateAllocation.Layer> allocated = new LinkedHashMap<>();
        settings.allocator(target).allocate(inputs).layers().forEach(layer -> allocated.put(layer.name(), layer));
        return allocated;
    }

    private void describe(
            TempBalanceUpdate.Builder row, Target target, LayerFactorSchedule schedule, RateAllocation.Layer own) {
        if (own != null) {
            row.score(own.score(), own.smoothedScore());
            row.note(own.note());
        }
        if (target == Target.LEARNING_RATE) {
            row.rate(schedule.factor(), schedule.valueAt(schedule.updatedAtIteration(), schedule.updatedAtEpoch()));
        } else {
            row.decay(schedule.factor());
        }
    }

    private String reason(String layer, Map<String, LayerScoring.Score> scores) {
        if (scores.containsKey(layer)) {
            return scores.get(layer).reason();
        }
        if (follows.containsKey(layer)) {
            return "follows " + follows.get(layer);
        }
        String refused = factors.values().iterator().next().refused().get(layer);
        return selection.reasons().getOrDefault(layer, refused == null ? "not a kind that is scored" : refused);
    }
}
