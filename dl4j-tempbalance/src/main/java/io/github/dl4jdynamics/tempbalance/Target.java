/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance;

/**
 * What the layers' factors act on.
 *
 * @since 0.1
 */
public enum Target {
    /** Learning rate: TempBalance, FARMS, TB_Sigmoid. */
    LEARNING_RATE,
    /** Weight decay of the weights: AlphaDecay (arXiv:2506.14562). */
    WEIGHT_DECAY
}
