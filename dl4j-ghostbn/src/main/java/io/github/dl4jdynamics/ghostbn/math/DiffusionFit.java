/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.math;

import java.util.Arrays;
import java.util.Optional;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * How a distance grows with the number of updates: the logarithmic law of ultra-slow diffusion beside a power law.
 *
 * <p>In a random potential a walk is expected to go {@code E d^2 ~ (ln t)^(4 / alpha)}; {@code alpha = 2}, so {@code d ~
 * ln t}, is what was seen for the weights of networks in the first phase at a high rate.
 *
 * <p>Both laws are fitted to the same points. Left out are points at {@code t = 0}, which has no logarithm, and points at
 * which nothing has moved yet, {@code d = 0}, as during a warm-up from rate 0. With fewer than three points left, or with
 * a distance that is not finite, there is no fit but a reason. O(points).
 *
 * <p>Hoffer, Hubara, Soudry, "Train longer, generalize better: closing the generalization gap in large batch training of
 * neural networks", NeurIPS 2017, arXiv 1705.08741.
 *
 * @since 0.1
 */
public final class DiffusionFit {
    private static final int FEWEST_POINTS = 3;

    private final GrowthFit logarithmic;
    private final GrowthFit powerLaw;

    private DiffusionFit(GrowthFit logarithmic, GrowthFit powerLaw) {
        this.logarithmic = logarithmic;
        this.powerLaw = powerLaw;
    }

    /**
     * Fits both laws.
     *
     * @param t updates since the clock started, in any order
     * @param d distances, as many
     * @throws IllegalArgumentException if the lengths differ
     */
    public static DiffusionFit of(double[] t, double[] d) {
        checkArgument(
                t.length == d.length,
                "distances must be as many as the times t, %s, got %s; leave out the times that were not measured",
                t.length,
                d.length);
        double[] times = new double[t.length];
        double[] distances = new double[t.length];
        int points = 0;
        int unmoved = 0;
        for (int i = 0; i < t.length; i++) {
            if (t[i] > 0 && d[i] == 0) {
                unmoved++;
            } else if (t[i] != 0) {
                times[points] = t[i];
                distances[points++] = d[i];
            }
        }
        times = Arrays.copyOf(times, points);
        distances = Arrays.copyOf(distances, points);
        Optional<String> obstacle = obstacle(times, distances, unmoved);
        return obstacle.isPresent()
                ? new DiffusionFit(
                        GrowthFit.noLogarithmic(points, obstacle.get()), GrowthFit.noPowerLaw(points, obstacle.get()))
                : new DiffusionFit(GrowthFit.logarithmic(times, distances), GrowthFit.powerLaw(times, distances));
    }

    private static Optional<String> obstacle(double[] t, double[] d, int unmoved) {
        boolean spread = false;
        for (int i = 0; i < t.length; i++) {
            if (!(t[i] > 0 && Double.isFinite(t[i]) && d[i] > 0 && Double.isFinite(d[i]))) {
                return Optional.of("the distance at t = " + t[i] + " is " + d[i]
                        + "; both must be finite and positive, so the weights may have diverged");
            }
            spread |= t[i] != t[0];
        }
        if (t.length < FEWEST_POINTS) {
            return Optional.of("needs " + FEWEST_POINTS + " points with t > 0 and d > 0, got " + t.length
                    + (unmoved == 0 ? "" : " beside " + unmoved + " at which nothing had moved"));
        }
        return spread ? Optional.empty() : Optional.of("needs different t, got " + t[0] + " only");
    }

    /** {@code d = a + b ln t}. */
    public GrowthFit logarithmic() {
        return logarithmic;
    }

    /** {@code ln d = a + b ln t}. */
    public GrowthFit powerLaw() {
        return powerLaw;
    }

    /** Whether both laws could be fitted; else {@link #reason}. */
    public boolean isFitted() {
        return logarithmic.isFitted();
    }

    /** Why there is no fit; empty if there is one. */
    public Optional<String> reason() {
        return logarithmic.reason();
    }

    /** Points used by both. */
    public int points() {
        return logarithmic.points();
    }

    /** Both laws on one line, or the reason. */
    @Override
    public String toString() {
        return reason().map(reason -> "no fit: " + reason)
                .orElseGet(() -> logarithmic + "; " + powerLaw + "; " + points() + " points");
    }
}
