/* SPDX-License-Identifier: Apache-2.0 */
/** Learning rates of live networks: schedules that compose, and their installation per layer. */
package io.github.dl4jdynamics.spectral.rates;
