/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.math;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * The spectrum of pure noise: the density of the eigenvalues of {@code W W^T} for a large matrix with independent
 * entries of standard deviation {@code sigma}.
 *
 * <pre>{@code
 * L, S = longer and shorter side of W,  y = S / L
 * edges  lambda-+ = sigma^2 L (1 -+ sqrt(y))^2
 * density(lambda) = sqrt((lambda+ - lambda) (lambda - lambda-)) / (2 pi sigma^2 S lambda)   between the edges, else 0
 * }</pre>
 *
 * <p>Eigenvalues are raw as in {@link EigenvalueSpectrum}, not divided by L; a factor on them (the 0.5 of convolution
 * slices) is part of {@code sigma^2}.
 *
 * <p>V. A. Marchenko, L. A. Pastur, Math. USSR Sbornik 1967.
 */
public final class MarchenkoPastur {

    private final double y;
    private final double root;
    private final double scale;
    private final double sigma;

    private MarchenkoPastur(int rows, int cols, double sigma) {
        y = Math.min(rows, cols) / (double) Math.max(rows, cols);
        root = Math.sqrt(y);
        scale = sigma * sigma * Math.max(rows, cols);
        this.sigma = sigma;
    }

    /**
     * The law for a matrix of this shape, rows and columns exchangeable.
     *
     * @param sigma standard deviation of the entries, positive and finite
     * @throws IllegalArgumentException if a side is not at least 1 or sigma breaks its rule
     */
    public static MarchenkoPastur of(int rows, int cols, double sigma) {
        checkArgument(
                rows >= 1 && cols >= 1,
                "a Marchenko-Pastur law needs a matrix of >= 1 x 1, got %s x %s; pass the sides of one matrix",
                rows,
                cols);
        checkArgument(
                sigma > 0 && Double.isFinite(sigma),
                "sigma of a Marchenko-Pastur law must be > 0 and finite, got %s; it is the entries' standard deviation",
                sigma);
        return new MarchenkoPastur(rows, cols, sigma);
    }

    /**
     * The law whose median is that of the spectrum, so that spikes outside the bulk do not inflate sigma.
     *
     * <pre>{@code sigma^2 = median(e) / median of the law with sigma = 1 }</pre>
     *
     * <p>M. Gavish, D. Donoho: The Optimal Hard Threshold for Singular Values is 4/sqrt(3), IEEE Transactions on
     * Information Theory 2014, arXiv:1305.5870. WeightWatcher fits a smoothed density instead, after
     * rescaling the spectrum; its {@code sigma_mp} is that of the rescaled one.
     *
     * @param spectrum eigenvalues of one matrix of this shape, or of several pooled, without any left out
     * @throws IllegalArgumentException if a side is not at least 1, or the median eigenvalue is zero up to rounding
     */
    public static MarchenkoPastur fit(EigenvalueSpectrum spectrum, int rows, int cols) {
        checkArgument(
                fits(spectrum, rows, cols),
                "a Marchenko-Pastur fit needs a median eigenvalue that is not zero up to rounding, got %s;"
                        + " less than half the rank is left, there is no noise bulk",
                spectrum);
        return of(rows, cols, Math.sqrt(spectrum.median() / of(rows, cols, 1).quantile(0.5)));
    }

    static boolean fits(EigenvalueSpectrum spectrum, int rows, int cols) {
        return spectrum.median() > spectrum.roundingLevel(Math.max(rows, cols));
    }

    /** Standard deviation of the matrix' entries. */
    public double sigma() {
        return sigma;
    }

    /** The smallest eigenvalue of the bulk, {@code lambda-}; 0 for a square matrix. */
    public double lowerEdge() {
        return scale * (1 - root) * (1 - root);
    }

    /** The largest eigenvalue of the bulk, {@code lambda+}. */
    public double upperEdge() {
        return scale * (1 + root) * (1 + root);
    }

    /** The density at an eigenvalue; 0 outside the bulk, infinite at 0 for a square matrix. */
    public double density(double eigenvalue) {
        double inside = (upperEdge() - eigenvalue) * (eigenvalue - lowerEdge());
        if (eigenvalue == 0 && lowerEdge() == 0) {
            return Double.POSITIVE_INFINITY;
        }
        return inside > 0 ? Math.sqrt(inside) / (2 * Math.PI * scale * y * eigenvalue) : 0;
    }

