/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import io.github.dl4jdynamics.lca.math.PathRules;
import io.github.dl4jdynamics.spectral.oracle.LossData;
import io.github.dl4jdynamics.spectral.report.HtmlReport;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** What a history says: tables, files, report and text. */
class HistoryTest {
    @TempDir
    Path folder;

    private static LossChangeAllocationBuilder builder() {
        return LossChangeAllocationListener.builder(LossData.of(Nets.rows(8, 1)))
                .failFast(true);
    }

    /** Four updates, a jump and two more. */
    private static AllocationHistory history(LossChangeAllocationBuilder builder) {
        Model net = Nets.net(false, new Sgd(0.2));
        LossChangeAllocationListener lca = builder.build().attach(net);
        Nets.updates(net, 4);
        net.params().muli(1.5);
        Nets.updates(net, 2);
        return lca.history();
    }

    private String html(AllocationHistory history) throws IOException {
        HtmlReport.write(folder, "Run", history.section());
        try (Stream<Path> files = Files.walk(folder)) {
            StringBuilder text = new StringBuilder();
            for (Path file :
                    (Iterable<Path>) files.filter(file -> file.toString().endsWith(".html"))::iterator) {
                text.append(Files.readString(file));
            }
            return text.toString();
        }
    }

    @Test
    void csv_readsBack() throws IOException {
        AllocationHistory history = history(builder().validation(LossData.of(Nets.rows(5, 2))));

        history.writeCsv(folder.resolve("steps.csv"));
        history.writeLayerCsv(folder.resolve("layers.csv"));

        List<String> lines = Files.readAllLines(folder.resolve("steps.csv"));
        assertThat(lines.get(0))
                .isEqualTo(
                        "updates_before,updates_after,iteration,epoch,data,loss_before,loss_after,allocated,error,helped,"
                                + "hurt,neither,rule,gradients,milliseconds,status,run_relative_error,run_books,note");
        assertThat(lines).hasSize(1 + 6 * 2 + 1);
        double allocated = 0;
        int row = 1;
        for (AllocationStep step : history.steps()) {
            if (!step.isAllocated()) {
                String[] cells = lines.get(row++).split(",", -1);
                assertThat(cells[15]).isEqualTo("GAP");
                assertThat(cells[18]).isEqualTo("parameters were changed between two updates");
                assertThat(cells[5]).isEmpty();
                continue;
            }
            for (LossAllocation loss : step.losses()) {
                String[] cells = lines.get(row++).split(",", -1);
                assertThat(Integer.parseInt(cells[1])).isEqualTo(step.updatesAfter());
                assertThat(cells[4]).isEqualTo(loss.name());
                assertThat(Double.parseDouble(cells[5])).isEqualTo(loss.lossBefore());
                assertThat(Double.parseDouble(cells[7])).isEqualTo(loss.allocated());
                assertThat(Long.parseLong(cells[9]) + Long.parseLong(cells[10]) + Long.parseLong(cells[11]))
                        .isEqualTo(43);
                assertThat(cells[17]).isEqualTo("ok");
                allocated += loss.name().equals("train") ? loss.allocated() : 0;
            }
        }
        assertThat(allocated).isCloseTo(history.books(0).allocated(), within(Books.CLOSE));
        assertThat(Files.readAllLines(folder.resolve("layers.csv"))).hasSize(1 + 7 * 2 * 2);
    }

    @Test
    void json_readsBack() throws IOException {
        AllocationHistory history = history(builder()
                .validation(LossData.of(Nets.rows(5, 2)))
                .perClass(true)
                .basis(Nd4j.eye(43).castTo(DataType.DOUBLE)));

        history.writeJson(folder.resolve("lca.json"));

        JsonNode json = new ObjectMapper().readTree(folder.resolve("lca.json").toFile());
        assertThat(json.path("data").toString()).isEqualTo("[\"train\",\"validation\"]");
        assertThat(json.path("books").get(1).path("allocated").asDouble())
                .isEqualTo(history.books(1).allocated());
        assertThat(json.path("books").get(0).path("gaps").asInt()).isEqualTo(1);
        assertThat(json.path("arrays")).hasSize(4);
        assertThat(json.path("units")).hasSize(8);
        assertThat(json.path("steps")).hasSize(7);
        JsonNode step = json.path("steps").get(0);
        double[] arrays = history.steps().get(0).losses().get(0).arrays();
        for (int a = 0; a < arrays.length; a++) {
            assertThat(step.path("losses").get(0).path("arrays").get(a).asDouble())
                    .isEqualTo(arrays[a]);
        }
        assertThat(step.path("classes")).hasSize(3);
        assertThat(step.path("directions")).hasSize(43);
        assertThat(json.path("steps").get(4).path("status").asText()).isEqualTo("GAP");
        assertThat(json.path("steps").get(4).path("losses")).isEmpty();
        assertThat(json.path("settings").asText()).startsWith("LossChangeAllocation{data={train=8 rows in 1 batch");
    }

