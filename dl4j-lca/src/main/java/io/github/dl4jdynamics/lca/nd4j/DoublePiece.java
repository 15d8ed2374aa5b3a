/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca.nd4j;

import java.util.Arrays;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A piece in DOUBLE. Products are in loops of their own, which vectorize; sums go through eight accumulators, so that an
 * addition need not wait for the one before.
 */
final class DoublePiece implements StepPiece {
    private final double[] theta = new double[SIZE];
    private final double[] next = new double[SIZE];
    private final double[] sum = new double[SIZE];
    private final double[] end = new double[SIZE];
    private final double[] product = new double[SIZE];
    private final double[] total = new double[SIZE];
    private final int[] outcomes = new int[SIZE];
    private DoubleElements thetaElements;
    private DoubleElements nextElements;
    private DoubleElements sumElements;
    private DoubleElements endElements;
    private DoubleElements keptElements;
    private double a;
    private double b;
    private long position;
    private int n;

    @Override
    public boolean isDirect(PathSegment segment, INDArray scratch) {
        return DoubleElements.isDirect(scratch)
                && DoubleElements.isDirect(segment.theta)
                && DoubleElements.isDirect(segment.next)
                && DoubleElements.isDirect(segment.sum)
                && (segment.b == 0 || DoubleElements.isDirect(segment.end));
    }

    @Override
    public void open(PathSegment segment, INDArray scratch) {
        thetaElements = DoubleElements.of(segment.theta);
        nextElements = DoubleElements.of(segment.next);
        sumElements = DoubleElements.of(segment.sum);
        if (segment.b != 0) {
            endElements = DoubleElements.of(segment.end);
        } else {
            Arrays.fill(end, 0); // 0 times what a pass before has left need not be 0
        }
        keptElements = DoubleElements.of(scratch);
        a = segment.a;
        b = segment.b;
    }

    @Override
    public void close() {
        thetaElements = null;
        nextElements = null;
        sumElements = null;
        endElements = null;
        keptElements = null;
    }

    @Override
    public void allocate(long start, int size) {
        position = start;
        n = size;
        thetaElements.read(start, size, theta);
        nextElements.read(start, size, next);
        sumElements.read(start, size, sum);
        if (endElements != null) {
            endElements.read(start, size, end);
        }
        for (int i = 0; i < size; i++) {
            product[i] = mean(i) * step(i) + 0.0; // no negative zeros, which would count as help
        }
    }

    private double mean(int i) {
        return a * sum[i] + b * end[i];
    }

    private double step(int i) {
        return next[i] - theta[i];
    }

    @Override
    public void keep() {
        keptElements.write(position, n, product);
    }

    @Override
    public void recall(long start, int size) {
        position = start;
        n = size;
        keptElements.read(start, size, product);
    }

    @Override
    public double sum(int from, int to) {
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        double s4 = 0;
        double s5 = 0;
        double s6 = 0;
        double s7 = 0;
        int i = from;
        for (; i + 7 < to; i += 8) {
            s0 += product[i];
            s1 += product[i + 1];
            s2 += product[i + 2];
            s3 += product[i + 3];
            s4 += product[i + 4];
            s5 += product[i + 5];
            s6 += product[i + 6];
            s7 += product[i + 7];
        }
        for (; i < to; i++) {
            s0 += product[i];
        }
        return s0 + s1 + (s2 + s3) + (s4 + s5 + (s6 + s7));
    }

    @Override
    public int addTo(ParameterTotals totals) {
        // Without branches: signs of allocations are as good as random, and a processor that guesses them wrong takes
        // longer than the gradient's share of a parameter.
        for (int i = 0; i < n; i++) {
            long bits = Double.doubleToRawLongBits(product[i]);
            outcomes[i] = ((int) (bits >>> 63) << 16) + (int) (-bits >>> 63);
        }
        int sum = 0;
        for (int i = 0; i < n; i++) {
            sum += outcomes[i];
        }
        totals.add(position, n, product, outcomes, total);
        return sum;
    }

    @Override
    public void projectOnto(double[] direction, double[] products) {
        for (int i = 0; i < n; i++) {
            products[0] += direction[i] * mean(i);
            products[1] += direction[i] * step(i);
        }
    }

    @Override
    public void copyTo(double[] values) {
        for (int i = 0; i < n; i++) {
            values[i] = product[i];
        }
    }
}
