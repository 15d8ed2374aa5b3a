/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca.nd4j;

import java.util.List;

import com.google.common.collect.ImmutableList;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Passes over the parameters of a step in pieces, so that no vector of allocations is ever made.
 *
 * <pre>{@code
 * A_i = (a S_i + b G_i) (theta'_i - theta_i)
 * }</pre>
 *
 * <p>S is a sum of gradients within the segment, G the gradient at its end. Arithmetic is in double. For one thread.
 */
public final class AllocationPass {
    private static final int PIECE = 2048;

    private final ImmutableList<UnitSlice> slices;
    private final double[] before = new double[PIECE];
    private final double[] after = new double[PIECE];
    private final double[] sum = new double[PIECE];
    private final double[] end = new double[PIECE];
    private final double[] allocation = new double[PIECE];

    /** What receives the allocations of each piece as they are computed. */
    public interface Sink {
        /** Takes the allocations of {@code n} neighbouring parameters; the array is used again afterwards. */
        void accept(long from, int n, double[] allocations);
    }

    /** A pass over the given slices, in their order. */
    public AllocationPass(List<UnitSlice> slices) {
        this.slices = ImmutableList.copyOf(slices);
    }

    /** {@code sum_i S_i (theta'_i - theta_i)} and {@code sum_i G_i (theta'_i - theta_i)}. */
    public double[] projections(INDArray from, INDArray to, INDArray s, INDArray g) {
        VectorReader beforeReader = VectorReader.of(from);
        VectorReader afterReader = VectorReader.of(to);
        VectorReader sumReader = VectorReader.of(s);
        VectorReader endReader = VectorReader.of(g);
        double ofSum = 0;
        double ofEnd = 0;
        for (UnitSlice slice : slices) {
            for (long position = slice.from; position < slice.to; position += PIECE) {
                int n = (int) Math.min(PIECE, slice.to - position);
                beforeReader.read(position, n, before);
                afterReader.read(position, n, after);
                sumReader.read(position, n, sum);
                endReader.read(position, n, end);
                double pieceOfSum = 0;
                double pieceOfEnd = 0;
                for (int i = 0; i < n; i++) {
                    double step = after[i] - before[i];
                    pieceOfSum += sum[i] * step;
                    pieceOfEnd += end[i] * step;
                }
                ofSum += pieceOfSum;
                ofEnd += pieceOfEnd;
            }
        }
        return new double[] {ofSum, ofEnd};
    }

    /**
     * Allocates a step.
     *
     * @param from theta
     * @param to theta'
     * @param s S
     * @param a its factor
     * @param g G
     * @param b its factor; with 0, G is not read
     * @param sums receives the sums and counts of this pass
     * @param sink receives the allocations themselves
     */
    public void allocate(
            INDArray from, INDArray to, INDArray s, double a, INDArray g, double b, AllocationSums sums, Sink sink) {
        VectorReader beforeReader = VectorReader.of(from);
        VectorReader afterReader = VectorReader.of(to);
        VectorReader sumReader = VectorReader.of(s);
        VectorReader endReader = b == 0 ? null : VectorReader.of(g);
        for (UnitSlice slice : slices) {
            for (long position = slice.from; position < slice.to; position += PIECE) {
                int n = (int) Math.min(PIECE, slice.to - position);
                beforeReader.read(position, n, before);
                afterReader.read(position, n, after);
                sumReader.read(position, n, sum);
                if (endReader == null) {
                    for (int i = 0; i < n; i++) {
                        allocation[i] = a * sum[i] * (after[i] - before[i]);
                    }
                } else {
                    endReader.read(position, n, end);
                    for (int i = 0; i < n; i++) {
                        allocation[i] = (a * sum[i] + b * end[i]) * (after[i] - before[i]);
                    }
                }
                book(slice, position, n, sums);
                sink.accept(position, n, allocation);
            }
        }
    }

    /** Allocation to a direction b instead of to single parameters: {@code <b, a S + b G> <b, theta' - theta>}. */
    public double alongDirection(
            INDArray from, INDArray to, INDArray s, double a, INDArray g, double b, INDArray direction) {
        VectorReader directionReader = VectorReader.of(direction);
        double[] piece = new double[PIECE];
        double[] products = new double[2];
        VectorReader beforeReader = VectorReader.of(from);
        VectorReader afterReader = VectorReader.of(to);
        VectorReader sumReader = VectorReader.of(s);
        VectorReader endReader = VectorReader.of(g);
        for (UnitSlice slice : slices) {
            for (long position = slice.from; position < slice.to; position += PIECE) {
                int n = (int) Math.min(PIECE, slice.to - position);
                directionReader.read(position, n, piece);
                beforeReader.read(position, n, before);
                afterReader.read(position, n, after);
                sumReader.read(position, n, sum);
                endReader.read(position, n, end);
                for (int i = 0; i < n; i++) {
                    double gradient = (a == 0 ? 0 : a * sum[i]) + (b == 0 ? 0 : b * end[i]);
                    products[0] += piece[i] * gradient;
                    products[1] += piece[i] * (after[i] - before[i]);
                }
            }
        }
        return products[0] * products[1];
    }

    private void book(UnitSlice slice, long position, int n, AllocationSums sums) {
        int helped = 0;
        int hurt = 0;
        for (int i = 0; i < n; i++) {
            helped += allocation[i] < 0 ? 1 : 0;
            hurt += allocation[i] > 0 ? 1 : 0;
        }
        sums.helped[slice.array] += helped;
        sums.hurt[slice.array] += hurt;
        sums.neither[slice.array] += n - helped - hurt;

        double total = 0;
        long within = position - slice.from;
        for (int i = 0; i < n; ) {
            int unit = slice.unit(position + i);
            int end = (int) Math.min(n, i + slice.run - (within + i) % slice.run);
            double ofUnit = 0;
            for (; i < end; i++) {
                ofUnit += allocation[i];
            }
            sums.units[unit] += ofUnit;
            total += ofUnit;
        }
        sums.arrays[slice.array] += total;
    }
}
