/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.samediff;

import com.google.common.collect.EvictingQueue;
import com.google.common.collect.ImmutableList;
import org.nd4j.autodiff.listeners.At;
import org.nd4j.autodiff.listeners.BaseListener;
import org.nd4j.autodiff.listeners.Operation;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.OpContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Renews the basis of one term in the middle of a forward pass.
 *
 * <p>The hook is the op that reads the matrix for the term. When it is about to run, the matrix of this very pass is
 * among its inputs, be it a parameter, a placeholder or the output of other ops; and everything that reads the basis
 * waits for its output. So the basis never lags behind the matrix. The gradient graph shares the arrays of its
 * constants with the graph it was made from, which is why they are overwritten and not replaced.
 */
final class BasisListener extends BaseListener {
    private static final Logger LOG = LoggerFactory.getLogger(BasisListener.class);
    static final int HISTORY = 10_000;

    private final SameDiff owner;
    private final TermNames names;
    private final EigenFunction function;
    private final int period;
    private final double tolerance;
    private final boolean failFast;
    private final EvictingQueue<EigenTermRefresh> history = EvictingQueue.create(HISTORY);
    private long refusals;
    private boolean isFresh;

    BasisListener(SameDiff owner, TermNames names, TermSettings settings, boolean failFast) {
        this.owner = owner;
        this.names = names;
        this.function = settings.function();
        this.period = settings.period();
        this.tolerance = settings.tolerance();
        this.failFast = failFast;
    }

    @Override
    public boolean isActive(Operation operation) {
        return operation == Operation.TRAINING;
    }

    @Override
    public void preOpExecution(SameDiff sd, At at, SameDiffOp op, OpContext context) {
        if (op.getOutputsOfOp().contains(names.reader()) && isDue(at.iteration())) {
            refresh(sd, context.getInputArray(0), at.iteration(), at.epoch());
        }
    }

    private synchronized boolean isDue(int iteration) {
        return !isFresh || iteration % period == 0;
    }

    synchronized void refresh(SameDiff sd, INDArray matrix, int iteration, int epoch) {
        long start = System.nanoTime();
        double[] values = {};
        double off = Double.NaN;
        String refusal = null;
        try {
            INDArray held = owner.getVariable(names.basis()).getArr();
            TermBasis basis = TermBasis.of(matrix, held, function, tolerance);
            held.assign(basis.columns());
            INDArray used = sd.getVariable(names.basis()).getArr();
            if (used != held) {
                used.assign(basis.columns());
            }
            values = basis.listedValues();
            off = basis.offDiagonal();
            isFresh = true;
        } catch (RuntimeException e) {
            refusal = e.getMessage() == null ? e.toString() : e.getMessage();
            onRefusal(refusal, iteration, e);
        } finally {
            double milliseconds = (System.nanoTime() - start) / 1e6;
            history.add(new EigenTermRefresh(iteration, epoch, values, off, milliseconds, refusal));
        }
    }

    private void onRefusal(String reason, int iteration, RuntimeException cause) {
        if (refusals++ == 0) {
            LOG.warn(
                    "Eigen term '{}' keeps its old basis at iteration {}: {}. Further refusals are counted only.",
                    names.term(),
                    iteration,
                    reason,
                    cause);
        }
        if (failFast) {
            throw new IllegalStateException(
                    String.format(
                            "matrix of eigen term '%s' cannot be used at iteration %d: %s; without failFast() the "
                                    + "term keeps its old basis",
                            names.term(), iteration, reason),
                    cause);
        }
    }

    synchronized ImmutableList<EigenTermRefresh> history() {
        return ImmutableList.copyOf(history);
    }

    synchronized long refusals() {
        return refusals;
    }

    @Override
    public String toString() {
        return "BasisListener{" + names.term() + ", " + function + ", period=" + period + "}";
    }
}
