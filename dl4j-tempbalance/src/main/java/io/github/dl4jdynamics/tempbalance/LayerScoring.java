/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.github.dl4jdynamics.spectral.math.MatrixNature;
import io.github.dl4jdynamics.spectral.math.SpectrumMetric;
import io.github.dl4jdynamics.spectral.weights.LayerSpectrum;
import io.github.dl4jdynamics.spectral.weights.LayerWeights;
import io.github.dl4jdynamics.spectral.weights.WeightArray;
import io.github.dl4jdynamics.spectral.weights.WeightKind;
import io.github.dl4jdynamics.tempbalance.math.AnalysedLayer;
import io.github.dl4jdynamics.tempbalance.math.ExclusionRules;
import io.github.dl4jdynamics.tempbalance.math.LayerSelection;

/**
 * Which layers are scored, and the score of each: the mean of the metric over the layer's weight arrays.
 *
 * <p>First and last are meant among all layers of the selected kinds, frozen ones and those the user leaves out included,
 * so that leaving a layer out never makes its neighbour the first or last.
 */
final class LayerScoring {
    private final ImmutableSet<WeightKind> kinds;
    private final ExclusionRules rules;
    private final Predicate<String> include;
    private final SpectrumMetric metric;

    LayerScoring(Set<WeightKind> kinds, ExclusionRules rules, Predicate<String> include, SpectrumMetric metric) {
        this.kinds = ImmutableSet.copyOf(kinds);
        this.rules = rules;
        this.include = include;
        this.metric = metric;
    }

    /** Layers to score, and why each other layer of the selected kinds is not; decided by shapes alone. */
    Selection select(List<LayerWeights> layers, Set<String> tunable, Map<String, String> refused) {
        List<AnalysedLayer> analysed = new ArrayList<>();
        Map<String, LayerWeights> byName = new LinkedHashMap<>();
        for (LayerWeights layer : layers) {
            List<WeightArray> arrays = selected(layer);
            if (!arrays.isEmpty()) {
                long eigenvalues = arrays.stream()
                        .mapToLong(array -> array.group().eigenvalueCount())
                        .sum();
                int count = (int) Math.min(eigenvalues, Integer.MAX_VALUE);
                boolean convolution = arrays.get(0).group().nature() == MatrixNature.CONVOLUTION;
                analysed.add(
                        convolution
                                ? AnalysedLayer.convolution(layer.layer(), count)
                                : AnalysedLayer.linear(layer.layer(), count));
                byName.put(layer.layer(), layer);
            }
        }
        LayerSelection selection = rules.select(analysed);
        Map<String, String> reasons = new LinkedHashMap<>(selection.excluded());
        ImmutableList.Builder<LayerWeights> kept = ImmutableList.builder();
        for (String name : selection.kept()) {
            String reason = !include.test(name) ? "excluded by name" : refused.get(name);
            if (reason == null && !tunable.contains(name)) {
                reason = "nothing to steer";
            }
            if (reason == null) {
                kept.add(byName.get(name));
            } else {
                reasons.put(name, reason);
            }
        }
        return new Selection(kept.build(), ImmutableMap.copyOf(reasons));
    }

    private List<WeightArray> selected(LayerWeights layer) {
        return layer.arrays().stream()
                .filter(array -> kinds.contains(array.kind()))
                .collect(ImmutableList.toImmutableList());
    }

    /** Score of one layer from its rows. */
    Score score(List<LayerSpectrum> rows) {
        double sum = 0;
        double variance = 0;
        int usable = 0;
        String reason = "";
        for (LayerSpectrum row : rows) {
            double value = row.metric(metric);
            if (Double.isFinite(value)) {
                sum += value;
                variance += Math.pow(row.metric(SpectrumMetric.STANDARD_ERROR), 2);
                usable++;
            } else if (row.kind().isPresent() && kinds.contains(row.kind().get())) {
                reason = row.reason().orElse(metric.key() + " is not defined");
            }
        }
        if (usable == 0) {
            return new Score(Double.NaN, Double.NaN, reason);
        }
        double error = metric == SpectrumMetric.ALPHA ? Math.sqrt(variance) / usable : Double.NaN;
        return new Score(sum / usable, error, "");
    }

    /** Layers to score and reasons for the others. */
    static final class Selection {
        private final ImmutableList<LayerWeights> kept;
        private final ImmutableMap<String, String> reasons;

        Selection(ImmutableList<LayerWeights> kept, ImmutableMap<String, String> reasons) {
            this.kept = kept;
            this.reasons = reasons;
        }

        ImmutableList<LayerWeights> kept() {
            return kept;
        }

        ImmutableMap<String, String> reasons() {
            return reasons;
        }
    }

    /** Metric of one layer, its standard error, and the reason when it is NaN. */
    static final class Score {
        private final double value;
        private final double standardError;
        private final String reason;

        Score(double value, double standardError, String reason) {
            this.value = value;
            this.standardError = standardError;
            this.reason = reason;
        }

        double value() {
            return value;
        }

        double standardError() {
            return standardError;
        }

        String reason() {
            return reason;
        }
    }
}
