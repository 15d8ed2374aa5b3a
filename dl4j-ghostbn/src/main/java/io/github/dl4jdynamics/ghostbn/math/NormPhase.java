/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.math;

/**
 * What the norm of scale-invariant weights is doing under weight decay.
 *
 * @see NormPhases
 * @since 0.1
 */
public enum NormPhase {
    /** Not enough steps, no decay, or none of the others. */
    UNDETERMINED,

    /** Decay outweighs the gradient: the norm falls and the effective rate climbs. */
    SHRINKING,

    /** The balance has tipped: steps grow too long for the curvature. */
    ONSET,

    /** The loss or the norm has jumped; the effective rate drops. */
    DESTABILIZED,

    /** Growth and decay have cancelled for a whole time constant of the decay. */
    EQUILIBRIUM
}
