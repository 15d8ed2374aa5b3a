/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The rest of the large-batch regime: rate scaling, longer schedules, global clipping and gradient noise.
 */
package io.github.dl4jdynamics.ghostbn.regime;
