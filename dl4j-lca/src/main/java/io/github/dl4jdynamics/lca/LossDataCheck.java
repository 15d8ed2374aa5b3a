/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca;

import java.io.IOException;
import java.util.HashSet;
import java.util.Set;

import io.github.dl4jdynamics.lca.dump.AllocationDump;
import io.github.dl4jdynamics.spectral.oracle.LossData;
import io.github.dl4jdynamics.spectral.oracle.LossOracle;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;

import static com.google.common.base.Preconditions.checkArgument;

/** Whether loss data and basis fit a network, found out with one gradient on batches of each shape in each data set. */
final class LossDataCheck {
    private LossDataCheck() {}

    static void check(LossChangeAllocationBuilder settings, Model net) {
        check(
                settings,
                LossOracle.builder(net)
                        .batchNormalization(settings.batchNormalization)
                        .regularization(settings.regularization)
                        .build());
    }

    static void check(LossChangeAllocationBuilder settings, LossOracle oracle) {
        try (INDArray scratch = oracle.zeros()) {
            settings.losses.forEach((name, data) -> {
                Set<String> seen = new HashSet<>();
                for (MultiDataSet batch : data.batches()) {
                    if (seen.add(LossData.shapes(batch.getFeatures()) + LossData.shapes(batch.getLabels()))) {
                        checkBatch(name, batch, oracle, scratch);
                    }
                }
            });
        }
        if (settings.perClass) {
            ClassLabels.check(settings.losses.get(LossChangeAllocationBuilder.TRAIN));
        }
        checkArgument(
                settings.basis == null
                        || settings.basis.size(1) == oracle.mask().length(),
                "directions of the basis must have as many elements as the network has parameters, %s, got %s",
                oracle.mask().length(),
                settings.basis == null ? 0 : settings.basis.size(1));
    }

    /** Refuses a folder that a dump cannot be started in; makes it if it does not exist. */
    static void checkFolder(LossChangeAllocationBuilder settings) {
        try {
            if (settings.dump != null) {
                AllocationDump.prepare(settings.dump);
            }
        } catch (IOException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private static void checkBatch(String name, MultiDataSet batch, LossOracle oracle, INDArray scratch) {
        try {
            oracle.addGradient(LossData.of(batch), 1, scratch);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(
                    "loss data '" + name + "' must fit the network, got batches with features "
                            + LossData.shapes(batch.getFeatures())
                            + " and labels " + LossData.shapes(batch.getLabels()) + ", on which it fails: "
                            + e.getMessage()
                            + "; give the data that the network trains on",
                    e);
        }
    }
}
