/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.report;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.node.ArrayNode;
import org.nd4j.shade.jackson.databind.node.ObjectNode;

/**
 * What the page needs to draw a heat map: at most about 400 rows and columns, two bytes per cell.
 *
 * <pre>{@code
 * code = sign(v) * (32767 - round(1000 * ln(peak / |v|)))     0 for zero, -32768 for an empty cell
 * }</pre>
 *
 * <p>{@code peak} is the largest {@code |v|}. The relative error is at most 0.05 %; what is 1e14 times smaller than the
 * peak becomes zero. Codes are little-endian, row by row, in Base64.
 */
final class HeatMapData {
    private static final int MAX_CELLS = 400;
    private static final int LARGEST_CODE = Short.MAX_VALUE;
    private static final short EMPTY = Short.MIN_VALUE;
    private static final double STEPS = 1000;

    private final JsonNode chart;
    private final int rowStep;
    private final int columnStep;

    private HeatMapData(JsonNode chart) {
        this.chart = chart;
        rowStep = step(chart.path("values").size());
        columnStep = step(chart.path("x").size());
    }

    static JsonNode of(JsonNode chart) {
        return new HeatMapData(chart).drawn();
    }

    /** How cells were merged, for readers; empty if none were. */
    static String reduction(JsonNode chart) {
        HeatMapData data = new HeatMapData(chart);
        return data.rowStep * data.columnStep == 1
                ? ""
                : "A cell stands for up to " + data.rowStep + (data.rowStep == 1 ? " row and " : " rows and ")
                        + data.columnStep + (data.columnStep == 1 ? " column" : " columns")
                        + " and shows the value farthest from zero.";
    }

    /** Name of a row: its own, or its group and 0-based index there. */
    static String rowName(JsonNode chart, int row) {
        if (chart.path("rowNames").size() > 0) {
            return chart.path("rowNames").path(row).asText();
        }
        int index = row;
        for (JsonNode group : chart.path("groups")) {
            if (index < group.path("rows").asInt()) {
                return group.path("name").asText() + " " + index;
            }
            index -= group.path("rows").asInt();
        }
        return rowKind(chart) + " " + row;
    }

    static String rowKind(JsonNode chart) {
        String label = chart.path("yLabel").asText();
        return label.isEmpty() ? "row" : label;
    }

    private static int step(int size) {
        return Math.max(1, (size + MAX_CELLS - 1) / MAX_CELLS);
    }

    private JsonNode drawn() {
        ObjectNode drawn = Json.MAPPER.createObjectNode();
        for (String name : List.of("kind", "title", "xLabel", "yLabel", "valueLabel", "negative", "positive")) {
            drawn.set(name, chart.path(name));
        }
        drawn.put("named", chart.path("rowNames").size() > 0);
        List<Integer> rows = rowStarts(drawn.putArray("groups"));
        List<Integer> columns = starts(0, chart.path("x").size(), columnStep);
        ArrayNode names = drawn.putArray("rows");
        for (int r = 0; r + 1 < rows.size(); r++) {
            String first = rowName(chart, rows.get(r));
            int last = rows.get(r + 1) - 1;
            names.add(last == rows.get(r) ? first : first + " to " + rowName(chart, last));
        }
        drawn.set("x", ChartData.pick(chart.path("x"), columns.subList(0, columns.size() - 1)));
        if (columnStep > 1) {
            List<Integer> lasts = new ArrayList<>();
            columns.subList(1, columns.size()).forEach(next -> lasts.add(next - 1));
            drawn.set("xLast", ChartData.pick(chart.path("x"), lasts));
        }
        encode(merged(rows, columns), drawn);
        return drawn;
    }

    /** First row of each drawn row, and the end; no drawn row crosses the border of a group. */
    private List<Integer> rowStarts(ArrayNode drawnGroups) {
        int all = chart.path("values").size();
        List<Integer> starts = new ArrayList<>();
        int from = 0;
        for (JsonNode group : chart.path("groups")) {
            int to = from + group.path("rows").asInt();
            List<Integer> own = starts(from, to, rowStep);
            starts.addAll(own.subList(0, own.size() - 1));
            drawnGroups.addObject().put("name", group.path("name").asText()).put("rows", own.size() - 1);
            from = to;
        }
        starts.addAll(starts(from, all, rowStep));
        return starts;
    }

    private static List<Integer> starts(int from, int to, int step) {
        List<Integer> starts = new ArrayList<>();
        for (int i = from; i < to; i += step) {
            starts.add(i);
        }
        starts.add(to);
        return starts;
    }

    private double[][] merged(List<Integer> rows, List<Integer> columns) {
        double[][] cells = new double[rows.size() - 1][columns.size() - 1];
        for (int r = 0; r < cells.length; r++) {
            for (int c = 0; c < cells[r].length; c++) {
                cells[r][c] = farthest(rows.get(r), rows.get(r + 1), columns.get(c), columns.get(c + 1));
            }
        }
        return cells;
    }

    /** The finite value farthest from zero, NaN if there is none. */
    private double farthest(int rowFrom, int rowTo, int columnFrom, int columnTo) {
        double farthest = Double.NaN;
        for (int r = rowFrom; r < rowTo; r++) {
            JsonNode row = chart.path("values").path(r);
            for (int c = columnFrom; c < columnTo; c++) {
                double value = row.path(c).isNumber() ? row.path(c).doubleValue() : Double.NaN;
                if (Double.isNaN(farthest) || Math.abs(value) > Math.abs(farthest)) {
                    farthest = value;
                }
            }
        }
        return farthest;
    }

    private void encode(double[][] cells, ObjectNode drawn) {
        double peak = 0;
        int count = 0;
        for (double[] row : cells) {
            for (double value : row) {
                peak = Math.abs(value) > peak ? Math.abs(value) : peak;
                count++;
            }
        }
        ByteBuffer codes = ByteBuffer.allocate(2 * count).order(ByteOrder.LITTLE_ENDIAN);
        for (double[] row : cells) {
            for (double value : row) {
                codes.putShort(code(value, peak));
            }
        }
        drawn.put("range", chart.path("range").asDouble());
        drawn.put("peak", peak);
        drawn.put("cells", Base64.getEncoder().encodeToString(codes.array()));
    }

    private static short code(double value, double peak) {
        if (Double.isNaN(value)) {
            return EMPTY;
        }
        if (value == 0) {
            return 0;
        }
        long size = LARGEST_CODE - Math.round(STEPS * (Math.log(peak) - Math.log(Math.abs(value))));
        return (short) (Math.signum(value) * Math.max(0, size));
    }
}
