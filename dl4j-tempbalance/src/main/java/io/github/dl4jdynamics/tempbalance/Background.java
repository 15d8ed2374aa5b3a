/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance;

import io.github.dl4jdynamics.spectral.nd4j.GramSpectra;
import io.github.dl4jdynamics.spectral.nd4j.KernelBackend;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * Whether spectra are measured on the training thread or on another one, from a snapshot of the weights.
 *
 * <p>The first measurement, which decides the first update, is never in the background. A measurement that falls due while
 * a pass is under way is left out, and a pass under way is not saved with the network.
 *
 * <p>A background pass takes one thread and the pure-Java solver, since concurrent calls would slow the BLAS that trains
 * the network; it suits networks whose pass takes long against an iteration, on a machine with an idle core. Each pass
 * copies the scored weights.
 *
 * @since 0.1
 */
public final class Background {
    /** On the training thread's own time, spread over the cores: the default, and the quickest in all. */
    public static final Background OFF = new Background(-1);

    /** Rates change as soon as a pass is ready; when that is depends on the machine. */
    public static final Background WHEN_READY = new Background(0);

    private final int lag;

    private Background(int lag) {
        this.lag = lag;
    }

    /**
     * Rates change exactly so many iterations after the snapshot, and training waits when the pass is not ready by then:
     * the same result in every run.
     *
     * @param iterations at least 1
     */
    public static Background afterIterations(int iterations) {
        checkArgument(
                iterations >= 1,
                "iterations of a background pass must be >= 1, got %s; Background.OFF waits at once",
                iterations);
        return new Background(iterations);
    }

    boolean isOn() {
        return lag >= 0;
    }

    /** Iterations between snapshot and change; 0 for as soon as ready. */
    int lag() {
        return lag;
    }

    GramSpectra solver() {
        return GramSpectra.builder().backend(KernelBackend.JAVA).threads(1).build();
    }

    @Override
    public String toString() {
        return lag < 0 ? "off" : lag == 0 ? "when ready" : "after " + lag + " iterations";
    }
}
