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
 * <p>S is a sum of gradients within the segment, G the gradient at its end. For one thread.
 */
public final class AllocationPass {
    private final ImmutableList<UnitSlice> slices;
    private final StepPiece piece;
    private final double[] values = new double[StepPiece.SIZE];
    private final long[] counts = new long[2];

    /** What receives the allocations of each piece as they are computed. */
    public interface Sink {
        /** Takes the allocations of {@code n} neighbouring parameters; the array is used again afterwards. */
        void accept(int n, double[] allocations);
    }

    /**
     * A pass over some slices, in their order.
     *
     * @param like a vector of the type of all others
     */
    public AllocationPass(List<UnitSlice> slices, INDArray like) {
        this.slices = ImmutableList.copyOf(slices);
        this.piece = StepPiece.of(like);
    }

    /** {@code sum_i S_i (theta'_i - theta_i)} and {@code sum_i G_i (theta'_i - theta_i)}. */
    public double[] projections(INDArray theta, INDArray next, INDArray s, INDArray g) {
        double[] sums = new double[2];
        eachPiece(theta, next, s, g, (slice, position, n) -> {
            sums[0] += piece.projectSum();
            sums[1] += piece.projectEnd();
        });
        return sums;
    }

    /**
     * Allocates a step.
     *
     * @param theta before it
     * @param next after it
     * @param s S
     * @param a its factor
     * @param g G; may be S if its factor is 0
     * @param b its factor
     * @param sums receives the sums and counts of this pass
     * @param totals receives the allocations
     */
    public void allocate(
            INDArray theta,
            INDArray next,
            INDArray s,
            double a,
            INDArray g,
            double b,
            AllocationSums sums,
            ParameterTotals totals) {
        eachPiece(theta, next, s, g, (slice, position, n) -> book(slice, position, n, a, b, sums, totals));
    }

    /** Allocates a step and shows each piece's allocations too. */
    public void allocate(
            INDArray theta,
            INDArray next,
            INDArray s,
            double a,
            INDArray g,
            double b,
            AllocationSums sums,
            ParameterTotals totals,
            Sink sink) {
        eachPiece(theta, next, s, g, (slice, position, n) -> {
            book(slice, position, n, a, b, sums, totals);
            piece.copyTo(values);
            sink.accept(n, values);
        });
    }

    /** Allocation to a direction d instead of to single parameters: {@code <d, a S + b G> <d, theta' - theta>}. */
    public double alongDirection(
            INDArray theta, INDArray next, INDArray s, double a, INDArray g, double b, INDArray direction) {
        DoubleReader reader = DoubleReader.of(direction);
        double[] products = new double[2];
        eachPiece(theta, next, s, g, (slice, position, n) -> {
            reader.read(position, n, values);
            piece.projectOnto(values, a, b, products);
        });
        return products[0] * products[1];
    }

    private interface PieceAction {
        void run(UnitSlice slice, long position, int n);
    }

    private void eachPiece(INDArray theta, INDArray next, INDArray s, INDArray g, PieceAction action) {
        piece.open(theta, next, s, g);
        for (UnitSlice slice : slices) {
            for (long position = slice.from; position < slice.to; position += StepPiece.SIZE) {
                int n = (int) Math.min(StepPiece.SIZE, slice.to - position);
                piece.read(position, n);
                action.run(slice, position, n);
            }
        }
    }

    private void book(
            UnitSlice slice, long position, int n, double a, double b, AllocationSums sums, ParameterTotals totals) {
        piece.allocate(a, b);
        counts[0] = 0;
        counts[1] = 0;
        piece.addTo(totals, counts);
        sums.helped[slice.array] += counts[0];
        sums.hurt[slice.array] += counts[1];
        sums.neither[slice.array] += n - counts[0] - counts[1];
        double total = 0;
        long within = position - slice.from;
        for (int i = 0; i < n; ) {
            int unit = slice.unit(position + i);
            int end = (int) Math.min(n, i + slice.run - (within + i) % slice.run);
            double ofUnit = piece.sum(i, end);
            sums.units[unit] += ofUnit;
            total += ofUnit;
            i = end;
        }
        sums.arrays[slice.array] += total;
    }
}
