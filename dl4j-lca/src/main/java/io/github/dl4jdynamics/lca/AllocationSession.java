/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.github.dl4jdynamics.lca.nd4j.VectorComparison;
import io.github.dl4jdynamics.spectral.report.TimeBudget;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
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

    /** Why nothing is followed; null while all is well. */
    private AllocationStep refusal;

    /** Parameters where the step began; null until the first gradient. */
    private INDArray theta;

    /** Whether losses and gradients at {@link #theta} are known. */
    private boolean begun;

    /** Whether the network should now be where the last step ended. */
    private boolean atEndOfStep;

    /** Whether the update under way is before the beginning or after the end of the schedule. */
    private boolean leftOut;

    /** Whether a gradient came after the latest update. */
    private boolean gradientSeen;

    /** Whether there was an update, whose numbers are {@link #iteration} and {@link #epoch}. */
    private boolean updateSeen;

    private boolean saidDuplicate;
    private boolean saidNotFinite;

    /** Whether the network has become another one. */
    private boolean resized;

    /** When the measurement under way began. */
    private long started = System.nanoTime();

    private int failuresInARow;
    private int updates;
    private int updatesAtStart;
    private int iteration;
    private int epoch;

    AllocationSession(LossChangeAllocationBuilder settings) {
        this.settings = settings;
        this.budget = TimeBudget.ofFraction(settings.timeBudget);
    }

    /** Begins whatever is measured next. */
    void noteStart() {
        started = System.nanoTime();
    }

    /** Between gradient and update: the only hook before an update that sees the parameters as they are trained. */
    void gradientCalculated(Model net) {
        gradientSeen = true;
        INDArray parameters = net.params();
        leftOut = !settings.schedule.isActive(updates, 0);
        if (leftOut) {
            theta = null;
            begun = false;
        } else if (theta == null) {
            checkLayout(net);
            capture(parameters);
        } else if (parameters.length() != theta.length()
                || atEndOfStep && !VectorComparison.areEqual(theta, parameters)) {
            checkLayout(net);
            jump(parameters);
        }
        atEndOfStep = false;
    }

    private void checkLayout(Model net) {
        if (tracking != null && !tracking.hasLayoutOf(net)) {
            resized = true;
            throw new IllegalStateException(
                    "the network must keep its parameter arrays while LossChangeAllocation follows it, got other ones; give "
                            + "the changed network a new listener");
        }
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
        capture(parameters);
    }

    void iterationDone(Model net, int iterationNow, int epochNow) {
        if (isDuplicate(iterationNow, epochNow)) {
            sayDuplicate(iterationNow);
            return;
        }
        gradientSeen = false;
        updateSeen = true;
        iteration = iterationNow;
        epoch = epochNow;
        if (theta == null) {
            // The schedule has no place for the update, or the listener came after the gradient, or failed there.
            updates += tracking == null && !leftOut ? 0 : 1;
            return;
        }
        updates++;
        if (!settings.schedule.isActive(updates, 0)) {
            // With the schedule the step that is open ends, as no later one could.
            budget.begin();
            within(() -> step(net, true));
        } else if (!settings.schedule.isDueAtIteration(updates)) {
            if (tracking == null) {
                // The first losses are wanted even if the first step ends later.
                budget.begin();
                within(() -> start(net));
            }
        } else if (budget.tryBegin()) {
            within(() -> step(net, true));
        }
    }

    /**
     * Whether an update is told a second time. The framework tells all listeners of the gradient, and then all of the update:
     * one that is registered twice hears twice of both. Updates by hand may come without gradients, but with new numbers.
     */
    private boolean isDuplicate(int iterationNow, int epochNow) {
        return updateSeen && !gradientSeen && iterationNow == iteration && epochNow == epoch;
    }

    private void sayDuplicate(int iterationNow) {
        if (!saidDuplicate) {
            saidDuplicate = true;
            log.warn(
                    "LossChangeAllocationListener must be registered with its network once, got the update of iteration {} "
                            + "twice; what comes twice is left out; register it by attach(net) or addListeners(..), not by "
                            + "both. Logged once.",
                    iterationNow);
        }
    }

    private void within(Runnable measurement) {
        try {
            measurement.run();
        } finally {
            budget.end();
        }
    }

    /** Ends the step that is open, whatever schedule and budget say. */
    void finish(Model net) {
        if (theta != null && updates > updatesAtStart) {
            // The framework counts the iteration before it applies the constraints.
            budget.begin();
            within(() -> step(net, iterationCount(net) <= iteration));
        }
    }

    private static int iterationCount(Model net) {
        return net instanceof MultiLayerNetwork
                ? ((MultiLayerNetwork) net).getIterationCount()
                : ((ComputationGraph) net).getConfiguration().getIterationCount();
    }

    @SuppressWarnings("try") // the workspace scope is left by closing it
    private void start(Model net) {
        try (MemoryWorkspace outside = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            if (tracking == null) {
                tracking = new Tracking(settings, net);
                log.info(ExpectedCost.of(settings, net, tracking.dependsOnBatches()));
            }
            tracking.begin(theta);
            begun = true;
        }
    }

    @SuppressWarnings("try") // the workspace scope is left by closing it
    private void step(Model net, boolean unconstrained) {
        if (!begun) {
            start(net);
        }
        try (MemoryWorkspace outside = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            INDArray to = unconstrained ? tracking.constrained(net.params(), iteration + 1, epoch) : net.params();
            begun = tracking.isFinite() && tracking.integrate(theta, to);
            AllocationStep.Draft draft = draft();
            Optional<AllocationDetail> detail = Optional.empty();
            if (begun) {
                detail = Optional.of(tracking.allocate(theta, to, draft));
            } else {
                notFinite(draft);
            }
            theta.assign(to);
            updatesAtStart = updates;
            atEndOfStep = true;
            noteStart(); // of what follows the step
            detail.ifPresent(tracking::report);
            failuresInARow = 0;
        }
    }

    private void notFinite(AllocationStep.Draft draft) {
        draft.status = AllocationStep.Status.GAP;
        draft.note = "loss or gradient is not finite";
        draft.losses = tracking.unallocated();
        tracking.history.add(new AllocationStep(draft));
        if (!saidNotFinite) {
            saidNotFinite = true;
            log.warn(
                    "LossChangeAllocation: {} in the step up to iteration {}; training goes on, and steps are gaps until it is "
                            + "a number again{}. Logged once.",
                    tracking.whatIsNotFinite(),
                    iteration,
                    tracking.isFinite() ? "" : "; as it was none before the step either, look for NaN in the data");
        }
    }

    private AllocationStep.Draft draft() {
        AllocationStep.Draft draft = new AllocationStep.Draft();
        draft.updatesBefore = updatesAtStart;
        draft.updatesAfter = updates;
        draft.iteration = iteration;
        draft.epoch = epoch;
        draft.started = started;
        return draft;
    }

    private AllocationStep gap(String note) {
        AllocationStep.Draft draft = draft();
        draft.status = AllocationStep.Status.GAP;
        draft.note = note;
        return new AllocationStep(draft);
    }

    /** After an error of a measurement: a gap, and a new beginning with the next gradient. */
    void failed(Throwable failure) {
        failuresInARow++;
        if (tracking == null) {
            refuse("failed: " + failure);
        } else {
            updatesAtStart =
                    Math.max(updatesAtStart, tracking.history.allocatedUpTo()); // part of the step may be booked
            tracking.history.add(gap("failed: " + failure));
        }
        theta = null;
        begun = false;
        atEndOfStep = false;
    }

    /** Notes why nothing will be followed. */
    void refuse(String reason) {
        refusal = gap(reason);
    }

    /** Books of the run that are off, by the names of their data sets. */
    Map<String, RunBooks> booksThatAreOff() {
        return tracking == null ? Map.of() : tracking.history.booksThatAreOff();
    }

    /** Whether measuring can be tried again after a failure. */
    boolean mayGoOn() {
        return tracking != null && !resized && failuresInARow < MOST_FAILURES_IN_A_ROW;
    }

    AllocationHistory history() {
        return tracking == null
                ? AllocationHistory.empty(settings, refusal == null ? List.of() : List.of(refusal))
                : tracking.history.snapshot(budget.toString());
    }

    void close() throws IOException {
        if (tracking != null) {
            tracking.close();
        }
    }
}
