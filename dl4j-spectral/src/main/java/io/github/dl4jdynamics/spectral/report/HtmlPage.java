/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

import org.nd4j.shade.jackson.databind.JsonNode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns sections into the text of one page. */
final class HtmlPage {
    // The browser itself refuses every load, whatever a section says.
    private static final String POLICY =
            "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'";

    private static final Logger LOG = LoggerFactory.getLogger(HtmlPage.class);

    private final String title;
    private final Optional<ChartScript> charts;
    private final StringBuilder html = new StringBuilder();

    HtmlPage(String title, Optional<ChartScript> charts) {
        this.title = title;
        this.charts = charts;
    }

    String render(List<JsonNode> sections, List<String> unreadable) {
        html.setLength(0);
        head();
        header(sections);
        html.append("<main>\n");
        unreadable.forEach(file -> notice("Section file " + file + " cannot be read and is left out."));
        if (charts.isEmpty() && sections.stream().anyMatch(HtmlPage::hasChart)) {
            notice(
                    "Charts are shown as tables; add org.webjars.npm:chart.js (version 4) to the class path for drawings.");
        }
        if (sections.isEmpty()) {
            notice("There are no sections yet.");
        }
        sections.forEach(this::section);
        html.append("</main>\n<footer>dl4j-dynamics");
        charts.ifPresent(script -> html.append(" · charts by Chart.js ").append(Html.escape(script.version())));
        html.append("</footer>\n");
        charts.ifPresent(script -> html.append("<script>")
                .append(script.inline())
                .append("</script>\n<script>")
                .append(resource("heatmap.js"))
                .append("</script>\n"));
        html.append("<script>").append(resource("report.js")).append("</script>\n</body>\n</html>\n");
        return html.toString();
    }

    private void head() {
        html.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
                .append("<meta http-equiv=\"Content-Security-Policy\" content=\"")
                .append(POLICY)
                .append("\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>")
                .append(Html.escape(title))
                .append("</title>\n<style>\n")
                .append(resource("report.css"))
                .append("</style>\n<script>")
                .append(resource("theme.js"))
                .append("</script>\n</head>\n<body>\n");
    }

    private void header(List<JsonNode> sections) {
        html.append("<header><div class=\"top\"><h1>")
                .append(Html.escape(title))
                .append("</h1>\n<nav>");
        for (JsonNode section : sections) {
            html.append("<a href=\"#")
                    .append(anchor(section))
                    .append("\">")
                    .append(heading(section))
                    .append("</a>");
        }
        html.append("</nav>\n<button id=\"theme\" type=\"button\" title=\"Light or dark\">")
                .append("</button></div></header>\n");
    }

    private void section(JsonNode section) {
        int before = html.length();
        try {
            html.append("<section id=\"")
                    .append(anchor(section))
                    .append("\">\n<h2>")
                    .append(heading(section))
                    .append("</h2>\n");
            BlockHtml blocks = new BlockHtml(html, charts.isPresent());
            section.path("blocks").forEach(blocks::append);
            blocks.close();
        } catch (RuntimeException e) {
            html.setLength(before);
            LOG.warn("Report section {} cannot be shown; run its diagnostic again", section.path("id"), e);
            html.append("<section id=\"").append(anchor(section)).append("\">\n");
            notice("Section " + section.path("id").asText() + " cannot be shown: " + e.getMessage());
        }
        html.append("</section>\n");
    }

    private void notice(String text) {
        html.append("<p class=\"notice\">").append(Html.escape(text)).append("</p>\n");
    }

    private static boolean hasChart(JsonNode section) {
        for (JsonNode block : section.path("blocks")) {
            if (BlockHtml.isChart(block)) {
                return true;
            }
        }
        return false;
    }

    private static String anchor(JsonNode section) {
        return "section-" + Html.escape(section.path("id").asText());
    }

    private static String heading(JsonNode section) {
        return Html.escape(section.path("title").asText());
    }

    private static String resource(String name) {
        try (InputStream in = HtmlPage.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
