/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.report;

import java.math.MathContext;
import java.util.Collection;
import java.util.TreeSet;

import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.node.ArrayNode;
import org.nd4j.shade.jackson.databind.node.ObjectNode;

/**
 * What the page needs to draw a chart: no more points than a screen can show, no more digits than an eye can see.
 *
 * <p>Of a series of more than 2000 points the first and last, and the lowest, the highest and the first missing value
 * of each of 1000 equal pieces are kept, so peaks and gaps stay. Areas, which stand on each other, keep the same points:
 * those of all of them, of pieces that are the larger, the more areas there are.
 */
final class ChartData {
    private static final int PIECES = 1000;
    private static final MathContext DIGITS = new MathContext(7);

    private ChartData() {}

    static JsonNode of(JsonNode chart) {
        if (isHeatMap(chart)) {
            return HeatMapData.of(chart);
        }
        ObjectNode drawn = chart.deepCopy();
        drawn.remove("note");
        TreeSet<Integer> keptByAreas = keptByAreas(chart.path("series"));
        for (JsonNode series : drawn.path("series")) {
            if (series.has("x")) {
                TreeSet<Integer> kept = isArea(series) ? keptByAreas : kept(series.path("y"), PIECES);
                ((ObjectNode) series).set("x", pick(series.path("x"), kept));
                ((ObjectNode) series).set("y", pick(series.path("y"), kept));
            }
        }
        return drawn;
    }

    /** What readers should know about the points or cells left out; empty if there is nothing. */
    static String reduction(JsonNode chart) {
        return isHeatMap(chart) ? HeatMapData.reduction(chart) : "";
    }

    private static boolean isHeatMap(JsonNode chart) {
        return chart.path("kind").asText().equals("heatMap");
    }

    private static boolean isArea(JsonNode series) {
        return series.path("style").asText().equals("area");
    }

    private static TreeSet<Integer> keptByAreas(JsonNode all) {
        int areas = 0;
        for (JsonNode series : all) {
            areas += isArea(series) ? 1 : 0;
        }
        TreeSet<Integer> kept = new TreeSet<>();
        for (JsonNode series : all) {
            if (isArea(series)) {
                kept.addAll(kept(series.path("y"), Math.max(1, PIECES / areas)));
            }
        }
        return kept;
    }

    private static TreeSet<Integer> kept(JsonNode y, int most) {
        TreeSet<Integer> kept = new TreeSet<>();
        int size = y.size();
        int pieces = size > 2 * PIECES ? most : size;
        for (int p = 0; p < pieces; p++) {
            keepPiece(y, (int) ((long) p * size / pieces), (int) ((p + 1L) * size / pieces), kept);
        }
        if (size > 0) {
            kept.add(0);
            kept.add(size - 1);
        }
        return kept;
    }

    private static void keepPiece(JsonNode y, int from, int to, TreeSet<Integer> kept) {
        int low = -1;
        int high = -1;
        int missing = -1;
        for (int i = from; i < to; i++) {
            if (!y.get(i).isNumber()) {
                missing = missing < 0 ? i : missing;
                continue;
            }
            double value = y.get(i).doubleValue();
            low = low < 0 || value < y.get(low).doubleValue() ? i : low;
            high = high < 0 || value > y.get(high).doubleValue() ? i : high;
        }
        for (int i : new int[] {low, high, missing}) {
            if (i >= 0) {
                kept.add(i);
            }
        }
    }

    static ArrayNode pick(JsonNode values, Collection<Integer> kept) {
        ArrayNode picked = Json.MAPPER.createArrayNode();
        for (int i : kept) {
            JsonNode value = values.path(i);
            if (value.isNumber()) {
                picked.add(value.decimalValue().round(DIGITS).stripTrailingZeros());
            } else {
                picked.addNull();
            }
        }
        return picked;
    }
}
