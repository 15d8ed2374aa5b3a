/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import com.google.common.collect.ImmutableList;
import io.github.dl4jdynamics.spectral.weights.LayerSpectrum;
import io.github.dl4jdynamics.spectral.weights.LayerWeights;

/**
 * Spectra of layers whose weights hardly changed since they were measured.
 *
 * <p>Compared with the weights at the last measurement, not at the last look, so small changes cannot add up unseen.
 */
final class SpectrumMemory {
    private final double tolerance;
    private final Map<String, LayerWeights> measured = new HashMap<>();
    private final Map<String, List<LayerSpectrum>> rows = new HashMap<>();

    SpectrumMemory(double tolerance) {
        this.tolerance = tolerance;
    }

    /** The layers to measure again. */
    List<LayerWeights> changed(List<LayerWeights> layers) {
        List<LayerWeights> changed = new ArrayList<>();
        for (LayerWeights layer : layers) {
            LayerWeights before = measured.get(layer.layer());
            // Written so that weights that are not finite count as changed.
            if (before == null || !(layer.relativeChangeFrom(before) < tolerance)) {
                changed.add(layer);
            }
        }
        return changed;
    }

    void remember(List<LayerWeights> layers, List<LayerSpectrum> spectra) {
        for (LayerWeights layer : layers) {
            rows.put(layer.layer(), new ArrayList<>());
            if (tolerance > 0) {
                measured.put(layer.layer(), layer.snapshot());
            }
        }
        spectra.forEach(row -> rows.get(row.layer()).add(row));
    }

    List<LayerSpectrum> rows(List<LayerWeights> layers) {
        ImmutableList.Builder<LayerSpectrum> all = ImmutableList.builder();
        layers.forEach(layer -> all.addAll(rows.get(layer.layer())));
        return all.build();
    }
}
