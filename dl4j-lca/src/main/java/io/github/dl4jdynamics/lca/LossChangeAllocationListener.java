/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

import com.google.common.base.Joiner;
import io.github.dl4jdynamics.spectral.oracle.LossData;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.OptimizationAlgorithm;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkState;

/**
 * Allocates the change of the loss in every step of training to layers, units and parameters.
 *
 * <pre>{@code
 * L(theta_T) - L(theta_0) = path integral of <grad L, d theta>
 * A[t,i] = gbar[t,i] (theta[t+1,i] - theta[t,i]),    sum_i A[t,i] = L(theta[t+1]) - L(theta[t]) up to the book error
 *
 * LossChangeAllocationListener lca = LossChangeAllocationListener.builder(LossData.of(iterator).sample(1000, 42))
 *         .validation(LossData.of(testIterator))
 *         .build();
 * net.addListeners(lca);
 * net.fit(trainIterator, 5);
 *
 * System.out.println(lca.history());
 * HtmlReport.write(Path.of("report"), "Run 1", lca.history().section());
 * }</pre>
 *
 * <p>A parameter with a negative allocation helped: its movement lowered the loss; with a positive one it hurt. The path
 * between two measured points is the straight segment, whatever updater, decay or constraint made the step. The loss is that
 * of fixed data on a private copy of the network without dropout, weight noise and clipped logarithms
 * ({@link io.github.dl4jdynamics.spectral.oracle.LossOracle}), not the loss of the training batches.
 *
 * <p>Training is bit-identical with and without this listener, promised for one training thread per JVM. One listener
 * follows one network, the first that trains with it, held weakly. An error while measuring is logged once and marked as a
 * gap in the history, and training goes on, unless {@link LossChangeAllocationBuilder#failFast} is set; three errors in a
 * row, those of an {@code onStep} consumer included, end all measuring. Books that are off are logged once, at the end of
 * an epoch or in {@link #finish}, and so is the first gap of a loss or gradient that is not finite. Of a listener that is
 * registered twice one does the work, which is logged. Works with
 * {@code fit} in all its forms, truncated backpropagation, early stopping, masks, frozen layers and several inputs and outputs.
 * Line-search optimizers are refused: {@link #attach} throws, a listener that was merely added logs why and stays idle.
 * Layer-wise pretraining is not followed, which is logged; the fit after it is.
 *
 * <p>Cost: one gradient over the loss data per step, and more where the books demand it; before the first step a log line
 * says what to expect. Memory: six parameter vectors, one of 4-byte counts (two from 65,536 steps on), three for each
 * further data set (counts apart), two for each class, one for each direction of a basis, one more if the network has
 * constraints, the allocations of units over time (256 columns of 8 bytes per unit, fewer where that would be more than
 * a vector and 4 MiB), a few sums of 8 bytes per unit, data set and class, and the activations of one batch of loss data.
 * Classes take the rows of the first data set once more, unless batch normalization works on batch statistics. It grows
 * with each step by 24 bytes for each parameter array and data set, and 8 for each array and class.
 *
 * <p>Lan, Liu, Zhou, Yosinski, "LCA: Loss Change Allocation for Neural Network Training", NeurIPS 2019, arXiv 1909.01440.
 * Deviations: the default rule is adaptive from the trapezoid upwards instead of Simpson's, means weigh rows alike
 * instead of dropping short batches, and zeros are counted apart.
 *
 * @since 0.1
 */