    /** The share of eigenvalues up to this one, in [0, 1]. */
    public double cumulative(double eigenvalue) {
        if (eigenvalue <= lowerEdge()) {
            return 0;
        }
        return eigenvalue >= upperEdge() ? 1 : shareAt(Math.acos((1 + y - eigenvalue / scale) / (2 * root)));
    }

    /**
     * The eigenvalue below which this share of the eigenvalues lies.
     *
     * @throws IllegalArgumentException unless the share is in [0, 1]
     */
    public double quantile(double share) {
        checkArgument(share >= 0 && share <= 1, "share of a quantile must be in [0, 1], got %s", share);
        return scale * eigenvalueAt(angleAt(share));
    }

    /**
     * The soft rank: how far the bulk reaches into the spectrum. Near 1 for noise (above 1 if the largest eigenvalue
     * falls inside the bulk), small for a heavy tail; infinite for a zero spectrum.
     *
     * <pre>{@code lambda+ / largest eigenvalue }</pre>
     *
     * <p>Martin, Mahoney: Implicit Self-Regularization in Deep Neural Networks, JMLR 2021, arXiv:1810.01075.
     */
    public double softRank(EigenvalueSpectrum spectrum) {
        return upperEdge() / spectrum.largest();
    }

    /**
     * How many eigenvalues lie above the bulk. Noise itself has a few there: the largest eigenvalue of a matrix
     * fluctuates by {@code S^(-2/3)} of the edge.
     */
    public int spikes(EigenvalueSpectrum spectrum) {
        return spectrum.countAbove(upperEdge());
    }

    /**
     * The tail exponent that {@link MedianFit} finds in noise of this shape, for infinitely large matrices: the aspect
     * ratio bias. 2.12 for a square matrix, 2.71 for sides 2:1, 4.68 for 9:1; it does not depend on sigma.
     *
     * <pre>{@code alpha = 1 + (1 - 1/xminPos) / integral from q to lambda+ of (1 - cumulative(x)) / x dx,
     * q = quantile(1/xminPos) }</pre>
     *
     * @param xminPos as in {@link MedianFit.Builder#xminPos}
     * @throws IllegalArgumentException unless it is finite and larger than 1
     */
    public double noiseAlpha(double xminPos) {
        double tail = 1 - 1 / MedianFit.builder().xminPos(xminPos).build().xminPos();
        double from = angleAt(1 - tail);
        int steps = 1000;
        double width = (Math.PI - from) / steps;
        double integral = 0;
        for (int i = 0; i < steps; i++) {
            double angle = from + (i + 0.5) * width;
            integral += width * (1 - shareAt(angle)) / eigenvalueAt(angle) * 2 * root * Math.sin(angle);
        }
        return 1 + tail / integral;
    }

    // On the bulk of the law with scale 1 let x = 1 + y - 2 sqrt(y) cos(t), t from 0 to pi. The cumulative share
    // becomes
    // (2/pi) * integral of sin^2(s) / (1 + y - 2 sqrt(y) cos(s)) ds, which has the closed form below.

    private double eigenvalueAt(double angle) {
        return 1 + y - 2 * root * Math.cos(angle);
    }

    private double shareAt(double angle) {
        double inner = Math.atan2((1 + root) * Math.sin(angle / 2), (1 - root) * Math.cos(angle / 2));
        return 2 / Math.PI * (Math.sin(angle) / (2 * root) + ((1 + y) * angle / 2 - (1 - y) * inner) / (2 * y));
    }

    private double angleAt(double share) {
        double low = 0;
        double high = Math.PI;
        for (int halving = 0; halving < 60; halving++) {
            double middle = (low + high) / 2;
            if (shareAt(middle) < share) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return high;
    }

    @Override
    public String toString() {
        return "MarchenkoPastur{sigma=" + sigma + ", bulk=[" + lowerEdge() + ", " + upperEdge() + "]}";
    }
}
