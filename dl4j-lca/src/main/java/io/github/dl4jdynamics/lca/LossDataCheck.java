/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca;

import java.util.Arrays;

import io.github.dl4jdynamics.spectral.oracle.LossData;
import io.github.dl4jdynamics.spectral.oracle.LossOracle;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;

import static com.google.common.base.Preconditions.checkArgument;

/** Whether loss data and basis fit a network, found out with one row of each data set. */
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
        settings.losses.forEach((name, data) -> checkRow(name, data, oracle));
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

    private static void checkRow(String name, LossData data, LossOracle oracle) {
        try {
            oracle.loss(data.first(1));
        } catch (RuntimeException e) {
            MultiDataSet batch = data.batches().get(0);
            throw new IllegalArgumentException(
                    "loss data '" + name + "' must fit the network, got batches with features "
                            + shapes(batch.getFeatures())
                            + " and labels " + shapes(batch.getLabels()) + ", on which it fails: " + e.getMessage()
                            + "; give the data that the network trains on",
                    e);
        }
    }

    private static String shapes(INDArray[] arrays) {
        return Arrays.toString(Arrays.stream(arrays)
                .map(array -> Arrays.toString(array.shape()))
                .toArray());
    }
}
