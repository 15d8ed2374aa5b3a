/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca.dump;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/** What a dump does with a folder that holds one already. */
class AllocationDumpFolderTest {
    private static final DumpedArray WEIGHT = array("0_W");
    private static final DumpedArray BIAS = array("0_b");

    @TempDir
    Path folder;

    private static DumpedArray array(String name) {
        return DumpedArray.builder()
                .name(name)
                .layer("dense")
                .key(name.substring(2))
                .order('c')
                .shape(2)
                .build();
    }

    @Test
    void create_earlierDump_isRefusedAndUntouched() throws IOException {
        try (AllocationDump dump = AllocationDump.create(folder, "train", List.of(WEIGHT))) {
            dump.begin(0, 1, 2, 1, -1);
            dump.values(new double[] {1, -2}, 2);
            dump.end();
        }

        assertThatExceptionOfType(FileAlreadyExistsException.class)
                .isThrownBy(() -> AllocationDump.create(folder, "train", List.of(WEIGHT)))
                .withMessage(
                        folder.resolve("index.json") + ": the folder of a dump must hold no file of an earlier"
                                + " one; choose another folder, or delete its [index.json, allocations.npy, steps.npy, loss.npy]");
        assertThat(NaiveNpy.read(folder.resolve("allocations.npy"))).hasDimensions(1, 2);
    }

    @Test
    void replace_earlierDump_deletesItsFilesAndNoOthers() throws IOException {
        try (AllocationDump dump = AllocationDump.create(folder, "train", List.of(WEIGHT))) {
            dump.begin(0, 1, 2, 1, -1);
            dump.values(new double[] {1, -2}, 2);
            dump.end();
        }
        Files.writeString(folder.resolve("notes.txt"), "mine");

        AllocationDump.replace(folder, "test", List.of(BIAS)).close();

        assertThat(NaiveNpy.read(folder.resolve("allocations.npy"))).isEmpty();
        assertThat(folder.resolve("index.json")).content().contains("\"test\"").doesNotContain("0_W");
        assertThat(folder.resolve("notes.txt")).hasContent("mine");
    }

    @Test
    void replace_wrongArguments_leaveTheEarlierDump() throws IOException {
        AllocationDump.create(folder, "train", List.of(WEIGHT)).close();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> AllocationDump.replace(folder, "train", List.of(BIAS, BIAS)))
                .withMessage("names of dumped arrays must differ, got '0_b' twice; put the layer's name in front");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AllocationDump.replace(folder, "train", List.of()))
                .withMessage("the dump must have at least one array, got none; name what is dumped");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AllocationDump.replace(folder, "", List.of(WEIGHT)))
                .withMessage("data set of the dump must have a name, got ''; 'train' will do");
        assertThat(folder.resolve("index.json")).content().contains("0_W");
    }
}
