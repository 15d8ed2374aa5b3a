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

import com.google.common.base.Strings;
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
    private static final ImmutableList<String> COLUMNS = columns();

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

    /** The first row with this {@link LayerSpectrum#name()} or of the layer with this name. */
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

    /** Every metric of every row; no value where there is none. */
    public Table table() {
        Table.Builder table = Table.builder(COLUMNS.toArray(new String[0]));
        layers.forEach(row -> table.row(cells(row).values().toArray()));
        return table.build();
    }

    private static ImmutableList<String> columns() {
        ImmutableList.Builder<String> columns = ImmutableList.builder();
        columns.add("layer", "parameter", "type", "kind", "shape", "frozen");
        Arrays.stream(SpectrumMetric.values()).map(SpectrumMetric::key).forEach(columns::add);
        return columns.add("hint", "reason").build();
    }

    /** One row by column; null for no value. */
    private static Map<String, Object> cells(LayerSpectrum row) {
        List<Object> values = new ArrayList<>(Arrays.asList(
                row.layer(),
                Strings.emptyToNull(row.parameter()),
                row.type(),
                row.kind().orElse(null),
                row.kind().isPresent() ? row.shape() : null,
                row.frozen()));
        for (SpectrumMetric metric : SpectrumMetric.values()) {
            values.add(number(row.metric(metric)));
        }
        values.add(Strings.emptyToNull(row.hint()));
        values.add(row.reason().orElse(null));
        Map<String, Object> cells = new LinkedHashMap<>();
        for (int c = 0; c < COLUMNS.size(); c++) {
            cells.put(COLUMNS.get(c), values.get(c));
        }
        return cells;
    }

    /**
     * This report's alphas beside another's, by layer and parameter: the same matrix over time, where alpha says most.
     *
     * <p>Layers without weights are left out. The note tells matrices apart that only one report has, whose shapes differ
     * or that were not measured.
     *
     * @param other a report of a network with the same layer names, for example an earlier checkpoint
     */
    public Table compare(SpectrumReport other) {
        Table.Builder table = Table.builder(
                "layer", "alpha", "alpha other", "difference", "spectral_norm", "spectral_norm other", "note");
        List<LayerSpectrum> theirs = new ArrayList<>(other.layers);
        for (LayerSpectrum row : layers) {
            if (row.kind().isPresent()) {
                Optional<LayerSpectrum> match = theirs.stream()
                        .filter(their -> their.layer().equals(row.layer())
                                && their.parameter().equals(row.parameter()))
                        .findFirst();
                match.ifPresent(theirs::remove);
                table.row(comparison(row.name(), Optional.of(row), match));
            }
        }
        for (LayerSpectrum their : theirs) {
            if (their.kind().isPresent()) {
                table.row(comparison(their.name(), Optional.empty(), Optional.of(their)));
            }
        }
        return table.build();
    }

    private static Object[] comparison(String name, Optional<LayerSpectrum> here, Optional<LayerSpectrum> there) {
        double alpha = metric(here, SpectrumMetric.ALPHA);
        double other = metric(there, SpectrumMetric.ALPHA);
        return new Object[] {
            name,
            number(alpha),
            number(other),
            number(alpha - other),
            number(metric(here, SpectrumMetric.SPECTRAL_NORM)),
            number(metric(there, SpectrumMetric.SPECTRAL_NORM)),
            note(here, there)
        };
    }

    private static double metric(Optional<LayerSpectrum> row, SpectrumMetric metric) {
        return row.map(present -> present.metric(metric)).orElse(Double.NaN);
    }

    private static String note(Optional<LayerSpectrum> here, Optional<LayerSpectrum> there) {
        if (here.isEmpty() || there.isEmpty()) {
            return here.isPresent() ? "only here" : "only there";
        }
        if (!here.get().shape().equals(there.get().shape())) {
            return "shapes differ: " + here.get().shape() + " and "
                    + there.get().shape();
        }
        return here.get()
                .reason()
                .or(() -> there.get().reason().map(reason -> "other: " + reason))
                .orElse(null);
    }

    private static Double number(double value) {
        return Double.isNaN(value) ? null : value;
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
        layers.forEach(row -> rows.add(cells(row)));
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
                    row.kind().isPresent() ? row.shape() : null,
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
