/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.math;

import java.util.Arrays;

/**
 * The arithmetic of batch normalization on several channels side by side, in double precision: the first {@code length}
 * values of an array, value i of channel {@code i % lanes}. {@link FloatLanes} is the same in single precision,
 * {@link DoubleChannel} is for one channel.
 *
 * <p>Every inner loop runs over neighbouring channels, which the JIT compiler turns into vector instructions.
 *
 * <p>Sums are taken over {@value #RUN} rows, then over the runs: their rounding error hardly grows with the number of
 * rows. O(length) each; no allocation but one row of lanes.
 *
 * @since 0.1.0
 */
public final class DoubleLanes {
    private static final int RUN = 64;

    private DoubleLanes() {}

    /** {@code totals[j] += sum of x of channel j}. */
    public static void sum(double[] x, int length, int lanes, double[] totals) {
        double[] partial = new double[lanes];
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
    public static void squares(double[] x, int length, int lanes, double[] centre, double[] totals) {
        double[] partial = new double[lanes];
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
    public static void products(double[] x, double[] e, int length, int lanes, double[] centre, double[] totals) {
        double[] partial = new double[lanes];
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
    public static void weightedSquares(
            double[] x, double[] w, int length, int lanes, double[] centre, double[] totals) {
        double[] partial = new double[lanes];
        for (int run = 0; run < length; run += RUN * lanes) {
            int end = Math.min(length, run + RUN * lanes);
            for (int row = run; row < end; row += lanes) {
                addWeightedSquares(x, w, row, Math.min(lanes, end - row), centre, partial);
            }
            flush(partial, totals);
        }
    }

    /** {@code x <- (x - centre[j]) scale[j] + shift[j]}; subtracting first keeps the digits of a mean far from zero. */
    public static void normalise(double[] x, int length, int lanes, double[] centre, double[] scale, double[] shift) {
        for (int row = 0; row < length; row += lanes) {
            normaliseRow(x, row, Math.min(lanes, length - row), centre, scale, shift);
        }
    }

    /** {@code x <- e a[j] + (x - centre[j]) b[j] + c[j]}. */
    public static void backward(
            double[] x, double[] e, int length, int lanes, double[] centre, double[] a, double[] b, double[] c) {
        for (int row = 0; row < length; row += lanes) {
            backwardRow(x, e, row, Math.min(lanes, length - row), centre, a, b, c);
        }
    }

    /** {@code x <- e a[j] + w ((x - centre[j]) b[j] + c[j])}. */
    public static void weightedBackward(
            double[] x,
            double[] e,
            double[] w,
            int length,
            int lanes,
            double[] centre,
            double[] a,
            double[] b,
            double[] c) {
        for (int row = 0; row < length; row += lanes) {
            weightedBackwardRow(x, e, w, row, Math.min(lanes, length - row), centre, a, b, c);
        }
    }

    private static void addRows(double[] x, int from, int n, double[] partial) {
        int second = from + n;
        int third = second + n;
        int fourth = third + n;
        for (int j = 0; j < n; j++) {
            partial[j] += x[from + j] + x[second + j] + (x[third + j] + x[fourth + j]);
        }
    }

    private static void addSquaresOfRows(double[] x, int from, int n, double[] centre, double[] partial) {
        int second = from + n;
        int third = second + n;
        int fourth = third + n;
        for (int j = 0; j < n; j++) {
            double m = centre[j];
            double d0 = x[from + j] - m;
            double d1 = x[second + j] - m;
            double d2 = x[third + j] - m;
            double d3 = x[fourth + j] - m;
            partial[j] += d0 * d0 + d1 * d1 + (d2 * d2 + d3 * d3);
        }
    }

    private static void addProductsOfRows(double[] x, double[] e, int from, int n, double[] centre, double[] partial) {
        int second = from + n;
        int third = second + n;
        int fourth = third + n;
        for (int j = 0; j < n; j++) {
            double m = centre[j];
            partial[j] += e[from + j] * (x[from + j] - m)
                    + e[second + j] * (x[second + j] - m)
                    + (e[third + j] * (x[third + j] - m) + e[fourth + j] * (x[fourth + j] - m));
        }
    }

    private static void addRow(double[] x, int from, int n, double[] partial) {
        for (int j = 0; j < n; j++) {
            partial[j] += x[from + j];
        }
    }

    private static void addSquares(double[] x, int from, int n, double[] centre, double[] partial) {
        for (int j = 0; j < n; j++) {
            double d = x[from + j] - centre[j];
            partial[j] += d * d;
        }
    }

    private static void addProducts(double[] x, double[] e, int from, int n, double[] centre, double[] partial) {
        for (int j = 0; j < n; j++) {
            partial[j] += e[from + j] * (x[from + j] - centre[j]);
        }
    }

    private static void addWeightedSquares(double[] x, double[] w, int from, int n, double[] centre, double[] partial) {
        for (int j = 0; j < n; j++) {
            double d = x[from + j] - centre[j];
            partial[j] += w[from + j] * d * d;
        }
    }

    private static void normaliseRow(double[] x, int from, int n, double[] centre, double[] scale, double[] shift) {
        for (int j = 0; j < n; j++) {
            x[from + j] = (x[from + j] - centre[j]) * scale[j] + shift[j];
        }
    }

    private static void backwardRow(
            double[] x, double[] e, int from, int n, double[] centre, double[] a, double[] b, double[] c) {
        for (int j = 0; j < n; j++) {
            x[from + j] = e[from + j] * a[j] + (x[from + j] - centre[j]) * b[j] + c[j];
        }
    }

    private static void weightedBackwardRow(
            double[] x, double[] e, double[] w, int from, int n, double[] centre, double[] a, double[] b, double[] c) {
        for (int j = 0; j < n; j++) {
            x[from + j] = e[from + j] * a[j] + w[from + j] * ((x[from + j] - centre[j]) * b[j] + c[j]);
        }
    }

    private static void flush(double[] partial, double[] totals) {
        for (int j = 0; j < partial.length; j++) {
            totals[j] += partial[j];
        }
        Arrays.fill(partial, 0);
    }
}
