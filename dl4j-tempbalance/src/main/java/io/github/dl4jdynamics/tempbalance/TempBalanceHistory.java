/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.google.common.collect.ImmutableList;
import io.github.dl4jdynamics.spectral.report.Csv;
import io.github.dl4jdynamics.spectral.report.Json;
import io.github.dl4jdynamics.spectral.report.Table;

/**
 * All updates of one network's rates so far. A snapshot: it does not grow while training goes on.
 *
 * @since 0.1
 */
public final class TempBalanceHistory {
    private final String settings;
    private final ImmutableList<TempBalanceUpdate> updates;

    TempBalanceHistory(String settings, List<TempBalanceUpdate> updates) {
        this.settings = settings;
        this.updates = ImmutableList.copyOf(updates);
    }

    /** Updates in time order; those the time budget refused one after the other are one entry, the latest. */
    public ImmutableList<TempBalanceUpdate> updates() {
        return updates;
    }

    /** The latest update that set rates. */
    public Optional<TempBalanceUpdate> last() {
        return updates.reverse().stream()
                .filter(update -> !update.failure().isPresent())
                .findFirst();
    }

    /** Time taken from the training thread by all updates, in milliseconds. */
    public double totalMilliseconds() {
        return updates.stream().mapToDouble(TempBalanceUpdate::milliseconds).sum();
    }

    /** A row per update and layer; an update that did not happen has one row without a layer. */
    public Table table() {
        Table.Builder table = Table.builder(
                "iteration",
                "epoch",
                "milliseconds",
                "layer",
                "score",
                "smoothed_score",
                "factor",
                "rate",
                "decay_factor",
                "note");
        for (TempBalanceUpdate update : updates) {
            if (update.failure().isPresent()) {
                table.row(
                        update.iteration(),
                        update.epoch(),
                        update.milliseconds(),
                        "",
                        null,
                        null,
                        null,
                        null,
                        null,
                        update.failure().get());
            }
            for (TempBalanceUpdate.Layer layer : update.layers()) {
                table.row(
                        update.iteration(),
                        update.epoch(),
                        update.milliseconds(),
                        layer.name(),
                        number(layer.score()),
                        number(layer.smoothedScore()),
                        number(layer.factor()),
                        number(layer.rate()),
                        number(layer.decayFactor()),
                        layer.note());
            }
        }
        return table.build();
    }

    /** Writes {@link #table()} as RFC 4180 CSV. */
    public void writeCsv(Path file) throws IOException {
        Csv.write(table(), file);
    }

    /** Writes settings and updates as JSON. */
    public void writeJson(Path file) throws IOException {
        List<Object> rows = new ArrayList<>();
        for (TempBalanceUpdate update : updates) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("iteration", update.iteration());
            row.put("epoch", update.epoch());
            row.put("milliseconds", update.milliseconds());
            row.put("failure", update.failure().orElse(null));
            List<Object> layers = new ArrayList<>();
            for (TempBalanceUpdate.Layer layer : update.layers()) {
                Map<String, Object> json = new LinkedHashMap<>();
                json.put("layer", layer.name());
                json.put("score", number(layer.score()));
                json.put("smoothed_score", number(layer.smoothedScore()));
                json.put("factor", number(layer.factor()));
                json.put("rate", number(layer.rate()));
                json.put("decay_factor", number(layer.decayFactor()));
                json.put("note", layer.note());
                layers.add(json);
            }
            row.put("layers", layers);
            rows.add(row);
        }
        Map<String, Object> history = new LinkedHashMap<>();
        history.put("settings", settings);
        history.put("updates", rows);
        Json.write(history, file);
    }

    private static Double number(double value) {
        return Double.isNaN(value) ? null : value;
    }

    /** The layers after the latest update, as a table for people. */
    @Override
    public String toString() {
        if (!last().isPresent()) {
            return "no update yet";
        }
        Table.Builder table = Table.builder("layer", "score", "factor", "rate", "note");
        last().get()
                .layers()
                .forEach(layer -> table.row(
                        layer.name(),
                        number(layer.score()),
                        number(layer.factor()),
                        number(layer.rate()),
                        layer.note()));
        return table.build().toString();
    }
}
