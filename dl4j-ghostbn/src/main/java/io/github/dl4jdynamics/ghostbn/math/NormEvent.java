/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.math;

/**
 * A change of phase, or the beginning of a period, and what showed it.
 *
 * @see NormPhases
 * @since 0.1
 */
public final class NormEvent {
    private final long iteration;
    private final NormPhase phase;
    private final String reason;

    NormEvent(long iteration, NormPhase phase, String reason) {
        this.iteration = iteration;
        this.phase = phase;
        this.reason = reason;
    }

    /** 0-based iteration of the sample that showed it. */
    public long iteration() {
        return iteration;
    }

    /** Phase from here on. */
    public NormPhase phase() {
        return phase;
    }

    /** What was measured, and against which threshold. */
    public String reason() {
        return reason;
    }

    @Override
    public String toString() {
        return "iteration " + iteration + ": " + phase + ", " + reason;
    }
}
