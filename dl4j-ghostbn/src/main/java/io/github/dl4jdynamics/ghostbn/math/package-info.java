/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Splits, statistics, fits and phases on plain arrays; the JDK and Guava only.
 */
package io.github.dl4jdynamics.ghostbn.math;
