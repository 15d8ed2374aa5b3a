/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.demo;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import com.google.common.collect.ImmutableSet;
import io.github.dl4jdynamics.spectral.report.HtmlReport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** The whole section on a few grey images whose class is the column that is lit. */
class GhostBnSectionTest {
    private static final int SIDE = 10;

    @TempDir
    static Path folder;

    private static JsonNode section;

    @BeforeAll
    static void run() throws IOException {
        writeSplit("train", 256);
        writeSplit("t10k", 40);
        Path report = folder.resolve("report");
        String[] args = {"--data=" + folder, "--size=small", "--seeds=2", "--report=" + report};
        DemoSettings settings = DemoSettings.parse(args, ImmutableSet.of("ghostbn"));

        Path file = HtmlReport.store(
                report, new GhostBnSection().run(settings, new PrintStream(OutputStream.nullOutputStream())));

        section = new ObjectMapper().readTree(file.toFile());
    }

    @Test
    void run_twoSeeds_tabulatesBothAndTheirMean() {
        JsonNode results = block("caption", "Results");

        assertThat(texts(results.path("columns"))).contains("standard deviation", "seed 1", "seed 2");
        for (JsonNode row : results.path("rows")) {
            double mean = percent(row, results, "test accuracy");
            double one = percent(row, results, "seed 1");
            double two = percent(row, results, "seed 2");
            double deviation = cell(row, results, "standard deviation").asDouble();
            assertThat(mean).isCloseTo((one + two) / 2, within(0.11));
            assertThat(deviation).isCloseTo(Math.abs(one - two) / Math.sqrt(2), within(0.11));
        }
    }

    @Test
    void run_anyArm_makesTheUpdatesItsRegimeSays() {
        JsonNode trained = block("caption", "What was trained");

        // 256 images: two batches of 128, or one of 2,048 that is not full.
        assertThat(column(trained, "updates")).containsExactly("4", "2", "2", "2", "32");
        assertThat(column(trained, "epochs")).containsExactly("2", "2", "2", "2", "32");
        assertThat(column(trained, "batch")).containsExactly("128", "2048", "2048", "2048", "2048");
        assertThat(column(trained, "updates clipped").subList(0, 2)).containsOnly("not clipped");
        assertThat(column(trained, "updates clipped").subList(2, 5)).allMatch(share -> share.endsWith(" %"));
    }

    @Test
    void run_asManyUpdates_fitsBetterThanAFewUpdates() {
        JsonNode results = block("caption", "Results");

        double few = cell(results.path("rows").get(1), results, "training loss").asDouble();
        double many =
                cell(results.path("rows").get(4), results, "training loss").asDouble();
        assertThat(many).isPositive().isLessThan(few / 10);
        assertThat(percent(results.path("rows").get(4), results, "test accuracy"))
                .isGreaterThan(90);
    }

    @Test
    void run_distances_areChartedForEveryArmAndWritten() {
        JsonNode chart = block("title", "Distance of the weights from their start");

        assertThat(chart.path("series")).hasSize(5);
        assertThat(chart.path("series").get(4).path("x").get(0).asInt()).isEqualTo(1);
        assertThat(chart.path("series").get(4).path("x")).last().satisfies(t -> assertThat(t.asInt())
                .isEqualTo(32));
        assertThat(folder.resolve("report/ghostbn-results.csv")).content().contains("small batch,", "+ ghost BN,");
        assertThat(folder.resolve("report/ghostbn-distance-small-batch.csv")).exists();
        assertThat(folder.resolve("report/ghostbn-distance-as-many-updates.csv"))
                .content()
                .startsWith("segment,iteration,epoch,t,rate,distance,distance_dense1,");
    }

    @Test
    void run_curves_haveOnePointPerEpochOfTheRecipe() {
        JsonNode chart = block("title", "Training loss by updates");

        assertThat(chart.path("series")).hasSize(5).allSatisfy(series -> assertThat(series.path("y"))
                .hasSize(2));
        assertThat(chart.path("series").get(4).path("x").get(0).asInt()).isEqualTo(16);
        assertThat(chart.path("series").get(4).path("x").get(1).asInt()).isEqualTo(32);
    }

    private static JsonNode block(String key, String value) {
        for (JsonNode block : section.path("blocks")) {
            if (block.path(key).asText().equals(value)) {
                return block;
            }
        }
        throw new AssertionError("no block with " + key + " '" + value + "' in " + section);
    }

    private static JsonNode cell(JsonNode row, JsonNode table, String column) {
        return row.get(texts(table.path("columns")).indexOf(column));
    }

    private static List<String> column(JsonNode table, String column) {
        List<String> cells = new ArrayList<>();
        table.path("rows").forEach(row -> cells.add(cell(row, table, column).asText()));
        return cells;
    }

    private static double percent(JsonNode row, JsonNode table, String column) {
        return Double.parseDouble(cell(row, table, column).asText().replace(" %", ""));
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(text -> texts.add(text.asText()));
        return texts;
    }

    private static void writeSplit(String split, int count) throws IOException {
        ByteBuffer images = ByteBuffer.allocate(16 + count * SIDE * SIDE)
                .putInt(0x803)
                .putInt(count)
                .putInt(SIDE)
                .putInt(SIDE);
        ByteBuffer labels = ByteBuffer.allocate(8 + count).putInt(0x801).putInt(count);
        for (int i = 0; i < count; i++) {
            labels.put((byte) (i % SIDE));
            for (int pixel = 0; pixel < SIDE * SIDE; pixel++) {
                boolean lit = pixel % SIDE == i % SIDE;
                images.put((byte) ((lit ? 150 : 0) + (i * 31 + pixel * 17) % 101));
            }
        }
        Files.write(folder.resolve(split + "-images-idx3-ubyte"), images.array());
        Files.write(folder.resolve(split + "-labels-idx1-ubyte"), labels.array());
    }
}
