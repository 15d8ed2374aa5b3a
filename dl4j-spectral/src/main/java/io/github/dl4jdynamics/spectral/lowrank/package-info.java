/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Smaller networks out of trained ones: weight matrices of low rank become two thin layers.
 *
 * <p>Start with {@link io.github.dl4jdynamics.spectral.lowrank.LowRankFactorization}.
 */
package io.github.dl4jdynamics.spectral.lowrank;
