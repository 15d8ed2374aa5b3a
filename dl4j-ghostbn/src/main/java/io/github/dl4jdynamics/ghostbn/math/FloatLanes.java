/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.math;

import java.util.Arrays;

/**
 * The arithmetic of batch normalization on several channels side by side, in single precision: the first {@code length}
 * values of an array, value i of channel {@code i % lanes}. {@link DoubleLanes} is the same in double precision,
 * {@link FloatChannel} is for one channel.
 *
 * <p>Every inner loop runs over neighbouring channels, which the JIT compiler turns into vector instructions.
 *
 * <p>Sums are taken in {@code float} over {@value #RUN} rows, then in {@code double}: their rounding error does not grow
 * with the number of rows. O(length) each; no allocation but one row of lanes.
 *
 * @since 0.1.0
 */
public final class FloatLanes {
    private static final int RUN = 64;

    private FloatLanes() {}

    /** {@code totals[j] += sum of x of channel j}. */
    public static void sum(float[] x, int length, int lanes, double[] totals) {
        float[] partial = new float[lanes];
        for (int run = 0; run < length; run += RUN * lanes) {
            int end = Math.min(length, run + RUN * lanes);
            int row = run;
            for (; row + 4 * lanes <= end; row += 4 * lanes) {
                addRows(x, row, lanes, partial);
            }
            for (; row < end; row += lanes) {
                addRow(x, row, Math.min(lanes, end - row), partial);
            }
            flush(partial, totals);
        }
    }

    /** {@code totals[j] += sum of (x - centre[j])^2 of channel j}. */
    public static void squares(float[] x, int length, int lanes, float[] centre, double[] totals) {
        float[] partial = new float[lanes];
        for (int run = 0; run < length; run += RUN * lanes) {
            int end = Math.min(length, run + RUN * lanes);
            int row = run;
            for (; row + 4 * lanes <= end; row += 4 * lanes) {
                addSquaresOfRows(x, row, lanes, centre, partial);
            }
            for (; row < end; row += lanes) {
                addSquares(x, row, Math.min(lanes, end - row), centre, partial);
            }
            flush(partial, totals);
        }
    }

    /** {@code totals[j] += sum of e (x - centre[j]) of channel j}. */
    public static void products(float[] x, float[] e, int length, int lanes, float[] centre, double[] totals) {
        float[] partial = new float[lanes];
        for (int run = 0; run < length; run += RUN * lanes) {
            int end = Math.min(length, run + RUN * lanes);
            int row = run;
            for (; row + 4 * lanes <= end; row += 4 * lanes) {
                addProductsOfRows(x, e, row, lanes, centre, partial);
            }
            for (; row < end; row += lanes) {
                addProducts(x, e, row, Math.min(lanes, end - row), centre, partial);
            }
            flush(partial, totals);
        }
    }

    /** {@code totals[j] += sum of w (x - centre[j])^2 of channel j}. */
    public static void weightedSquares(float[] x, float[] w, int length, int lanes, float[] centre, double[] totals) {
        float[] partial = new float[lanes];
        for (int run = 0; run < length; run += RUN * lanes) {
            int end = Math.min(length, run + RUN * lanes);
            for (int row = run; row < end; row += lanes) {
                addWeightedSquares(x, w, row, Math.min(lanes, end - row), centre, partial);
            }
            flush(partial, totals);
        }
    }

    /** {@code x <- (x - centre[j]) scale[j] + shift[j]}; subtracting first keeps the digits of a mean far from zero. */
    public static void normalise(float[] x, int length, int lanes, float[] centre, float[] scale, float[] shift) {
        for (int row = 0; row < length; row += lanes) {
            normaliseRow(x, row, Math.min(lanes, length - row), centre, scale, shift);
        }
    }

