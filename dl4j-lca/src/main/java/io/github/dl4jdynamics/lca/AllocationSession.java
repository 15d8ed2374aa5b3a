/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca;

import java.io.IOException;
import java.util.Optional;

import io.github.dl4jdynamics.lca.nd4j.VectorComparison;
import io.github.dl4jdynamics.spectral.report.TimeBudget;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the path of one network's parameters: where the current step began, how many updates ago, and what to do at its
 * end. For one thread.
 *
 * <p>Each point of the path is taken after an update, with the network's constraints applied to the copy as the framework
 * will apply them to the network; the first before any update. So the path is one polyline through the parameters that
 * training had.
 */
final class AllocationSession {
    private static final Logger log = LoggerFactory.getLogger(LossChangeAllocationListener.class);

    private static final int MOST_FAILURES_IN_A_ROW = 3;

    private final LossChangeAllocationBuilder settings;
    private final TimeBudget budget;

    private Tracking tracking;

    /** Parameters where the step began; null until the first gradient. */
    private INDArray theta;

    /** Whether losses and gradients at {@link #theta} are known. */
    private boolean begun;

    /** Whether the network should now be where the last step ended. */
    private boolean atEndOfStep;

    /** Whether the network has become another one. */
    private boolean resized;

    private int failuresInARow;
    private int updates;
    private int updatesAtStart;
    private int iteration;
    private int epoch;

    AllocationSession(LossChangeAllocationBuilder settings) {
        this.settings = settings;
        this.budget = TimeBudget.ofFraction(settings.timeBudget);
    }

    /** Between gradient and update: the only hook before an update that sees the parameters as they are trained. */
    void gradientCalculated(Model net) {
        INDArray parameters = net.params();
        if (theta == null) {
            capture(parameters);
        } else if (parameters.length() != theta.length()) {
            resized = true;
            throw new IllegalStateException(
                    "the network must keep its parameters while LossChangeAllocation follows it, "
                            + "got " + parameters.length() + " instead of " + theta.length()
                            + "; give the changed network a new listener");
        } else if (atEndOfStep && !VectorComparison.areEqual(theta, parameters)) {
            jump(parameters);
        }
        atEndOfStep = false;
    }

    @SuppressWarnings("try") // the workspace scope is left by closing it
    private void capture(INDArray parameters) {
        try (MemoryWorkspace outside = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            theta = parameters.dup().reshape(parameters.length());
        }
        begun = false;
        updatesAtStart = updates;
    }

    /** Somebody set the parameters, as {@code init()}, {@code setParams} or averaging with other networks do. */
    private void jump(INDArray parameters) {
        if (tracking != null) {
            tracking.history.add(gap("parameters were changed between two updates"));
        }
        theta.assign(parameters);
        begun = false;
        updatesAtStart = updates;
    }

    void iterationDone(Model net, int iterationNow, int epochNow) {
        if (theta == null) {
            return; // the listener came after the gradient
        }
        updates++;
        iteration = iterationNow;
        epoch = epochNow;
        if (!settings.schedule.isDueAtIteration(updates) || !budget.tryBegin()) {
            if (tracking == null) {
                // The first losses are wanted even if the first step ends later.
                start(net);
            }
            return;
        }
        try {
            step(net);
        } finally {
            budget.end();
        }
    }

    /** Ends the step that is open, whatever schedule and budget say. */
    void finish(Model net) {
        if (theta != null && updates > updatesAtStart) {
            step(net);
        }
    }

    @SuppressWarnings("try") // the workspace scope is left by closing it
    private void start(Model net) {
        try (MemoryWorkspace outside = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            if (tracking == null) {
                log.info(ExpectedCost.of(settings, net));
                tracking = new Tracking(settings, net);
            }
            tracking.begin(theta);
            begun = true;
        }
    }

    @SuppressWarnings("try") // the workspace scope is left by closing it
    private void step(Model net) {
        long started = System.nanoTime();
        if (!begun) {
            start(net);
        }
        try (MemoryWorkspace outside = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            INDArray to = tracking.endOfStep(net.params(), iteration, epoch);
            begun = tracking.isFinite() && tracking.integrate(theta, to);
            if (begun) {
                tracking.allocate(theta, to, draft(started));
            } else {
                notFinite(started);
            }
            theta.assign(to);
            updatesAtStart = updates;
            atEndOfStep = true;
            failuresInARow = 0;
        }
    }

    private void notFinite(long started) {
        AllocationStep.Draft draft = draft(started);
        draft.status = AllocationStep.Status.GAP;
        draft.note = "loss or gradient is not finite";
        draft.losses = tracking.unallocated();
        tracking.history.add(new AllocationStep(draft));
    }

    private AllocationStep.Draft draft(long started) {
        AllocationStep.Draft draft = new AllocationStep.Draft();
        draft.updatesBefore = updatesAtStart;
        draft.updatesAfter = updates;
        draft.iteration = iteration;
        draft.epoch = epoch;
        draft.started = started;
        return draft;
    }

    private AllocationStep gap(String note) {
        AllocationStep.Draft draft = draft(System.nanoTime());
        draft.status = AllocationStep.Status.GAP;
        draft.note = note;
        return new AllocationStep(draft);
    }

    /** After an error of a measurement: a gap, and a new beginning with the next gradient. */
    void failed(Throwable failure) {
        failuresInARow++;
        if (tracking != null) {
            tracking.history.add(gap("failed: " + failure));
        }
        theta = null;
        begun = false;
        atEndOfStep = false;
    }

    /** Books of the first data set, if anything was measured. */
    Optional<RunBooks> books() {
        return Optional.ofNullable(tracking).map(t -> t.history.books(0));
    }

    /** Whether measuring can be tried again after a failure. */
    boolean mayGoOn() {
        return tracking != null && !resized && failuresInARow < MOST_FAILURES_IN_A_ROW;
    }

    Optional<AllocationHistory> history() {
        return Optional.ofNullable(tracking).map(t -> t.history.snapshot(budget.toString()));
    }

    void close() throws IOException {
        if (tracking != null) {
            tracking.close();
        }
    }
}
