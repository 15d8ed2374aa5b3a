/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca;

import java.io.Closeable;
import java.io.IOException;

import io.github.dl4jdynamics.lca.dump.AllocationDump;
import io.github.dl4jdynamics.lca.math.StepBooks;

/**
 * Writes the allocations of a step to a dump, if there is one. A failure is kept until the books of the step are
 * complete.
 */
final class StepDump implements Closeable {
    private interface Writing {
        void run() throws IOException;
    }

    private final AllocationDump dump;
    private boolean open;
    private Exception failure;

    StepDump(AllocationDump dump) {
        this.dump = dump;
    }

    boolean isWanted() {
        return dump != null;
    }

    void begin(AllocationStep.Draft step, StepBooks books) {
        tried(() -> {
            if (open) {
                open = false;
                dump.cancel();
            }
            dump.begin(step.updatesBefore, step.updatesAfter, books.lossBefore(), books.lossAfter(), books.allocated());
            open = true;
        });
    }

    void values(double[] values, int n) {
        tried(() -> dump.values(values, n));
    }

    void end() {
        tried(() -> {
            dump.end();
            open = false;
        });
    }

    private void tried(Writing writing) {
        if (failure != null) {
            return;
        }
        try {
            writing.run();
        } catch (IOException | RuntimeException e) {
            failure = e;
        }
    }

    /** Throws what went wrong since the last time. */
    void throwFailure() {
        Exception latest = failure;
        failure = null;
        if (latest != null) {
            throw new IllegalStateException("the dump could not be written: " + latest.getMessage(), latest);
        }
    }

    @Override
    public void close() throws IOException {
        if (dump != null) {
            dump.close();
        }
    }
}
