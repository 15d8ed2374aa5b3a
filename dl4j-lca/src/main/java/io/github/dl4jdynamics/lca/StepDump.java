/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca;

import java.io.Closeable;
import java.io.IOException;

import io.github.dl4jdynamics.lca.dump.AllocationDump;
import io.github.dl4jdynamics.lca.math.StepBooks;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the allocations of a step to a dump, if there is one. A dump that cannot be opened, fails or is closed ends
 * there; allocation goes on without it, and the next step says so.
 */
final class StepDump implements Closeable {
    /** How a dump is opened. */
    interface Opening {
        AllocationDump open() throws IOException;
    }

    private interface Writing {
        void run() throws IOException;
    }

    private static final Logger log = LoggerFactory.getLogger(LossChangeAllocationListener.class);

    private final AllocationDump dump;
    private boolean open;
    private boolean ended;
    private String note = "";
    private IllegalStateException failure;

    private StepDump(AllocationDump dump) {
        this.dump = dump;
    }

    static StepDump none() {
        return new StepDump(null);
    }

    static StepDump open(Opening opening) {
        try {
            return new StepDump(opening.open());
        } catch (IOException | RuntimeException e) {
            StepDump none = none();
            none.end("the dump could not be opened: " + e.getMessage(), e);
            return none;
        }
    }

    boolean isWanted() {
        return dump != null && !ended;
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
        if (ended) {
            return;
        }
        try {
            writing.run();
        } catch (IOException | RuntimeException e) {
            end("the dump could not be written and ends before this step: " + e.getMessage(), e);
            try {
                dump.close();
            } catch (IOException | RuntimeException alsoFailed) {
                e.addSuppressed(alsoFailed);
            }
        }
    }

    private void end(String why, Exception cause) {
        ended = true;
        note = why;
        failure = cause == null ? null : new IllegalStateException(why, cause);
    }

    /** What the step at hand is to say of the dump's end; empty if it goes on or another step has said so. */
    String takeNote() {
        String latest = note;
        note = "";
        if (!latest.isEmpty()) {
            log.warn(
                    "LossChangeAllocation goes on without its dump: {}. Logged once.",
                    latest,
                    failure == null ? null : failure.getCause());
        }
        return latest;
    }

    /** Throws what went wrong, if it was not thrown before. */
    void throwFailure() {
        IllegalStateException latest = failure;
        failure = null;
        if (latest != null) {
            throw latest;
        }
    }

    @Override
    public void close() throws IOException {
        if (isWanted()) {
            end("the dump was closed before this step", null);
            dump.close();
        }
    }
}
