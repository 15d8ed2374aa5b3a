/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.math;

/**
 * The arithmetic of batch normalization on the first {@code length} values of an array, all of one channel, in single
 * precision. {@link DoubleChannel} is the same in double precision, {@link FloatLanes} is for several channels at once.
 *
 * <p>Sums run in {@value #STRANDS} strands over strips copied to the start of an array of their own, which the JIT compiler
 * turns into vector instructions; a sum in one strand keeps every addition waiting for the one before. Each strand is in
 * {@code float}, their total in {@code double}. O(length) each; allocates a few strips.
 *
 * @since 0.1.0
 */
public final class FloatChannel {
    /** Few strands where there are few values, for the strands have to be added up too. */
    private static final int FEW = 64;

    private static final int STRANDS = 256;

    private FloatChannel() {}

    /** {@code sum of x}. */
    public static double sum(float[] x, int length) {
        float[] strip = new float[strands(length)];
        float[] partial = new float[strip.length];
        for (int from = 0; from < length; from += strip.length) {
            int n = cut(x, from, length, strip);
            for (int j = 0; j < n; j++) {
                partial[j] += strip[j];
            }
        }
        return total(partial);
    }

    /** {@code sum of (x - centre)^2}. */
    public static double squares(float[] x, int length, float centre) {
        float[] strip = new float[strands(length)];
        float[] partial = new float[strip.length];
        for (int from = 0; from < length; from += strip.length) {
            int n = cut(x, from, length, strip);
            for (int j = 0; j < n; j++) {
                float d = strip[j] - centre;
                partial[j] += d * d;
            }
        }
        return total(partial);
    }

    /** {@code sum of e (x - centre)}. */
    public static double products(float[] x, float[] e, int length, float centre) {
        float[] strip = new float[strands(length)];
        float[] stripOfE = new float[strip.length];
        float[] partial = new float[strip.length];
        for (int from = 0; from < length; from += strip.length) {
            int n = cut(x, from, length, strip);
            cut(e, from, length, stripOfE);
            for (int j = 0; j < n; j++) {
                partial[j] += stripOfE[j] * (strip[j] - centre);
            }
        }
        return total(partial);
    }

    /** {@code sum of w (x - centre)^2}. */
    public static double weightedSquares(float[] x, float[] w, int length, float centre) {
        float[] strip = new float[strands(length)];
        float[] stripOfW = new float[strip.length];
        float[] partial = new float[strip.length];
        for (int from = 0; from < length; from += strip.length) {
            int n = cut(x, from, length, strip);
            cut(w, from, length, stripOfW);
            for (int j = 0; j < n; j++) {
                float d = strip[j] - centre;
                partial[j] += stripOfW[j] * d * d;
            }
        }
        return total(partial);
    }

    /** {@code x <- (x - centre) scale + shift}; subtracting first keeps the digits of a mean far from zero. */
    public static void normalise(float[] x, int length, float centre, float scale, float shift) {
        for (int i = 0; i < length; i++) {
            x[i] = (x[i] - centre) * scale + shift;
        }
    }

    /** {@code x <- e a + (x - centre) b + c}. */
    public static void backward(float[] x, float[] e, int length, float centre, float a, float b, float c) {
        for (int i = 0; i < length; i++) {
            x[i] = e[i] * a + (x[i] - centre) * b + c;
        }
    }

    /** {@code x <- e a + w ((x - centre) b + c)}. */
    public static void weightedBackward(
            float[] x, float[] e, float[] w, int length, float centre, float a, float b, float c) {
        for (int i = 0; i < length; i++) {
            x[i] = e[i] * a + w[i] * ((x[i] - centre) * b + c);
        }
    }

    private static int strands(int length) {
        return length < STRANDS * 16 ? FEW : STRANDS;
    }

    private static int cut(float[] x, int from, int length, float[] strip) {
        int n = Math.min(strip.length, length - from);
        System.arraycopy(x, from, strip, 0, n);
        return n;
    }

    private static double total(float[] partial) {
        double total = 0;
        for (float strand : partial) {
            total += strand;
        }
        return total;
    }
}
