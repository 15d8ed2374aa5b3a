/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Scale-invariant weights under weight decay: effective rates, balance and periods.
 */
package io.github.dl4jdynamics.ghostbn.invariance;
