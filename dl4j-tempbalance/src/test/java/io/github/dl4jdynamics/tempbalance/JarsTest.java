/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.learning.config.Adam;

import static org.assertj.core.api.Assertions.assertThat;

/** What a JVM of its own shows: models without our classes, and warnings that come once per JVM. */
class JarsTest {

    @Test
    void zipSavedAfterDetach_loadsAndTrainsWhereOurJarsAreMissing(@TempDir Path folder) throws Exception {
        TempBalance balance = Networks.settings()
                .targets(Target.LEARNING_RATE, Target.WEIGHT_DECAY)
                .build();
        Model stack = Networks.stack(new Adam(1e-2));
        Model graph = Networks.graph(new Adam(1e-2));
        Model wrapped = Networks.stack(TempBalanceUpdater.of(new Adam(1e-2)));
        String[] zips = {
            saved(stack, balance, folder.resolve("stack.zip")),
            saved(graph, balance, folder.resolve("graph.zip")),
            saved(wrapped, balance, folder.resolve("wrapped.zip")),
            save(attached(Networks.stack(new Adam(1e-2)), balance), folder.resolve("attached.zip"))
        };

        List<String> lines = ChildJvm.withoutOurClasses().run(PlainMain.class, zips);

        assertThat(lines)
                .contains("stack.zip: trained true", "graph.zip: trained true", "wrapped.zip: trained true")
                .as("without detach our schedules are in the zip")
                .anySatisfy(line ->
                        assertThat(line).startsWith("attached.zip: java.lang.RuntimeException: Error deserializing"));
    }

    private static Model attached(Model net, TempBalance balance) {
        balance.attach(net);
        Networks.fitEpochs(net, 2, 1);
        return net;
    }

    private static String saved(Model net, TempBalance balance, Path zip) throws IOException {
        TempBalance.detach(attached(net, balance));
        return save(net, zip);
    }

    private static String save(Model net, Path zip) throws IOException {
        ModelSerializer.writeModel(net, zip.toFile(), true);
        return zip.toString();
    }

    @Test
    void trainingWithoutTheListener_warnsOnce() throws Exception {
        List<String> lines = ChildJvm.withOurClasses().run(UnattendedMain.class);

        assertThat(lines).contains("first iteration: 0");
        assertThat(lines.stream().filter(line -> line.startsWith("logged: ")).collect(Collectors.toList()))
                .containsExactly(
                        "logged: a network with layer-wise rates is used at iteration 1 without the listener that "
                                + "steers them: the rates stay as they were saved. Attach the listener again, or detach to restore "
                                + "the plain updaters.");
    }
}
