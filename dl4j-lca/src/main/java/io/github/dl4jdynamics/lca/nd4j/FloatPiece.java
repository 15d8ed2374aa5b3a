/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca.nd4j;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;

/**
 * A piece in FLOAT. Products are in loops of their own, which vectorize; sums go through four accumulators, so that an
 * addition need not wait for the one before.
 */
final class FloatPiece implements StepPiece {
    private final float[] theta = new float[SIZE];
    private final float[] step = new float[SIZE];
    private final float[] mean = new float[SIZE];
    private final float[] end = new float[SIZE];
    private final float[] product = new float[SIZE];
    private final int[] outcomes = new int[SIZE];

    /** The same memory as floats and as their bits. */
    private final FloatBuffer floats;

    private final IntBuffer ints;
    private FloatReader thetaReader;
    private FloatReader nextReader;
    private FloatReader sumReader;
    private FloatReader endReader;
    private float a;
    private float b;
    private long position;
    private int n;

    FloatPiece() {
        ByteBuffer bytes = ByteBuffer.allocateDirect(Float.BYTES * SIZE).order(ByteOrder.nativeOrder());
        floats = bytes.asFloatBuffer();
        ints = bytes.asIntBuffer();
    }

    @Override
    public boolean isDirect(PathSegment segment) {
        return FloatReader.isDirect(segment.theta)
                && FloatReader.isDirect(segment.next)
                && FloatReader.isDirect(segment.sum)
                && (segment.b == 0 || FloatReader.isDirect(segment.end));
    }

    @Override
    public void open(PathSegment segment) {
        thetaReader = FloatReader.of(segment.theta);
        nextReader = FloatReader.of(segment.next);
        sumReader = FloatReader.of(segment.sum);
        endReader = segment.b == 0 ? null : FloatReader.of(segment.end);
        a = (float) segment.a;
        b = (float) segment.b;
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
            product[i] = mean[i] * step[i] + 0.0f; // no negative zeros, which would count as help
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
        floats.position(0);
        floats.put(product, 0, n);
        ints.position(0);
        ints.get(outcomes, 0, n); // a number without negative zeros has the sign of its bits
        for (int i = 0; i < n; i++) {
            outcomes[i] = (outcomes[i] >>> 31 << 16) + (-outcomes[i] >>> 31);
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
