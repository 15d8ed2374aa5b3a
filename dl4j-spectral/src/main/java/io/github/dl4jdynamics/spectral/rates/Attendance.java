/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.rates;

import java.util.concurrent.atomic.AtomicBoolean;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices that a network trains with steered rates while the listener that steers them is gone.
 *
 * <p>The listener signs in once per iteration; a schedule that is asked for a value two or more iterations later warns,
 * once. {@code setListeners} replaces listeners without telling them, so this is the only place where it shows. Schedules
 * that no listener ever claimed, as after loading a model, warn once per JVM: a schedule does not know its network.
 *
 * @since 0.1
 */
public final class Attendance {
    private static final Logger log = LoggerFactory.getLogger(Attendance.class);
    private static final AtomicBoolean UNATTENDED_WARNED = new AtomicBoolean();

    /** Far enough away that no iteration is late, and one more does not overflow. */
    private static final int NOT_YET = Integer.MAX_VALUE - 1;

    private final String listener;
    private final AtomicBoolean warned = new AtomicBoolean();
    private volatile int lastSeen = NOT_YET;

    /**
     * A listener that is missed only after it was {@link #seen} for the first time.
     *
     * @param listener what the warning calls the listener
     */
    public Attendance(String listener) {
        this.listener = listener;
    }

    /** Signs the listener in for a 0-based iteration. */
    public void seen(int iteration) {
        lastSeen = iteration;
    }

    static void check(Attendance attendance, int iteration) {
        if (attendance == null) {
            // Iteration 0 is left out: rates are printed and plotted before training.
            if (iteration > 0 && UNATTENDED_WARNED.compareAndSet(false, true)) {
                log.warn(
                        "a network with layer-wise rates is used at iteration {} without the listener that steers them: "
                                + "the rates stay as they were saved. Attach the listener again, or detach to restore the plain "
                                + "updaters.",
                        iteration);
            }
        } else if (iteration > attendance.lastSeen + 1 && attendance.warned.compareAndSet(false, true)) {
            log.warn(
                    "{} was last called at iteration {}, and a rate is asked for iteration {}: if the network is training, "
                            + "setListeners(..) dropped the listener and the rates no longer change. Use "
                            + "addListeners(..), pass the listener again, or detach.",
                    attendance.listener,
                    attendance.lastSeen,
                    iteration);
        }
    }
}
