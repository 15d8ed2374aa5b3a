/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

import com.google.common.base.Throwables;
import com.google.common.util.concurrent.Uninterruptibles;

/** Runs the same body on the calling thread and on some daemon threads that end with it. */
final class Workers {

    private Workers() {}

    /** Returns when all have finished; then throws what the first one to fail has thrown. */
    static void run(int threads, Runnable body) {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Runnable guarded = () -> {
            try {
                body.run();
            } catch (RuntimeException | Error e) {
                failure.compareAndSet(null, e);
            }
        };
        List<Thread> helpers = new ArrayList<>();
        for (int i = 1; i < threads; i++) {
            Thread helper = new Thread(guarded, "dl4jdynamics-spectra-" + i);
            helper.setDaemon(true);
            helper.start();
            helpers.add(helper);
        }
        guarded.run();
        helpers.forEach(Uninterruptibles::joinUninterruptibly);
        if (failure.get() != null) {
            Throwables.throwIfUnchecked(failure.get());
        }
    }
}
