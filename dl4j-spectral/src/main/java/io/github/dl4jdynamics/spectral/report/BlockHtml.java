/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.report;

import java.util.ArrayList;
import java.util.List;

import com.google.common.collect.ImmutableSet;
import org.nd4j.shade.jackson.databind.JsonNode;

/** Writes the blocks of one section: paragraphs, tables, and charts, neighbouring charts in a grid. */
final class BlockHtml {
    private static final ImmutableSet<String> CHARTS = ImmutableSet.of("lineChart", "barChart", "histogram", "heatMap");

    private final StringBuilder html;
    private final boolean drawn;
    private boolean inGrid;

    BlockHtml(StringBuilder html, boolean drawn) {
        this.html = html;
        this.drawn = drawn;
    }

    static boolean isChart(JsonNode block) {
        return CHARTS.contains(block.path("kind").asText());
    }

    void append(JsonNode block) {
        if (isChart(block)) {
            if (!inGrid) {
                html.append("<div class=\"grid\">\n");
                inGrid = true;
            }
            chart(block);
            return;
        }
        close();
        switch (block.path("kind").asText()) {
            case "paragraph":
                html.append("<p>").append(text(block, "text")).append("</p>\n");
                break;
            case "table":
                html.append("<figure class=\"card\"><figcaption>")
                        .append(text(block, "caption"))
                        .append("</figcaption>\n");
                table(tableOf(block));
                html.append("</figure>\n");
                break;
            default:
                html.append("<p class=\"notice\">A part of kind '")
                        .append(text(block, "kind"))
                        .append("' is not known to this version.</p>\n");
        }
    }

    /** Ends a grid of charts that is still open. */
    void close() {
        if (inGrid) {
            html.append("</div>\n");
            inGrid = false;
        }
    }

    private void chart(JsonNode block) {
        html.append("<figure class=\"card chart\"><figcaption>")
                .append(text(block, "title"))
                .append("</figcaption>\n");
        if (drawn) {
            html.append("<div class=\"canvas\"><canvas role=\"img\" aria-label=\"")
                    .append(text(block, "title"))
                    .append("\"></canvas></div>\n<div class=\"legend\"></div>\n<script type=\"application/json\">")
                    .append(Html.escapeJson(ChartData.of(block).toString()))
                    .append("</script>\n");
        }
        if (drawn) {
            note(ChartData.reduction(block));
            note(block.path("note").asText());
            html.append("<details><summary>Data</summary>\n");
        }
        for (ChartTable data : ChartTable.of(block)) {
            table(data.table());
            note(data.note());
        }
        if (drawn) {
            html.append("</details>\n");
        } else {
            note(block.path("note").asText());
        }
        html.append("</figure>\n");
    }

    private void note(String text) {
        if (!text.isEmpty()) {
            html.append("<p class=\"note\">").append(Html.escape(text)).append("</p>\n");
        }
    }

    private static Table tableOf(JsonNode block) {
        List<String> columns = new ArrayList<>();
        block.path("columns").forEach(column -> columns.add(column.asText()));
        Table.Builder rows = Table.builder(columns.toArray(new String[0]));
        for (JsonNode row : block.path("rows")) {
            List<Object> cells = new ArrayList<>();
            row.forEach(cell -> cells.add(JsonCell.value(cell)));
            rows.row(cells.toArray());
        }
        return rows.build();
    }

    private void table(Table table) {
        List<ColumnFormat> formats = new ArrayList<>();
        html.append("<div class=\"scroll\"><table><thead><tr>");
        for (int c = 0; c < table.columns().size(); c++) {
            ColumnFormat format = ColumnFormat.of(table.column(c));
            formats.add(format);
            html.append(format.isNumeric() ? "<th class=\"n\" scope=\"col\">" : "<th scope=\"col\">")
                    .append(Html.escape(table.columns().get(c)))
                    .append("</th>");
        }
        html.append("</tr></thead><tbody>\n");
        for (List<Object> row : table.rows()) {
            html.append("<tr>");
            for (int c = 0; c < row.size(); c++) {
                cell(row.get(c), formats.get(c));
            }
            html.append("</tr>\n");
        }
        html.append("</tbody></table></div>\n");
    }

    /** Shows a number rounded; where that loses digits, the full number is the tooltip and the key to sort by. */
    private void cell(Object value, ColumnFormat format) {
        String shown = format.format(value);
        html.append(format.isNumeric() ? "<td class=\"n\"" : "<td");
        if (value instanceof Number && Double.compare(Double.parseDouble(shown), ((Number) value).doubleValue()) != 0) {
            html.append(" title=\"").append(Html.escape(value.toString())).append('"');
        }
        html.append('>').append(Html.escape(shown)).append("</td>");
    }

    private static String text(JsonNode block, String name) {
        return Html.escape(block.path(name).asText());
    }
}
