/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.weights;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.github.dl4jdynamics.spectral.math.SpectrumMetric;
import io.github.dl4jdynamics.spectral.report.Table;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.variational.BernoulliReconstructionDistribution;
import org.deeplearning4j.nn.conf.layers.variational.VariationalAutoencoder;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** The report as table, CSV, JSON, mean and comparison. */
class SpectrumReportTest {
    private static final InputType IMAGE = InputType.convolutional(6, 6, 2);
    private static final InputType FLAT = InputType.feedForward(16);

    @TempDir
    Path folder;

    private final SpectrumReport report = analyze(
            IMAGE,
            new ConvolutionLayer.Builder(3, 3).name("conv, \"first\"").nOut(12).build(),
            new ActivationLayer.Builder()
                    .activation(Activation.RELU)
                    .name("relu")
                    .build(),
            new FrozenLayer(new DenseLayer.Builder().name("dense").nOut(15).build()),
            new DenseLayer.Builder().name("small").nOut(3).build());

    private static SpectrumReport analyze(InputType input, Layer... layers) {
        return WeightSpectrumAnalyzer.create().analyze(Networks.sequence(input, layers));
    }

    private static Layer dense(String name, int out) {
        return new DenseLayer.Builder().name(name).nOut(out).build();
    }

    @Test
    void csv_readBack_hasEveryNumberOfEveryRow() throws IOException {
        Path file = folder.resolve("report.csv");

        report.writeCsv(file);

        List<List<String>> lines = parseCsv(Files.readString(file));
        List<String> header = lines.get(0);
        assertThat(header)
                .startsWith("layer", "parameter", "type", "kind", "shape", "frozen", "alpha")
                .endsWith("hint", "reason")
                .hasSize(8 + SpectrumMetric.values().length)
                .doesNotHaveDuplicates();
        assertThat(lines).hasSize(1 + report.layers().size());
        for (int i = 0; i < report.layers().size(); i++) {
            LayerSpectrum row = report.layers().get(i);
            List<String> line = lines.get(i + 1);
            assertThat(line).hasSameSizeAs(header);
            assertThat(line.subList(0, 3)).containsExactly(row.layer(), row.parameter(), row.type());
            assertThat(line.get(header.indexOf("kind")))
                    .isEqualTo(row.kind().map(Enum::name).orElse(""));
            assertThat(line.get(header.indexOf("frozen"))).isEqualTo("" + row.frozen());
            assertThat(line.get(header.indexOf("reason")))
                    .isEqualTo(row.reason().orElse(""));
            assertThat(line.get(header.indexOf("hint"))).isEqualTo(row.hint());
            for (SpectrumMetric metric : SpectrumMetric.values()) {
                String cell = line.get(header.indexOf(metric.key()));
                assertThat(cell.isEmpty() ? Double.NaN : Double.parseDouble(cell))
                        .as(metric.key())
                        .isEqualTo((Double) row.metric(metric));
            }
        }
        assertThat(lines.get(1)).contains("[12, 2, 3, 3]", "CONVOLUTION_2D");
    }

    @Test
    void json_readBack_hasSettingsRowsAndGlossary() throws IOException {
        Path file = folder.resolve("report.json");

        report.writeJson(file);

        JsonNode json = new ObjectMapper().readTree(file.toFile());
        assertThat(json.get("settings").size()).isEqualTo(report.settings().size());
        report.settings()
                .forEach((name, value) ->
                        assertThat(json.get("settings").get(name).asText()).isEqualTo(value));
        for (SpectrumMetric metric : SpectrumMetric.values()) {
            assertThat(json.get("glossary").get(metric.key()).asText()).isEqualTo(metric.glossary());
        }
        assertThat(json.get("layers").size()).isEqualTo(report.layers().size());
        for (int i = 0; i < report.layers().size(); i++) {
            LayerSpectrum row = report.layers().get(i);
            JsonNode node = json.get("layers").get(i);
            assertThat(node.get("layer").asText()).isEqualTo(row.layer());
            assertThat(node.get("type").asText()).isEqualTo(row.type());
            assertThat(node.get("frozen").booleanValue()).isEqualTo(row.frozen());
            assertThat(node.get("reason").isNull()).isEqualTo(row.reason().isEmpty());
            for (SpectrumMetric metric : SpectrumMetric.values()) {
                JsonNode number = node.get(metric.key());
                assertThat(number.isNull() ? Double.NaN : number.doubleValue())
                        .as(metric.key())
                        .isEqualTo((Double) row.metric(metric));
            }
        }
        JsonNode conv = json.get("layers").get(0);
        assertThat(conv.get("parameter").asText()).isEqualTo("W");
        assertThat(conv.get("kind").asText()).isEqualTo("CONVOLUTION_2D");
        assertThat(conv.get("shape").toString()).isEqualTo("[12,2,3,3]");
        JsonNode relu = json.get("layers").get(1);
        assertThat(relu.get("kind").isNull()).isTrue();
        assertThat(relu.get("shape").isNull()).isTrue();
        assertThat(relu.get("alpha").isNull()).isTrue();
    }

