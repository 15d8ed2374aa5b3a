/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.oracle;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

import static com.google.common.base.Preconditions.checkArgument;

/** The class of each row, read off its labels. */
final class RowClasses {
    private final List<MultiDataSet> batches;
    private final int[] classes;
    private final int count;

    @SuppressWarnings("try") // the workspace scope is left by closing it
    RowClasses(List<MultiDataSet> batches) {
        this.batches = batches;
        int[] all = {};
        int columns = 0;
        try (MemoryWorkspace outside = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            for (MultiDataSet batch : batches) {
                INDArray[] masks = batch.getLabelsMaskArrays();
                checkArgument(
                        batch.getLabels().length == 1
                                && batch.getLabels(0).rank() == 2
                                && (masks == null || masks[0] == null),
                        "loss data by class must have one array of labels, of shape [rows, classes], without mask, got %s "
                                + "arrays, the first of shape %s, %s",
                        batch.getLabels().length,
                        Arrays.toString(batch.getLabels(0).shape()),
                        masks == null || masks[0] == null ? "no mask" : "a mask");
                int[] ofBatch = batch.getLabels(0).argMax(1).toIntVector();
                columns = (int) batch.getLabels(0).size(1);
                int before = all.length;
                all = Arrays.copyOf(all, before + ofBatch.length);
                System.arraycopy(ofBatch, 0, all, before, ofBatch.length);
            }
        }
        classes = all;
        count = columns;
    }

    /** 0-based class of each row over all batches; a copy. */
    int[] ofRows() {
        return classes.clone();
    }

    /** Number of classes that the labels can tell. */
    int count() {
        return count;
    }

    /** 0-based rows of a class over all batches, ascending. */
    int[] rowsOf(int one) {
        return IntStream.range(0, classes.length)
                .filter(row -> classes[row] == one)
                .toArray();
    }

    /** The batches with all rows of other classes masked; batches without a row of the class are left out. */
    @SuppressWarnings("try") // the workspace scope is left by closing it
    List<MultiDataSet> masked(int one) {
        List<MultiDataSet> masked = new ArrayList<>();
        int start = 0;
        try (MemoryWorkspace outside = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            for (MultiDataSet batch : batches) {
                int rows = (int) LossData.rows(batch);
                INDArray mask = Nd4j.zeros(batch.getLabels(0).dataType(), rows, 1);
                boolean some = false;
                for (int row = 0; row < rows; row++) {
                    if (classes[start + row] == one) {
                        mask.putScalar(row, 0, 1);
                        some = true;
                    }
                }
                start += rows;
                if (some) {
                    masked.add(new org.nd4j.linalg.dataset.MultiDataSet(
                            batch.getFeatures(), batch.getLabels(), batch.getFeaturesMaskArrays(), new INDArray[] {mask
                            }));
                }
            }
        }
        return masked;
    }
}
