/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.math;

/**
 * Which examples of a batch form a ghost batch.
 *
 * @since 0.1.0
 */
public enum Grouping {
    /** Neighbours: examples 0 to g-1, then g to 2g-1, and so on. Used by bigBatch, Composer and TabNet; the default. */
    CONTIGUOUS,

    /**
     * With G groups, group j holds the examples j, j+G, j+2G, and so on; used by TensorFlow's
     * {@code virtual_batch_size} and by cifar10-fast. Worth having where neighbours resemble each other, as in a batch
     * sorted by class.
     */
    STRIDED
}