    @Test
    void text_linesUp_andGivesReasons() {
        String[] lines = report.toString().split("\n");

        assertThat(lines).hasSize(2 + report.layers().size());
        int shape = lines[0].indexOf("shape");
        for (String line : Arrays.asList(lines[2], lines[4], lines[5])) {
            assertThat(line.substring(shape - 2)).startsWith("  [");
        }
        assertThat(lines[0]).startsWith("layer").contains("alpha").endsWith("hint");
        assertThat(lines[1]).matches("[- ]+");
        assertThat(lines[3]).startsWith("relu").endsWith("ActivationLayer has no parameters");
        assertThat(lines[5]).startsWith("small").endsWith("3 eigenvalues, fewer than 10");
    }

    @Test
    void layer_byNameOfRowOrLayer_isFound() {
        SpectrumReport recurrent = analyze(
                InputType.recurrent(12, 5),
                new LSTM.Builder().name("a").nOut(11).build(),
                new LSTM.Builder().name("a.RW").nOut(13).build());

        assertThat(recurrent.layers()).extracting(LayerSpectrum::name).containsExactly("a", "a.RW", "a.RW", "a.RW.RW");
        assertThat(recurrent.layer("a").orElseThrow().parameter()).isEqualTo("W");
        assertThat(recurrent.layer("a.RW").orElseThrow().layer()).isEqualTo("a");
        assertThat(recurrent.layer("a.RW.RW").orElseThrow().layer()).isEqualTo("a.RW");
        assertThat(recurrent.layer("b")).isEmpty();
    }

    @Test
    void layer_withSeveralMatricesAndNoW_isItsFirst() {
        SpectrumReport vae = analyze(
                FLAT,
                new VariationalAutoencoder.Builder()
                        .name("vae")
                        .encoderLayerSizes(12)
                        .decoderLayerSizes(14)
                        .reconstructionDistribution(new BernoulliReconstructionDistribution())
                        .nOut(11)
                        .build());

        assertThat(vae.layer("vae").orElseThrow().name()).isEqualTo("vae.e0W");
        assertThat(vae.layer("vae.d0W").orElseThrow().shape()).containsExactly(11L, 14L);
    }

    @Test
    void mean_overRowsThatHaveTheMetric() {
        double conv = report.layers().get(0).metric(SpectrumMetric.SPECTRAL_NORM);
        double dense = report.layers().get(2).metric(SpectrumMetric.SPECTRAL_NORM);

        assertThat(report.layers().get(3).metric(SpectrumMetric.SPECTRAL_NORM)).isNaN();
        assertThat(report.mean(SpectrumMetric.SPECTRAL_NORM)).isCloseTo((conv + dense) / 2, within(1e-12));
        assertThat(report.mean(SpectrumMetric.ALPHA))
                .isCloseTo(
                        (report.layers().get(0).alpha() + report.layers().get(2).alpha()) / 2, within(1e-12));
    }

    @Test
    void compare_withAnEarlierState_hasBothAndTheirDifference() {
        MultiLayerNetwork net = Networks.sequence(FLAT, dense("one", 20), dense("two", 12));
        SpectrumReport before = WeightSpectrumAnalyzer.create().analyze(net);
        net.getLayer("two").getParam("W").muli(2).addi(0.1);

        SpectrumReport after = WeightSpectrumAnalyzer.create().analyze(net);
        List<Map<String, Object>> rows = rows(after.compare(before));

        assertThat(rows).extracting(row -> row.get("layer")).containsExactly("one", "two");
        assertThat(rows.get(0)).containsEntry("difference", 0.0).containsEntry("note", null);
        double now = after.layer("two").orElseThrow().alpha();
        double then = before.layer("two").orElseThrow().alpha();
        assertThat(rows.get(1))
                .containsEntry("alpha", now)
                .containsEntry("alpha other", then)
                .containsEntry("difference", now - then)
                .containsEntry("spectral_norm", after.layer("two").orElseThrow().metric(SpectrumMetric.SPECTRAL_NORM))
                .containsEntry(
                        "spectral_norm other", before.layer("two").orElseThrow().metric(SpectrumMetric.SPECTRAL_NORM));
    }

