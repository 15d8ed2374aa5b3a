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

/** Rows of several batches put together into one. */
final class BatchRows {
    private BatchRows() {}

    /** A batch of some rows; numbers are 0-based over all batches, ascending. */
    @SuppressWarnings("try") // the workspace scope is left by closing it
    static MultiDataSet gather(List<MultiDataSet> batches, int[] rows) {
        try (MemoryWorkspace outside = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            return new org.nd4j.linalg.dataset.MultiDataSet(
                    gather(batches, rows, MultiDataSet::getFeatures),
                    gather(batches, rows, MultiDataSet::getLabels),
                    gather(batches, rows, MultiDataSet::getFeaturesMaskArrays),
                    gather(batches, rows, MultiDataSet::getLabelsMaskArrays));
        }
    }

    private static INDArray[] gather(List<MultiDataSet> batches, int[] rows, Function<MultiDataSet, INDArray[]> which) {
        INDArray[] first = which.apply(batches.get(0));
        if (first == null) {
            return null;
        }
        INDArray[] gathered = new INDArray[first.length];
        for (int a = 0; a < first.length; a++) {
            gathered[a] = first[a] == null ? null : gather(batches, rows, which, a);
        }
        return gathered;
    }

    private static INDArray gather(
            List<MultiDataSet> batches, int[] rows, Function<MultiDataSet, INDArray[]> which, int array) {
        List<INDArray> pieces = new ArrayList<>();
        long start = 0;
        int next = 0;
        for (MultiDataSet batch : batches) {
            long end = start + LossData.rows(batch);
            while (next < rows.length && rows[next] < end) {
                int from = next;
                while (next < rows.length && rows[next] < end && rows[next] - rows[from] == next - from) {
                    next++;
                }
                pieces.add(rows(which.apply(batch)[array], rows[from] - start, rows[next - 1] + 1 - start));
            }
            start = end;
        }
        return pieces.size() == 1 ? pieces.get(0).dup() : Nd4j.concat(0, pieces.toArray(new INDArray[0]));
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