public final class LossChangeAllocationListener extends BaseTrainingListener implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(LossChangeAllocationListener.class);

    private final LossChangeAllocationBuilder settings;
    private final AllocationSession session;
    /** Null until a network is followed; stays when that network is gone. Others learn so without waiting for a measurement. */
    private volatile WeakReference<Model> followed;

    private final AtomicBoolean saidOthers = new AtomicBoolean();
    private boolean idle;
    private boolean saidPretraining;
    private boolean saidFailure;
    private boolean saidUnbalanced;

    LossChangeAllocationListener(LossChangeAllocationBuilder settings) {
        this.settings = settings;
        this.session = new AllocationSession(settings);
    }

    /** Starts from the default settings, with the data whose loss is allocated. */
    public static LossChangeAllocationBuilder builder(LossData data) {
        return new LossChangeAllocationBuilder(data);
    }

    /** Starts from the default settings with all rows of an iterator, which is read at once. */
    public static LossChangeAllocationBuilder builder(DataSetIterator data) {
        return new LossChangeAllocationBuilder(LossData.of(data));
    }

    /** Starts from the default settings with all rows of an iterator, which is read at once. */
    public static LossChangeAllocationBuilder builder(MultiDataSetIterator data) {
        return new LossChangeAllocationBuilder(LossData.of(data));
    }

    /**
     * Adds this listener to a network, unless it is there already, after checking that it can follow it. {@code net.addListeners(this)} does as well,
     * but finds out in training.
     *
     * @return this
     * @throws IllegalArgumentException for models, optimizers, loss data and folders of a dump that do not fit, with the
     *     alternative
     * @throws IllegalStateException if it follows another network already, or has given up
     */
    public synchronized LossChangeAllocationListener attach(Model net) {
        checkArgument(
                isNetwork(net),
                "LossChangeAllocation follows a MultiLayerNetwork or a ComputationGraph, got %s; pretrain layers first, then "
                        + "attach to the network",
                net == null ? "null" : net.getClass().getName());
        checkState(
                !idle,
                "this LossChangeAllocationListener has given up and measures nothing, as its history() says; build a new one");
        checkState(
                followed == null || followed.get() == net,
                "this LossChangeAllocationListener follows another network; make one for each");
        checkOptimizer(net);
        LossDataCheck.check(settings, net);
        if (!isFollowing()) {
            LossDataCheck.checkFolder(settings); // once followed, the dump in it is its own
        }
        followed = new WeakReference<>(net);
        if (!isListenerOf(net)) {
            if (net instanceof MultiLayerNetwork) {
                ((MultiLayerNetwork) net).addListeners(this);
            } else {
                ((ComputationGraph) net).addListeners(this);
            }
        }
        return this;
    }

    /** Twice among the listeners, it would hear of each update twice, and warn. */
    private boolean isListenerOf(Model net) {
        Collection<TrainingListener> listeners = net instanceof MultiLayerNetwork
                ? ((MultiLayerNetwork) net).getListeners()
                : ((ComputationGraph) net).getListeners();
        return listeners != null && listeners.contains(this);
    }

    /**
     * What was allocated so far; empty before the first update. A snapshot; copies the totals of all parameters.
     */
    public synchronized AllocationHistory history() {
        return session.history();
    }

    /**
     * Ends the step that is open now, whatever schedule and time budget say: for the end of training.
     *
     * @throws IllegalArgumentException for a network this listener does not follow
     */
    public synchronized void finish(Model net) {
        checkArgument(
                isFollowed(net),
                "this LossChangeAllocationListener does not follow that network; give each network a listener of its own");
        if (!idle) {
            guarded(() -> session.finish(net));
        }
        guarded(this::checkBooks);
    }

    /** Closes the files of a dump; without one it does nothing. */
    @Override
    public synchronized void close() throws IOException {
        session.close();
    }

    @Override
    public void onGradientCalculation(Model model) {
        if (!isNetwork(model)) {
            sayPretraining();
            return;
        }
        if (isAnother(model)) {
            sayOthers();
            return;
        }
        synchronized (this) {
            if (follows(model)) {
                guarded(() -> session.gradientCalculated(model));
            }
        }
    }

    @Override
    public void iterationDone(Model model, int iteration, int epoch) {
        if (isFollowed(model)) {
            synchronized (this) {
                if (!idle) {
                    guarded(() -> session.iterationDone(model, iteration, epoch));
                }
            }
        }
    }

    @Override
    public void onEpochEnd(Model model) {
        if (isFollowed(model)) {
            synchronized (this) {
                guarded(this::checkBooks);
            }
        }
    }

    private void checkBooks() {
        Map<String, RunBooks> off = saidUnbalanced ? Map.of() : session.booksThatAreOff();
        if (!off.isEmpty()) {
            saidUnbalanced = true;
            boolean fixed = settings.rule.fewestGradients() == settings.rule.mostGradients();
            log.warn(
                    "LossChangeAllocation: the books of this run are off: {}.{} Logged once.",
                    Joiner.on("; ").withKeyValueSeparator(": ").join(off),
                    fixed ? " Use PathRules.adaptive()." : "");
        }
    }

    private static boolean isNetwork(Model model) {
        return model instanceof MultiLayerNetwork || model instanceof ComputationGraph;
    }

    private synchronized void sayPretraining() {
        if (!saidPretraining) {
            saidPretraining = true;
            log.warn("LossChangeAllocation does not follow layer-wise pretraining; it begins with the fit of the whole "
                    + "network. Logged once.");
        }
    }

    private boolean follows(Model model) {
        if (followed == null) {
            followed = new WeakReference<>(model);
            guarded(() -> begin(model));
        } else if (isAnother(model)) { // two networks may have come to the lock at once
            sayOthers();
        }
        return !idle && isFollowed(model);
    }

    private void sayOthers() {
        if (saidOthers.compareAndSet(false, true)) {
            log.warn(
                    "LossChangeAllocationListener follows the first network it saw and leaves others out, such as the other "
                            + "workers of ParallelWrapper; give each network a listener of its own. Logged once.");
        }
    }

    /** Whether there is a network that it follows. */
    boolean isFollowing() {
        WeakReference<Model> known = followed;
        return known != null && known.get() != null;
    }

    private boolean isFollowed(Model model) {
        WeakReference<Model> known = followed;
        return model != null && known != null && known.get() == model;
    }

    private boolean isAnother(Model model) {
        WeakReference<Model> known = followed;
        return known != null && known.get() != model;
    }

    private void begin(Model model) {
        try {
            checkOptimizer(model);
        } catch (IllegalArgumentException e) {
            if (settings.failFast) {
                throw e;
            }
            idle = true;
            session.refuse(e.getMessage());
            log.error(
                    "LossChangeAllocation cannot follow the network; training goes on without it: {}", e.getMessage());
        }
    }

    private static void checkOptimizer(Model net) {
        List<NeuralNetConfiguration> confs = net instanceof MultiLayerNetwork
                ? ((MultiLayerNetwork) net).getLayerWiseConfigurations().getConfs()
                : List.of(((ComputationGraph) net).getConfiguration().getDefaultConfiguration());
        for (NeuralNetConfiguration conf : confs) {
            checkArgument(
                    conf.getOptimizationAlgo() == OptimizationAlgorithm.STOCHASTIC_GRADIENT_DESCENT,
                    "optimizer of a network followed by LossChangeAllocation must be STOCHASTIC_GRADIENT_DESCENT, got %s, "
                            + "whose line searches visit points that are no steps; use an updater such as Sgd or Adam",
                    conf.getOptimizationAlgo());
        }
    }

    /** A failing diagnostic never stops training. Errors too, since native memory runs out as an {@code OutOfMemoryError}. */
    private void guarded(Runnable action) {
        try {
            session.noteStart();
            action.run();
        } catch (RuntimeException | Error e) {
            if (settings.failFast) {
                throw e;
            }
            session.failed(e);
            idle = !session.mayGoOn();
            if (!saidFailure) {
                saidFailure = true;
                log.error(
                        "LossChangeAllocation could not measure; training goes on{}. Logged once.",
                        idle ? " without it" : ", the history has a gap",
                        e);
            } else if (idle) {
                log.warn(
                        "LossChangeAllocation gave up after failing again and again; training goes on without it: {}",
                        e.toString());
            }
        }
    }

    @Override
    public String toString() {
        return settings.toString();
    }
}
