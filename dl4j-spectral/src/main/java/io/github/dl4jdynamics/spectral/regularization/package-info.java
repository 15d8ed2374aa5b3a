/* SPDX-License-Identifier: Apache-2.0 */
/** Penalties on the spectrum of weights, for layers of unmodified networks. */
package io.github.dl4jdynamics.spectral.regularization;
