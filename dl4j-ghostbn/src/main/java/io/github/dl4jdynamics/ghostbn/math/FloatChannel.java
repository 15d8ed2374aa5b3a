/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.math;

/**
 * The arithmetic of batch normalization on the first {@code length} values of an array, all of one channel, in single
 * precision. {@link DoubleChannel} is the same in double precision, {@link FloatLanes} is for several channels at once.
 *
 * <p>Sums run in four strands, so that no addition waits for the one before; they are taken in {@code float} over
 * {@value #RUN} values, then in {@code double}, so that their rounding error does not grow with the length. O(length)
 * each; no allocation.
 *
 * @since 0.1.0
 */
public final class FloatChannel {
    private static final int RUN = 512;

    private FloatChannel() {}

    /** {@code sum of x}. */
    public static double sum(float[] x, int length) {
        double total = 0;
        for (int from = 0; from < length; from += RUN) {
            int end = Math.min(length, from + RUN);
            float s0 = 0;
            float s1 = 0;
            float s2 = 0;
            float s3 = 0;
            int i = from;
            for (; i < end - 3; i += 4) {
                s0 += x[i];
                s1 += x[i + 1];
                s2 += x[i + 2];
                s3 += x[i + 3];
            }
            for (; i < end; i++) {
                s0 += x[i];
            }
            total += (double) s0 + s1 + s2 + s3;
        }
        return total;
    }

    /** {@code sum of (x - centre)^2}. */
    public static double squares(float[] x, int length, float centre) {
        double total = 0;
        for (int from = 0; from < length; from += RUN) {
            int end = Math.min(length, from + RUN);
            float s0 = 0;
            float s1 = 0;
            float s2 = 0;
            float s3 = 0;
            int i = from;
            for (; i < end - 3; i += 4) {
                float d0 = x[i] - centre;
                float d1 = x[i + 1] - centre;
                float d2 = x[i + 2] - centre;
                float d3 = x[i + 3] - centre;
                s0 += d0 * d0;
                s1 += d1 * d1;
                s2 += d2 * d2;
                s3 += d3 * d3;
            }
            for (; i < end; i++) {
                float d = x[i] - centre;
                s0 += d * d;
            }
            total += (double) s0 + s1 + s2 + s3;
        }
        return total;
    }

    /** {@code sum of e (x - centre)}. */
    public static double products(float[] x, float[] e, int length, float centre) {
        double total = 0;
        for (int from = 0; from < length; from += RUN) {
            int end = Math.min(length, from + RUN);
            float s0 = 0;
            float s1 = 0;
            float s2 = 0;
            float s3 = 0;
            int i = from;
            for (; i < end - 3; i += 4) {
                s0 += e[i] * (x[i] - centre);
                s1 += e[i + 1] * (x[i + 1] - centre);
                s2 += e[i + 2] * (x[i + 2] - centre);
                s3 += e[i + 3] * (x[i + 3] - centre);
            }
            for (; i < end; i++) {
                s0 += e[i] * (x[i] - centre);
            }
            total += (double) s0 + s1 + s2 + s3;
        }
        return total;
    }

    /** {@code sum of w (x - centre)^2}. */
    public static double weightedSquares(float[] x, float[] w, int length, float centre) {
        double total = 0;
        for (int i = 0; i < length; i++) {
            float d = x[i] - centre;
            total += w[i] * d * d;
        }
        return total;
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
}
