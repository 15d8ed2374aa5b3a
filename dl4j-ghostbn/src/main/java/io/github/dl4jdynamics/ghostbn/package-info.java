/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Ghost Batch Normalization: batch statistics of small groups inside a large batch.
 *
 * <p>Hoffer, Hubara, Soudry, "Train longer, generalize better: closing the generalization gap in large batch training of neural networks", NeurIPS 2017,
 * arXiv 1705.08741.
 */
package io.github.dl4jdynamics.ghostbn;
