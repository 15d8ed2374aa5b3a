/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.math;

import java.util.Arrays;

/**
 * The arithmetic of batch normalization on several channels side by side, in single precision: the first {@code length}
 * values of an array, value i of channel {@code i % lanes}. {@link DoubleLanes} is the same in double precision,
 * {@link FloatChannel} is for one channel.
 *
 * <p>Strips of at least {@value #WIDTH} values are copied to the start of an array of their own and worked on there: the
 * JIT compiler turns loops from 0 into vector instructions, loops from an offset it does not, and the copy costs less than
 * that gains. Coefficients are repeated as often as a strip repeats its channels.
 *
 * <p>Sums are taken in {@code float} over {@value #RUN} strips, then in {@code double}: their rounding error does not grow
 * with the number of values. O(length) each. The strips are kept: one instance for
 * each thread.
 *
 * @since 0.1.0
 */
public final class FloatLanes {
    private static final int WIDTH = 256;
    private static final int RUN = 64;

    private float[] strip = {};
    private float[] stripOfE = {};
    private float[] stripOfW = {};
    private float[] partial = {};
    private final float[][] wide = new float[4][0];

    /** {@code totals[j] += sum of x of channel j}. */
    public void sum(float[] x, int length, int lanes, double[] totals) {
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
    public void squares(float[] x, int length, int lanes, float[] centre, double[] totals) {
        int width = resize(lanes);
        float[] m = repeat(centre, lanes, 0);
        for (int from = 0; from < length; from += width) {
            int n = cut(x, from, length, strip);
            for (int j = 0; j < n; j++) {
                float d = strip[j] - m[j];
                partial[j] += d * d;
            }
            flushAfterRun(from, width, partial, lanes, totals);
        }
        flush(partial, lanes, totals);
    }

    /** {@code totals[j] += sum of e (x - centre[j]) of channel j}. */
    public void products(float[] x, float[] e, int length, int lanes, float[] centre, double[] totals) {
        int width = resize(lanes);
        float[] m = repeat(centre, lanes, 0);
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
    public void weightedSquares(float[] x, float[] w, int length, int lanes, float[] centre, double[] totals) {
        int width = resize(lanes);
        float[] m = repeat(centre, lanes, 0);
        for (int from = 0; from < length; from += width) {
            int n = cut(x, from, length, strip);
            cut(w, from, length, stripOfW);
            for (int j = 0; j < n; j++) {
                float d = strip[j] - m[j];
                partial[j] += stripOfW[j] * d * d;
            }
            flushAfterRun(from, width, partial, lanes, totals);
        }
        flush(partial, lanes, totals);
    }

    /** {@code x <- (x - centre[j]) scale[j] + shift[j]}; subtracting first keeps the digits of a mean far from zero. */
    public void normalise(float[] x, int length, int lanes, float[] centre, float[] scale, float[] shift) {
        int width = resize(lanes);
        float[] m = repeat(centre, lanes, 0);
        float[] s = repeat(scale, lanes, 1);
        float[] t = repeat(shift, lanes, 2);
        for (int from = 0; from < length; from += width) {
            int n = cut(x, from, length, strip);
            for (int j = 0; j < n; j++) {
                strip[j] = (strip[j] - m[j]) * s[j] + t[j];
            }
            System.arraycopy(strip, 0, x, from, n);
        }
    }

    /** {@code x <- e a[j] + (x - centre[j]) b[j] + c[j]}. */
    public void backward(float[] x, float[] e, int length, int lanes, float[] centre, float[] a, float[] b, float[] c) {
        int width = resize(lanes);
        float[] m = repeat(centre, lanes, 0);
        float[] wideA = repeat(a, lanes, 1);
        float[] wideB = repeat(b, lanes, 2);
        float[] wideC = repeat(c, lanes, 3);
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
            float[] x, float[] e, float[] w, int length, int lanes, float[] centre, float[] a, float[] b, float[] c) {
        int width = resize(lanes);
        float[] m = repeat(centre, lanes, 0);
        float[] wideA = repeat(a, lanes, 1);
        float[] wideB = repeat(b, lanes, 2);
        float[] wideC = repeat(c, lanes, 3);
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
            strip = new float[width];
            stripOfE = new float[width];
            stripOfW = new float[width];
            partial = new float[width];
        }
        return width;
    }

    private static int cut(float[] x, int from, int length, float[] strip) {
        int n = Math.min(strip.length, length - from);
        System.arraycopy(x, from, strip, 0, n);
        return n;
    }

    private float[] repeat(float[] values, int lanes, int slot) {
        if (strip.length == lanes && values.length == lanes) {
            return values;
        }
        if (wide[slot].length != strip.length) {
            wide[slot] = new float[strip.length];
        }
        for (int at = 0; at < strip.length; at += lanes) {
            System.arraycopy(values, 0, wide[slot], at, lanes);
        }
        return wide[slot];
    }

    private static void flushAfterRun(int from, int width, float[] partial, int lanes, double[] totals) {
        if (from / width % RUN == RUN - 1) {
            flush(partial, lanes, totals);
        }
    }

    private static void flush(float[] partial, int lanes, double[] totals) {
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
