/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.math;

import java.util.Arrays;

/**
 * The arithmetic of batch normalization on the first {@code length} values of an array, all of one channel, in single
 * precision. {@link DoubleChannel} is the same in double precision, {@link FloatLanes} is for several channels at once.
 *
 * <p>Sums run in {@value #STRANDS} strands over strips copied to the start of an array of their own, which the JIT compiler
 * turns into vector instructions; a sum in one strand keeps every addition waiting for the one before. Each strand is in
 * {@code float}, their total in {@code double}. O(length) each. The strips are kept: one
 * instance for each thread.
 *
 * @since 0.1.0
 */
public final class FloatChannel {
    /** Few strands where there are few values, for the strands have to be added up too. */
    private static final int FEW = 64;

    private static final int STRANDS = 256;

    private final float[] strip = new float[STRANDS];
    private final float[] stripOfE = new float[STRANDS];
    private final float[] stripOfW = new float[STRANDS];
    private final float[] partial = new float[STRANDS];

    /** {@code sum of x}. */
    public double sum(float[] x, int length) {
        int width = begin(length);
        for (int from = 0; from < length; from += width) {
            int n = cut(x, from, length, strip, width);
            for (int j = 0; j < n; j++) {
                partial[j] += strip[j];
            }
        }
        return total(width);
    }

    /** {@code sum of (x - centre)^2}. */
    public double squares(float[] x, int length, float centre) {
        int width = begin(length);
        for (int from = 0; from < length; from += width) {
            int n = cut(x, from, length, strip, width);
            for (int j = 0; j < n; j++) {
                float d = strip[j] - centre;
                partial[j] += d * d;
            }
        }
        return total(width);
    }

    /** {@code sum of e (x - centre)}. */
    public double products(float[] x, float[] e, int length, float centre) {
        int width = begin(length);
        for (int from = 0; from < length; from += width) {
            int n = cut(x, from, length, strip, width);
            cut(e, from, length, stripOfE, width);
            for (int j = 0; j < n; j++) {
                partial[j] += stripOfE[j] * (strip[j] - centre);
            }
        }
        return total(width);
    }

    /** {@code sum of w (x - centre)^2}. */
    public double weightedSquares(float[] x, float[] w, int length, float centre) {
        int width = begin(length);
        for (int from = 0; from < length; from += width) {
            int n = cut(x, from, length, strip, width);
            cut(w, from, length, stripOfW, width);
            for (int j = 0; j < n; j++) {
                float d = strip[j] - centre;
                partial[j] += stripOfW[j] * d * d;
            }
        }
        return total(width);
    }

    /** {@code x <- (x - centre) scale + shift}; subtracting first keeps the digits of a mean far from zero. */
    public void normalise(float[] x, int length, float centre, float scale, float shift) {
        for (int i = 0; i < length; i++) {
            x[i] = (x[i] - centre) * scale + shift;
        }
    }

    /** {@code x <- e a + (x - centre) b + c}. */
    public void backward(float[] x, float[] e, int length, float centre, float a, float b, float c) {
        for (int i = 0; i < length; i++) {
            x[i] = e[i] * a + (x[i] - centre) * b + c;
        }
    }

    /** {@code x <- e a + w ((x - centre) b + c)}. */
    public void weightedBackward(float[] x, float[] e, float[] w, int length, float centre, float a, float b, float c) {
        for (int i = 0; i < length; i++) {
            x[i] = e[i] * a + w[i] * ((x[i] - centre) * b + c);
        }
    }

    /** Clears the sums of as many strands as are worth it. */
    private int begin(int length) {
        Arrays.fill(partial, 0);
        return length < STRANDS * 16 ? FEW : STRANDS;
    }

    private static int cut(float[] x, int from, int length, float[] strip, int width) {
        int n = Math.min(width, length - from);
        System.arraycopy(x, from, strip, 0, n);
        return n;
    }

    private double total(int width) {
        double total = 0;
        for (int j = 0; j < width; j++) {
            total += partial[j];
        }
        return total;
    }
}
