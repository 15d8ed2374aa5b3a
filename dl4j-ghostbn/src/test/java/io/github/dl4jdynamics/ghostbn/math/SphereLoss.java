/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.math;

/** The simplest scale-invariant loss, {@code w' M w / w' w}, and gradient descent with decay on it. */
final class SphereLoss {
    private final double[][] matrix;

    SphereLoss(double[][] matrix) {
        this.matrix = matrix;
    }

    double value(double[] w) {
        return dot(w, times(w)) / dot(w, w);
    }

    double[] gradient(double[] w) {
        double value = value(w);
        double square = dot(w, w);
        double[] gradient = times(w);
        for (int i = 0; i < w.length; i++) {
            gradient[i] = 2 * (gradient[i] - value * w[i]) / square;
        }
        return gradient;
    }

    static double[] step(double[] w, double[] gradient, double rate, double decay) {
        double[] next = new double[w.length];
        for (int i = 0; i < w.length; i++) {
            next[i] = (1 - decay) * w[i] - rate * gradient[i];
        }
        return next;
    }

    private double[] times(double[] w) {
        double[] product = new double[w.length];
        for (int i = 0; i < w.length; i++) {
            product[i] = dot(matrix[i], w);
        }
        return product;
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
