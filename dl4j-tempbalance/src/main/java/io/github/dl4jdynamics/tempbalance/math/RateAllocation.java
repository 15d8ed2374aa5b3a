/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance.math;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;

/** The result of one update: a factor per layer, and how it came about. */
public final class RateAllocation {

    private final ImmutableList<Layer> layers;
    private final double spreadWeight;

    RateAllocation(List<Layer> layers, double spreadWeight) {
        this.layers = ImmutableList.copyOf(layers);
        this.spreadWeight = spreadWeight;
    }

    /** Returns the layers in the order in which their scores were given. */
    public ImmutableList<Layer> layers() {
        return layers;
    }

    /** Returns the final factor of every layer by name, in the order of the layers. */
    public ImmutableMap<String, Double> factors() {
        return layers.stream().collect(ImmutableMap.toImmutableMap(Layer::name, Layer::factor));
    }

    /**
     * Returns how much of the assignment the spread guard let through: 1 = all, 0 = every factor moved to 1; 1 if no layer
     * had a usable score.
     */
    public double spreadWeight() {
        return spreadWeight;
    }

    @Override
    public String toString() {
        return layers.stream().map(Layer::toString).collect(Collectors.joining("\n"));
    }

    /** One layer's way from score to factor. */
    public static final class Layer {

        private final LayerScore input;
        private final double smoothedScore;
        private final Optional<String> block;
        private final double assignedFactor;
        private final double factor;
        private final String note;

        Layer(
                LayerScore input,
                double smoothedScore,
                Optional<String> block,
                double assignedFactor,
                double factor,
                String note) {
            this.input = input;
            this.smoothedScore = smoothedScore;
            this.block = block;
            this.assignedFactor = assignedFactor;
            this.factor = factor;
            this.note = note;
        }

        /** Returns the layer's name. */
        public String name() {
            return input.layer();
        }

        /** Returns the score as it was given, NaN or infinite if there was no usable one. */
        public double score() {
            return input.score();
        }

        /** Returns the moving average, the next update's previous one; NaN before the first usable score. */
        public double smoothedScore() {
            return smoothedScore;
        }

        /** Returns the key of the layer's block, empty if it is in none; its own name if every layer is a block. */
        public Optional<String> block() {
            return block;
        }

        /** Returns the factor before the guards, 1 if the assignment had no score for the layer's block. */
        public double assignedFactor() {
            return assignedFactor;
        }

        /** Returns the final factor, finite and {@code > 0}. */
        public double factor() {
            return factor;
        }

        /** Returns what was out of the ordinary, such as {@code "no usable score: base rate"}; empty if nothing was. */
        public String note() {
            return note;
        }

        @Override
        public String toString() {
            return name() + ": score " + score() + " (smoothed " + smoothedScore + ") -> factor " + factor
                    + (note.isEmpty() ? "" : " [" + note + "]");
        }
    }
}
