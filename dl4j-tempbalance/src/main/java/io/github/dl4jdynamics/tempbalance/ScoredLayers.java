/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.github.dl4jdynamics.spectral.math.MatrixNature;
import io.github.dl4jdynamics.spectral.weights.LayerWeights;
import io.github.dl4jdynamics.spectral.weights.WeightArray;
import io.github.dl4jdynamics.tempbalance.math.AnalysedLayer;
import io.github.dl4jdynamics.tempbalance.math.LayerSelection;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * Which layers of a network are scored, decided by shapes and names alone.
 *
 * <p>First and last are meant among all layers of the selected kinds, frozen ones and those the user leaves out included,
 * so that leaving a layer out never makes its neighbour the first or last.
 */
final class ScoredLayers {
    private final ImmutableSet<String> names;
    private final ImmutableMap<String, String> reasons;

    private ScoredLayers(ImmutableSet<String> names, ImmutableMap<String, String> reasons) {
        this.names = names;
        this.reasons = reasons;
    }

    /**
     * @param refused layers that cannot be steered, with the reason
     * @throws IllegalArgumentException when there is no layer to score, with every layer's reason
     */
    static ScoredLayers of(TempBalanceSettings settings, List<LayerWeights> layers, Map<String, String> refused) {
        List<AnalysedLayer> analysed = new ArrayList<>();
        Map<String, List<WeightArray>> arrays = new HashMap<>();
        for (LayerWeights layer : layers) {
            List<WeightArray> scored = settings.scored(layer);
            if (!scored.isEmpty()) {
                analysed.add(analysed(layer.layer(), scored));
                arrays.put(layer.layer(), scored);
            }
        }
        LayerSelection selection = settings.exclusions().select(analysed);
        Map<String, String> reasons = new LinkedHashMap<>(selection.excluded());
        ImmutableSet.Builder<String> names = ImmutableSet.builder();
        for (String name : selection.kept()) {
            String reason = settings.includes(name) ? refused.get(name) : "excluded by name";
            if (reason == null) {
                names.add(name);
            } else {
                reasons.put(name, reason);
            }
        }
        ScoredLayers scored = new ScoredLayers(names.build(), ImmutableMap.copyOf(reasons));
        scored.checkMeasurable(settings, arrays);
        return scored;
    }

    private static AnalysedLayer analysed(String name, List<WeightArray> arrays) {
        long eigenvalues = arrays.stream()
                .mapToLong(array -> array.group().eigenvalueCount())
                .sum();
        int count = (int) Math.min(eigenvalues, Integer.MAX_VALUE);
        return arrays.get(0).group().nature() == MatrixNature.CONVOLUTION
                ? AnalysedLayer.convolution(name, count)
                : AnalysedLayer.linear(name, count);
    }

    /** A layer the estimator finds too small now will be too small for ever. */
    private void checkMeasurable(TempBalanceSettings settings, Map<String, List<WeightArray>> arrays) {
        Map<String, String> why = new LinkedHashMap<>(reasons);
        boolean measurable = false;
        for (String name : names) {
            String reason = tooSmall(settings, arrays.get(name));
            measurable |= reason == null;
            if (reason != null) {
                why.put(name, reason);
            }
        }
        checkArgument(
                measurable,
                "TempBalance must have at least one layer to tune, got none: %s; relax exclusions(..), kinds(..) or esd(..)",
                why.isEmpty() ? "no layer has weights of the kinds selected" : why);
    }

    /** Why the estimator takes none of the layer's matrices, or null. */
    private static String tooSmall(TempBalanceSettings settings, List<WeightArray> arrays) {
        String reason = null;
        for (WeightArray array : arrays) {
            try {
                settings.esd().divisions(array.group());
                return null;
            } catch (IllegalArgumentException e) {
                reason = e.getMessage();
            }
        }
        return reason;
    }

    /** Layers that are scored, in network order. */
    ImmutableSet<String> names() {
        return names;
    }

    /** Why each other layer of the selected kinds is not. */
    ImmutableMap<String, String> reasons() {
        return reasons;
    }
}
