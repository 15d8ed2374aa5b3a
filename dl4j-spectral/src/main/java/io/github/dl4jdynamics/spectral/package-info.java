/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Weight spectra of Deeplearning4j networks, and the shared base of the other dl4j-dynamics modules.
 *
 * <p>Three floors, stairs go one way: {@code math} (arrays in, immutable values out) below {@code nd4j} ({@code INDArray}
 * to numbers) below the Deeplearning4j glue ({@code weights}, {@code rates}, {@code report}).
 */
package io.github.dl4jdynamics.spectral;
