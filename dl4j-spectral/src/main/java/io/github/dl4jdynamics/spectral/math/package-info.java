/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Weight spectra as pure mathematics: from the shapes of a layer's matrices to the windows that are measured, and from
 * their eigenvalues to tail exponents and other spectral metrics.
 *
 * <p>The walk: {@link io.github.dl4jdynamics.spectral.math.MatrixGroup} says which matrices there are,
 * {@link io.github.dl4jdynamics.spectral.math.EsdEstimator} which windows of them are pooled, a solver outside this
 * package turns each window {@code W} into the eigenvalues of {@code W W^T},
 * {@link io.github.dl4jdynamics.spectral.math.EigenvalueSpectrum} holds them,
 * {@link io.github.dl4jdynamics.spectral.math.TailFitter} finds the tail exponent alpha, and
 * {@link io.github.dl4jdynamics.spectral.math.SpectrumMetric} computes every number of the layer tables.
 *
 * <p>Arrays in, immutable values out: the JDK and Guava only.
 */
package io.github.dl4jdynamics.spectral.math;
