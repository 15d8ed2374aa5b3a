/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.oracle;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

import static com.google.common.base.Preconditions.checkArgument;

/** Rows of several batches put together into one. */
final class BatchRows {
    private BatchRows() {}

    /**
     * A batch of some rows; numbers are 0-based over all batches, ascending. Where only some of the rows come with a mask,
     * the others get one of ones.
     *
     * @throws IllegalArgumentException if the rows differ in shape
     */
    @SuppressWarnings("try") // the workspace scope is left by closing it
    static MultiDataSet gather(List<MultiDataSet> batches, int[] rows) {
        try (MemoryWorkspace outside = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            List<Range> ranges = ranges(batches, rows);
            return new org.nd4j.linalg.dataset.MultiDataSet(
                    gather(ranges, MultiDataSet::getFeatures, "features"),
                    gather(ranges, MultiDataSet::getLabels, "labels"),
                    gather(ranges, MultiDataSet::getFeaturesMaskArrays, "features masks"),
                    gather(ranges, MultiDataSet::getLabelsMaskArrays, "labels masks"));
        }
    }

    /** Neighbouring rows of one batch; 0-based in that batch. */
    private static final class Range {
        private final MultiDataSet batch;
        private final long from;
        private final long to;

        Range(MultiDataSet batch, long from, long to) {
            this.batch = batch;
            this.from = from;
            this.to = to;
        }
    }

    private static List<Range> ranges(List<MultiDataSet> batches, int[] rows) {
        List<Range> ranges = new ArrayList<>();
        long start = 0;
        int next = 0;
        for (MultiDataSet batch : batches) {
            long end = start + LossData.rows(batch);
            while (next < rows.length && rows[next] < end) {
                int from = next;
                while (next < rows.length && rows[next] < end && rows[next] - rows[from] == next - from) {
                    next++;
                }
                ranges.add(new Range(batch, rows[from] - start, rows[next - 1] + 1 - start));
            }
            start = end;
        }
        return ranges;
    }

    private static INDArray[] gather(List<Range> ranges, Function<MultiDataSet, INDArray[]> which, String what) {
        INDArray[] like = {};
        for (Range range : ranges) {
            INDArray[] arrays = which.apply(range.batch);
            like = arrays == null ? like : merged(like, arrays, what);
        }
        INDArray[] gathered = new INDArray[like.length];
        for (int a = 0; a < like.length; a++) {
            gathered[a] = like[a] == null ? null : gather(ranges, which, a, like[a]);
        }
        return gathered.length == 0 ? null : gathered;
    }

    /** The first arrays there are, once it is clear that others can be put below them. */
    private static INDArray[] merged(INDArray[] first, INDArray[] others, String what) {
        boolean same = first.length == 0 || first.length == others.length;
        INDArray[] merged = others.clone();
        for (int a = 0; same && a < first.length; a++) {
            same = first[a] == null || others[a] == null || Arrays.equals(shapeOfRow(first[a]), shapeOfRow(others[a]));
            merged[a] = first[a] == null ? others[a] : first[a];
        }
        checkArgument(
                same,
                "rows of the loss data that come into one batch must be of one shape, got %s of shapes %s and %s; pad "
                        + "sequences to one length and mask them",
                what,
                LossData.shapes(first),
                LossData.shapes(others));
        return merged;
    }

    private static long[] shapeOfRow(INDArray array) {
        return Arrays.copyOfRange(array.shape(), 1, array.rank());
    }

    private static INDArray gather(
            List<Range> ranges, Function<MultiDataSet, INDArray[]> which, int array, INDArray like) {
        List<INDArray> pieces = new ArrayList<>();
        for (Range range : ranges) {
            INDArray[] arrays = which.apply(range.batch);
            pieces.add(
                    arrays == null || arrays[array] == null
                            ? ones(range.to - range.from, like)
                            : rows(arrays[array], range.from, range.to));
        }
        return pieces.size() == 1 ? pieces.get(0).dup() : Nd4j.concat(0, pieces.toArray(new INDArray[0]));
    }

    /** Of masks alone; features and labels are always there. */
    private static INDArray ones(long rows, INDArray like) {
        long[] shape = like.shape().clone();
        shape[0] = rows;
        return Nd4j.ones(like.dataType(), shape);
    }

    private static INDArray rows(INDArray array, long from, long to) {
        INDArrayIndex[] index = new INDArrayIndex[array.rank()];
        Arrays.fill(index, NDArrayIndex.all());
        index[0] = NDArrayIndex.interval(from, to);
        return array.get(index);
    }

    /** Copies outside any workspace; null stays null. */
    static INDArray[] copies(INDArray[] arrays) {
        return arrays == null
                ? null
                : Arrays.stream(arrays)
                        .map(array -> array == null ? null : array.dup())
                        .toArray(INDArray[]::new);
    }
}
