/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class HeatMapTest {
    private static final double[] X = {10, 20};

    @TempDir
    Path folder;

    @Test
    void build_allSettings_areInTheContent() {
        HeatMap map = HeatMap.builder("t", X, new double[][] {{1, -2}, {Double.NaN, 0}})
                .xLabel("iteration")
                .yLabel("neuron")
                .valueLabel("nats")
                .ends("helps", "hurts")
                .note("n")
                .range(0.5)
                .rowNames(List.of("a", "b"))
                .group("g", 2)
                .build();

        assertThat(Json.toString(map.toMap()))
                .isEqualTo("{\"kind\":\"heatMap\",\"title\":\"t\",\"note\":\"n\",\"xLabel\":\"iteration\","
                        + "\"yLabel\":\"neuron\",\"valueLabel\":\"nats\",\"negative\":\"helps\","
                        + "\"positive\":\"hurts\",\"range\":0.5,\"rowNames\":[\"a\",\"b\"],"
                        + "\"groups\":[{\"name\":\"g\",\"rows\":2}],\"x\":[10.0,20.0],"
                        + "\"values\":[[1.0,-2.0],[\"NaN\",0.0]]}");
    }

    @Test
    void build_noRange_takesTheLargestFiniteValue() {
        assertThat(rangeOf(1, -3)).isEqualTo(3);
        assertThat(rangeOf(Double.NEGATIVE_INFINITY, 2)).isEqualTo(2);
        assertThat(rangeOf(0, Double.NaN)).isEqualTo(1);
    }

    @Test
    void build_arraysChangedLater_keepsItsOwn() {
        double[] x = X.clone();
        double[][] values = {{1, 2}};
        List<String> names = new ArrayList<>(List.of("a"));
        HeatMap.Builder builder = HeatMap.builder("t", x, values).rowNames(names);
        HeatMap map = builder.build();

        x[0] = 15;
        values[0][0] = 99;
        names.set(0, "z");
        builder.group("g", 1);

        assertThat(Json.toString(map.toMap()))
                .contains("\"rowNames\":[\"a\"]", "\"groups\":[]", "\"x\":[10.0,20.0]", "\"values\":[[1.0,2.0]]");
    }

    @Test
    void builder_rowOfWrongLength_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HeatMap.builder("t", X, new double[][] {{1, 2}, {3}}))
                .withMessage("row 1 of heat map 't' must have one value for each of the 2 x, got 1; "
                        + "NaN leaves a cell empty");
    }

    @Test
    void builder_xNotAscending_isRefused() {
        for (double second : new double[] {10, 5, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> HeatMap.builder("t", new double[] {10, second}, new double[0][]))
                    .withMessage("x of heat map 't' must be finite and ascend, got " + second
                            + " at index 1; sort the columns");
        }
    }

    @Test
    void rowNames_wrongNumber_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HeatMap.builder("t", X, new double[3][2]).rowNames(List.of("a")))
                .withMessage("heat map 't' must have one name for each of the 3 rows, got 1");
    }

    @Test
    void group_withoutRows_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HeatMap.builder("t", X, new double[3][2]).group("conv1", 0))
                .withMessage("rows of group 'conv1' of heat map 't' must be >= 1, got 0; leave an empty group out");
    }

    @Test
    void build_groupsWithoutAllRows_isRefused() {
        for (int second : new int[] {1, 3}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> HeatMap.builder("t", X, new double[4][2])
                            .group("a", 2)
                            .group("b", second)
                            .build())
                    .withMessage("groups of heat map 't' must have all 4 rows together, got " + (2 + second)
                            + "; add a group for the rest");
        }
    }

    @Test
    void range_notPositive_isRefused() {
        for (double range : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> HeatMap.builder("t", X, new double[1][2]).range(range))
                    .withMessage("range of heat map 't' must be > 0 and finite, got " + range
                            + "; leave it out for the largest value");
        }
    }

    @Test
    void page_withChartJs_drawsCellsAndListsThem() throws IOException {
        String page = page(HeatMap.builder("Neurons", X, new double[][] {{1, -2}}), ChartScript.find());

        assertThat(page)
                .contains("<canvas role=\"img\" aria-label=\"Neurons\"></canvas>", "function heatMap(")
                .contains("\"kind\":\"heatMap\"", "\"x\":[1E+1,2E+1]", "\"range\":2.0,\"peak\":2.0,\"cells\":\"")
                .contains("<th scope=\"col\">row</th><th class=\"n\" scope=\"col\">10</th>")
                .contains("<tr><td>row 0</td><td class=\"n\">1</td><td class=\"n\">-2</td></tr>")
                .doesNotContain("\"values\"", "One of every", "A cell stands for");
    }

    @Test
    void page_withoutChartJs_isATable() throws IOException {
        HeatMap.Builder map = HeatMap.builder("Neurons", X, new double[][] {{1, Double.NaN}, {0.5, 0}, {3, 4}})
                .yLabel("neuron")
                .note("Measured often.")
                .group("conv1", 2)
                .group("fc", 1);

        String page = page(map, Optional.empty());

        assertThat(page)
                .contains("add org.webjars.npm:chart.js", "<th scope=\"col\">neuron</th>")
                .contains("<td>conv1 0</td>", "<td>conv1 1</td>", "<tr><td>fc 0</td>", ">NaN</td>", "Measured often.")
                .doesNotContain("<canvas", "function heatMap(");
    }

    @Test
    void page_manyCells_thinsTheTableAndSaysSo() throws IOException {
        double[] x = new double[200];
        Arrays.setAll(x, i -> i);

        assertThat(page(HeatMap.builder("t", x, new double[300][200]), Optional.empty()))
                .contains("One of every 3 rows and one of every 17 columns.")
                .contains("<td>row 297</td>", ">187</th>")
                .doesNotContain("<td>row 298</td>", "A cell stands for");
        assertThat(page(HeatMap.builder("t", x, new double[2][200]), Optional.empty()))
                .contains("One of every 17 columns.");
        assertThat(page(HeatMap.builder("t", X, new double[101][2]), Optional.empty()))
                .contains("One of every 2 rows.");
    }

    @Test
    void page_threeHundredSquared_staysSmall() throws IOException {
        double[] x = new double[300];
        double[][] values = new double[300][300];
        Arrays.setAll(x, i -> i);
        for (double[] row : values) {
            Arrays.setAll(row, i -> Math.sin(i) / 3);
        }

        int empty = page(HeatMap.builder("t", X, new double[1][2]), ChartScript.find())
                .length();
        int full = page(HeatMap.builder("t", x, values), ChartScript.find()).length();

        assertThat(full - empty).isBetween(240_000, 400_000);
    }

    @Test
    void page_noCells_isMade() throws IOException {
        HeatMap.Builder none = HeatMap.builder("t", new double[0], new double[0][]);

        assertThat(page(none, ChartScript.find())).contains("\"rows\":[],\"x\":[],\"range\":1.0,\"peak\":0.0");
    }

    @Test
    void page_hostileTexts_areShownNotObeyed() throws IOException {
        String evil = "</script><img src=x>";
        HeatMap.Builder map = HeatMap.builder(evil, X, new double[2][2])
                .xLabel(evil)
                .yLabel(evil)
                .valueLabel(evil)
                .ends(evil, evil)
                .note(evil)
                .rowNames(List.of(evil, evil))
                .group(evil, 2);

        for (Optional<ChartScript> charts : List.of(ChartScript.find(), Optional.<ChartScript>empty())) {
            String page = page(map, charts);

            assertThat(page).doesNotContain("<img").contains("<td>&lt;/script&gt;&lt;img src=x&gt;</td>");
            assertThat(page.split("</script>", -1)).hasSize(charts.isPresent() ? 6 : 3);
        }
    }

    private static double rangeOf(double... values) {
        HeatMap map = HeatMap.builder("t", X, new double[][] {values}).build();
        return (double) map.toMap().get("range");
    }

    private String page(HeatMap.Builder map, Optional<ChartScript> charts) throws IOException {
        HtmlReport.store(
                folder, ReportSection.builder("a", "A").chart(map.build()).build());
        return Files.readString(HtmlReport.assemble(folder, "t", charts));
    }
}
