/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Normalisation of {@code INDArray}s: direct kernels on CPU memory and a path of ND4J operations for every other backend.
 */
package io.github.dl4jdynamics.ghostbn.nd4j;
