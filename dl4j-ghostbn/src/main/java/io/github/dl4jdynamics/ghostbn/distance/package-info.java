/* SPDX-License-Identifier: Apache-2.0 */
/**
 * How far the weights have travelled, and whether they diffuse like {@code ln t}.
 */
package io.github.dl4jdynamics.ghostbn.distance;
