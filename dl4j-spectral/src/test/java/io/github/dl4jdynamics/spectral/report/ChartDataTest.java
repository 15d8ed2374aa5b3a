/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.report;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.nd4j.shade.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

class ChartDataTest {
    @Test
    void of_shortSeries_keepsEveryPointToSevenDigits() throws IOException {
        JsonNode series = drawn(new double[] {1, 2, 3, 4}, new double[] {1 / 3.0, Double.NaN, 1e-12, -2.5e8});

        assertThat(series.path("x")).hasToString("[1,2,3,4]");
        assertThat(series.path("y").toString()).isEqualTo("[0.3333333,null,1.0E-12,-2.5E8]");
    }

    @Test
    void of_longSeries_keepsEndsPeaksAndGaps() throws IOException {
        int n = 100_000;
        double[] x = IntStream.range(0, n).asDoubleStream().toArray();
        double[] y =
                IntStream.range(0, n).mapToDouble(i -> Math.sin(i / 5000.0)).toArray();
        y[12_345] = 100;
        y[54_321] = -100;
        y[77_777] = Double.NaN;

        JsonNode series = drawn(x, y);

        assertThat(numbers(series.path("x")))
                .hasSizeBetween(1000, 3002)
                .contains(0.0, 12_345.0, 54_321.0, 77_777.0, 99_999.0)
                .isSorted();
        assertThat(numbers(series.path("y")))
                .hasSameSizeAs(numbers(series.path("x")))
                .contains(100.0, -100.0, Double.NaN);
    }

    @Test
    void of_emptySeries_isEmpty() throws IOException {
        assertThat(drawn(new double[0], new double[0]).path("x")).isEmpty();
    }

    @Test
    void of_longAreas_keepTheSamePoints() throws IOException {
        int n = 20_000;
        double[] x = IntStream.range(0, n).asDoubleStream().toArray();
        LineChart.Builder chart = LineChart.builder("t");
        for (int layer = 0; layer < 20; layer++) {
            double[] y = new double[n];
            y[1000 + 777 * layer] = layer % 2 == 0 ? 9 : -9;
            chart.area("layer" + layer, x, y);
        }
        double[] spike = new double[n];
        spike[18_888] = 9;
        chart.line("sum", x, spike);

        JsonNode all =
                node(ChartData.of(node(Json.toString(chart.build().toMap()))).toString());

        JsonNode first = all.at("/series/0/x");
        assertThat(numbers(first)).hasSizeBetween(50, 3002).contains(0.0, 1000.0, 1000 + 777 * 19.0, 19_999.0);
        for (int layer = 0; layer < 20; layer++) {
            assertThat(all.at("/series/" + layer + "/x")).isEqualTo(first);
            assertThat(numbers(all.at("/series/" + layer + "/y"))).contains(layer % 2 == 0 ? 9.0 : -9.0);
        }
        assertThat(numbers(all.at("/series/20/x"))).contains(18_888.0).isNotEqualTo(numbers(first));
    }

    private static JsonNode drawn(double[] x, double[] y) throws IOException {
        LineChart chart = LineChart.builder("t").line("a", x, y).build();
        String drawn = ChartData.of(node(Json.toString(chart.toMap()))).toString();
        return node(drawn).at("/series/0");
    }

    private static JsonNode node(String json) throws IOException {
        return Json.MAPPER.readTree(json);
    }

    private static List<Double> numbers(JsonNode values) {
        List<Double> numbers = new ArrayList<>();
        values.forEach(value -> numbers.add(value.isNull() ? Double.NaN : value.doubleValue()));
        return numbers;
    }
}
