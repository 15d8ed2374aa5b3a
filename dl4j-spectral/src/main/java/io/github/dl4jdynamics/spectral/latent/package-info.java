/* SPDX-License-Identifier: Apache-2.0 */
/** Principal components of activations as part of the loss. */
package io.github.dl4jdynamics.spectral.latent;
