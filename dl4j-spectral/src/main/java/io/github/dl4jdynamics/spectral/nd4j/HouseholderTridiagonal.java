/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j;

import java.util.Arrays;

/**
 * Householder reduction of a symmetric matrix to tridiagonal form, without the transformation.
 *
 * <pre>{@code
 * v   = x - beta e1,  beta = -sign(x1) ||x||,  tau = 2 / v.v      x = column k below the diagonal
 * w   = y - (tau y.v / 2) v,  y = tau A v
 * A   = A - v w^T - w v^T                                         the trailing block
 * }</pre>
 *
 * <p>The rank-two update of one step and the product {@code A v} of the next go over the matrix together, row by row,
 * which halves the memory traffic. About {@code 2 n^3} flops, as both triangles are kept so that rows are contiguous.
 *
 * <p>G. H. Golub and C. F. Van Loan, Matrix Computations, 4th edition, algorithm 8.3.1.
 */
final class HouseholderTridiagonal {

    private HouseholderTridiagonal() {}

    /** Reduces a matrix given with both triangles; overwrites it. */
    static Tridiagonal reduce(double[][] a) {
        int n = a.length;
        int exponent = scaleToOne(a);
        double[] diagonal = new double[n];
        double[] offDiagonal = new double[n - 1];
        double[] v = new double[n];
        double[] w = new double[n];
        double[] x = new double[n];
        double[] y = new double[n];
        for (int k = 0; k < n; k++) {
            double[] row = a[k];
            update(row, v[k], w[k], v, w, k);
            diagonal[k] = Math.scalb(row[k], exponent);
            if (k == n - 1) {
                break;
            }
            System.arraycopy(row, k + 1, x, k + 1, n - k - 1);
            double beta = reflector(x, k + 1);
            double tau = x[k + 1] == 0 ? 0 : 1 / Math.abs(beta * x[k + 1]);
            offDiagonal[k] = Math.scalb(beta, exponent);
            Arrays.fill(y, k + 1, n, 0);
            for (int i = k + 1; i < n; i++) {
                update(a[i], v[i], w[i], v, w, k + 1);
                addScaled(a[i], tau * x[i], y, k + 1);
            }
            double half = -0.5 * tau * dot(x, y, k + 1);
            addScaled(x, half, y, k + 1);
            double[] spent = v;
            v = x;
            x = spent;
            spent = w;
            w = y;
            y = spent;
        }
        return new Tridiagonal(diagonal, offDiagonal);
    }

    /** Turns x[from...] into the Householder vector, zero if there is nothing to eliminate; returns beta. */
    private static double reflector(double[] x, int from) {
        double first = x[from];
        double tail = dot(x, x, from + 1);
        if (tail == 0) {
            Arrays.fill(x, from, x.length, 0);
            return first;
        }
        double beta = -Math.copySign(Math.sqrt(tail + first * first), first);
        x[from] = first - beta;
        return beta;
    }

    private static void update(double[] row, double vi, double wi, double[] v, double[] w, int from) {
        for (int j = from; j < row.length; j++) {
            row[j] -= vi * w[j] + wi * v[j];
        }
    }

    private static void addScaled(double[] from, double factor, double[] to, int start) {
        for (int j = start; j < to.length; j++) {
            to[j] += factor * from[j];
        }
    }

    private static double dot(double[] a, double[] b, int from) {
        double sum = 0;
        for (int j = from; j < a.length; j++) {
            sum += a[j] * b[j];
        }
        return sum;
    }

    /** Divides by a power of two, so that squares neither overflow nor vanish; returns its exponent. */
    private static int scaleToOne(double[][] a) {
        double largest = Double.MIN_NORMAL;
        for (double[] row : a) {
            for (double entry : row) {
                largest = Math.max(largest, Math.abs(entry));
            }
        }
        int exponent = Math.getExponent(largest);
        for (double[] row : a) {
            for (int j = 0; j < row.length; j++) {
                row[j] = Math.scalb(row[j], -exponent);
            }
        }
        return exponent;
    }
}
