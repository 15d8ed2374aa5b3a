/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.regularization;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.stream.Collectors;

import io.github.dl4jdynamics.spectral.latent.LatentPca;
import io.github.dl4jdynamics.spectral.nd4j.eigen.BasisRefresh;
import io.github.dl4jdynamics.spectral.rates.LayerConfs;
import io.github.dl4jdynamics.spectral.rates.TrainableConf;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a history of what the {@link SpectralRegularization}s and {@link LatentPca} layers of a network do: spectrum,
 * convergence of the vectors, time of each refresh.
 *
 * <pre>{@code
 * SpectralPenaltyListener spectra = new SpectralPenaltyListener();
 * net.addListeners(spectra);
 * ...
 * System.out.println(spectra.history());
 * }</pre>
 *
 * <p>Reads numbers that are there: no pass, no decomposition, nothing drawn. Memory: some 200 bytes per matrix and refresh.
 * Follows the first network that trains with it, held weakly. An error while reading is logged once, and training goes on.
 *
 * @since 0.1
 */
public final class SpectralPenaltyListener extends BaseTrainingListener {
    private static final Logger log = LoggerFactory.getLogger(SpectralPenaltyListener.class);

    private final List<RefreshRecord> records = new ArrayList<>();
    private final Map<PenalizedParameter, Integer> seen = new WeakHashMap<>();
    private final Map<String, BasisRefresh> components = new HashMap<>();
    private WeakReference<Model> followed;
    private boolean failed;

    @Override
    public void iterationDone(Model model, int iteration, int epoch) {
        try {
            if (follows(model)) {
                record(model, iteration);
            }
        } catch (RuntimeException e) {
            if (!failed) {
                failed = true;
                log.warn(
                        "SpectralPenaltyListener cannot read the penalties; training goes on, further cases are not logged",
                        e);
            }
        }
    }

    private boolean follows(Model model) {
        if (!(model instanceof MultiLayerNetwork || model instanceof ComputationGraph)) {
            return false; // layer-wise pretraining passes a single layer
        }
        if (followed == null || followed.get() == null) {
            followed = new WeakReference<>(model);
        }
        return followed.get() == model;
    }

    private synchronized void record(Model model, int iteration) {
        List<LayerConfs> confs = LayerConfs.of(model);
        for (int i = 0; i < confs.size(); i++) {
            String name = confs.get(i).key();
            Layer layer = model instanceof MultiLayerNetwork
                    ? ((MultiLayerNetwork) model).getLayer(i)
                    : ((ComputationGraph) model).getVertex(name).getLayer();
            for (TrainableConf conf : confs.get(i).confs()) {
                if (conf.regularization() == null) {
                    continue;
                }
                for (Regularization regularization : conf.regularization()) {
                    if (regularization instanceof SpectralRegularization) {
                        record(name, layer, (SpectralRegularization) regularization);
                    }
                }
            }
            if (layer instanceof LatentPca) {
                record(name, (LatentPca) layer, iteration);
            }
        }
    }

    /** One regularization may serve several layers. */
    private void record(String name, Layer layer, SpectralRegularization regularization) {
        Map<Long, PenalizedParameter> parameters = regularization.parameters();
        Set<Long> own = layer == null
                ? parameters.keySet()
                : layer.paramTable().values().stream().map(INDArray::offset).collect(Collectors.toSet());
        parameters.forEach((offset, parameter) -> {
            if (own.contains(offset)) {
                record(name, parameter);
            }
        });
    }

    private void record(String name, LatentPca layer, int iteration) {
        Optional<BasisRefresh> refresh = layer.latestRefresh();
        if (refresh.isPresent() && components.put(name, refresh.get()) != refresh.get()) {
            records.add(new RefreshRecord(
                    iteration, name + ", components", refresh.get(), layer.tail(), layer.variances()));
        }
    }

    private void record(String layer, PenalizedParameter parameter) {
        Integer last = seen.put(parameter, parameter.refreshes());
        if (last == null ? parameter.refreshes() > 0 : parameter.refreshes() > last) {
            records.addAll(parameter.records(layer));
        }
    }

    /** All refreshes so far; empty before training, and for a network without spectral penalties. */
    public synchronized RefreshHistory history() {
        return new RefreshHistory(records);
    }
}
