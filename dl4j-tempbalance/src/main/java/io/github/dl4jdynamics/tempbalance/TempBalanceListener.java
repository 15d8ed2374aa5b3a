/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.google.common.collect.MapMaker;
import io.github.dl4jdynamics.spectral.rates.LayerFactors;
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
 * ({@code ParallelWrapper}). An error while measuring is logged once and marked in the history, and training goes on at
 * the last good rates, unless {@link TempBalanceBuilder#failFast} is set.
 *
 * @since 0.1
 */
public final class TempBalanceListener extends BaseTrainingListener {
    private static final Logger log = LoggerFactory.getLogger(TempBalanceListener.class);

    private final TempBalanceBuilder settings;
    private final Map<Model, Optional<TempBalanceSession>> sessions =
            new MapMaker().weakKeys().makeMap();
    private volatile TempBalanceSession first;

    TempBalanceListener(TempBalanceBuilder settings) {
        this.settings = settings;
    }

    void attach(Model net) {
        Collection<TrainingListener> present = listeners(net);
        checkState(
                present.stream().noneMatch(listener -> listener instanceof TempBalanceListener),
                "the network already has a TempBalanceListener; call TempBalance.detach(net) before attaching another");
        begin(net);
        if (net instanceof MultiLayerNetwork) {
            ((MultiLayerNetwork) net).addListeners(this);
        } else {
            ((ComputationGraph) net).addListeners(this);
        }
    }

    /** Takes every listener of ours off a network. */
    static void removeFrom(Model net) {
        List<TrainingListener> others = new ArrayList<>();
        for (TrainingListener listener : listeners(net)) {
            if (listener instanceof TempBalanceListener) {
                ((TempBalanceListener) listener).sessions.remove(net);
            } else {
                others.add(listener);
            }
        }
        net.setListeners(others);
    }

    static void checkSteerable(LayerFactors factors, String where) {
        checkArgument(
                !factors.layers().isEmpty(),
                "%s must have a layer whose updater has a learning rate (or weight decay, for that target), got none: %s",
                where,
                factors.refused());
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
     * Updates of the network this listener was attached to first; empty before.
     *
     * @see #history(Model)
     */
    public TempBalanceHistory history() {
        TempBalanceSession session = first;
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
     * Measures now and sets the rates from the next iteration on, whatever the schedule says: for training loops without
     * callbacks, such as a Spark master between two rounds.
     *
     * @throws IllegalArgumentException or IllegalStateException as {@link TempBalance#attach}
     */
    public void update(Model net) {
        sessions.computeIfAbsent(net, model -> Optional.of(begin(model))).ifPresent(TempBalanceSession::updateNow);
    }

    private TempBalanceSession begin(Model net) {
        TempBalanceSession session = new TempBalanceSession(settings, net);
        sessions.put(net, Optional.of(session));
        if (first == null) {
            first = session;
        }
        return session;
    }

    /** The session of a network that trains; as a plain listener it begins here, at the first callback. */
    private Optional<TempBalanceSession> session(Model model) {
        if (!(model instanceof MultiLayerNetwork || model instanceof ComputationGraph)) {
            return Optional.empty(); // layer-wise pretraining passes a single layer
        }
        Optional<TempBalanceSession> known = sessions.get(model);
        if (known != null) {
            return known;
        }
        try {
            return Optional.of(begin(model));
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
        session(model).ifPresent(TempBalanceSession::epochStarted);
    }

    @Override
    public void onForwardPass(Model model, List<INDArray> activations) {
        session(model).ifPresent(TempBalanceSession::iterationStarted);
    }

    @Override
    public void onForwardPass(Model model, Map<String, INDArray> activations) {
        session(model).ifPresent(TempBalanceSession::iterationStarted);
    }

    @Override
    public void iterationDone(Model model, int iteration, int epoch) {
        session(model).ifPresent(session -> session.iterationDone(iteration, epoch));
    }

    @Override
    public void onEpochEnd(Model model) {
        session(model).ifPresent(TempBalanceSession::epochEnded);
    }

    @Override
    public String toString() {
        return settings.toString();
    }
}
