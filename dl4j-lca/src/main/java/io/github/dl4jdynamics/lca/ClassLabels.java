/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca;

import java.util.Arrays;
import java.util.Objects;
import java.util.stream.IntStream;

import io.github.dl4jdynamics.spectral.oracle.LossData;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

import static com.google.common.base.Preconditions.checkArgument;

/** Labels that tell classes. */
final class ClassLabels {
    private static final double LARGEST_DEVIATION = 1e-2;

    private ClassLabels() {}

    /**
     * Refuses labels that tell no classes.
     *
     * @throws IllegalArgumentException unless there is one array of labels, of rank 2 and without mask, whose rows sum to 1
     */
    @SuppressWarnings("try") // the workspace scope is left by closing it
    static void check(LossData data) {
        data.batches().forEach(ClassLabels::checkArrays);
        try (MemoryWorkspace outside = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            for (MultiDataSet batch : data.batches()) {
                INDArray sums = batch.getLabels(0).sum(1);
                double off = Math.max(
                        Math.abs(sums.maxNumber().doubleValue() - 1),
                        Math.abs(sums.minNumber().doubleValue() - 1));
                checkArgument(
                        off <= LARGEST_DEVIATION && batch.getLabels(0).size(1) > 1,
                        "labels of loss data '%s' for perClass must be one-hot, in at least 2 columns, got %s columns with "
                                + "rows that sum to %s to %s; leave perClass out for regression",
                        LossChangeAllocationBuilder.TRAIN,
                        batch.getLabels(0).size(1),
                        sums.minNumber(),
                        sums.maxNumber());
            }
        }
    }

    private static void checkArrays(MultiDataSet batch) {
        INDArray[] masks = batch.getLabelsMaskArrays();
        boolean masked = masks != null && Arrays.stream(masks).anyMatch(Objects::nonNull);
        checkArgument(
                batch.getLabels().length == 1 && batch.getLabels(0).rank() == 2 && !masked,
                "labels of loss data '%s' for perClass must be one array of shape [rows, classes] without mask, got arrays of "
                        + "shapes %s %s; leave perClass out, and follow the rows of a class by further(name, data)",
                LossChangeAllocationBuilder.TRAIN,
                LossData.shapes(batch.getLabels()),
                masked ? "with a mask" : "without mask");
    }

    /** 0-based numbers of the classes that have rows, ascending as in {@link LossData#byClass}. */
    static int[] present(LossData data) {
        return IntStream.of(data.classes()).distinct().sorted().toArray();
    }
}