    @Test
    void compare_renamedMissingReshaped_isNoted() {
        SpectrumReport here = analyze(
                FLAT, dense("same", 20), dense("new name", 12), dense("reshaped", 14), dense("only small here", 2));
        SpectrumReport there = analyze(
                FLAT,
                dense("same", 20),
                dense("old name", 12),
                dense("reshaped", 15),
                new ActivationLayer.Builder()
                        .activation(Activation.RELU)
                        .name("no weights")
                        .build(),
                dense("only there", 11));

        List<Map<String, Object>> rows = rows(here.compare(there));

        assertThat(rows)
                .extracting(row -> row.get("layer") + ": " + row.get("note"))
                .containsExactly(
                        "same: null",
                        "new name: only here",
                        "reshaped: shapes differ: [12, 14] and [12, 15]",
                        "only small here: only here",
                        "old name: only there",
                        "only there: only there");
        assertThat(rows.get(1).get("alpha")).isNotNull();
        assertThat(rows.get(1).get("alpha other")).isNull();
        assertThat(rows.get(4).get("alpha")).isNull();
        assertThat(rows.get(4).get("alpha other"))
                .isEqualTo(there.layer("old name").orElseThrow().alpha());
        assertThat(rows.get(4).get("spectral_norm")).isNull();
        assertThat(rows.get(4).get("spectral_norm other")).isNotNull();
    }

    @Test
    void compare_layerThatLostItsWeights_isOnlyThere() {
        SpectrumReport here = analyze(
                FLAT,
                new ActivationLayer.Builder()
                        .activation(Activation.RELU)
                        .name("x")
                        .build(),
                dense("y", 12));
        SpectrumReport there = analyze(FLAT, dense("x", 16), dense("y", 12));

        assertThat(rows(here.compare(there)))
                .extracting(row -> row.get("layer") + ": " + row.get("note"))
                .containsExactly("y: null", "x: only there");
        assertThat(rows(there.compare(here)))
                .extracting(row -> row.get("layer") + ": " + row.get("note"))
                .containsExactly("x: only here", "y: null");
    }

    @Test
    void compare_layersOfOneName_meetInOrder() {
        SpectrumReport twice = analyze(FLAT, dense("twin", 20), dense("twin", 12));
        SpectrumReport other = analyze(FLAT, dense("twin", 20), dense("twin", 13));

        assertThat(rows(twice.compare(other)))
                .extracting(row -> row.get("note"))
                .containsExactly(null, "shapes differ: [20, 12] and [20, 13]");
    }

    @Test
    void compare_measuredAndNot_saysWhy() {
        MultiLayerNetwork net = Networks.sequence(FLAT, dense("one", 20), dense("two", 12));
        SpectrumReport before = WeightSpectrumAnalyzer.create().analyze(net);
        net.getLayer("two").getParam("W").putScalar(0, Double.NaN);

        List<Map<String, Object>> rows =
                rows(WeightSpectrumAnalyzer.create().analyze(net).compare(before));

        assertThat(rows.get(1).get("alpha")).isNull();
        assertThat(rows.get(1).get("alpha other")).isNotNull();
        assertThat(rows.get(1).get("difference")).isNull();
        assertThat((String) rows.get(1).get("note")).contains("finite");
    }

    private static List<Map<String, Object>> rows(Table table) {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (List<Object> row : table.rows()) {
            Map<String, Object> cells = new HashMap<>();
            for (int c = 0; c < row.size(); c++) {
                cells.put(table.columns().get(c), row.get(c));
            }
            rows.add(cells);
        }
        return rows;
    }

    /** RFC 4180, as far as a table needs it. */
    private static List<List<String>> parseCsv(String text) {
        List<List<String>> lines = new ArrayList<>();
        List<String> line = new ArrayList<>();
        StringBuilder field = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quoted) {
                if (c == '"' && i + 1 < text.length() && text.charAt(i + 1) == '"') {
                    field.append(text.charAt(++i));
                } else if (c == '"') {
                    quoted = false;
                } else {
                    field.append(c);
                }
            } else if (c == '"') {
                quoted = true;
            } else if (c == ',' || c == '\r') {
                line.add(field.toString());
                field.setLength(0);
            } else if (c == '\n') {
                lines.add(line);
                line = new ArrayList<>();
            } else {
                field.append(c);
            }
        }
        return lines;
    }
}
