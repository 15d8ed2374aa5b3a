/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.distance;

import com.google.common.collect.ImmutableMap;

/**
 * How far the weights were from the start of their segment at one moment, or why that was not measured.
 *
 * @since 0.1
 */
public final class WeightDistanceSample {
    private final int segment;
    private final int iteration;
    private final int epoch;
    private final int t;
    private final double rate;
    private final ImmutableMap<String, Double> layerDistances;
    private final double milliseconds;
    private final String note;
    private final boolean measured;

    private WeightDistanceSample(
            Place place,
            ImmutableMap<String, Double> layerDistances,
            double milliseconds,
            String note,
            boolean measured) {
        this.segment = place.segment;
        this.iteration = place.iteration;
        this.epoch = place.epoch;
        this.t = place.t;
        this.rate = place.rate;
        this.layerDistances = layerDistances;
        this.milliseconds = milliseconds;
        this.note = note;
        this.measured = measured;
    }

    static WeightDistanceSample measured(
            Place place, ImmutableMap<String, Double> layerDistances, double milliseconds, String note) {
        return new WeightDistanceSample(place, layerDistances, milliseconds, note, true);
    }

    static WeightDistanceSample missing(Place place, String note) {
        return new WeightDistanceSample(place, ImmutableMap.of(), 0, note, false);
    }

    /** 0-based number of the segment. */
    public int segment() {
        return segment;
    }

    /** Updates the network had made, by its own counter. */
    public int iteration() {
        return iteration;
    }

    /** 0-based epoch of the latest update; at the start of a segment, of the update to come. */
    public int epoch() {
        return epoch;
    }

    /** Updates since the clock of the segment started. */
    public int t() {
        return t;
    }

    /**
     * Learning rate of the latest update, at the start of a segment of the update to come; the mean over all trainable
     * weights where layers differ. NaN when the updater has none.
     */
    public double rate() {
        return rate;
    }

    /**
     * Euclidean distance of all trainable weights from the start of the segment: the root of the sum of the squared
     * {@link #layerDistances}. NaN when not measured or when a weight is not finite.
     */
    public double distance() {
        return measured
                ? Math.sqrt(layerDistances.values().stream()
                        .mapToDouble(distance -> distance * distance)
                        .sum())
                : Double.NaN;
    }

    /** The same per layer with trainable weights, in network order; empty when not measured. */
    public ImmutableMap<String, Double> layerDistances() {
        return layerDistances;
    }

    /** Whether there are numbers; else {@link #note} says why not. */
    public boolean isMeasured() {
        return measured;
    }

    /** Time taken from the training thread, in milliseconds. */
    public double milliseconds() {
        return milliseconds;
    }

    /** At the start of a segment, why it began; else why nothing was measured; empty when there is nothing to say. */
    public String note() {
        return note;
    }

    @Override
    public String toString() {
        return "segment " + segment + ", iteration " + iteration + ", t " + t + ": "
                + (measured ? "distance " + distance() : note);
    }

    /** When a sample was taken. */
    static final class Place {
        private final int segment;
        private final int iteration;
        private final int epoch;
        private final int t;
        private final double rate;

        Place(int segment, int iteration, int epoch, int t, double rate) {
            this.segment = segment;
            this.iteration = iteration;
            this.epoch = epoch;
            this.t = t;
            this.rate = rate;
        }
    }
}
