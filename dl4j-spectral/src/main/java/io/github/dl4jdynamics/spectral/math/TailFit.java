/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.math;

import java.util.Objects;
import java.util.Optional;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * A power law {@code density ~ e^-alpha} fitted to the tail of a spectrum, or the reason why there is none.
 *
 * <p>A usable fit has a finite {@code alpha > 1}. An unusable one answers NaN, index -1 and tail size 0: no number of it
 * can be mistaken for a measurement.
 */
public final class TailFit {

    private final double alpha;
    private final double xmin;
    private final int xminIndex;
    private final int tailSize;
    private final double distance;
    private final String reason;

    private TailFit(double alpha, double xmin, int xminIndex, int tailSize, double distance, String reason) {
        this.alpha = alpha;
        this.xmin = xmin;
        this.xminIndex = xminIndex;
        this.tailSize = tailSize;
        this.distance = distance;
        this.reason = reason;
    }

    /**
     * A usable fit.
     *
     * @param alpha tail exponent, finite and larger than 1
     * @param xmin threshold, positive
     * @param xminIndex 0-based place of the threshold in the ascending spectrum
     * @param tailSize number of eigenvalues that entered the exponent, at least 2
     * @param distance Kolmogorov-Smirnov distance, in [0, 1]
     * @throws IllegalArgumentException if one of them breaks its rule
     */
    public static TailFit of(double alpha, double xmin, int xminIndex, int tailSize, double distance) {
        checkArgument(
                alpha > 1 && Double.isFinite(alpha),
                "alpha of a usable tail fit must be finite and > 1, got %s; use TailFit.unusable(reason)",
                alpha);
        checkArgument(
                xmin > 0 && Double.isFinite(xmin),
                "xmin of a usable tail fit must be finite and > 0, got %s; use TailFit.unusable(reason)",
                xmin);
        checkArgument(xminIndex >= 0, "xminIndex of a usable tail fit must be >= 0, got %s", xminIndex);
        checkArgument(
                tailSize >= 2,
                "tailSize of a usable tail fit must be >= 2, got %s; use TailFit.unusable(reason)",
                tailSize);
        checkArgument(
                distance >= 0 && distance <= 1, "distance of a usable tail fit must be in [0, 1], got %s", distance);
        return new TailFit(alpha, xmin, xminIndex, tailSize, distance, null);
    }

    /** No fit, and why: a sentence that a layer table can print. */
    public static TailFit unusable(String reason) {
        checkArgument(!reason.isEmpty(), "reason of an unusable tail fit must not be empty; say what was missing");
        return new TailFit(Double.NaN, Double.NaN, -1, 0, Double.NaN, reason);
    }

    /** The tail exponent: finite and larger than 1, or NaN if unusable. Small means heavy-tailed. */
    public double alpha() {
        return alpha;
    }

    /** The threshold eigenvalue at which the tail starts, or NaN if unusable. */
    public double xmin() {
        return xmin;
    }

    /** The 0-based index of the threshold in the ascending spectrum, or -1 if unusable. */
    public int xminIndex() {
        return xminIndex;
    }

    /** The number of eigenvalues in the tail, or 0 if unusable. */
    public int tailSize() {
        return tailSize;
    }

    /**
     * The Kolmogorov-Smirnov distance D between tail and fit, or NaN if unusable.
     *
     * <pre>{@code D = max_j | 1 - (e[j]/xmin)^(1-alpha) - (j-i)/n |,   j = i..N-1,  n = N-i }</pre>
     */
    public double distance() {
        return distance;
    }

    /**
     * The standard error of alpha, or NaN if unusable.
     *
     * <pre>{@code (alpha - 1) / sqrt(tailSize) }</pre>
     *
     * <p>That of independent samples of a true power law above a threshold known in advance (Clauset, Shalizi, Newman,
     * SIAM Review 2009, arXiv:0706.1062, eq. 3.2). Eigenvalues repel each other, so for them it is a scale, not a
     * confidence interval. WeightWatcher calls it {@code sigma}.
     */
    public double standardError() {
        return (alpha - 1) / Math.sqrt(tailSize);
    }

    /** Whether there is a fit. */
    public boolean isUsable() {
        return reason == null;
    }

    /** Why there is no fit; empty if there is one. */
    public Optional<String> reason() {
        return Optional.ofNullable(reason);
    }

    @Override
    public boolean equals(Object other) {
        if (!(other instanceof TailFit)) {
            return false;
        }
        TailFit that = (TailFit) other;
        return Double.compare(alpha, that.alpha) == 0
                && Double.compare(xmin, that.xmin) == 0
                && xminIndex == that.xminIndex
                && tailSize == that.tailSize
                && Double.compare(distance, that.distance) == 0
                && Objects.equals(reason, that.reason);
    }

    @Override
    public int hashCode() {
        return Objects.hash(alpha, xmin, xminIndex, tailSize, distance, reason);
    }

    @Override
    public String toString() {
        return isUsable()
                ? "TailFit{alpha=" + alpha + ", xmin=" + xmin + ", xminIndex=" + xminIndex + ", tailSize=" + tailSize
                        + ", D=" + distance + '}'
                : "TailFit{unusable: " + reason + '}';
    }
}
