/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.oracle;

/** What batch normalization normalizes with while a {@link LossOracle} computes. */
public enum BatchNormalizationMode {
    /**
     * Mean and variance of each batch of the {@link LossData}, as in training and as in the reference code of loss change
     * allocation. The loss then depends on how the data are cut into batches, and not on the running statistics.
     */
    BATCH_STATISTICS,

    /**
     * Running mean and variance, as at inference: each layer is a fixed affine map. The loss depends on the running
     * statistics, which count as parameters with their true gradient.
     *
     * <p>DL4J-M2.1: the framework's own backward pass after an inference forward pass differentiates through batch
     * statistics all the same; the private copy has a layer of its own here.
     */
    RUNNING_STATISTICS
}
