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
class EigenlossSectionTest {
    private static final int SIDE = 10;

    @TempDir
    static Path folder;

    private static JsonNode section;

    @BeforeAll
    static void run() throws IOException {
        writeSplit("train", 300);
        writeSplit("t10k", 40);
        Path report = folder.resolve("report");
        String[] args = {"--data=" + folder, "--size=small", "--seeds=2", "--report=" + report};
        DemoSettings settings = DemoSettings.parse(args, ImmutableSet.of("eigenloss"));

        Path file = HtmlReport.store(
                report, new EigenlossSection().run(settings, new PrintStream(OutputStream.nullOutputStream())));

        section = new ObjectMapper().readTree(file.toFile());
    }

    @Test
    void run_penalty_lowersTheNuclearNorm() {
        JsonNode results = block("caption", "Trained with and without the nuclear norm");

        List<String> norms = column(results, "nuclear norm");
        assertThat(norms).hasSize(1 + 2 * EigenlossArm.PERIODS.size());
        assertThat(norms.subList(1, norms.size()))
                .allSatisfy(norm -> assertThat(mean(norm)).isLessThan(mean(norms.get(0))));
    }

    @Test
    void run_ranks_endAtTheWholeNetwork() {
        JsonNode ranks = block("caption", "Test accuracy by kept rank");

        assertThat(column(ranks, "rank")).containsExactly("1", "2", "4", "8", "16", "32", "64", "all");
        // 100 x 64 + 64 x 64 + 64 x 10 weights and 138 biases; at rank 1 as many as rows and columns, and the biases.
        assertThat(column(ranks, "parameters")).startsWith("504").endsWith("11274", "11274");
        for (String network : List.of("plain, %", "penalized, %")) {
            List<String> accuracies = column(ranks, network);
            assertThat(mean(accuracies.get(6))).as(network).isCloseTo(mean(accuracies.get(7)), within(1e-9));
        }
    }

    @Test
    void run_rareRefreshes_iterationIsTheExactRun() {
        JsonNode differences = block("caption", "Iteration against decomposition");

        // 24 updates: with a period of 50 both solvers decompose once, at the start.
        assertThat(column(differences, "run")).element(4).isEqualTo("iteration, period 50");
        assertThat(Math.abs(mean(column(differences, "loss, %").get(4)))).isLessThan(0.01);
        assertThat(column(differences, "below 1 %")).element(4).isEqualTo("2 of 2");
    }

    @Test
    void run_latentPca_iterationFollowsTheDecomposition() {
        JsonNode latent = block("caption", "Latent PCA");

        List<String> losses = column(latent, "reconstruction loss");
        assertThat(losses).hasSize(4);
        assertThat(mean(losses.get(2)) / mean(losses.get(3))).isCloseTo(1, within(0.01));
        List<String> variance = column(latent, "variance of the code");
        assertThat(mean(variance.get(2))).isLessThan(mean(variance.get(0)));
    }

    @Test
    void run_charts_haveALineForEachNetwork() {
        assertThat(block("title", "Singular values of dense1").path("series")).hasSize(3);
        assertThat(block("title", "Test accuracy by kept rank").path("series")).hasSize(2);
        assertThat(block("title", "Reconstruction from k components of the code")
                        .path("series"))
                .hasSize(4);
        assertThat(folder.resolve("report/eigenloss-runs.csv")).content().contains("\"iteration, period 10\",2,");
    }

    private static double mean(String cell) {
        return Double.parseDouble(cell.replaceAll(" ±.*", ""));
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
        List<String> names = new ArrayList<>();
        table.path("columns").forEach(name -> names.add(name.asText()));
        List<String> cells = new ArrayList<>();
        table.path("rows")
                .forEach(row -> cells.add(row.get(names.indexOf(column)).asText()));
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
