/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.report;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.nd4j.shade.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class HeatMapDataTest {
    @Test
    void cells_specialValues_keepTheirMeaning() throws IOException {
        double[] row = {0, -0.0, Double.NaN, Double.POSITIVE_INFINITY, 1e300, -1e300, 1e-300, -5e299};

        double[] read = decode(drawn(map(new double[][] {row})));

        assertThat(Arrays.copyOf(read, 7))
                .containsExactly(new double[] {0, 0, Double.NaN, Double.NaN, 1e300, -1e300, 0}, within(0.0));
        assertThat(read[7] / -5e299).isEqualTo(1, within(5.1e-4));
    }

    @Test
    void cells_anySize_areRightToThreeDigits() throws IOException {
        Random random = new Random(7);
        double[][] values = new double[20][30];
        for (double[] row : values) {
            Arrays.setAll(row, i -> random.nextGaussian() * Math.pow(10, -random.nextInt(12)));
        }

        double[] read = decode(drawn(map(values)));

        for (int i = 0; i < read.length; i++) {
            double value = values[i / 30][i % 30];
            assertThat(read[i]).isEqualTo(value, within(5.1e-4 * Math.abs(value)));
        }
    }

    @Test
    void range_valuesBeyondIt_keepTheirSize() throws IOException {
        HeatMap.Builder map = map(new double[][] {{-8, 1}}).range(2);

        JsonNode drawn = drawn(map);

        assertThat(drawn.path("range").doubleValue()).isEqualTo(2);
        assertThat(drawn.path("peak").doubleValue()).isEqualTo(8);
        assertThat(decode(drawn)[0]).isEqualTo(-8);
    }

    @Test
    void cells_noFiniteValue_areEmpty() throws IOException {
        assertThat(decode(drawn(map(new double[][] {{Double.NaN, Double.NEGATIVE_INFINITY}}))))
                .containsOnly(Double.NaN);
    }

    @Test
    void rows_moreThanFourHundred_areMergedWithinGroups() throws IOException {
        double[][] values = new double[803][1];
        values[1][0] = -5;
        values[2][0] = 4;
        values[3][0] = Double.NaN;
        values[4][0] = 7;
        HeatMap.Builder map = map(values).group("a", 4).group("b", 799);

        JsonNode drawn = drawn(map);

        assertThat(drawn.path("groups")).hasToString("[{\"name\":\"a\",\"rows\":2},{\"name\":\"b\",\"rows\":267}]");
        assertThat(drawn.path("rows")).hasSize(269);
        assertThat(drawn.at("/rows/0").asText()).isEqualTo("a 0 to a 2");
        assertThat(drawn.at("/rows/1").asText()).isEqualTo("a 3");
        assertThat(drawn.at("/rows/268").asText()).isEqualTo("b 798");
        assertThat(Arrays.copyOf(decode(drawn), 3))
                .containsExactly(new double[] {-5, Double.NaN, 7}, within(7 * 5.1e-4));
        assertThat(HeatMapData.reduction(node(map)))
                .isEqualTo("A cell stands for up to 3 rows and 1 column and shows the value farthest from zero.");
    }

    @Test
    void columns_moreThanFourHundred_keepPeaksAndBothEnds() throws IOException {
        double[][] values = new double[1][1000];
        values[0][998] = -3;

        JsonNode drawn = drawn(map(values));

        assertThat(drawn.path("x")).hasSize(334);
        assertThat(drawn.path("xLast")).hasSize(334);
        assertThat(drawn.at("/x/1").asInt()).isEqualTo(3);
        assertThat(drawn.at("/xLast/1").asInt()).isEqualTo(5);
        assertThat(drawn.at("/xLast/333").asInt()).isEqualTo(999);
        assertThat(decode(drawn)[332]).isEqualTo(-3);
    }

    @Test
    void rows_fourHundredSquared_areNotMerged() throws IOException {
        HeatMap.Builder map = map(new double[400][400]);

        JsonNode drawn = drawn(map);

        assertThat(drawn.path("rows")).hasSize(400);
        assertThat(drawn.has("xLast")).isFalse();
        assertThat(HeatMapData.reduction(node(map))).isEmpty();
    }

    private static HeatMap.Builder map(double[][] values) {
        double[] x = IntStream.range(0, values[0].length).asDoubleStream().toArray();
        return HeatMap.builder("t", x, values);
    }

    private static JsonNode node(HeatMap.Builder map) throws IOException {
        return Json.MAPPER.readTree(Json.toString(map.build().toMap()));
    }

    private static JsonNode drawn(HeatMap.Builder map) throws IOException {
        return Json.MAPPER.readTree(ChartData.of(node(map)).toString());
    }

    /** The same rule as in heatmap.js. */
    private static double[] decode(JsonNode drawn) {
        double peak = drawn.path("peak").doubleValue();
        ShortBuffer codes = ByteBuffer.wrap(
                        Base64.getDecoder().decode(drawn.path("cells").asText()))
                .order(ByteOrder.LITTLE_ENDIAN)
                .asShortBuffer();
        double[] values = new double[codes.remaining()];
        for (int i = 0; i < values.length; i++) {
            int code = codes.get(i);
            double size = code == 0 ? 0 : peak * Math.exp((Math.abs(code) - 32767) / 1000.0);
            values[i] = code == Short.MIN_VALUE ? Double.NaN : Math.signum(code) * size;
        }
        return values;
    }
}
