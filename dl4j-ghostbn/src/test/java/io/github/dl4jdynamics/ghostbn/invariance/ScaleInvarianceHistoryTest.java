/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.invariance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import io.github.dl4jdynamics.ghostbn.math.NormEvent;
import io.github.dl4jdynamics.ghostbn.math.NormPeriod;
import io.github.dl4jdynamics.ghostbn.math.NormPhase;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;

import static org.assertj.core.api.Assertions.assertThat;

class ScaleInvarianceHistoryTest {

    @TempDir
    Path folder;

    private static ScaleInvarianceListener watched() {
        return ScaleInvarianceListener.builder()
                .everyIterations(2)
                .failFast(true)
                .build();
    }

    private static ScaleInvarianceHistory ofGraph() {
        ComputationGraph net = Nets.branches();
        ScaleInvarianceListener listener = watched();
        net.setListeners(listener);
        Nets.fit(net, Nets.images(5), 5);
        return listener.history();
    }

    @Test
    void table_hasARowPerSampleAndGroupAndOneForAll() {
        ScaleInvarianceHistory history = ofGraph();

        assertThat(history.table().rows()).hasSize(3 * 4);
        assertThat(history.table().rows())
                .extracting(row -> row.get(5))
                .startsWith("all", "left.W + left.b + right.W", "up.W", "down.W + down.b", "all");
        List<Object> all = history.table().rows().get(0);
        assertThat(all.get(4)).isEqualTo("UNDETERMINED");
        assertThat(all.get(history.table().columns().indexOf("balance_ratio"))).isNull();
        assertThat(all.get(history.table().columns().indexOf("note"))).isEqualTo("no weight decay, no balance");
        assertThat(history.toString()).startsWith("iteration 4, UNDETERMINED\n").contains("up.W");
        assertThat(history.totalMilliseconds()).isPositive();
    }

    @Test
    void snapshot_doesNotGrow() {
        MultiLayerNetwork net = Nets.denseNet(new Sgd(0.1), 0.01);
        ScaleInvarianceListener listener = watched();
        net.setListeners(listener);
        Nets.fit(net, Nets.vectors(1), 2);
        ScaleInvarianceHistory history = listener.history();

        Nets.fit(net, Nets.vectors(1), 4);

        assertThat(history.samples()).hasSize(1);
        assertThat(history.periods().get(0).end()).isZero();
        assertThat(listener.history().samples()).hasSize(3);
    }

    @Test
    void files_holdTheTables() throws IOException {
        ScaleInvarianceHistory history = ofGraph();

        history.writeCsv(folder.resolve("norms.csv"));
        history.writeJson(folder.resolve("norms.json"));
        Path page = history.writeHtml(folder.resolve("report"));

        assertThat(Files.readAllLines(folder.resolve("norms.csv")))
                .hasSize(13)
                .first()
                .asString()
                .startsWith("iteration,epoch");
        JsonNode json = new ObjectMapper().readTree(folder.resolve("norms.json").toFile());
        assertThat(json.get("samples")).hasSize(12);
        assertThat(json.get("groups").get(0).get("parameters").asText()).isEqualTo("left.W + left.b + right.W");
        assertThat(json.get("groups").get(0).get("in_sums").asBoolean()).isTrue();
        assertThat(json.get("periods")).hasSize(1);
        assertThat(json.get("settings").asText()).startsWith("schedule=every 2 iterations");
        assertThat(Files.readString(page)).contains("Phase diagram").contains("left.W + left.b + right.W");
    }

    @Test
    void page_ofNothingMeasured_saysWhy() throws IOException {
        Path page = ScaleInvarianceListener.create().history().writeHtml(folder);

        assertThat(Files.readString(page)).contains("No scale-invariant weights were measured");
    }

    /** The periods of a real network: full batch, strong decay, constant rate. */
    @Test
    void longTraining_withStrongDecay_isPeriodic() {
        MultiLayerNetwork net = Nets.stack(
                Nets.settings(new Sgd(0.1)),
                InputType.feedForward(5),
                Nets.dense("first", 16).l2(0.05).build(),
                Nets.norm("bn1"),
                Nets.relu("relu"),
                Nets.dense("second", 16).l2(0.05).build(),
                Nets.norm("bn2"),
                Nets.output("out"));
        ScaleInvarianceListener listener = ScaleInvarianceListener.builder()
                .everyIterations(1)
                .failFast(true)
                .build();
        net.setListeners(listener);

        Nets.fit(net, Nets.vectors(1), 1000);

        ScaleInvarianceHistory history = listener.history();
        assertThat(history.events())
                .extracting(NormEvent::phase)
                .startsWith(
                        NormPhase.SHRINKING,
                        NormPhase.DESTABILIZED,
                        NormPhase.UNDETERMINED,
                        NormPhase.SHRINKING,
                        NormPhase.DESTABILIZED);
        NormPeriod first = history.periods().get(0);
        assertThat(first.maxEffectiveRate()).isGreaterThan(5 * first.minEffectiveRate());
        assertThat(history.periods().get(1).lossPeak()).isGreaterThan(0.1);
        assertThat(history.eventTable().rows()).hasSameSizeAs(history.events());
        assertThat(history.periodTable().rows()).hasSameSizeAs(history.periods());
    }
}
