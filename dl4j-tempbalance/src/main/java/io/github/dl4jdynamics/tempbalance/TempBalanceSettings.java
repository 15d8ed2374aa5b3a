/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.Sets;
import io.github.dl4jdynamics.spectral.math.EsdEstimator;
import io.github.dl4jdynamics.spectral.math.SpectrumMetric;
import io.github.dl4jdynamics.spectral.nd4j.GramSpectra;
import io.github.dl4jdynamics.spectral.report.SamplingSchedule;
import io.github.dl4jdynamics.spectral.report.TimeBudget;
import io.github.dl4jdynamics.spectral.weights.LayerWeights;
import io.github.dl4jdynamics.spectral.weights.WeightArray;
import io.github.dl4jdynamics.spectral.weights.WeightSpectrumAnalyzer;
import io.github.dl4jdynamics.tempbalance.math.ExclusionRules;
import io.github.dl4jdynamics.tempbalance.math.RateAllocator;

/** Built settings, and the parts a session is made of. */
final class TempBalanceSettings {
    private final TempBalanceBuilder values;

    TempBalanceSettings(TempBalanceBuilder builder) {
        this.values = builder.copy();
    }

    TempBalanceBuilder toBuilder() {
        return values.copy();
    }

    WeightSpectrumAnalyzer analyzer() {
        return analyzer(values.solver);
    }

    WeightSpectrumAnalyzer backgroundAnalyzer() {
        return analyzer(values.background.solver());
    }

    private WeightSpectrumAnalyzer analyzer(GramSpectra solver) {
        return WeightSpectrumAnalyzer.builder()
                .kinds(values.kinds)
                .esd(values.esd)
                .fit(values.fit)
                .zeroThreshold(values.zeroThreshold)
                .minEigenvalues(0)
                .metrics(Sets.immutableEnumSet(values.metric, SpectrumMetric.ALPHA, SpectrumMetric.STANDARD_ERROR))
                .solver(solver)
                .build();
    }

    LayerScoring scoring() {
        return new LayerScoring(values.kinds, values.metric);
    }

    ExclusionRules exclusions() {
        return values.exclusions;
    }

    boolean includes(String layer) {
        return values.include.test(layer) && !values.excluded.contains(layer);
    }

    RateAllocator allocator(Target target) {
        return RateAllocator.builder()
                .assignment(target == Target.LEARNING_RATE ? values.assignment : values.decayAssignment)
                .blocks(values.blocks)
                .guards(values.guards)
                .smoothing(values.smoothing)
                .build();
    }

    /** Every layer name the settings mention, with the setting. */
    Map<String, String> mentionedLayers() {
        Map<String, String> mentioned = new LinkedHashMap<>();
        values.excluded.forEach(layer -> mentioned.put(layer, "exclude"));
        values.multipliers.keySet().forEach(layer -> mentioned.put(layer, "multiplier"));
        values.normOverrides.forEach((norm, layer) -> {
            mentioned.put(norm, "normFollows");
            if (!layer.isEmpty()) {
                mentioned.put(layer, "normFollows");
            }
        });
        return mentioned;
    }

    EsdEstimator esd() {
        return values.esd;
    }

    /** The layer's weight arrays that are scored. */
    ImmutableList<WeightArray> scored(LayerWeights layer) {
        return layer.arrays().stream()
                .filter(array -> values.kinds.contains(array.kind()))
                .collect(ImmutableList.toImmutableList());
    }

    Set<Target> targets() {
        return values.targets;
    }

    boolean followsNorms() {
        return values.followNorms;
    }

    Map<String, String> normOverrides() {
        return values.normOverrides;
    }

    double multiplier(String layer) {
        return values.multipliers.getOrDefault(layer, 1.0);
    }

    SamplingSchedule schedule() {
        return values.schedule;
    }

    int iterationsPerEpoch() {
        return values.iterationsPerEpoch;
    }

    boolean hold() {
        return values.hold;
    }

    double unchanged() {
        return values.unchanged;
    }

    TimeBudget timeBudget() {
        return TimeBudget.ofFraction(values.timeBudget);
    }

    Background background() {
        return values.background;
    }

    boolean failFast() {
        return values.failFast;
    }

    @Override
    public String toString() {
        return "TempBalance{metric=" + values.metric.key() + ", esd=" + values.esd + ", fit=" + values.fit
                + ", zeroThreshold=" + values.zeroThreshold + ", kinds=" + values.kinds + ", " + values.exclusions
                + ", exclude=" + values.excluded + ", assignment=" + values.assignment + ", decayAssignment="
                + values.decayAssignment + ", blocks=" + values.blocks + ", " + values.guards + ", smoothing="
                + values.smoothing + ", targets=" + values.targets + ", followNorms=" + values.followNorms
                + ", normFollows=" + values.normOverrides + ", multipliers=" + values.multipliers + ", schedule="
                + values.schedule + ", iterationsPerEpoch=" + values.iterationsPerEpoch + ", hold=" + values.hold
                + ", skipUnchanged=" + values.unchanged + ", timeBudget=" + values.timeBudget + ", background="
                + values.background + ", failFast=" + values.failFast + ", solver=" + values.solver + "}";
    }
}
