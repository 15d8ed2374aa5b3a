/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca.nd4j;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Some neighbouring slices of the parameters, or parts of slices, with sums of their own, for the arrays and units that are
 * reached there. For one thread at a time.
 */
final class PassPart {
    private final List<Range> ranges = new ArrayList<>();
    private final INDArray scratch;
    private final StepPiece piece;
    private final int firstArray;
    private final int firstUnit;
    final AllocationSums sums;

    /** What is done with each piece once its allocations are known. */
    interface PieceAction {
        void run(UnitSlice slice, long position, int n);
    }

    private interface PieceSource {
        void take(long position, int n);
    }

    private PassPart(List<Range> all, INDArray scratch) {
        this.scratch = scratch;
        piece = StepPiece.of(scratch);
        firstArray = all.stream().mapToInt(range -> range.slice.array).min().orElse(0);
        firstUnit = all.stream().mapToInt(Range::lowestUnit).min().orElse(0);
        int arrays = all.stream().mapToInt(range -> range.slice.array + 1).max().orElse(0) - firstArray;
        int units =
                all.stream().mapToInt(range -> range.highestUnit() + 1).max().orElse(0) - firstUnit;
        sums = new AllocationSums(arrays, units);
        all.forEach(range -> ranges.add(range.countedFrom(firstArray, firstUnit)));
    }

    /**
     * Cuts slices into a number of parts of about the same size, at pieces' borders.
     *
     * @param scratch a vector of the length and type of all others, where allocations can be kept
     */
    static List<PassPart> split(List<UnitSlice> slices, int count, INDArray scratch) {
        long total = slices.stream().mapToLong(slice -> slice.to - slice.from).sum();
        List<List<Range>> parts = new ArrayList<>();
        parts.add(new ArrayList<>());
        long before = 0;
        for (UnitSlice slice : slices) {
            long from = slice.from;
            while (from < slice.to) {
                long room = (total * parts.size() + count - 1) / count - before;
                long length = Math.min(slice.to - from, (room + StepPiece.SIZE - 1) / StepPiece.SIZE * StepPiece.SIZE);
                if (length > 0) {
                    parts.get(parts.size() - 1).add(new Range(slice, from, from + length));
                    from += length;
                    before += length;
                }
                if (from < slice.to) {
                    parts.add(new ArrayList<>());
                }
            }
        }
        return parts.stream().map(ranges -> new PassPart(ranges, scratch)).collect(Collectors.toList());
    }

    /** Goes through the part piece by piece. */
    void eachPiece(PathSegment segment, PieceAction action) {
        eachPiece(segment, piece::allocate, action);
    }

    /** Goes through the allocations that were kept, piece by piece. */
    void eachKept(PathSegment segment, PieceAction action) {
        eachPiece(segment, piece::recall, action);
    }

    private void eachPiece(PathSegment segment, PieceSource source, PieceAction action) {
        piece.open(segment, scratch);
        try {
            for (Range range : ranges) {
                for (long position = range.from; position < range.to; position += StepPiece.SIZE) {
                    int n = (int) Math.min(StepPiece.SIZE, range.to - position);
                    source.take(position, n);
                    action.run(range.slice, position, n);
                }
            }
        } finally {
            piece.close();
        }
    }

    /** Whether allocations to a segment can be kept from one pass to the next. */
    boolean isDirect(PathSegment segment) {
        return piece.isDirect(segment, scratch);
    }

    /** The piece that is at hand. */
    StepPiece piece() {
        return piece;
    }

    /**
     * Adds the piece at hand to the part's sums by array and unit.
     *
     * @param slice as the action got it, whose array and units are numbered within this part
     */
    void addUp(UnitSlice slice, long position, int n) {
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

    /** Adds the piece at hand to the totals of its parameters, and counts it among the part's. */
    void book(UnitSlice slice, ParameterTotals totals) {
        int outcomes = piece.addTo(totals);
        int helped = outcomes / StepCounts.HELPED;
        int hurt = outcomes % StepCounts.HELPED;
        sums.helped[slice.array] += helped;
        sums.hurt[slice.array] += hurt;
    }

    /** Forgets what a pass that failed has left. */
    void clear() {
        sums.clear();
    }

    /** Moves the part's sums and counts to others. */
    void drainTo(AllocationSums others) {
        others.add(sums, firstArray, firstUnit);
        sums.clear();
    }

    private static final class Range {
        private final UnitSlice slice;
        private final long from;
        private final long to;

        Range(UnitSlice slice, long from, long to) {
            this.slice = slice;
            this.from = from;
            this.to = to;
        }

        int lowestUnit() {
            return comesRound() ? slice.firstUnit : slice.unit(from);
        }

        int highestUnit() {
            return comesRound() ? slice.firstUnit + slice.units - 1 : slice.unit(to - 1);
        }

        /** Whether the first unit follows the last one within the range. */
        private boolean comesRound() {
            long round = slice.run * slice.units;
            return (from - slice.from) / round < (to - 1 - slice.from) / round;
        }

        /** With arrays and units numbered from these on. */
        Range countedFrom(int firstArray, int firstUnit) {
            UnitSlice within = new UnitSlice(
                    slice.array - firstArray,
                    slice.from,
                    slice.to,
                    slice.run,
                    slice.units,
                    slice.firstUnit - firstUnit);
            return new Range(within, from, to);
        }
    }
}