    /** {@code x <- e a[j] + (x - centre[j]) b[j] + c[j]}. */
    public static void backward(
            float[] x, float[] e, int length, int lanes, float[] centre, float[] a, float[] b, float[] c) {
        for (int row = 0; row < length; row += lanes) {
            backwardRow(x, e, row, Math.min(lanes, length - row), centre, a, b, c);
        }
    }

    /** {@code x <- e a[j] + w ((x - centre[j]) b[j] + c[j])}. */
    public static void weightedBackward(
            float[] x, float[] e, float[] w, int length, int lanes, float[] centre, float[] a, float[] b, float[] c) {
        for (int row = 0; row < length; row += lanes) {
            weightedBackwardRow(x, e, w, row, Math.min(lanes, length - row), centre, a, b, c);
        }
    }

    private static void addRows(float[] x, int from, int n, float[] partial) {
        int second = from + n;
        int third = second + n;
        int fourth = third + n;
        for (int j = 0; j < n; j++) {
            partial[j] += x[from + j] + x[second + j] + (x[third + j] + x[fourth + j]);
        }
    }

    private static void addSquaresOfRows(float[] x, int from, int n, float[] centre, float[] partial) {
        int second = from + n;
        int third = second + n;
        int fourth = third + n;
        for (int j = 0; j < n; j++) {
            float m = centre[j];
            float d0 = x[from + j] - m;
            float d1 = x[second + j] - m;
            float d2 = x[third + j] - m;
            float d3 = x[fourth + j] - m;
            partial[j] += d0 * d0 + d1 * d1 + (d2 * d2 + d3 * d3);
        }
    }

    private static void addProductsOfRows(float[] x, float[] e, int from, int n, float[] centre, float[] partial) {
        int second = from + n;
        int third = second + n;
        int fourth = third + n;
        for (int j = 0; j < n; j++) {
            float m = centre[j];
            partial[j] += e[from + j] * (x[from + j] - m)
                    + e[second + j] * (x[second + j] - m)
                    + (e[third + j] * (x[third + j] - m) + e[fourth + j] * (x[fourth + j] - m));
        }
    }

    private static void addRow(float[] x, int from, int n, float[] partial) {
        for (int j = 0; j < n; j++) {
            partial[j] += x[from + j];
        }
    }

    private static void addSquares(float[] x, int from, int n, float[] centre, float[] partial) {
        for (int j = 0; j < n; j++) {
            float d = x[from + j] - centre[j];
            partial[j] += d * d;
        }
    }

    private static void addProducts(float[] x, float[] e, int from, int n, float[] centre, float[] partial) {
        for (int j = 0; j < n; j++) {
            partial[j] += e[from + j] * (x[from + j] - centre[j]);
        }
    }

    private static void addWeightedSquares(float[] x, float[] w, int from, int n, float[] centre, float[] partial) {
        for (int j = 0; j < n; j++) {
            float d = x[from + j] - centre[j];
            partial[j] += w[from + j] * d * d;
        }
    }

    private static void normaliseRow(float[] x, int from, int n, float[] centre, float[] scale, float[] shift) {
        for (int j = 0; j < n; j++) {
            x[from + j] = (x[from + j] - centre[j]) * scale[j] + shift[j];
        }
    }

    private static void backwardRow(
            float[] x, float[] e, int from, int n, float[] centre, float[] a, float[] b, float[] c) {
        for (int j = 0; j < n; j++) {
            x[from + j] = e[from + j] * a[j] + (x[from + j] - centre[j]) * b[j] + c[j];
        }
    }

    private static void weightedBackwardRow(
            float[] x, float[] e, float[] w, int from, int n, float[] centre, float[] a, float[] b, float[] c) {
        for (int j = 0; j < n; j++) {
            x[from + j] = e[from + j] * a[j] + w[from + j] * ((x[from + j] - centre[j]) * b[j] + c[j]);
        }
    }

    private static void flush(float[] partial, double[] totals) {
        for (int j = 0; j < partial.length; j++) {
            totals[j] += partial[j];
        }
        Arrays.fill(partial, 0);
    }
}
