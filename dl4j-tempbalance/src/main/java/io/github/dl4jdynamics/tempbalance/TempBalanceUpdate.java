/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance;

import java.util.Optional;

import com.google.common.collect.ImmutableList;

/**
 * One change of the layers' rates: when, at what cost, and per layer the score, factor and rate or the reason why it
 * trains at its own rate.
 *
 * @since 0.1
 */
public final class TempBalanceUpdate {
    private final int iteration;
    private final int epoch;
    private final double milliseconds;
    private final ImmutableList<Layer> layers;
    private final String failure;

    TempBalanceUpdate(int iteration, int epoch, double milliseconds, ImmutableList<Layer> layers, String failure) {
        this.iteration = iteration;
        this.epoch = epoch;
        this.milliseconds = milliseconds;
        this.layers = layers;
        this.failure = failure;
    }

    /** 0-based iteration of the first update that used the rates. */
    public int iteration() {
        return iteration;
    }

    /** 0-based epoch of that iteration. */
    public int epoch() {
        return epoch;
    }

    /** Time taken from the training thread, in milliseconds. */
    public double milliseconds() {
        return milliseconds;
    }

    /** Layers with parameters, in network order; empty when the update did not happen. */
    public ImmutableList<Layer> layers() {
        return layers;
    }

    /** The row of a layer. */
    public Optional<Layer> layer(String name) {
        return layers.stream().filter(layer -> layer.name().equals(name)).findFirst();
    }

    /** Why the rates were left as they were (an error, the time budget); empty when they were set. */
    public Optional<String> failure() {
        return Optional.ofNullable(failure);
    }

    @Override
    public String toString() {
        return "iteration " + iteration + ", epoch " + epoch + ": " + (failure == null ? layers : failure);
    }

    /** One layer in one update. */
    public static final class Layer {
        private final String name;
        private final double score;
        private final double smoothedScore;
        private final double factor;
        private final double rate;
        private final double decayFactor;
        private final String note;

        Layer(Builder builder) {
            this.name = builder.name;
            this.score = builder.score;
            this.smoothedScore = builder.smoothedScore;
            this.factor = builder.factor;
            this.rate = builder.rate;
            this.decayFactor = builder.decayFactor;
            this.note = builder.note;
        }

        /** Layer name, or vertex name in a graph. */
        public String name() {
            return name;
        }

        /** The metric that was measured, alpha unless configured otherwise; NaN when there is none. */
        public double score() {
            return score;
        }

        /** The metric after smoothing over updates; NaN when there is none. */
        public double smoothedScore() {
            return smoothedScore;
        }

        /** Multiple of the layer's own rate; NaN when rates are not steered. */
        public double factor() {
            return factor;
        }

        /** Learning rate in the first iteration that used it; NaN when rates are not steered. */
        public double rate() {
            return rate;
        }

        /** Multiple of the layer's own weight decay; NaN when decay is not steered or the layer has none. */
        public double decayFactor() {
            return decayFactor;
        }

        /** Why the layer trains at its own rate, what it follows, or which guard acted; empty when nothing to say. */
        public String note() {
            return note;
        }

        @Override
        public String toString() {
            return name + " score " + score + " factor " + factor + " rate " + rate
                    + (note.isEmpty() ? "" : " " + note);
        }
    }

    /** An update whose cost is not known yet. */
    static final class Draft {
        private final int iteration;
        private final int epoch;
        private final ImmutableList<Layer> layers;

        Draft(int iteration, int epoch, ImmutableList<Layer> layers) {
            this.iteration = iteration;
            this.epoch = epoch;
            this.layers = layers;
        }

        TempBalanceUpdate took(double milliseconds) {
            return new TempBalanceUpdate(iteration, epoch, milliseconds, layers, null);
        }
    }

    static final class Builder {
        private final String name;
        private double score = Double.NaN;
        private double smoothedScore = Double.NaN;
        private double factor = Double.NaN;
        private double rate = Double.NaN;
        private double decayFactor = Double.NaN;
        private String note = "";

        Builder(String name) {
            this.name = name;
        }

        Builder score(double measured, double smoothed) {
            this.score = measured;
            this.smoothedScore = smoothed;
            return this;
        }

        Builder rate(double newFactor, double newRate) {
            this.factor = newFactor;
            this.rate = newRate;
            return this;
        }

        Builder decay(double newFactor) {
            this.decayFactor = newFactor;
            return this;
        }

        Builder note(String text) {
            this.note = text;
            return this;
        }

        Layer build() {
            return new Layer(this);
        }
    }
}
