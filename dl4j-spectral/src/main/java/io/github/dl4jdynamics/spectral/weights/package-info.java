/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Weight spectra of a network: which matrices its layers hold, their eigenvalues, the tail fit and all metrics.
 *
 * <p>Start with {@link io.github.dl4jdynamics.spectral.weights.WeightSpectrumAnalyzer}.
 */
package io.github.dl4jdynamics.spectral.weights;
