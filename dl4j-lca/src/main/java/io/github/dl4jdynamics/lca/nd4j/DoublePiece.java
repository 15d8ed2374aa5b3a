/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca.nd4j;

/**
 * A piece in DOUBLE. Products are in loops of their own, which vectorize; sums go through four accumulators, so that an
 * addition need not wait for the one before.
 */
final class DoublePiece implements StepPiece {
    private final double[] theta = new double[SIZE];
    private final double[] step = new double[SIZE];
    private final double[] mean = new double[SIZE];
    private final double[] end = new double[SIZE];
    private final double[] product = new double[SIZE];
    private final int[] outcomes = new int[SIZE];
    private DoubleReader thetaReader;
    private DoubleReader nextReader;
    private DoubleReader sumReader;
    private DoubleReader endReader;
    private double a;
    private double b;
    private long position;
    private int n;

    @Override
    public boolean isDirect(PathSegment segment) {
        return DoubleReader.isDirect(segment.theta)
                && DoubleReader.isDirect(segment.next)
                && DoubleReader.isDirect(segment.sum)
                && (segment.b == 0 || DoubleReader.isDirect(segment.end));
    }

    @Override
    public void open(PathSegment segment) {
        thetaReader = DoubleReader.of(segment.theta);
        nextReader = DoubleReader.of(segment.next);
        sumReader = DoubleReader.of(segment.sum);
        endReader = segment.b == 0 ? null : DoubleReader.of(segment.end);
        a = segment.a;
        b = segment.b;
    }

    @Override
    public void close() {
        thetaReader = null;
        nextReader = null;
        sumReader = null;
        endReader = null;
    }

    @Override
    public void allocate(long start, int size) {
        position = start;
        n = size;
        thetaReader.read(start, size, theta);
        nextReader.read(start, size, step);
        for (int i = 0; i < size; i++) {
            step[i] -= theta[i];
        }
        average();
        for (int i = 0; i < size; i++) {
            product[i] = mean[i] * step[i] + 0.0; // no negative zeros, which would count as help
        }
    }

    private void average() {
        sumReader.read(position, n, mean);
        for (int i = 0; i < n; i++) {
            mean[i] *= a;
        }
        if (endReader != null) {
            endReader.read(position, n, end);
            for (int i = 0; i < n; i++) {
                mean[i] += b * end[i];
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
        totals.add(position, n, product, outcomes);
        return sum;
    }

    @Override
    public void projectOnto(double[] direction, double[] products) {
        for (int i = 0; i < n; i++) {
            products[0] += direction[i] * mean[i];
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