    @Test
    void booksThatAreOff_areMarkedEverywhereAndLoggedOnce() throws IOException {
        Model net = Nets.net(false, new Sgd(4));
        LossChangeAllocationListener lca =
                builder().rule(PathRules.left()).build().attach(net);

        try (Logs logs = new Logs()) {
            Nets.fit(net, Nets.batches(Nets.rows(18, 3), 6), 3);

            assertThat(logs.warnings()).hasSize(1);
            assertThat(logs.warnings().get(0))
                    .startsWith("LossChangeAllocation: the books of this run are off: train: loss change ")
                    .endsWith("Use PathRules.adaptive(). Logged once.");
        }

        AllocationHistory history = lca.history();
        assertThat(history.books(0).isOff()).isTrue();
        assertThat(history.books(0).relativeError()).isGreaterThan(0.05);
        assertThat(history.books(0).toString()).contains("(BOOKS ARE OFF)");
        assertThat(history.toString()).contains("(BOOKS ARE OFF)");
        history.writeCsv(folder.resolve("steps.csv"));
        List<String> lines = Files.readAllLines(folder.resolve("steps.csv"));
        assertThat(lines.get(lines.size() - 1).split(",", -1)[17]).isEqualTo("OFF");
        history.writeJson(folder.resolve("lca.json"));
        assertThat(new ObjectMapper()
                        .readTree(folder.resolve("lca.json").toFile())
                        .path("books")
                        .get(0)
                        .path("off")
                        .asBoolean())
                .isTrue();
        assertThat(html(history)).contains("BOOKS ARE OFF. train: loss change");
    }

