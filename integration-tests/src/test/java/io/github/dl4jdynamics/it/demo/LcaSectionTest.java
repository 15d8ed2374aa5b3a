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

/** The study at its smallest, on a few grey images whose class is the pair of columns that is lit. */
class LcaSectionTest {
    private static final int SIDE = 20;
    private static final int CLASSES = 10;

    @TempDir
    static Path folder;

    private static Path report;
    private static JsonNode section;

    @BeforeAll
    static void run() throws IOException {
        writeSplit("train", 50);
        writeSplit("t10k", 50);
        report = folder.resolve("report");
        String[] args = {"--data=" + folder, "--size=small", "--report=" + report};
        DemoSettings settings = DemoSettings.parse(args, ImmutableSet.of("lca"));

        Path file = HtmlReport.store(
                report, new LcaSection().run(settings, new PrintStream(OutputStream.nullOutputStream())));

        section = new ObjectMapper().readTree(file.toFile());
    }

    @Test
    void run_everyNetwork_isTrainedAndItsBooksBalance() {
        JsonNode trained = block("caption", "What was trained");
        JsonNode books = block("caption", "Books, and what they cost");

        assertThat(column(trained, "network")).containsExactly("MLP", "LeNet", "residual MLP", "ResNet");
        assertThat(column(trained, "updates")).containsOnly("2");
        assertThat(column(books, "gaps")).containsOnly("0");
        assertThat(column(books, "largest of a seed, %")).allMatch(error -> Double.parseDouble(error) < 5);
    }

    @Test
    void run_layers_addUpToTheLossChange() {
        for (String network : List.of("MLP", "LeNet", "residual MLP", "ResNet")) {
            JsonNode layers = block("caption", "Layers of the " + network);

            double percent = column(layers, "share, %").stream()
                    .mapToDouble(Double::parseDouble)
                    .sum();
            assertThat(percent).as(network).isCloseTo(100, within(1e-6));
            assertThat(column(layers, "layer")).as(network).last().isEqualTo("output");
        }
    }

    @Test
    void run_frozenLastLayer_hasNoAllocation() {
        for (String network : List.of("residual MLP", "ResNet")) {
            JsonNode totals = block("caption", "Last layer of the " + network + ": allocations");

            assertThat(column(totals, "last layer")).as(network).startsWith("like the others", "frozen");
            assertThat(column(totals, "total of the last layer").get(0)).isNotEqualTo("+0.0000");
            assertThat(column(totals, "total of the last layer").get(1)).isEqualTo("+0.0000");
        }
    }

    @Test
    void run_rules_measureTheSamePath() {
        JsonNode books = block("caption", "Books of three rules");

        assertThat(column(books, "rule"))
                .containsExactly("adaptive", "trapezoid", "Simpson", "adaptive", "trapezoid", "Simpson");
        List<String> changes = column(books, "loss change");
        assertThat(changes.subList(0, 3)).containsOnly(changes.get(0));
        assertThat(column(books, "gradients per step").get(1)).isEqualTo("1.00");
        assertThat(column(books, "steps by quadrature").get(2)).isEqualTo("Simpson/2 2");
    }

    @Test
    void run_histories_areWrittenAndHaveChaptersOfTheirOwn() {
        assertThat(report.resolve("lca-runs.csv")).content().contains("MLP,like the others,", "ResNet,frozen,");
        assertThat(report.resolve("lca-residual-mlp-steps.csv")).exists();
        assertThat(report.resolve("lca-lenet-layers.csv")).exists();
        assertThat(report.resolve("lca-resnet.json")).exists();
        assertThat(report.resolve("sections/lca-mlp.json")).content().contains("validation minus train");
    }

    private static JsonNode block(String key, String value) {
        for (JsonNode block : section.path("blocks")) {
            if (block.path(key).asText().equals(value)) {
                return block;
            }
        }
        throw new AssertionError("no block with " + key + " '" + value + "' in " + section);
    }

    private static List<String> column(JsonNode table, String column) {
        List<String> columns = new ArrayList<>();
        table.path("columns").forEach(name -> columns.add(name.asText()));
        int index = columns.indexOf(column);
        assertThat(index).as(column + " in " + columns).isNotNegative();
        List<String> cells = new ArrayList<>();
        table.path("rows").forEach(row -> cells.add(row.get(index).asText()));
        return cells;
    }

    private static void writeSplit(String split, int count) throws IOException {
        ByteBuffer images = ByteBuffer.allocate(16 + count * SIDE * SIDE)
                .putInt(0x803)
                .putInt(count)
                .putInt(SIDE)
                .putInt(SIDE);
        ByteBuffer labels = ByteBuffer.allocate(8 + count).putInt(0x801).putInt(count);
        for (int i = 0; i < count; i++) {
            labels.put((byte) (i % CLASSES));
            for (int pixel = 0; pixel < SIDE * SIDE; pixel++) {
                boolean lit = pixel % SIDE / 2 == i % CLASSES;
                images.put((byte) ((lit ? 150 : 0) + (i * 31 + pixel * 17) % 101));
            }
        }
        Files.write(folder.resolve(split + "-images-idx3-ubyte"), images.array());
        Files.write(folder.resolve(split + "-labels-idx1-ubyte"), labels.array());
    }
}
