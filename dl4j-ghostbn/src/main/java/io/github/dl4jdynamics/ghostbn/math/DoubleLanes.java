/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.math;

import java.util.Arrays;

/**
 * The arithmetic of batch normalization on several channels side by side, in double precision: the first {@code length}
 * values of an array, value i of channel {@code i % lanes}. {@link FloatLanes} is the same in single precision,
 * {@link DoubleChannel} is for one channel.
 *
 * <p>Strips of at least {@value #WIDTH} values are copied to the start of an array of their own and worked on there: the
 * JIT compiler turns loops from 0 into vector instructions, loops from an offset it does not, and the copy costs less than
 * that gains. Coefficients are repeated as often as a strip repeats its channels.
 *
 * <p>Sums are taken over {@value #RUN} strips, then over those runs: their rounding error hardly grows with the number of
 * values. O(length) each. The strips are kept: one instance for
 * each thread.
 *
 * @since 0.1.0
 */
public final class DoubleLanes {
    private static final int WIDTH = 256;
    private static final int RUN = 64;

    private double[] strip = {};
    private double[] stripOfE = {};
    private double[] stripOfW = {};
    private double[] partial = {};
    private final double[][] wide = new double[4][0];

    /** {@code totals[j] += sum of x of channel j}. */
    public void sum(double[] x, int length, int lanes, double[] totals) {
        int width = resize(lanes);
        for (int from = 0; from < length; from += width) {
            int n = cut(x, from, length, strip);
            for (int j = 0; j < n; j++) {
                partial[j] += strip[j];
            }
            flushAfterRun(from, width, partial, lanes, totals);
        }
        flush(partial, lanes, totals);
    }

    /** {@code totals[j] += sum of (x - centre[j])^2 of channel j}. */
    public void squares(double[] x, int length, int lanes, double[] centre, double[] totals) {
        int width = resize(lanes);
        double[] m = repeat(centre, lanes, 0);
        for (int from = 0; from < length; from += width) {
            int n = cut(x, from, length, strip);
            for (int j = 0; j < n; j++) {
                double d = strip[j] - m[j];
                partial[j] += d * d;
            }
            flushAfterRun(from, width, partial, lanes, totals);
        }
        flush(partial, lanes, totals);
    }

    /** {@code totals[j] += sum of e (x - centre[j]) of channel j}. */
    public void products(double[] x, double[] e, int length, int lanes, double[] centre, double[] totals) {
        int width = resize(lanes);
        double[] m = repeat(centre, lanes, 0);
        for (int from = 0; from < length; from += width) {
            int n = cut(x, from, length, strip);
            cut(e, from, length, stripOfE);
            for (int j = 0; j < n; j++) {
                partial[j] += stripOfE[j] * (strip[j] - m[j]);
            }
            flushAfterRun(from, width, partial, lanes, totals);
        }
        flush(partial, lanes, totals);
    }

    /** {@code totals[j] += sum of w (x - centre[j])^2 of channel j}. */
    public void weightedSquares(double[] x, double[] w, int length, int lanes, double[] centre, double[] totals) {
        int width = resize(lanes);
        double[] m = repeat(centre, lanes, 0);
        for (int from = 0; from < length; from += width) {
            int n = cut(x, from, length, strip);
            cut(w, from, length, stripOfW);
            for (int j = 0; j < n; j++) {
                double d = strip[j] - m[j];
                partial[j] += stripOfW[j] * d * d;
            }
            flushAfterRun(from, width, partial, lanes, totals);
        }
        flush(partial, lanes, totals);
    }

    /** {@code x <- (x - centre[j]) scale[j] + shift[j]}; subtracting first keeps the digits of a mean far from zero. */
    public void normalise(double[] x, int length, int lanes, double[] centre, double[] scale, double[] shift) {
        int width = resize(lanes);
        double[] m = repeat(centre, lanes, 0);
        double[] s = repeat(scale, lanes, 1);
        double[] t = repeat(shift, lanes, 2);
        for (int from = 0; from < length; from += width) {
            int n = cut(x, from, length, strip);
            for (int j = 0; j < n; j++) {
                strip[j] = (strip[j] - m[j]) * s[j] + t[j];
            }
            System.arraycopy(strip, 0, x, from, n);
        }
    }

    /** {@code x <- e a[j] + (x - centre[j]) b[j] + c[j]}. */
    public void backward(
            double[] x, double[] e, int length, int lanes, double[] centre, double[] a, double[] b, double[] c) {
        int width = resize(lanes);
        double[] m = repeat(centre, lanes, 0);
        double[] wideA = repeat(a, lanes, 1);
        double[] wideB = repeat(b, lanes, 2);
        double[] wideC = repeat(c, lanes, 3);
        for (int from = 0; from < length; from += width) {
            int n = cut(x, from, length, strip);
            cut(e, from, length, stripOfE);
            for (int j = 0; j < n; j++) {
                strip[j] = stripOfE[j] * wideA[j] + (strip[j] - m[j]) * wideB[j] + wideC[j];
            }
            System.arraycopy(strip, 0, x, from, n);
        }
    }

    /** {@code x <- e a[j] + w ((x - centre[j]) b[j] + c[j])}. */
    public void weightedBackward(
            double[] x,
            double[] e,
            double[] w,
            int length,
            int lanes,
            double[] centre,
            double[] a,
            double[] b,
            double[] c) {
        int width = resize(lanes);
        double[] m = repeat(centre, lanes, 0);
        double[] wideA = repeat(a, lanes, 1);
        double[] wideB = repeat(b, lanes, 2);
        double[] wideC = repeat(c, lanes, 3);
        for (int from = 0; from < length; from += width) {
            int n = cut(x, from, length, strip);
            cut(e, from, length, stripOfE);
            cut(w, from, length, stripOfW);
            for (int j = 0; j < n; j++) {
                strip[j] = stripOfE[j] * wideA[j] + stripOfW[j] * ((strip[j] - m[j]) * wideB[j] + wideC[j]);
            }
            System.arraycopy(strip, 0, x, from, n);
        }
    }

    /** Makes strips of the smallest multiple of the lanes that is long enough, with sums of 0. */
    private int resize(int lanes) {
        int width = (WIDTH + lanes - 1) / lanes * lanes;
        if (strip.length != width) {
            strip = new double[width];
            stripOfE = new double[width];
            stripOfW = new double[width];
            partial = new double[width];
        }
        return width;
    }

    private static int cut(double[] x, int from, int length, double[] strip) {
        int n = Math.min(strip.length, length - from);
        System.arraycopy(x, from, strip, 0, n);
        return n;
    }

    private double[] repeat(double[] values, int lanes, int slot) {
        if (strip.length == lanes && values.length == lanes) {
            return values;
        }
        if (wide[slot].length != strip.length) {
            wide[slot] = new double[strip.length];
        }
        for (int at = 0; at < strip.length; at += lanes) {
            System.arraycopy(values, 0, wide[slot], at, lanes);
        }
        return wide[slot];
    }

    private static void flushAfterRun(int from, int width, double[] partial, int lanes, double[] totals) {
        if (from / width % RUN == RUN - 1) {
            flush(partial, lanes, totals);
        }
    }

    private static void flush(double[] partial, int lanes, double[] totals) {
        for (int j = 0; j < lanes; j++) {
            totals[j] += partial[j];
        }
        for (int at = lanes; at < partial.length; at += lanes) {
            for (int j = 0; j < lanes; j++) {
                totals[j] += partial[at + j];
            }
        }
        Arrays.fill(partial, 0);
    }
}
