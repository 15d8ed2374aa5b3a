/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ThreadFactoryBuilder;
import io.github.dl4jdynamics.spectral.weights.LayerSpectrum;
import io.github.dl4jdynamics.spectral.weights.LayerWeights;
import io.github.dl4jdynamics.spectral.weights.WeightSpectrumAnalyzer;
import org.deeplearning4j.nn.api.Model;

/** Scores of the selected layers: now, only for those whose weights changed, or in the background. */
final class Measurement {
    /** One daemon thread for all networks; it goes when idle. */
    private static final ThreadPoolExecutor BACKGROUND = backgroundThread();

    private final int lag;
    private final LayerScoring scoring;
    private final WeightSpectrumAnalyzer analyzer;
    private final WeightSpectrumAnalyzer backgroundAnalyzer;
    private final ImmutableSet<String> layers;
    private final SpectrumMemory memory;

    private Future<Map<String, LayerScoring.Score>> pending;
    private int pendingSince;

    Measurement(TempBalanceSettings settings, ImmutableSet<String> layers) {
        this.lag = settings.background().lag();
        this.scoring = settings.scoring();
        this.analyzer = settings.analyzer();
        this.backgroundAnalyzer = settings.backgroundAnalyzer();
        this.layers = layers;
        this.memory = new SpectrumMemory(settings.unchanged());
    }

    /** Measures on this thread's time. */
    Map<String, LayerScoring.Score> now(Model net) {
        List<LayerWeights> selected = selected(net);
        List<LayerWeights> changed = memory.changed(selected);
        memory.remember(changed, analyzer.analyze(changed));
        return scores(memory.rows(selected));
    }

    /** Begins a pass on a snapshot, unless one is under way. */
    void startInBackground(Model net, int iteration) {
        if (pending == null) {
            List<LayerWeights> snapshot = new ArrayList<>();
            selected(net).forEach(layer -> snapshot.add(layer.snapshot()));
            pending = BACKGROUND.submit(() -> scores(backgroundAnalyzer.analyze(snapshot)));
            pendingSince = iteration;
        }
    }

    /** The background pass, when its time has come. */
    Optional<Map<String, LayerScoring.Score>> finished(int iteration) {
        boolean due = pending != null && (lag == 0 ? pending.isDone() : iteration >= pendingSince + lag);
        if (!due) {
            return Optional.empty();
        }
        Future<Map<String, LayerScoring.Score>> done = pending;
        pending = null;
        return Optional.of(Futures.getUnchecked(done));
    }

    /** Forgets a pass under way: newer scores are there. */
    void drop() {
        pending = null;
    }

    private List<LayerWeights> selected(Model net) {
        return LayerWeights.of(net).stream()
                .filter(layer -> layers.contains(layer.layer()))
                .collect(ImmutableList.toImmutableList());
    }

    private Map<String, LayerScoring.Score> scores(List<LayerSpectrum> rows) {
        Map<String, List<LayerSpectrum>> byLayer = new HashMap<>();
        rows.forEach(row ->
                byLayer.computeIfAbsent(row.layer(), name -> new ArrayList<>()).add(row));
        ImmutableMap.Builder<String, LayerScoring.Score> scores = ImmutableMap.builder();
        byLayer.forEach((layer, own) -> scores.put(layer, scoring.score(own)));
        return scores.build();
    }

    private static ThreadPoolExecutor backgroundThread() {
        ThreadPoolExecutor executor = new ThreadPoolExecutor(
                1,
                1,
                10,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                new ThreadFactoryBuilder()
                        .setNameFormat("tempbalance-%d")
                        .setDaemon(true)
                        .build());
        executor.allowCoreThreadTimeOut(true);
        return executor;
    }
}
