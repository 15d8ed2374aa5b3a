/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.report;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.shade.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class HtmlReportTest {
    private static final String EVIL = "</script><img src=x onerror=\"alert('1')\">&";
    private static final String EVIL_HTML =
            "&lt;/script&gt;&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;";

    @TempDir
    Path folder;

    @Test
    void write_paragraphsAndTables_areOnThePage() throws IOException {
        Table table = Table.builder("layer", "alpha", "xmin")
                .row("conv1", 2.3456789, Double.NaN)
                .row("fc", null, 0.5)
                .build();
        ReportSection section = ReportSection.builder("spectra", "Weight spectra")
                .paragraph("Measured once.")
                .table("All layers", table)
                .build();

        String page = Files.readString(HtmlReport.write(folder, "My run", section));

        assertThat(page)
                .startsWith("<!DOCTYPE html>")
                .contains("<title>My run</title>", "<h2>Weight spectra</h2>", "<p>Measured once.</p>")
                .contains("<a href=\"#section-spectra\">Weight spectra</a>", "<section id=\"section-spectra\">")
                .contains("<th scope=\"col\">layer</th><th class=\"n\" scope=\"col\">alpha</th>")
                .contains(
                        "<tr><td>conv1</td><td class=\"n\" title=\"2.3456789\">2.346</td><td class=\"n\">NaN</td></tr>")
                .contains("<tr><td>fc</td><td class=\"n\"></td><td class=\"n\">0.5000</td></tr>");
    }

    @Test
    void write_hostileTexts_areShownNotObeyed() throws IOException {
        ReportSection section = ReportSection.builder("evil", EVIL)
                .paragraph(EVIL)
                .table(EVIL, Table.builder(EVIL).row(EVIL).build())
                .chart(LineChart.builder(EVIL)
                        .xLabel(EVIL)
                        .note(EVIL)
                        .line(EVIL, new double[1], new double[1])
                        .build())
                .chart(BarChart.builder(EVIL, List.of(EVIL)).bars(EVIL, 1).build())
                .chart(Histogram.builder(EVIL).values(EVIL, new double[1], 1).build())
                .build();

        for (Optional<ChartScript> charts : List.of(ChartScript.find(), Optional.<ChartScript>empty())) {
            HtmlReport.store(folder, section);
            String page = Files.readString(HtmlReport.assemble(folder, EVIL, charts));

            assertThat(page).doesNotContain("<img").contains("<p>" + EVIL_HTML + "</p>");
            assertThat(page.split("</script>", -1)).hasSize(charts.isPresent() ? 8 : 3);
            assertThat(page.split("<script", -1)).hasSize(charts.isPresent() ? 8 : 3);
        }
    }

    @Test
    void write_chartWithChartJs_embedsScriptAndData() throws IOException {
        String page = Files.readString(HtmlReport.write(folder, "t", charts()));

        assertThat(page)
                .contains("Chart.js v4.", "charts by Chart.js 4.")
                .contains("<canvas role=\"img\" aria-label=\"Rates\"></canvas>")
                .contains("\"series\":[{\"name\":\"conv1\",\"style\":\"line\",\"x\":[1,2],\"y\":[0.1,null]}")
                .contains("<summary>Data</summary>")
                .doesNotContain("Charts are shown as tables");
    }

    @Test
    void page_withCharts_loadsNothing() throws IOException {
        String page = Files.readString(HtmlReport.write(folder, "t", charts()));

        assertThat(page).contains("content=\"default-src 'none';");
        assertThat(page)
                .doesNotContainPattern("(src|href)=[\"'](?!#)")
                .doesNotContain(
                        "@import", "url(", "sourceMappingURL", "fetch(", "XMLHttpRequest", "WebSocket", "<link");
    }

    @Test
    void assemble_withoutChartJs_showsTablesAndNamesTheLibrary() throws IOException {
        HtmlReport.store(folder, charts());

        String page = Files.readString(HtmlReport.assemble(folder, "t", Optional.empty()));

        assertThat(page)
                .containsOnlyOnce("add org.webjars.npm:chart.js (version 4) to the class path")
                .doesNotContain("<canvas", "application/json", "Chart.js 4")
                .contains("<tr><td class=\"n\">2</td><td class=\"n\">NaN</td><td class=\"n\">0.4000</td></tr>")
                .contains("<th class=\"n\" scope=\"col\">from</th>", ">power law</th>")
                .contains("<td>fc</td><td class=\"n\">-1</td>")
                .contains("<p class=\"note\">Measured after each epoch.</p>");
    }

    @Test
    void assemble_withoutChartJsOrCharts_saysNothingAboutThem() throws IOException {
        HtmlReport.store(folder, ReportSection.builder("a", "A").paragraph("x").build());

        assertThat(HtmlReport.assemble(folder, "t", Optional.empty())).content().doesNotContain("chart.js");
    }

    @Test
    void assemble_manyPoints_thinsTheTable() throws IOException {
        double[] x = new double[1001];
        HtmlReport.store(
                folder,
                ReportSection.builder("a", "A")
                        .chart(LineChart.builder("c").line("l", x, x).build())
                        .build());

        String page = Files.readString(HtmlReport.assemble(folder, "t", Optional.empty()));

        assertThat(page).contains("One of every 11 rows.");
        assertThat(page.split("<tr>", -1)).hasSize(1 + 1 + 91);
    }

    @Test
    void write_seriesWithDifferentPositions_areListedPointByPoint() throws IOException {
        HtmlReport.store(
                folder,
                ReportSection.builder("a", "A")
                        .chart(LineChart.builder("c")
                                .dots("p", new double[] {1}, new double[] {2})
                                .dashed("q", new double[] {3}, new double[] {4})
                                .build())
                        .build());

        assertThat(HtmlReport.assemble(folder, "t", Optional.empty()))
                .content()
                .contains("<tr><td>p</td><td class=\"n\">1</td><td class=\"n\">2</td></tr>")
                .contains("<tr><td>q</td><td class=\"n\">3</td><td class=\"n\">4</td></tr>");
    }

    @Test
    void write_severalTimes_mergesReplacesAndSorts() throws IOException {
        HtmlReport.write(folder, "first", section("zeta", 1, "Z1"), section("beta", 2, "B1"));
        HtmlReport.write(folder, "second", section("alpha", 2, "A1"));
        Path page = HtmlReport.write(folder, "third", section("beta", 2, "B2"));

        assertThat(page).content().contains("<title>third</title>").doesNotContain("B1");
        assertThat(Files.readString(page)).containsSubsequence("<h2>Z1", "<h2>A1", "<h2>B2");
        assertThat(folder.resolve("sections"))
                .isDirectoryNotContaining(f -> f.toString().endsWith(".tmp"));
        assertThat(folder.resolve("sections/beta.json")).exists();
    }

    @Test
    void assemble_sameSections_isTheSamePage() throws IOException {
        Path page = HtmlReport.write(folder, "t", charts(), section("a", 1, "A"));
        String before = Files.readString(page);

        HtmlReport.assemble(folder, "t");

        assertThat(page).hasContent(before);
    }

    @Test
    void assemble_damagedSections_areNamedAndLeftOut() throws IOException {
        HtmlReport.store(folder, section("good", 1, "Good"));
        Files.writeString(folder.resolve("sections/half.json"), "{\"id\": \"ha");
        Files.writeString(folder.resolve("sections/other.json"), "[1, 2]");
        Files.writeString(
                folder.resolve("sections/rows.json"),
                "{\"id\": \"rows\", \"blocks\": [{\"kind\": \"table\", \"columns\": [\"a\"], \"rows\": [[1, 2]]}]}");
        Files.writeString(
                folder.resolve("sections/newer.json"), "{\"id\": \"newer\", \"blocks\": [{\"kind\": \"hologram\"}]}");

        assertThat(HtmlReport.assemble(folder, "t"))
                .content()
                .contains("<h2>Good</h2>")
                .contains("Section file half.json cannot be read and is left out.")
                .contains("Section file other.json cannot be read and is left out.")
                .contains("Section rows cannot be shown: row 0 of the Table must have one cell")
                .contains("A part of kind 'hologram' is not known to this version.");
    }

    @Test
    void assemble_emptyFolder_saysSo() throws IOException {
        assertThat(HtmlReport.assemble(folder.resolve("new"), "t")).content().contains("There are no sections yet.");
    }

    @Test
    void sectionFile_keepsAllDigits() throws IOException {
        double[] y = {1 / 3.0, Double.NaN};
        Path file = HtmlReport.store(
                folder,
                ReportSection.builder("a", "A")
                        .chart(LineChart.builder("c")
                                .line("l", new double[] {1, 2}, y)
                                .build())
                        .build());

        JsonNode series = Json.MAPPER.readTree(file.toFile()).at("/blocks/0/series/0/y");

        assertThat(series.get(0).doubleValue()).isEqualTo(1 / 3.0);
        assertThat(series.get(1).asText()).isEqualTo("NaN");
    }

    @Test
    void builder_badId_isRefused() {
        for (String id : List.of("", "../up", "A", "a b", "-a", "a.json")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> ReportSection.builder(id, "t"))
                    .withMessage("id of a report section must be lower-case letters, digits and inner hyphens, got '"
                            + id + "'; it becomes a file name");
        }
    }

    @Test
    void chartScript_otherVersionsAndLoaders_isFoundOrNot() throws IOException {
        try (URLClassLoader nothing = new URLClassLoader(new URL[0], null)) {
            assertThat(ChartScript.find(nothing)).isEmpty();
        }
        Path pom = Files.createDirectories(folder.resolve("META-INF/maven/org.webjars.npm/chart.js"));
        Files.writeString(pom.resolve("pom.properties"), "version=4.9.1\n");
        try (URLClassLoader half = new URLClassLoader(new URL[] {folder.toUri().toURL()}, null)) {
            assertThat(ChartScript.find(half)).isEmpty();
        }
        Path dist = Files.createDirectories(folder.resolve("META-INF/resources/webjars/chart.js/4.9.1/dist"));
        Files.writeString(dist.resolve("chart.umd.js"), "x = '</script>';\n//# sourceMappingURL=chart.umd.js.map\n");
        try (URLClassLoader found = new URLClassLoader(new URL[] {folder.toUri().toURL()}, null)) {
            ChartScript script = ChartScript.find(found).orElseThrow();

            assertThat(script.version()).isEqualTo("4.9.1");
            assertThat(script.inline().strip()).isEqualTo("x = '<\\/script>';");
        }
    }

    private static ReportSection section(String id, int order, String title) {
        return ReportSection.builder(id, title).order(order).build();
    }

    private static ReportSection charts() {
        double[] epochs = {1, 2};
        return ReportSection.builder("charts", "Charts")
                .chart(LineChart.builder("Rates")
                        .xLabel("epoch")
                        .yLabel("rate")
                        .logY()
                        .note("Measured after each epoch.")
                        .line("conv1", epochs, new double[] {0.1, Double.NaN})
                        .line("fc", epochs, new double[] {0.2, 0.4})
                        .build())
                .chart(Histogram.builder("Spectrum")
                        .logX()
                        .values("eigenvalues", new double[] {1, 2, 4, 8}, 3)
                        .line("power law", epochs, epochs)
                        .build())
                .chart(BarChart.builder("Loss change", List.of("conv1", "fc"))
                        .bars("sum", 1, -1)
                        .valueLabel("nats")
                        .build())
                .build();
    }
}
