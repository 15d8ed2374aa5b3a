/* SPDX-License-Identifier: Apache-2.0 */
/** Layer-wise learning rates from heavy-tailed weight spectra: TempBalance, FARMS, TB_Sigmoid. */
package io.github.dl4jdynamics.tempbalance;
