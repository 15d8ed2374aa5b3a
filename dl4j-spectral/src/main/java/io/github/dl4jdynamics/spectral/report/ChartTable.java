/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.report;

import java.util.ArrayList;
import java.util.List;

import org.nd4j.shade.jackson.databind.JsonNode;

/** The numbers of a chart as tables of at most 100 rows, those of a heat map also of at most 12 columns. */
final class ChartTable {
    private static final int MAX_ROWS = 100;
    private static final int MAX_COLUMNS = 12;

    private final Table table;
    private final int every;
    private final int everyColumn;

    private ChartTable(Table table, int every) {
        this(table, every, 1);
    }

    private ChartTable(Table table, int every, int everyColumn) {
        this.table = table;
        this.every = every;
        this.everyColumn = everyColumn;
    }

    static List<ChartTable> of(JsonNode chart) {
        boolean curves = chart.path("series").size() > 0;
        switch (chart.path("kind").asText()) {
            case "barChart":
                return List.of(bars(chart));
            case "histogram":
                return curves ? List.of(bins(chart), lines(chart)) : List.of(bins(chart));
            case "heatMap":
                return List.of(cells(chart));
            default:
                return List.of(lines(chart));
        }
    }

    Table table() {
        return table;
    }

    /** Says which rows and columns are shown; empty if all are. */
    String note() {
        String rows = every == 1 ? "" : "One of every " + every + " rows";
        String columns = everyColumn == 1 ? "" : "one of every " + everyColumn + " columns";
        if (rows.isEmpty()) {
            return columns.isEmpty() ? "" : "O" + columns.substring(1) + ".";
        }
        return rows + (columns.isEmpty() ? "." : " and " + columns + ".");
    }

    private static ChartTable bars(JsonNode chart) {
        List<String> names = new ArrayList<>(List.of(""));
        chart.path("series").forEach(series -> names.add(series.path("name").asText()));
        Table.Builder rows = Table.builder(names.toArray(new String[0]));
        JsonNode categories = chart.path("categories");
        int every = every(categories.size());
        for (int i = 0; i < categories.size(); i += every) {
            List<Object> row = new ArrayList<>();
            row.add(categories.get(i).asText());
            for (JsonNode series : chart.path("series")) {
                row.add(JsonCell.value(series.path("values").path(i)));
            }
            rows.row(row.toArray());
        }
        return new ChartTable(rows.build(), every);
    }

    private static ChartTable bins(JsonNode chart) {
        Table.Builder rows = Table.builder("from", "to", chart.path("name").asText());
        JsonNode heights = chart.path("heights");
        int every = every(heights.size());
        for (int i = 0; i < heights.size(); i += every) {
            JsonNode edges = chart.path("edges");
            rows.row(JsonCell.value(edges.path(i)), JsonCell.value(edges.path(i + 1)), JsonCell.value(heights.get(i)));
        }
        return new ChartTable(rows.build(), every);
    }

    private static ChartTable cells(JsonNode chart) {
        JsonNode x = chart.path("x");
        JsonNode values = chart.path("values");
        int every = every(values.size());
        int everyColumn = every(x.size(), MAX_COLUMNS);
        List<String> names = new ArrayList<>(List.of(HeatMapData.rowKind(chart)));
        for (int c = 0; c < x.size(); c += everyColumn) {
            names.add(ColumnFormat.significant(x.get(c).numberValue()));
        }
        Table.Builder rows = Table.builder(names.toArray(new String[0]));
        for (int r = 0; r < values.size(); r += every) {
            List<Object> row = new ArrayList<>(List.of(HeatMapData.rowName(chart, r)));
            for (int c = 0; c < x.size(); c += everyColumn) {
                row.add(JsonCell.value(values.get(r).path(c)));
            }
            rows.row(row.toArray());
        }
        return new ChartTable(rows.build(), every, everyColumn);
    }

    /** One column per series if all share their x values, else one row per point. */
    private static ChartTable lines(JsonNode chart) {
        JsonNode all = chart.path("series");
        JsonNode x = all.path(0).path("x");
        String xName = chart.path("xLabel").asText().isEmpty()
                ? "x"
                : chart.path("xLabel").asText();
        boolean shared = true;
        int points = 0;
        List<String> names = new ArrayList<>(List.of(xName));
        for (JsonNode series : all) {
            shared &= series.path("x").equals(x);
            points += series.path("x").size();
            names.add(series.path("name").asText());
        }
        if (shared) {
            return columns(all, x, Table.builder(names.toArray(new String[0])));
        }
        Table.Builder rows = Table.builder("series", xName, "value");
        int every = every(points);
        int point = 0;
        for (JsonNode series : all) {
            for (int i = 0; i < series.path("x").size(); i++, point++) {
                if (point % every == 0) {
                    rows.row(
                            series.path("name").asText(),
                            JsonCell.value(series.path("x").path(i)),
                            JsonCell.value(series.path("y").path(i)));
                }
            }
        }
        return new ChartTable(rows.build(), every);
    }

    private static ChartTable columns(JsonNode all, JsonNode x, Table.Builder rows) {
        int every = every(x.size());
        for (int i = 0; i < x.size(); i += every) {
            List<Object> row = new ArrayList<>();
            row.add(JsonCell.value(x.get(i)));
            for (JsonNode series : all) {
                row.add(JsonCell.value(series.path("y").path(i)));
            }
            rows.row(row.toArray());
        }
        return new ChartTable(rows.build(), every);
    }

    private static int every(int rows) {
        return every(rows, MAX_ROWS);
    }

    private static int every(int size, int most) {
        return Math.max(1, (size + most - 1) / most);
    }
}
