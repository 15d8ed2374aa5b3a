/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.distance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import com.google.common.collect.ImmutableMap;
import io.github.dl4jdynamics.ghostbn.distance.WeightDistanceSample.Place;
import io.github.dl4jdynamics.spectral.report.HtmlReport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class WeightDistanceHistoryTest {

    /** d = 5 + 5 ln t in the first segment, as 3-4-5 triangles; the second has too few samples. */
    private static WeightDistanceHistory history() {
        List<WeightDistanceSample> samples = new ArrayList<>();
        samples.add(sample(0, 0, 0, "start of training"));
        for (int t : new int[] {1, 2, 4, 8}) {
            samples.add(sample(0, t, 1 + Math.log(t), ""));
        }
        samples.add(sample(1, 0, 0, "the rate fell from 0.1 to 0.01"));
        samples.add(WeightDistanceSample.missing(new Place(1, 9, 1, 1, Double.NaN), "skipped"));
        return new WeightDistanceHistory("settings", samples);
    }

    private static WeightDistanceSample sample(int segment, int t, double scale, String note) {
        return WeightDistanceSample.measured(
                new Place(segment, 8 * segment + t, segment, t, 0.1),
                ImmutableMap.of("a", 3 * scale, "b", 4 * scale),
                0.5,
                note);
    }

    @Test
    void table_hasARowPerSampleAndAColumnPerLayer() {
        WeightDistanceHistory history = history();

        assertThat(history.table().columns())
                .containsExactly(
                        "segment",
                        "iteration",
                        "epoch",
                        "t",
                        "rate",
                        "distance",
                        "distance_a",
                        "distance_b",
                        "milliseconds",
                        "note");
        assertThat(history.table().rows()).hasSize(7);
        assertThat(history.table().rows().get(1)).containsExactly(0, 1, 0, 1, 0.1, 5.0, 3.0, 4.0, 0.5, "");
        assertThat(history.table().rows().get(6)).containsExactly(1, 9, 1, 1, null, null, null, null, 0.0, "skipped");
        assertThat(history.totalMilliseconds()).isEqualTo(3);
    }

    @Test
    void fits_areOfEachSegmentWholeAndByLayer() {
        WeightDistanceHistory history = history();

        assertThat(history.fits().rows()).hasSize(2 * 3 * 2);
        assertThat(history.fits().rows().get(0).subList(0, 4)).containsExactly(0, "", "logarithmic", 4);
        assertThat((Double) history.fits().rows().get(0).get(5)).isBetween(4.999999, 5.000001);
        assertThat((Double) history.fits().rows().get(2).get(5)).isBetween(2.999999, 3.000001);
        assertThat(history.fits().rows().get(6).get(9)).asString().startsWith("needs 3 points");
        assertThat(history.fit(0).logarithmic().rSquared()).isGreaterThan(0.999999);
        assertThatThrownBy(() -> history.fit(2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("segment must be in [0, 2), got 2; see segments()");
        assertThatThrownBy(() -> history.segments().get(0).fit("norm"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "layer of a distance fit must be one of [a, b], got 'norm'; others have no trainable weights");
    }

    @Test
    void text_hasRowsFitsAndCost() {
        String text = history().toString();

        assertThat(text)
                .contains("start of training")
                .contains("segment 0 (start of training): d = 5.000 + 5.000 ln t, R2 1.0000; d = ")
                .contains("segment 1 (the rate fell from 0.1 to 0.01): no fit: needs 3 points")
                .endsWith("6 samples in 3.0 ms of the training thread\n");
        assertThat(new WeightDistanceHistory("", List.of())).hasToString("no sample yet");
    }

    @Test
    void textOfManyRows_leavesOutTheMiddle() {
        List<WeightDistanceSample> samples = new ArrayList<>();
        for (int t = 0; t < 100; t++) {
            samples.add(sample(0, t, t, ""));
        }
        WeightDistanceHistory history = new WeightDistanceHistory("", samples);

        assertThat(history.toString())
                .contains("60 rows in the middle are left out; table() has all\n")
                .contains("\n      0         19 ")
                .doesNotContain("\n      0         20 ")
                .contains("\n      0         99 ");
        assertThat(history.toString().lines()).hasSize(2 + 40 + 1 + 1 + 1);
    }

    @Test
    void csvAndJson_carryTheTables(@TempDir Path folder) throws IOException {
        history().writeCsv(folder.resolve("d.csv"));
        history().writeJson(folder.resolve("d.json"));

        assertThat(Files.readAllLines(folder.resolve("d.csv")))
                .hasSize(8)
                .contains("0,1,0,1,0.1,5.0,3.0,4.0,0.5,\"\"", "1,9,1,1,,,,,0.0,skipped");
        JsonNode json = new ObjectMapper().readTree(folder.resolve("d.json").toFile());
        assertThat(json.at("/settings").asText()).isEqualTo("settings");
        assertThat(json.at("/segments/1/reason").asText()).isEqualTo("the rate fell from 0.1 to 0.01");
        assertThat(json.at("/samples/1/distance_b").asDouble()).isEqualTo(4);
        assertThat(json.at("/fits/0/r2").asDouble()).isGreaterThan(0.999999);
    }

    @Test
    void section_drawsPointsAndBothLawsOverLogarithmicTime(@TempDir Path folder) throws IOException {
        Path page = HtmlReport.write(folder, "report", history().section());

        JsonNode blocks = new ObjectMapper()
                .readTree(folder.resolve("sections/weight-distance.json").toFile())
                .get("blocks");
        JsonNode whole = blocks.get(2);
        assertThat(whole.get("logX").asBoolean()).isTrue();
        assertThat(whole.at("/series/0/name").asText()).isEqualTo("measured");
        assertThat(whole.at("/series/0/x")).hasSize(4);
        assertThat(whole.at("/series/1/name").asText()).isEqualTo("a + b ln t");
        assertThat(whole.at("/series/1/y/59").asDouble()).isBetween(15.397, 15.398);
        assertThat(whole.at("/series/1/x/59").asDouble()).isBetween(7.999, 8.001);
        assertThat(whole.at("/series/2/name").asText()).isEqualTo("power law");
        assertThat(blocks.get(3).at("/series")).hasSize(2);
        assertThat(blocks.get(4).at("/series")).as("no fit, no curve").hasSize(1);
        assertThat(Files.readString(page)).contains("Distance from the start");
    }
}
