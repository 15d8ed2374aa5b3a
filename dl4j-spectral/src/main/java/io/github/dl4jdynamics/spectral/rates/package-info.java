/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Layer-wise learning rates and weight decays on unmodified networks, and schedules that Deeplearning4j lacks.
 *
 * <p>{@link io.github.dl4jdynamics.spectral.rates.LayerRates} and
 * {@link io.github.dl4jdynamics.spectral.rates.LayerDecays} install a schedule per layer; factors then change between
 * updates at no cost.
 */
package io.github.dl4jdynamics.spectral.rates;
