/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.distance;

import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.github.dl4jdynamics.ghostbn.math.DiffusionFit;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * One run of the clock: the samples from one start vector and the laws fitted to them.
 *
 * @since 0.1
 */
public final class WeightDistanceSegment {
    private final ImmutableList<WeightDistanceSample> samples;

    WeightDistanceSegment(List<WeightDistanceSample> samples) {
        this.samples = ImmutableList.copyOf(samples);
    }

    /** 0-based number. */
    public int index() {
        return samples.get(0).segment();
    }

    /** Why the clock started: the beginning of training, a rate drop, {@code restart()}, other parameters. */
    public String reason() {
        return samples.get(0).note();
    }

    /** Samples in time order; the first is the start of the clock, or where a resumed clock went on. Never empty. */
    public ImmutableList<WeightDistanceSample> samples() {
        return samples;
    }

    /** Layers with trainable weights, in network order. */
    public ImmutableSet<String> layers() {
        return samples.get(0).layerDistances().keySet();
    }

    /** The laws of growth of the distance of all weights, over all samples. */
    public DiffusionFit fit() {
        return fitFrom(0);
    }

    /**
     * The same over the samples with {@code t >= firstT} only: the first few updates follow the optimizer's warm-up rather
     * than any law.
     */
    public DiffusionFit fitFrom(int firstT) {
        return fit(firstT, WeightDistanceSample::distance);
    }

    /**
     * The laws of growth of one layer's distance.
     *
     * @throws IllegalArgumentException for a layer without trainable weights
     */
    public DiffusionFit fit(String layer) {
        checkArgument(
                layers().contains(layer),
                "layer of a distance fit must be one of %s, got '%s'; others have no trainable weights",
                layers(),
                layer);
        return fit(0, sample -> sample.layerDistances().get(layer));
    }

    private DiffusionFit fit(int firstT, ToDoubleFunction<WeightDistanceSample> distance) {
        List<WeightDistanceSample> used = samples.stream()
                .filter(sample -> sample.isMeasured() && sample.t() >= firstT)
                .collect(Collectors.toList());
        return DiffusionFit.of(
                used.stream().mapToDouble(WeightDistanceSample::t).toArray(),
                used.stream().mapToDouble(distance).toArray());
    }

    @Override
    public String toString() {
        return "segment " + index() + " (" + reason() + "): " + fit();
    }
}
