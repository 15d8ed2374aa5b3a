/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicReference;

import com.google.common.collect.MapMaker;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkState;

/**
 * Decides when to measure and keeps the history; made by {@link TempBalance#attach} or {@link TempBalance#listener}.
 *
 * <p>Serves several networks at once, each with its own factors and history, also from several threads
 * ({@code ParallelWrapper}); networks are held weakly. An error while measuring is logged once and marked in the history,
 * and training goes on at the last good rates, unless {@link TempBalanceBuilder#failFast} is set.
 *
 * <p>A listener that saves the network at the end of an epoch saves the new factors only if it comes after this one.
 *
 * @since 0.1
 */
public final class TempBalanceListener extends BaseTrainingListener {
    private static final Logger log = LoggerFactory.getLogger(TempBalanceListener.class);

    private final TempBalanceSettings settings;

    /** By identity. Empty for a network that cannot be tuned, or no longer shall be. */
    private final ConcurrentMap<Model, Optional<TempBalanceSession>> sessions =
            new MapMaker().weakKeys().makeMap();

    private final AtomicReference<TempBalanceSession> first = new AtomicReference<>();

    TempBalanceListener(TempBalanceSettings settings) {
        this.settings = settings;
    }

    void attach(Model net) {
        checkState(
                listeners(net).stream().noneMatch(listener -> listener instanceof TempBalanceListener),
                "the network already has a TempBalanceListener; call TempBalance.detach(net) before attaching another");
        boolean untouched = !LayerControl.isInstalled(net);
        TempBalanceSession session = new TempBalanceSession(settings, net);
        try {
            session.start(net);
        } catch (RuntimeException | Error e) {
            if (untouched) {
                LayerControl.remove(net);
            }
            throw e;
        }
        keep(net, session);
        if (net instanceof MultiLayerNetwork) {
            ((MultiLayerNetwork) net).addListeners(this);
        } else {
            ((ComputationGraph) net).addListeners(this);
        }
    }

    /** Takes every listener of ours off a network. */
    static void removeFrom(Model net) {
        List<TrainingListener> others = new ArrayList<>();
        boolean shared = false;
        for (TrainingListener listener : listeners(net)) {
            if (listener instanceof TempBalanceListener) {
                shared |= ((TempBalanceListener) listener).release(net);
            } else {
                others.add(listener);
            }
        }
        if (!shared && others.size() < listeners(net).size()) {
            net.setListeners(others);
        }
    }

    /** Forgets a network; returns whether another one goes on using its list of listeners. */
    private boolean release(Model net) {
        // DL4J-M2.1: a graph's clone has the very list of its original; taking us off one takes us off both.
        boolean shared = net instanceof ComputationGraph
                && sessions.keySet().stream()
                        .anyMatch(other -> other != net
                                && other instanceof ComputationGraph
                                && listeners(other) == listeners(net));
        if (shared) {
            sessions.put(net, Optional.empty());
        } else {
            sessions.remove(net);
        }
        return shared;
    }

    private static Collection<TrainingListener> listeners(Model net) {
        checkArgument(
                net instanceof MultiLayerNetwork || net instanceof ComputationGraph,
                "TempBalance needs a MultiLayerNetwork or a ComputationGraph, got %s",
                net == null ? "null" : net.getClass().getName());
        return net instanceof MultiLayerNetwork
                ? ((MultiLayerNetwork) net).getListeners()
                : ((ComputationGraph) net).getListeners();
    }

    /**
     * Updates of the network this listener was attached to first; empty before. Kept after {@link TempBalance#detach}.
     *
     * @see #history(Model)
     */
    public TempBalanceHistory history() {
        TempBalanceSession session = first.get();
        return session == null ? new TempBalanceHistory(settings.toString(), List.of()) : session.history();
    }

    /**
     * Updates of one network.
     *
     * @throws IllegalArgumentException for a network this listener is not attached to
     */
    public TempBalanceHistory history(Model net) {
        Optional<TempBalanceSession> session = sessions.get(net);
        checkArgument(
                session != null && session.isPresent(),
                "this listener is not attached to that network; its history is kept by the listener that is");
        return session.get().history();
    }

    /**
     * Measures now and sets the rates from the next iteration on, whatever the schedule, the time budget and the
     * background setting say: for training loops without callbacks, such as a Spark master between two rounds.
     *
     * @throws IllegalArgumentException or IllegalStateException as {@link TempBalance#attach}
     */
    public void update(Model net) {
        Optional<TempBalanceSession> known = sessions.get(net);
        TempBalanceSession session =
                known != null && known.isPresent() ? known.get() : keep(net, new TempBalanceSession(settings, net));
        session.updateNow(net);
    }

    private TempBalanceSession keep(Model net, TempBalanceSession session) {
        sessions.put(net, Optional.of(session));
        first.compareAndSet(null, session);
        return session;
    }

    private Optional<TempBalanceSession> known(Model model) {
        return sessions.getOrDefault(model, Optional.empty());
    }

    /**
     * The session of a network that is about to train; as a plain listener it begins here. Not at the ends of iterations
     * and epochs, where a network that was just detached by another listener would be attached again.
     */
    private Optional<TempBalanceSession> begun(Model model) {
        if (!(model instanceof MultiLayerNetwork || model instanceof ComputationGraph)) {
            return Optional.empty(); // layer-wise pretraining passes a single layer
        }
        Optional<TempBalanceSession> known = sessions.get(model);
        if (known != null) {
            return known;
        }
        try {
            TempBalanceSession session = keep(model, new TempBalanceSession(settings, model));
            session.startGuarded(model);
            return Optional.of(session);
        } catch (RuntimeException e) {
            if (settings.failFast()) {
                throw e;
            }
            log.error("TempBalance cannot attach; the network trains at its own rates", e);
            sessions.put(model, Optional.empty());
            return Optional.empty();
        }
    }

    @Override
    public void onEpochStart(Model model) {
        begun(model).ifPresent(TempBalanceSession::epochStarted);
    }

    @Override
    public void onForwardPass(Model model, List<INDArray> activations) {
        begun(model).ifPresent(session -> session.iterationStarted(model));
    }

    @Override
    public void onForwardPass(Model model, Map<String, INDArray> activations) {
        begun(model).ifPresent(session -> session.iterationStarted(model));
    }

    @Override
    public void iterationDone(Model model, int iteration, int epoch) {
        known(model).ifPresent(session -> session.iterationDone(model, iteration, epoch));
    }

    @Override
    public void onEpochEnd(Model model) {
        known(model).ifPresent(session -> session.epochEnded(model));
    }

    @Override
    public String toString() {
        return settings.toString();
    }
}
