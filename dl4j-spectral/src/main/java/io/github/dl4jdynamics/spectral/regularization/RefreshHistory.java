/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.regularization;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.google.common.collect.ImmutableList;
import io.github.dl4jdynamics.spectral.nd4j.eigen.BasisRefresh;
import io.github.dl4jdynamics.spectral.report.Csv;
import io.github.dl4jdynamics.spectral.report.Json;
import io.github.dl4jdynamics.spectral.report.LineChart;
import io.github.dl4jdynamics.spectral.report.ReportSection;
import io.github.dl4jdynamics.spectral.report.Table;

/**
 * Refreshes of all spectral penalties of a network so far. Immutable.
 *
 * @since 0.1
 */
public final class RefreshHistory {
    private final ImmutableList<RefreshRecord> records;

    RefreshHistory(List<RefreshRecord> records) {
        this.records = ImmutableList.copyOf(records);
    }

    /** In the order of training. */
    public ImmutableList<RefreshRecord> records() {
        return records;
    }

    /** A row for each refresh. */
    public Table table() {
        Table.Builder table = Table.builder(
                "iteration",
                "matrix",
                "outcome",
                "residual",
                "ms",
                "penalty",
                "rank 1",
                "rank 2",
                "rank 4",
                "rank 8",
                "smallest");
        for (RefreshRecord record : records) {
            double[] values = record.values();
            table.row(
                    record.iteration(),
                    record.matrix(),
                    record.refresh().outcome(),
                    number(record.refresh().residual()),
                    record.refresh().nanos() / 1e6,
                    record.penalty(),
                    at(values, 0),
                    at(values, 1),
                    at(values, 2),
                    at(values, 3),
                    number(record.smallest()));
        }
        return table.build();
    }

    /** A row for each matrix: how often it was refreshed, how far off the vectors were, what it cost. */
    public Table summary() {
        Table.Builder table = Table.builder(
                "matrix",
                "refreshes",
                "decomposed",
                "too far off",
                "refused",
                "mean residual",
                "largest",
                "mean ms",
                "penalty");
        byMatrix()
                .forEach((matrix, rows) -> table.row(
                        matrix,
                        rows.size(),
                        count(rows, BasisRefresh.Outcome.DECOMPOSED),
                        count(rows, BasisRefresh.Outcome.REPLACED),
                        count(rows, BasisRefresh.Outcome.REFUSED),
                        number(residuals(rows).average().orElse(Double.NaN)),
                        number(residuals(rows).max().orElse(Double.NaN)),
                        rows.stream()
                                        .mapToLong(row -> row.refresh().nanos())
                                        .average()
                                        .orElse(0)
                                / 1e6,
                        rows.get(rows.size() - 1).penalty()));
        return table.build();
    }

    private static java.util.stream.DoubleStream residuals(List<RefreshRecord> rows) {
        return rows.stream().mapToDouble(row -> row.refresh().residual()).filter(Double::isFinite);
    }

    private static long count(List<RefreshRecord> rows, BasisRefresh.Outcome outcome) {
        return rows.stream().filter(row -> row.refresh().outcome() == outcome).count();
    }

    private Map<String, List<RefreshRecord>> byMatrix() {
        Map<String, List<RefreshRecord>> byMatrix = new LinkedHashMap<>();
        records.forEach(record -> byMatrix.computeIfAbsent(record.matrix(), matrix -> new ArrayList<>())
                .add(record));
        return byMatrix;
    }

    private static Double at(double[] values, int index) {
        return index < values.length ? number(values[index]) : null;
    }

    private static Double number(double value) {
        return Double.isNaN(value) ? null : value;
    }

    /** Writes {@link #table()} as RFC 4180 CSV. */
    public void writeCsv(Path file) throws IOException {
        Csv.write(table(), file);
    }

    /** Writes every refresh with all kept values as JSON. */
    public void writeJson(Path file) throws IOException {
        List<Object> rows = new ArrayList<>();
        for (RefreshRecord record : records) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("iteration", record.iteration());
            row.put("matrix", record.matrix());
            row.put("outcome", record.refresh().outcome().toString());
            row.put("residual", number(record.refresh().residual()));
            row.put("ms", record.refresh().nanos() / 1e6);
            row.put("penalty", record.penalty());
            List<Double> values = new ArrayList<>();
            for (double value : record.values()) {
                values.add(value);
            }
            row.put("valuesAtRanks1_2_4", values);
            row.put("smallest", number(record.smallest()));
            rows.add(row);
        }
        Json.write(Map.of("refreshes", rows), file);
    }

    /** A chapter for the report: convergence of the vectors, spectra and penalties over time, what it cost. */
    public ReportSection section() {
        ReportSection.Builder section = ReportSection.builder("spectral-penalties", "Spectral penalties");
        section.paragraph(
                "A residual of 0 means that the vectors, as they were foreseen, are singular vectors of the matrix at a"
                        + " refresh, which takes one step towards the new ones. Lines of a spectrum are singular values of ranks 1, 2, 4, 8 and so on, the"
                        + " largest first.");
        section.table("Refreshes", summary());
        LineChart.Builder residual = LineChart.builder("How far off the vectors were")
                .xLabel("iteration")
                .yLabel("residual")
                .logY();
        LineChart.Builder penalty =
                LineChart.builder("Penalties").xLabel("iteration").yLabel("without coefficient");
        byMatrix().forEach((matrix, rows) -> {
            residual.line(
                    matrix,
                    iterations(rows),
                    rows.stream()
                            .mapToDouble(row ->
                                    row.refresh().residual() > 0 ? row.refresh().residual() : Double.NaN)
                            .toArray());
            penalty.line(
                    matrix,
                    iterations(rows),
                    rows.stream().mapToDouble(RefreshRecord::penalty).toArray());
        });
        section.chart(residual.build()).chart(penalty.build());
        byMatrix().forEach((matrix, rows) -> section.chart(spectrum(matrix, rows)));
        return section.build();
    }

    private static LineChart spectrum(String matrix, List<RefreshRecord> rows) {
        LineChart.Builder chart = LineChart.builder("Spectrum of " + matrix)
                .xLabel("iteration")
                .yLabel("singular value")
                .logY();
        int ranks = rows.stream().mapToInt(row -> row.values().length).max().orElse(0);
        for (int r = 0; r < ranks; r++) {
            int rank = r;
            chart.line(
                    "rank " + (1 << rank),
                    iterations(rows),
                    rows.stream()
                            .mapToDouble(row -> rank < row.values().length && row.values()[rank] > 0
                                    ? row.values()[rank]
                                    : Double.NaN)
                            .toArray());
        }
        return chart.build();
    }

    private static double[] iterations(List<RefreshRecord> rows) {
        return rows.stream().mapToDouble(RefreshRecord::iteration).toArray();
    }

    /** The summary. */
    @Override
    public String toString() {
        return summary().toString();
    }
}
