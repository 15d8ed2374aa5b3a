/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca.nd4j;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A piece in DOUBLE. Products are in loops of their own, which vectorize; sums go through four accumulators, so that an
 * addition need not wait for the one before.
 */
final class DoublePiece implements StepPiece {
    private final double[] theta = new double[SIZE];
    private final double[] step = new double[SIZE];
    private final double[] sum = new double[SIZE];
    private final double[] end = new double[SIZE];
    private final double[] product = new double[SIZE];
    private DoubleReader thetaReader;
    private DoubleReader nextReader;
    private DoubleReader sumReader;
    private DoubleReader endReader;
    private long position;
    private int n;

    @Override
    public void open(INDArray from, INDArray to, INDArray s, INDArray g) {
        thetaReader = DoubleReader.of(from);
        nextReader = DoubleReader.of(to);
        sumReader = DoubleReader.of(s);
        endReader = s == g ? null : DoubleReader.of(g);
    }

    @Override
    public void read(long start, int size) {
        position = start;
        n = size;
        thetaReader.read(start, size, theta);
        nextReader.read(start, size, step);
        for (int i = 0; i < size; i++) {
            step[i] -= theta[i];
        }
        sumReader.read(start, size, sum);
        if (endReader != null) {
            endReader.read(start, size, end);
        }
    }

    @Override
    public double projectSum() {
        multiply(sum);
        return sum(0, n);
    }

    @Override
    public double projectEnd() {
        multiply(endReader == null ? sum : end);
        return sum(0, n);
    }

    private void multiply(double[] gradient) {
        for (int i = 0; i < n; i++) {
            product[i] = gradient[i] * step[i];
        }
    }

    @Override
    public void allocate(double a, double b) {
        mean(a, b);
        for (int i = 0; i < n; i++) {
            product[i] = product[i] * step[i] + 0.0; // no negative zeros, which would count as help
        }
    }

    private void mean(double a, double b) {
        if (b == 0) {
            for (int i = 0; i < n; i++) {
                product[i] = a * sum[i];
            }
        } else if (a == 0) {
            for (int i = 0; i < n; i++) {
                product[i] = b * end[i];
            }
        } else {
            for (int i = 0; i < n; i++) {
                product[i] = a * sum[i] + b * end[i];
            }
        }
    }

    @Override
    public double sum(int from, int to) {
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        int i = from;
        for (; i + 3 < to; i += 4) {
            s0 += product[i];
            s1 += product[i + 1];
            s2 += product[i + 2];
            s3 += product[i + 3];
        }
        for (; i < to; i++) {
            s0 += product[i];
        }
        return s0 + s1 + (s2 + s3);
    }

    @Override
    public void addTo(ParameterTotals totals, long[] counts) {
        totals.add(position, n, product, counts);
    }

    @Override
    public void projectOnto(double[] direction, double a, double c, double[] products) {
        mean(a, c);
        for (int i = 0; i < n; i++) {
            products[0] += direction[i] * product[i];
            products[1] += direction[i] * step[i];
        }
    }

    @Override
    public void copyTo(double[] values) {
        for (int i = 0; i < n; i++) {
            values[i] = product[i];
        }
    }
}
