/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.weights;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.github.dl4jdynamics.spectral.math.SpectrumMetric;
import io.github.dl4jdynamics.spectral.report.Csv;
import io.github.dl4jdynamics.spectral.report.Json;
import io.github.dl4jdynamics.spectral.report.Table;

/**
 * Weight spectra of a whole network: a row per weight matrix owner in layer order, and a row with the reason for every
 * layer without numbers.
 *
 * <p>Immutable. {@code toString()} is a table for people; {@link #writeCsv} and {@link #writeJson} carry every metric.
 *
 * @since 0.1
 */
public final class SpectrumReport {
    private final ImmutableMap<String, String> settings;
    private final ImmutableList<LayerSpectrum> layers;

    SpectrumReport(Map<String, String> settings, List<LayerSpectrum> layers) {
        this.settings = ImmutableMap.copyOf(settings);
        this.layers = ImmutableList.copyOf(layers);
    }

    /** Rows in layer order. */
    public ImmutableList<LayerSpectrum> layers() {
        return layers;
    }

    /** How the spectra were measured, by name of the setting. */
    public ImmutableMap<String, String> settings() {
        return settings;
    }

    /** Row of a layer's first weight matrix, by {@link LayerSpectrum#name()} or layer name. */
    public Optional<LayerSpectrum> layer(String name) {
        return layers.stream()
                .filter(row -> row.name().equals(name) || row.layer().equals(name))
                .findFirst();
    }

    /** Mean of a metric over the rows that have it, NaN when none has: WeightWatcher's {@code summary}. */
    public double mean(SpectrumMetric metric) {
        return layers.stream()
                .mapToDouble(row -> row.metric(metric))
                .filter(value -> !Double.isNaN(value))
                .average()
                .orElse(Double.NaN);
    }

    /** Every metric of every row. */
    public Table table() {
        List<String> columns = new ArrayList<>(Arrays.asList("layer", "parameter", "type", "kind", "shape"));
        for (SpectrumMetric metric : SpectrumMetric.values()) {
            columns.add(metric.key());
        }
        columns.add("hint");
        columns.add("reason");
        Table.Builder table = Table.builder(columns.toArray(new String[0]));
        for (LayerSpectrum row : layers) {
            List<Object> cells = new ArrayList<>();
            cells.add(row.layer());
            cells.add(row.parameter());
            cells.add(row.type());
            cells.add(row.kind().map(Enum::name).orElse(""));
            cells.add(shape(row));
            for (SpectrumMetric metric : SpectrumMetric.values()) {
                double value = row.metric(metric);
                cells.add(Double.isNaN(value) ? null : (Object) value);
            }
            cells.add(row.hint());
            cells.add(row.reason().orElse(""));
            table.row(cells.toArray());
        }
        return table.build();
    }

    /**
     * This report's alphas beside another's, by row name: the same matrix over time, where alpha says most.
     *
     * @param other a report of a network with the same layer names, for example an earlier checkpoint
     */
    public Table compare(SpectrumReport other) {
        Table.Builder table = Table.builder(
                "layer", "alpha", "alpha other", "difference", "spectral_norm", "spectral_norm other", "note");
        Map<String, LayerSpectrum> theirs = new LinkedHashMap<>();
        other.layers.forEach(row -> theirs.put(row.name(), row));
        for (LayerSpectrum row : layers) {
            LayerSpectrum match = theirs.remove(row.name());
            if (row.shape().isEmpty() && (match == null || match.shape().isEmpty())) {
                continue;
            }
            if (match == null) {
                table.row(
                        row.name(),
                        number(row.alpha()),
                        null,
                        null,
                        number(row.metric(SpectrumMetric.SPECTRAL_NORM)),
                        null,
                        "only here");
                continue;
            }
            boolean sameShape = match.shape().equals(row.shape());
            table.row(
                    row.name(),
                    number(row.alpha()),
                    number(match.alpha()),
                    number(row.alpha() - match.alpha()),
                    number(row.metric(SpectrumMetric.SPECTRAL_NORM)),
                    number(match.metric(SpectrumMetric.SPECTRAL_NORM)),
                    sameShape ? "" : "shapes differ: " + shape(row) + " and " + shape(match));
        }
        for (LayerSpectrum row : theirs.values()) {
            if (!row.shape().isEmpty()) {
                table.row(
                        row.name(),
                        null,
                        number(row.alpha()),
                        null,
                        null,
                        number(row.metric(SpectrumMetric.SPECTRAL_NORM)),
                        "only there");
            }
        }
        return table.build();
    }

    private static Double number(double value) {
        return Double.isNaN(value) ? null : value;
    }

    private static String shape(LayerSpectrum row) {
        return row.shape().isEmpty() ? "" : row.shape().toString();
    }

    /** Writes {@link #table()} as RFC 4180 CSV. */
    public void writeCsv(Path file) throws IOException {
        Csv.write(table(), file);
    }

    /** Writes settings, rows and the glossary of metrics as JSON. */
    public void writeJson(Path file) throws IOException {
        Json.write(toMap(), file);
    }

    private Map<String, Object> toMap() {
        Map<String, Object> glossary = new LinkedHashMap<>();
        for (SpectrumMetric metric : SpectrumMetric.values()) {
            glossary.put(metric.key(), metric.glossary());
        }
        List<Object> rows = new ArrayList<>();
        for (LayerSpectrum row : layers) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("layer", row.layer());
            json.put("parameter", row.parameter());
            json.put("type", row.type());
            json.put("kind", row.kind().map(Enum::name).orElse(null));
            json.put("shape", row.shape());
            json.put("frozen", row.frozen());
            for (SpectrumMetric metric : SpectrumMetric.values()) {
                json.put(metric.key(), number(row.metric(metric)));
            }
            json.put("hint", row.hint());
            json.put("reason", row.reason().orElse(null));
            rows.add(json);
        }
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("settings", settings);
        report.put("layers", rows);
        report.put("glossary", glossary);
        return report;
    }

    /** The columns people look at first, one line per row. */
    @Override
    public String toString() {
        Table.Builder table = Table.builder(
                "layer", "type", "shape", "alpha", "D", "tail", "spectral_norm", "stable_rank", "mp_softrank", "hint");
        for (LayerSpectrum row : layers) {
            table.row(
                    row.name(),
                    row.type(),
                    shape(row),
                    number(row.alpha()),
                    number(row.metric(SpectrumMetric.KS_DISTANCE)),
                    number(row.metric(SpectrumMetric.TAIL_SIZE)),
                    number(row.metric(SpectrumMetric.SPECTRAL_NORM)),
                    number(row.metric(SpectrumMetric.STABLE_RANK)),
                    number(row.metric(SpectrumMetric.MP_SOFT_RANK)),
                    row.reason().orElse(row.hint()));
        }
        return table.build().toString();
    }
}
