/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.math;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;

/**
 * One law of growth fitted to distances by least squares, or why there is none.
 *
 * <pre>{@code
 * logarithmic   d = a + b ln t           ultra-slow diffusion
 * power law     ln d = a + b ln t        d = e^a t^b; b = 1/2 is ordinary diffusion
 * }</pre>
 *
 * <p>Made by {@link DiffusionFit}. Every number of a fit that does not exist is NaN. Immutable.
 *
 * @since 0.1
 */
public final class GrowthFit {
    private enum Law {
        LOGARITHMIC,
        POWER
    }

    private final Law law;
    private final LeastSquaresLine line;
    private final int points;
    private final double rSquared;
    private final double rSquaredOfDistance;
    private final String reason;

    private GrowthFit(Law law, LeastSquaresLine line, double[] t, double[] d) {
        this.law = law;
        this.line = line;
        this.points = t.length;
        this.reason = null;
        double[] distances = map(t, this::distanceAt);
        this.rSquaredOfDistance = LeastSquaresLine.rSquared(d, distances);
        this.rSquared = law == Law.LOGARITHMIC
                ? rSquaredOfDistance
                : LeastSquaresLine.rSquared(map(d, Math::log), map(t, time -> line.at(Math.log(time))));
    }

    private GrowthFit(Law law, int points, String reason) {
        this.law = law;
        this.line = null;
        this.points = points;
        this.rSquared = Double.NaN;
        this.rSquaredOfDistance = Double.NaN;
        this.reason = reason;
    }

    static GrowthFit logarithmic(double[] t, double[] d) {
        return new GrowthFit(Law.LOGARITHMIC, LeastSquaresLine.through(map(t, Math::log), d), t, d);
    }

    static GrowthFit powerLaw(double[] t, double[] d) {
        return new GrowthFit(Law.POWER, LeastSquaresLine.through(map(t, Math::log), map(d, Math::log)), t, d);
    }

    static GrowthFit noLogarithmic(int points, String reason) {
        return new GrowthFit(Law.LOGARITHMIC, points, reason);
    }

    static GrowthFit noPowerLaw(int points, String reason) {
        return new GrowthFit(Law.POWER, points, reason);
    }

    private static double[] map(double[] values, DoubleUnaryOperator function) {
        return Arrays.stream(values).map(function).toArray();
    }

    /** Whether there is a fit. */
    public boolean isFitted() {
        return reason == null;
    }

    /** Why there is no fit; empty if there is one. */
    public Optional<String> reason() {
        return Optional.ofNullable(reason);
    }

    /** {@code a}: the distance at t = 1, for a power law its natural logarithm. */
    public double intercept() {
        return line == null ? Double.NaN : line.intercept;
    }

    /** {@code b}: distance gained while t grows by a factor of e, for a power law the exponent. */
    public double slope() {
        return line == null ? Double.NaN : line.slope;
    }

    /**
     * Standard error of the slope, {@code sqrt(SSE / (n - 2) / Sxx)}, in the space of the fit. For independent errors;
     * those of one walk are not, so the true error is larger.
     */
    public double slopeStandardError() {
        return line == null ? Double.NaN : line.slopeStandardError;
    }

    /** Share of the variance explained in the space of the fit: of d, for a power law of ln d. NaN if all d are equal. */
    public double rSquared() {
        return rSquared;
    }

    /**
     * Share of the variance of d explained: the number to compare the two laws by; equal to {@link #rSquared} for the
     * logarithmic law, possibly negative for a power law. It favours the logarithmic law a little, which is fitted in d.
     */
    public double rSquaredOfDistance() {
        return rSquaredOfDistance;
    }

    /** Points used. */
    public int points() {
        return points;
    }

    /** The fitted distance after t updates, t &gt; 0; NaN without a fit. */
    public double distanceAt(double t) {
        if (line == null) {
            return Double.NaN;
        }
        double value = line.at(Math.log(t));
        return law == Law.LOGARITHMIC ? value : Math.exp(value);
    }

    /** For example {@code d = 0.6456 + 1.318 ln t, R2 0.9994}. */
    @Override
    public String toString() {
        if (line == null) {
            return (law == Law.LOGARITHMIC ? "no logarithmic fit: " : "no power law: ") + reason;
        }
        return law == Law.LOGARITHMIC
                ? String.format(
                        Locale.ROOT,
                        "d = %.4g %s %.4g ln t, R2 %.4f",
                        line.intercept,
                        line.slope < 0 ? "-" : "+",
                        Math.abs(line.slope),
                        rSquared)
                : String.format(
                        Locale.ROOT,
                        "d = %.4g t^%.4g, R2 %.4f (of ln d %.4f)",
                        Math.exp(line.intercept),
                        line.slope,
                        rSquaredOfDistance,
                        rSquared);
    }
}
