/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca.nd4j;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.Arrays;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A piece in FLOAT. Products are in loops of their own, which vectorize; sums go through eight accumulators, so that an
 * addition need not wait for the one before.
 */
final class FloatPiece implements StepPiece {
    private final float[] theta = new float[SIZE];
    private final float[] next = new float[SIZE];
    private final float[] sum = new float[SIZE];
    private final float[] end = new float[SIZE];
    private final float[] product = new float[SIZE];
    private final float[] total = new float[SIZE];
    private final int[] outcomes = new int[SIZE];

    /** The same memory as floats and as their bits. */
    private final FloatBuffer floats;

    private final IntBuffer ints;
    private FloatElements thetaElements;
    private FloatElements nextElements;
    private FloatElements sumElements;
    private FloatElements endElements;
    private FloatElements keptElements;
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
    public boolean isDirect(PathSegment segment, INDArray scratch) {
        return FloatElements.isDirect(scratch)
                && FloatElements.isDirect(segment.theta)
                && FloatElements.isDirect(segment.next)
                && FloatElements.isDirect(segment.sum)
                && (segment.b == 0 || FloatElements.isDirect(segment.end));
    }

    @Override
    public void open(PathSegment segment, INDArray scratch) {
        thetaElements = FloatElements.of(segment.theta);
        nextElements = FloatElements.of(segment.next);
        sumElements = FloatElements.of(segment.sum);
        if (segment.b != 0) {
            endElements = FloatElements.of(segment.end);
        } else {
            Arrays.fill(end, 0); // 0 times what a pass before has left need not be 0
        }
        keptElements = FloatElements.of(scratch);
        a = (float) segment.a;
        b = (float) segment.b;
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
            product[i] = mean(i) * step(i) + 0.0f; // no negative zeros, which would count as help
        }
    }

    private float mean(int i) {
        return a * sum[i] + b * end[i];
    }

    private float step(int i) {
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
