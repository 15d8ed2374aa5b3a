/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.math;

/**
 * The arithmetic of batch normalization on the first {@code length} values of an array, all of one channel, in double
 * precision. {@link FloatChannel} is the same in single precision, {@link DoubleLanes} is for several channels at once.
 *
 * <p>Sums run in {@value #STRANDS} strands over strips copied to the start of an array of their own, which the JIT compiler
 * turns into vector instructions; a sum in one strand keeps every addition waiting for the one before. O(length) each;
 * allocates a few strips.
 *
 * @since 0.1.0
 */
public final class DoubleChannel {
    /** Few strands where there are few values, for the strands have to be added up too. */
    private static final int FEW = 64;

    private static final int STRANDS = 256;

    private DoubleChannel() {}

    /** {@code sum of x}. */
    public static double sum(double[] x, int length) {
        double[] strip = new double[strands(length)];
        double[] partial = new double[strip.length];
        for (int from = 0; from < length; from += strip.length) {
            int n = cut(x, from, length, strip);
            for (int j = 0; j < n; j++) {
                partial[j] += strip[j];
            }
        }
        return total(partial);
    }

    /** {@code sum of (x - centre)^2}. */
    public static double squares(double[] x, int length, double centre) {
        double[] strip = new double[strands(length)];
        double[] partial = new double[strip.length];
        for (int from = 0; from < length; from += strip.length) {
            int n = cut(x, from, length, strip);
            for (int j = 0; j < n; j++) {
                double d = strip[j] - centre;
                partial[j] += d * d;
            }
        }
        return total(partial);
    }

    /** {@code sum of e (x - centre)}. */
    public static double products(double[] x, double[] e, int length, double centre) {
        double[] strip = new double[strands(length)];
        double[] stripOfE = new double[strip.length];
        double[] partial = new double[strip.length];
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
    public static double weightedSquares(double[] x, double[] w, int length, double centre) {
        double[] strip = new double[strands(length)];
        double[] stripOfW = new double[strip.length];
        double[] partial = new double[strip.length];
        for (int from = 0; from < length; from += strip.length) {
            int n = cut(x, from, length, strip);
            cut(w, from, length, stripOfW);
            for (int j = 0; j < n; j++) {
                double d = strip[j] - centre;
                partial[j] += stripOfW[j] * d * d;
            }
        }
        return total(partial);
    }

    /** {@code x <- (x - centre) scale + shift}; subtracting first keeps the digits of a mean far from zero. */
    public static void normalise(double[] x, int length, double centre, double scale, double shift) {
        for (int i = 0; i < length; i++) {
            x[i] = (x[i] - centre) * scale + shift;
        }
    }

    /** {@code x <- e a + (x - centre) b + c}. */
    public static void backward(double[] x, double[] e, int length, double centre, double a, double b, double c) {
        for (int i = 0; i < length; i++) {
            x[i] = e[i] * a + (x[i] - centre) * b + c;
        }
    }

    /** {@code x <- e a + w ((x - centre) b + c)}. */
    public static void weightedBackward(
            double[] x, double[] e, double[] w, int length, double centre, double a, double b, double c) {
        for (int i = 0; i < length; i++) {
            x[i] = e[i] * a + w[i] * ((x[i] - centre) * b + c);
        }
    }

    private static int strands(int length) {
        return length < STRANDS * 16 ? FEW : STRANDS;
    }

    private static int cut(double[] x, int from, int length, double[] strip) {
        int n = Math.min(strip.length, length - from);
        System.arraycopy(x, from, strip, 0, n);
        return n;
    }

    private static double total(double[] partial) {
        double total = 0;
        for (double strand : partial) {
            total += strand;
        }
        return total;
    }
}
