/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j;

import java.util.Random;

import org.nd4j.linalg.api.ndarray.INDArray;

/** Test matrices as plain arrays of rows, and naive algebra on them. */
final class Matrices {

    private Matrices() {}

    static double[][] random(int rows, int cols, long seed) {
        Random random = new Random(seed);
        double[][] a = new double[rows][cols];
        for (double[] row : a) {
            for (int j = 0; j < cols; j++) {
                row[j] = random.nextGaussian();
            }
        }
        return a;
    }

    /** Positive and negative eigenvalues. */
    static double[][] symmetric(int n, long seed) {
        double[][] a = random(n, n, seed);
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < i; j++) {
                a[i][j] = a[j][i];
            }
        }
        return a;
    }

    static double[][] positiveDefinite(int n, long seed) {
        double[][] b = random(n, n + 3, seed);
        double[][] a = times(b, transpose(b));
        for (int i = 0; i < n; i++) {
            a[i][i] += 1;
        }
        return a;
    }

    static double[][] times(double[][] a, double[][] b) {
        double[][] c = new double[a.length][b[0].length];
        for (int i = 0; i < a.length; i++) {
            for (int j = 0; j < b[0].length; j++) {
                for (int k = 0; k < b.length; k++) {
                    c[i][j] += a[i][k] * b[k][j];
                }
            }
        }
        return c;
    }

    static double[][] transpose(double[][] a) {
        double[][] t = new double[a[0].length][a.length];
        for (int i = 0; i < a.length; i++) {
            for (int j = 0; j < a[0].length; j++) {
                t[j][i] = a[i][j];
            }
        }
        return t;
    }

    static double[][] identity(int n) {
        return diagonal(new double[n], 1);
    }

    static double[][] diagonal(double[] values, double shift) {
        double[][] d = new double[values.length][values.length];
        for (int i = 0; i < values.length; i++) {
            d[i][i] = values[i] + shift;
        }
        return d;
    }

    static double[][] rows(INDArray matrix) {
        return matrix.toDoubleMatrix();
    }

    static double[] flat(double[][] a) {
        double[] to = new double[a.length * a[0].length];
        for (int i = 0; i < a.length; i++) {
            System.arraycopy(a[i], 0, to, i * a[0].length, a[0].length);
        }
        return to;
    }

    /** Largest entry of the difference. */
    static double distance(double[][] a, double[][] b) {
        double largest = 0;
        for (int i = 0; i < a.length; i++) {
            for (int j = 0; j < a[0].length; j++) {
                largest = Math.max(largest, Math.abs(a[i][j] - b[i][j]));
            }
        }
        return largest;
    }
}