    /** {@code fit(DataSet)} ends no epoch, so that {@code finish} has to say it; of every data set. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void booksThatAreOff_areLoggedAtTheEndToo(boolean adaptive) {
        Model net = Nets.net(false, new Sgd(4));
        LossChangeAllocationListener lca = builder()
                .validation(LossData.of(Nets.rows(5, 2)))
                .rule(adaptive ? PathRules.adaptive(1e6, 1, 2) : PathRules.trapezoid())
                .build()
                .attach(net);
        Nets.updates(net, 9);

        try (Logs logs = new Logs()) {
            lca.finish(net);
            lca.finish(net);

            assertThat(logs.warnings()).hasSize(1);
            assertThat(logs.warnings().get(0))
                    .startsWith("LossChangeAllocation: the books of this run are off: ")
                    .contains("train: loss change ")
                    .contains("validation: loss change ")
                    .endsWith(adaptive ? " gaps. Logged once." : " gaps. Use PathRules.adaptive(). Logged once.");
        }
    }

    @Test
    void emptyHistory_saysSo() throws IOException {
        LossChangeAllocationListener lca = builder().build();
        AllocationHistory history = lca.history();

        assertThat(history).hasToString("no step yet");
        assertThat(history.cost()).isEqualTo("no measurement");
        assertThat(history.steps()).isEmpty();
        assertThat(history.dataSets()).isEmpty();
        assertThat(history.layers()).isEmpty();
        assertThat(history.table().rows()).isEmpty();
        assertThat(history.updates()).containsExactly(0);
        assertThat(history.books(0).steps()).isZero();
        assertThat(history.books(0).relativeError()).isNaN();
        assertThat(history.books(0).isOff()).isFalse();
        assertThat(history.analysis().advice()).isEmpty();
        history.writeJson(folder.resolve("lca.json"));
        assertThat(new ObjectMapper()
                        .readTree(folder.resolve("lca.json").toFile())
                        .path("steps"))
                .isEmpty();
        assertThat(html(history)).contains("No step was allocated.");
    }

    @Test
    void history_isASnapshot() {
        Model net = Nets.net(false, new Sgd(0.2));
        LossChangeAllocationListener lca = builder().perClass(true).build().attach(net);
        Nets.updates(net, 2);
        AllocationHistory history = lca.history();
        String before = history.toString();
        double[] totals = history.parameterTotals(0);
        double[] ofClass = history.parameterTotalsOfClass(1);
        int[] helped = history.stepsHelped(0);
        double[] units = history.unitTotals(0);

        Nets.updates(net, 3);
        history.parameterTotals(0)[0] = 99;
        history.steps().get(0).losses().get(0).arrays()[0] = 99;
        history.unitTotals(0)[0] = 99;

        assertThat(history.steps()).hasSize(2);
        assertThat(history.toString()).isEqualTo(before);
        assertThat(history.parameterTotals(0)).isEqualTo(totals);
        assertThat(history.parameterTotalsOfClass(1)).isEqualTo(ofClass);
        assertThat(history.stepsHelped(0)).isEqualTo(helped);
        assertThat(history.unitTotals(0)).isEqualTo(units);
        assertThat(lca.history().steps()).hasSize(5);
        Books.assertConsistent(history);
    }

    static Stream<Arguments> settings() {
        return Stream.of(
                Arguments.of(builder()),
                Arguments.of(builder().counts(false)),
                Arguments.of(builder().validation(LossData.of(Nets.rows(5, 2))).perClass(true)),
                Arguments.of(
                        builder().basis(Nd4j.eye(43).castTo(DataType.DOUBLE)).everyIterations(2)));
    }

    @ParameterizedTest
    @MethodSource("settings")
    void everyRun_printsAndReports(LossChangeAllocationBuilder builder) throws IOException {
        AllocationHistory history = history(builder);

        assertThat(history.toString())
                .contains("layer0")
                .contains("loss change")
                .contains("DenseLayer");
        assertThat(history.steps().get(0).toString()).startsWith("updates 0 to").contains("BALANCED, [train: loss ");
        assertThat(history.arrayTable().rows()).hasSize(4);
        assertThat(history.unitTable().rows()).hasSize(8);
        assertThat(builder.build()).hasToString(builder.toString());
        String html = html(history);
        assertThat(html).contains("Loss change allocation").contains("Settings: LossChangeAllocation{");
        assertThat(html).doesNotContain("NaN %");
        if (builder.counts) {
            assertThat(history.stepsHelped(0)).hasSize(43);
            assertThat(html).contains("Steps in which a parameter helped");
        } else {
            assertThat(html).doesNotContain("Steps in which a parameter helped");
            assertThat(history.analysis().helpedByParameter(0).mean()).isNaN();
            assertThat(history.stepsHelped(0)).isEmpty();
            assertThat(history.stepsHurt(0)).isEmpty();
        }
    }

    @Test
    void charts_compareEachFurtherDataSetWithTheFirst() throws IOException {
        AllocationHistory history = history(
                builder().validation(LossData.of(Nets.rows(5, 2))).further("other", LossData.of(Nets.rows(5, 3))));

        assertThat(html(history))
                .contains("Cumulative allocations on train and validation")
                .contains("Cumulative allocations on train and other")
                .contains("validation minus train")
                .contains("other minus train");
    }

    @Test
    void helping_ofAnUnknownLayerIsRefused() {
        AllocationAnalysis analysis = history(builder()).analysis();

        assertThat(analysis.helping(0, "layer0").meanOfMoved()).isBetween(0.0, 1.0);
        assertThatThrownBy(() -> analysis.helping(0, "layer7"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("layer must be one with parameters that are followed, [layer0, layer1], got 'layer7'");
    }

    @Test
    void heatColumns_takeNoMoreThanAVector() {
        assertThat(HistoryRecorder.heatColumns(2_000, 4_000)).isEqualTo(256);
        assertThat(HistoryRecorder.heatColumns(100_000, 60_000_000)).isEqualTo(256);
        assertThat(HistoryRecorder.heatColumns(1_000_000, 16_000_000)).isEqualTo(8);
        assertThat(HistoryRecorder.heatColumns(5_000_000, 5_000_000)).isEqualTo(2);
        assertThat(HistoryRecorder.heatColumns(0, 0)).isEqualTo(256);
    }

    @Test
    void expectedCost_countsPassesByClass() {
        Model net = Nets.net(false, new Sgd(0.2));
        ((MultiLayerNetwork) net).setInput(Nets.rows(4, 1).getFeatures());
        LossChangeAllocationBuilder byClass = builder().perClass(true).rule(PathRules.simpson());
        int classes = ClassLabels.present(byClass.losses.get(LossChangeAllocationBuilder.TRAIN)).length;

        assertThat(classes).isEqualTo(3);
        assertThat(ExpectedCost.of(builder().rule(PathRules.simpson()), net, true))
                .contains("8 rows, rule")
                .contains("to take 5.00 times as long");
        assertThat(ExpectedCost.of(byClass, net, false))
                .contains("8 rows and 8 by class, rule")
                .contains("to take 9.00 times as long");
        assertThat(ExpectedCost.of(byClass, net, true))
                .contains("8 rows and 24 by class, rule")
                .contains("to take 17.0 times as long");
    }

    @Test
    void positions_findElementsInTheFlatVector() {
        Model net = Nets.net(true, new Sgd(0.2));
        LossChangeAllocationListener lca = builder().build();
        lca.attach(net);
        Nets.updates(net, 1);
        AllocationHistory history = lca.history();

        for (int in = 0; in < Nets.IN; in++) {
            for (int out = 0; out < 5; out++) {
                long position = history.position(history.arrays().get(0), in, out);
                assertThat(net.params().getDouble(position))
                        .isEqualTo(net.getParam("layer0_W").getDouble(in, out));
            }
        }
    }
}
