/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca.nd4j;

import java.lang.ref.WeakReference;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

import com.google.common.base.Throwables;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Passes over the parameters of a {@link PathSegment} in pieces. Many parameters that can be read from where they lie are
 * passed over by several threads, of Java's common pool; results do not depend on how many there are.
 */
public final class AllocationPass {
    /** Parameters that are worth another thread: some 0.5 ms. */
    private static final int SMALLEST_PART = 64 * StepPiece.SIZE;

    private static final int MOST_PARTS = 16;

    private final List<PassPart> parts;
    private final boolean concurrent;
    private final double[] values = new double[StepPiece.SIZE];

    /** The segment whose allocations are in the scratch vector, until they are booked. */
    private WeakReference<PathSegment> kept = new WeakReference<>(null);

    /** What receives the allocations of each piece as they are computed. */
    public interface Sink {
        /** Takes the allocations of {@code n} neighbouring parameters; the array is used again afterwards. */
        void accept(int n, double[] allocations);
    }

    /**
     * A pass over some slices, in their order.
     *
     * @param scratch a vector of the length and type of all others, in which {@link #sum} leaves allocations for the
     *     {@code book} of the same segment; nothing else may write to it between the two
     */
    public AllocationPass(List<UnitSlice> slices, INDArray scratch) {
        long length = slices.stream().mapToLong(slice -> slice.to - slice.from).sum();
        parts = PassPart.split(slices, (int) Math.max(1, Math.min(MOST_PARTS, length / SMALLEST_PART)), scratch);
        concurrent = parts.size() > 1;
    }

    /** Sums the allocations up by array and unit; counts nothing. */
    public void sum(PathSegment segment, AllocationSums sums) {
        kept.clear();
        boolean keeping = parts.stream().allMatch(part -> part.isDirect(segment));
        each(
                segment,
                part -> part.eachPiece(segment, (slice, position, n) -> {
                    part.addUp(slice, position, n);
                    if (keeping) {
                        part.piece().keep();
                    }
                }));
        drainTo(sums);
        kept = new WeakReference<>(keeping ? segment : null);
    }

    /** Adds the allocations to the totals of their parameters, and counts them. */
    public void book(PathSegment segment, AllocationSums sums, ParameterTotals totals) {
        totals.beginStep();
        each(segment, part -> eachPiece(part, segment, (slice, position, n) -> part.book(slice, totals)));
        drainTo(sums);
        kept.clear();
    }

    /** Adds the allocations to the totals of their parameters, counts them, and shows each piece in order. */
    public void book(PathSegment segment, AllocationSums sums, ParameterTotals totals, Sink sink) {
        totals.beginStep();
        parts.forEach(PassPart::clear);
        for (PassPart part : parts) {
            eachPiece(part, segment, (slice, position, n) -> {
                part.book(slice, totals);
                part.piece().copyTo(values);
                sink.accept(n, values);
            });
        }
        drainTo(sums);
        kept.clear();
    }

    private void eachPiece(PassPart part, PathSegment segment, PassPart.PieceAction action) {
        if (segment == kept.get()) {
            part.eachKept(segment, action);
        } else {
            part.eachPiece(segment, action);
        }
    }

    /** Sums and books at once. */
    public void allocate(PathSegment segment, AllocationSums sums, ParameterTotals totals) {
        totals.beginStep();
        each(
                segment,
                part -> part.eachPiece(segment, (slice, position, n) -> {
                    part.addUp(slice, position, n);
                    part.book(slice, totals);
                }));
        drainTo(sums);
    }

    /** Allocation to a direction d instead of to single parameters: {@code <d, a S + b G> <d, theta' - theta>}. */
    public double alongDirection(PathSegment segment, INDArray direction) {
        DoubleElements reader = DoubleElements.of(direction);
        double[] products = new double[2];
        for (PassPart part : parts) {
            part.eachPiece(segment, (slice, position, n) -> {
                reader.read(position, n, values);
                part.piece().projectOnto(values, products);
            });
        }
        return products[0] * products[1];
    }

    /**
     * Whatever goes wrong in a part, all have ended when this does: their arrays are needed for the next pass. Copies of
     * pieces are made by operations of ND4J, which have no business in threads that others share: those go in one thread.
     */
    private void each(PathSegment segment, Consumer<PassPart> action) {
        parts.forEach(PassPart::clear);
        if (!concurrent || !parts.get(0).isDirect(segment)) {
            parts.forEach(action);
            return;
        }
        Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
        parts.parallelStream().forEach(part -> {
            try {
                action.accept(part);
            } catch (RuntimeException | Error e) {
                failures.add(e);
            }
        });
        if (!failures.isEmpty()) {
            Throwables.throwIfUnchecked(failures.peek());
        }
    }

    /** In order, since a sum of doubles depends on it. */
    private void drainTo(AllocationSums sums) {
        parts.forEach(part -> part.drainTo(sums));
    }
}
