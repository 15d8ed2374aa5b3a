/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import io.github.dl4jdynamics.lca.dump.AllocationDump;
import io.github.dl4jdynamics.lca.dump.DumpedArray;
import io.github.dl4jdynamics.lca.math.StepBooks;
import io.github.dl4jdynamics.spectral.oracle.LossData;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A dump that cannot be had, or not any longer, costs nothing but the dump. */
class DumpFailureTest {
    private static final LossData TRAIN = LossData.of(Nets.rows(8, 1));

    private static LossChangeAllocationBuilder builder() {
        return LossChangeAllocationListener.builder(TRAIN);
    }

    @Test
    void dumpThatWasClosed_leavesTheBooksComplete(@TempDir Path folder) throws Exception {
        Model net = Nets.net(false, new Sgd(0.1));
        LossChangeAllocationListener lca =
                builder().dump(folder.resolve("dump")).build();
        lca.attach(net);
        Nets.updates(net, 2);
        lca.close();

        try (Logs logs = new Logs()) {
            Nets.updates(net, 6);

            assertThat(logs.warnings())
                    .containsExactly(
                            "LossChangeAllocation goes on without its dump: the dump was closed before this step. "
                                    + "Logged once.");
        }

        AllocationHistory history = lca.history();
        assertThat(history.books(0).steps()).isEqualTo(8);
        assertThat(history.steps().get(2).note()).isEqualTo("the dump was closed before this step");
        assertThat(history.steps().get(3).note()).isEmpty();
        Books.assertConsistent(history);
    }

    @Test
    void dumpThatFails_endsAndSaysSoOnce(@TempDir Path folder) throws Exception {
        DumpedArray array = DumpedArray.builder()
                .name("a")
                .layer("a")
                .key("W")
                .order('c')
                .shape(2)
                .build();
        AllocationDump files = AllocationDump.create(folder.resolve("dump"), "train", List.of(array));
        StepDump dump = StepDump.open(() -> files);
        AllocationStep.Draft step = new AllocationStep.Draft();
        step.updatesAfter = 1;
        files.close(); // as good as a full disk

        try (Logs logs = new Logs()) {
            dump.begin(step, new StepBooks(1, 0.5, -0.5, 1, 0, 0));
            dump.values(new double[2], 2);
            dump.end();

            assertThat(dump.isWanted()).isFalse();
            assertThat(dump.takeNote()).startsWith("the dump could not be written and ends before this step: ");
            assertThat(dump.takeNote()).isEmpty();
            assertThat(logs.warnings()).hasSize(1);
        }
        dump.close();
        assertThatThrownBy(dump::throwFailure)
                .hasMessageStartingWith("the dump could not be written and ends before this step: ");
    }

    @Test
    void dumpFolderInUse_isRefusedBeforeTheFirstStep(@TempDir Path folder) throws Exception {
        Files.writeString(folder.resolve("allocations.npy"), "old");
        Model net = Nets.net(false, new Sgd(0.1));
        LossChangeAllocationListener lca = builder().dump(folder).build();
        assertThatThrownBy(() -> lca.attach(net))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(
                        "the folder of a dump must hold no file of an earlier one; choose another folder");
        net.setListeners(lca);

        try (Logs logs = new Logs()) {
            Nets.updates(net, 2);

            assertThat(logs.warnings()).hasSize(1);
            assertThat(logs.warnings().get(0))
                    .startsWith("LossChangeAllocation goes on without its dump: the dump could not be opened: ");
        }

        AllocationHistory history = lca.history();
        assertThat(history.steps()).hasSize(2).allMatch(AllocationStep::isAllocated);
        assertThat(history.steps().get(0).note()).contains("the folder of a dump must hold no file of an earlier one");
        assertThat(history.steps().get(1).note()).isEmpty();
        assertThat(folder.resolve("allocations.npy")).hasContent("old");
        Books.assertConsistent(history);
    }

    static Stream<Arguments> unusable() {
        return Stream.of(Arguments.of("file"), Arguments.of("file/dump"));
    }

    @ParameterizedTest
    @MethodSource("unusable")
    void folderThatCannotBe_isRefusedWhenAttached(String name, @TempDir Path folder) throws Exception {
        Files.writeString(folder.resolve("file"), "in the way");
        Model net = Nets.net(false, new Sgd(0.1));

        assertThatThrownBy(() -> builder().dump(folder.resolve(name)).build().attach(net))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("the folder of a dump must be one that can be made and written to, got "
                        + folder.resolve(name) + ", which cannot be made: ")
                .hasMessageEndingWith("; choose another folder, or change its permissions");

        assertThat(((MultiLayerNetwork) net).getListeners()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("unusable")
    void folderThatCannotBe_costsTheDumpAndNoMore(String name, @TempDir Path folder) throws Exception {
        Files.writeString(folder.resolve("file"), "in the way");
        Model net = Nets.net(false, new Sgd(0.1));
        LossChangeAllocationListener lca = builder().dump(folder.resolve(name)).build();
        net.setListeners(lca);

        try (Logs logs = new Logs()) {
            Nets.updates(net, 3);

            assertThat(logs.warnings()).hasSize(1);
        }

        assertThat(lca.history().steps()).hasSize(3).allMatch(AllocationStep::isAllocated);
        assertThat(lca.history().steps().get(0).note()).startsWith("the dump could not be opened: ");
        lca.close();
        net.setListeners(builder().dump(folder.resolve(name)).failFast(true).build());
        try (Logs logs = new Logs()) {
            assertThatThrownBy(() -> Nets.updates(net, 1)).hasMessageStartingWith("the dump could not be opened: ");

            assertThat(logs.warnings()).hasSize(1);
        }
    }

    @Test
    void folderThatIsALink_isWrittenTo(@TempDir Path folder) throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("link"), Files.createDirectory(folder.resolve("there")));
        Model net = Nets.net(false, new Sgd(0.1));
        LossChangeAllocationListener lca =
                builder().dump(link).failFast(true).build().attach(net);

        Nets.updates(net, 1);
        lca.close();

        assertThat(folder.resolve("there").resolve("index.json")).exists();
    }

    /** A thread that is interrupted while it writes finds its file closed. */
    @Test
    void dumpThatFailsInWriting_endsAndTheBooksGoOn(@TempDir Path folder) throws Exception {
        Model net = Nets.net(false, new Sgd(0.1));
        LossChangeAllocationListener lca = builder()
                .dump(folder)
                .onStep(detail -> {
                    if (detail.step().updatesAfter() == 2) {
                        Thread.currentThread().interrupt();
                    } else {
                        Thread.interrupted();
                    }
                })
                .build()
                .attach(net);

        try (Logs logs = new Logs()) {
            Nets.updates(net, 5);

            assertThat(logs.warnings()).hasSize(1);
            assertThat(logs.warnings().get(0))
                    .startsWith("LossChangeAllocation goes on without its dump: the dump could not be written and ends "
                            + "before this step: ");
        } finally {
            Thread.interrupted();
        }
        lca.close();

        AllocationHistory history = lca.history();
        assertThat(history.steps()).hasSize(5).allMatch(AllocationStep::isAllocated);
        assertThat(history.steps().get(2).note())
                .startsWith("the dump could not be written and ends before this step: ");
        assertThat(history.steps().get(3).note()).isEmpty();
        Books.assertConsistent(history);
        assertThat(Nd4j.createFromNpyFile(folder.resolve("loss.npy").toFile()).rows())
                .isEqualTo(2);
    }
}
