/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.invariance;

import java.util.function.LongSupplier;

/** Stands still between the two halves of a measurement, so that the update in between is not booked on it. */
final class PausableClock implements LongSupplier {
    private long lost;
    private long pausedAt;
    private boolean paused;

    void pause() {
        if (!paused) {
            pausedAt = System.nanoTime();
            paused = true;
        }
    }

    void resume() {
        if (paused) {
            lost += System.nanoTime() - pausedAt;
            paused = false;
        }
    }

    @Override
    public long getAsLong() {
        return (paused ? pausedAt : System.nanoTime()) - lost;
    }
}
