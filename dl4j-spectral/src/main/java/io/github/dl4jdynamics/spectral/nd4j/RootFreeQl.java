/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j;

import java.util.Arrays;

/**
 * Eigenvalues of one symmetric tridiagonal matrix by the QL iteration without square roots of Pal, Walker and Kahan.
 *
 * <p>A sweep is a chain of steps in which each waits for a division of the one before. Callers therefore advance the
 * sweeps of several matrices in turns ({@link TridiagonalValues}), and a step is written with one division in place of
 * the customary three:
 *
 * <pre>{@code
 * r = p + e,  u = p / r (= c),  v = e / r (= s),
 * gamma' = u (d - sigma) - v gamma,  p' = gamma'^2 / u        as printed
 * i = 1 / (r p),  t = p (d - sigma) - e gamma,
 * u = p p i,  v = e p i,  gamma' = t p i,  p' = t^2 i         the same with the one division
 * }</pre>
 *
 * <p>The matrix is scaled by a power of two to largest entry in [1, 2). Off-diagonal entries below
 * {@code eps sqrt|d d'|}, as in LAPACK's sterf, or below {@code eps} of that largest entry count as zero: eigenvalues
 * have a small error relative to the largest one, not to themselves.
 *
 * <p>B. N. Parlett, The Symmetric Eigenvalue Problem, SIAM 1998, sections 8.14 and 8.15.
 */
final class RootFreeQl {

    private static final double EPS_SQUARED = 0x1p-106;
    /** Below this, p is zero; above it, {@code r p} does not underflow, as {@code r >= EPS_SQUARED}. */
    private static final double TINY = 1e-250;

    private static final int SWEEPS_PER_VALUE = 30;

    private final int n;
    /** Diagonal of the scaled matrix; entries before {@code low} are eigenvalues already. */
    private final double[] d;
    /** Squares of the off-diagonal, and one zero. */
    private final double[] e;

    private final int exponent;

    private int low;
    private int i;
    private double sigma;
    private double gamma;
    private double p;
    private double u;
    private double v;
    private int sweeps;

    RootFreeQl(Tridiagonal matrix) {
        n = matrix.order();
        d = new double[n];
        e = new double[n];
        double largest = Double.MIN_NORMAL;
        for (int k = 0; k < n; k++) {
            largest = Math.max(largest, Math.abs(matrix.diagonal(k)));
            largest = k < n - 1 ? Math.max(largest, Math.abs(matrix.offDiagonal(k))) : largest;
        }
        exponent = Math.getExponent(largest);
        // QL wants the small entries on top.
        boolean reversed = Math.abs(matrix.diagonal(n - 1)) < Math.abs(matrix.diagonal(0));
        for (int k = 0; k < n; k++) {
            d[k] = Math.scalb(matrix.diagonal(reversed ? n - 1 - k : k), -exponent);
        }
        for (int k = 0; k < n - 1; k++) {
            double entry = Math.scalb(matrix.offDiagonal(reversed ? n - 2 - k : k), -exponent);
            e[k] = entry * entry;
        }
        deflate();
    }

    boolean isDone() {
        return low == n;
    }

    /** Steps that the current sweep still has to go; at least 1 until done. */
    int stepsLeft() {
        return i - low + 1;
    }

    void step() {
        double square = e[i];
        double r = p + square;
        e[i + 1] = v * r;
        double before = gamma;
        double entry = d[i];
        if (p > TINY) {
            double inverse = 1 / (r * p);
            double t = p * (entry - sigma) - square * before;
            double scale = p * inverse;
            u = p * scale;
            v = square * scale;
            gamma = t * scale;
            p = t * t * inverse;
        } else {
            gamma = -before;
            p = u * square;
            u = 0;
            v = 1;
        }
        d[i + 1] = before + (entry - gamma);
        i--;
    }

    /** Call when no step is left: closes the sweep and opens the next. */
    void endSweep() {
        e[low] = v * p;
        d[low] = sigma + gamma;
        deflate();
    }

    /** The eigenvalues, ascending; only once done. */
    double[] values() {
        double[] values = new double[n];
        for (int k = 0; k < n; k++) {
            values[k] = Math.scalb(d[k], exponent);
        }
        Arrays.sort(values);
        return values;
    }

    /** Takes the eigenvalues that have split off at the top, then starts a sweep over the block that follows. */
    private void deflate() {
        while (low < n) {
            int high = low;
            while (high < n - 1 && e[high] > EPS_SQUARED * (1 + Math.abs(d[high] * d[high + 1]))) {
                high++;
            }
            e[high] = 0;
            if (high == low) {
                low++;
            } else if (high == low + 1) {
                solvePair();
                low += 2;
            } else {
                startSweep(high);
                return;
            }
        }
    }

    private void solvePair() {
        double mean = 0.5 * (d[low] + d[low + 1]);
        double half = 0.5 * (d[low] - d[low + 1]);
        double radius = Math.sqrt(half * half + e[low]);
        d[low] = mean + radius;
        d[low + 1] = mean - radius;
        e[low] = 0;
    }

    private void startSweep(int high) {
        if (++sweeps > SWEEPS_PER_VALUE * n) {
            throw new IllegalStateException("QL iteration on a tridiagonal matrix of order " + n
                    + " did not converge within " + SWEEPS_PER_VALUE + " sweeps per eigenvalue");
        }
        // Wilkinson's shift: the eigenvalue of the leading 2 x 2 block that is nearer to its first entry.
        double root = Math.sqrt(e[low]);
        double half = (d[low + 1] - d[low]) / (2 * root);
        sigma = d[low] - root / (half + Math.copySign(Math.sqrt(half * half + 1), half));
        u = 1;
        v = 0;
        gamma = d[high] - sigma;
        p = gamma * gamma;
        i = high - 1;
    }
}
