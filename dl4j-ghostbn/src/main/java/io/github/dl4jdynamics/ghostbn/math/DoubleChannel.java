/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.math;

/**
 * The arithmetic of batch normalization on the first {@code length} values of an array, all of one channel, in double
 * precision. {@link FloatChannel} is the same in single precision, {@link DoubleLanes} is for several channels at once.
 *
 * <p>Sums run in four strands, so that no addition waits for the one before, and begin anew every {@value #RUN} values,
 * so that their rounding error hardly grows with the length. O(length) each; no allocation.
 *
 * @since 0.1.0
 */
public final class DoubleChannel {
    private static final int RUN = 512;

    private DoubleChannel() {}

    /** {@code sum of x}. */
    public static double sum(double[] x, int length) {
        double total = 0;
        for (int from = 0; from < length; from += RUN) {
            int end = Math.min(length, from + RUN);
            double s0 = 0;
            double s1 = 0;
            double s2 = 0;
            double s3 = 0;
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
            total += s0 + s1 + s2 + s3;
        }
        return total;
    }

    /** {@code sum of (x - centre)^2}. */
    public static double squares(double[] x, int length, double centre) {
        double total = 0;
        for (int from = 0; from < length; from += RUN) {
            int end = Math.min(length, from + RUN);
            double s0 = 0;
            double s1 = 0;
            double s2 = 0;
            double s3 = 0;
            int i = from;
            for (; i < end - 3; i += 4) {
                double d0 = x[i] - centre;
                double d1 = x[i + 1] - centre;
                double d2 = x[i + 2] - centre;
                double d3 = x[i + 3] - centre;
                s0 += d0 * d0;
                s1 += d1 * d1;
                s2 += d2 * d2;
                s3 += d3 * d3;
            }
            for (; i < end; i++) {
                double d = x[i] - centre;
                s0 += d * d;
            }
            total += s0 + s1 + s2 + s3;
        }
        return total;
    }

    /** {@code sum of e (x - centre)}. */
    public static double products(double[] x, double[] e, int length, double centre) {
        double total = 0;
        for (int from = 0; from < length; from += RUN) {
            int end = Math.min(length, from + RUN);
            double s0 = 0;
            double s1 = 0;
            double s2 = 0;
            double s3 = 0;
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
            total += s0 + s1 + s2 + s3;
        }
        return total;
    }

    /** {@code sum of w (x - centre)^2}. */
    public static double weightedSquares(double[] x, double[] w, int length, double centre) {
        double total = 0;
        for (int i = 0; i < length; i++) {
            double d = x[i] - centre;
            total += w[i] * d * d;
        }
        return total;
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
}
