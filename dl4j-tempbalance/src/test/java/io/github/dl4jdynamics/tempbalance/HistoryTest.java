/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;

import static org.assertj.core.api.Assertions.assertThat;

class HistoryTest {

    /** Two updates and one the time budget refused. */
    private static TempBalanceHistory history() {
        MultiLayerNetwork net = Networks.stack(new Adam(1e-2));
        TempBalanceListener listener = Networks.settings()
                .targets(Target.LEARNING_RATE, Target.WEIGHT_DECAY)
                .exclude("third")
                .timeBudget(1e-9)
                .build()
                .attach(net);
        Networks.fitEpochs(net, 2, 1);
        listener.update(net);
        return listener.history();
    }

    @Test
    void csv_readBack_givesEveryNumber(@TempDir Path folder) throws Exception {
        TempBalanceHistory history = history();
        Path file = folder.resolve("history.csv");

        history.writeCsv(file);

        List<String> lines = Files.readAllLines(file);
        assertThat(lines.get(0))
                .isEqualTo("iteration,epoch,milliseconds,layer,score,smoothed_score,factor,rate,decay_factor,note");
        assertThat(lines).hasSize(1 + 5 + 1 + 5);
        TempBalanceUpdate first = history.updates().get(0);
        for (int i = 0; i < 5; i++) {
            TempBalanceUpdate.Layer layer = first.layers().get(i);
            String[] cells = lines.get(1 + i).split(",", 10);
            assertThat(cells[0]).isEqualTo("0");
            assertThat(cells[1]).isEqualTo("0");
            assertThat(Double.parseDouble(cells[2])).isEqualTo(first.milliseconds());
            assertThat(cells[3]).isEqualTo(layer.name());
            assertThat(number(cells[4])).isEqualTo((Double) layer.score());
            assertThat(number(cells[5])).isEqualTo((Double) layer.smoothedScore());
            assertThat(number(cells[6])).isEqualTo((Double) layer.factor());
            assertThat(number(cells[7])).isEqualTo((Double) layer.rate());
            assertThat(number(cells[8])).isEqualTo((Double) layer.decayFactor());
            assertThat(cells[9]).contains(layer.note());
        }
        assertThat(lines.get(6)).startsWith("2,1,0").contains(",,,,,,").contains("skipped: time budget");
        assertThat(lines.get(7)).startsWith("2,1,");
    }

    private static double number(String cell) {
        return cell.isEmpty() ? Double.NaN : Double.parseDouble(cell);
    }

    @Test
    void json_readBack_givesSettingsAndEveryNumber(@TempDir Path folder) throws Exception {
        TempBalanceHistory history = history();
        Path file = folder.resolve("history.json");

        history.writeJson(file);

        JsonNode json = new ObjectMapper().readTree(file.toFile());
        assertThat(json.get("settings").asText()).contains("exclude=[third]", "timeBudget=1.0E-9");
        assertThat(json.get("updates")).hasSize(3);
        assertThat(json.at("/updates/1/failure").asText()).startsWith("skipped: time budget");
        assertThat(json.at("/updates/1/layers")).isEmpty();
        JsonNode update = json.at("/updates/2");
        TempBalanceUpdate expected = history.last().get();
        assertThat(update.get("iteration").asInt()).isEqualTo(2);
        assertThat(update.get("epoch").asInt()).isEqualTo(1);
        assertThat(update.get("milliseconds").asDouble()).isEqualTo(expected.milliseconds());
        assertThat(update.get("failure").isNull()).isTrue();
        for (int i = 0; i < 5; i++) {
            JsonNode layer = update.get("layers").get(i);
            TempBalanceUpdate.Layer own = expected.layers().get(i);
            assertThat(layer.get("layer").asText()).isEqualTo(own.name());
            assertNumber(layer.get("score"), own.score());
            assertNumber(layer.get("smoothed_score"), own.smoothedScore());
            assertNumber(layer.get("factor"), own.factor());
            assertNumber(layer.get("rate"), own.rate());
            assertNumber(layer.get("decay_factor"), own.decayFactor());
            assertThat(layer.get("note").asText()).isEqualTo(own.note());
        }
    }

    private static void assertNumber(JsonNode node, double expected) {
        assertThat(node.isNull() ? Double.NaN : node.asDouble()).isEqualTo((Double) expected);
    }

    @Test
    void history_isASnapshot() {
        MultiLayerNetwork net = Networks.stack(new Adam(1e-2));
        TempBalanceListener listener = Networks.settings().build().attach(net);
        TempBalanceHistory before = listener.history();

        Networks.fitEpochs(net, 2, 1);

        assertThat(before.updates()).hasSize(1);
        assertThat(listener.history().updates()).hasSize(2);
    }

    @Test
    void toString_showsTheLatestRatesAndReasons() {
        String text = history().toString();

        assertThat(text.lines().findFirst().get()).contains("layer", "score", "factor", "rate", "note");
        assertThat(text).containsPattern("third .*0\\.01.* excluded by name").containsPattern("norm .* follows first");
    }

    @Test
    void rows_areInNetworkOrderAndFoundByName() {
        TempBalanceUpdate update = history().updates().get(0);

        assertThat(update.layers())
                .extracting(TempBalanceUpdate.Layer::name)
                .containsExactly("first", "norm", "second", "third", "out");
        assertThat(update.layer("out")).contains(update.layers().get(4));
        assertThat(update.layer("nobody")).isEmpty();
    }

    @Test
    void settings_areAllPrintedAndCopied() {
        TempBalanceBuilder builder = Networks.settings()
                .exclude("a")
                .exclude("b", "a")
                .normFollows("n", "m")
                .multiplier("c", 0.5)
                .everyIterations(7)
                .iterationsPerEpoch(3)
                .holdBetweenMeasurements(true)
                .skipUnchanged(0.25)
                .timeBudget(0.125)
                .failFast(true)
                .followNorms(false)
                .smoothing(0.75)
                .zeroThreshold(1e-5)
                .targets(Target.WEIGHT_DECAY);

        String text = builder.build().toString();

        assertThat(text)
                .contains(
                        "exclude=[a, b]",
                        "normFollows={n=m}",
                        "multipliers={c=0.5}",
                        "schedule=every 7 iterations",
                        "iterationsPerEpoch=3",
                        "hold=true",
                        "skipUnchanged=0.25",
                        "timeBudget=0.125",
                        "failFast=true",
                        "followNorms=false",
                        "smoothing=0.75",
                        "zeroThreshold=1.0E-5",
                        "targets=[WEIGHT_DECAY]");
        assertThat(builder.build().toBuilder().build()).hasToString(text);
        assertThat(builder.background(Background.afterIterations(4)).skipUnchanged(0).build().toBuilder()
                        .build())
                .asString()
                .contains("background=after 4 iterations");
        assertThat(TempBalance.paper().toString())
                .as("builders do not share state")
                .contains("exclude=[]");
    }
}
