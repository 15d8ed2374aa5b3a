/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca.dump;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class AllocationDumpTest {
    private static final DumpedArray WEIGHTS = array("0_W", "W", 2, 3);
    private static final DumpedArray BIAS = array("0_b", "b", 2);
    private static final List<DumpedArray> ARRAYS = List.of(WEIGHTS, BIAS);

    @TempDir
    Path parent;

    private Path folder;

    @BeforeEach
    void nameFolder() {
        folder = parent.resolve("run").resolve("lca");
    }

    private static DumpedArray array(String name, String key, long... shape) {
        return DumpedArray.builder()
                .name(name)
                .layer("dense")
                .key(key)
                .order('f')
                .shape(shape)
                .build();
    }

    private static void step(AllocationDump dump, int t) throws IOException {
        dump.begin(t, t + 1, 2 - t, 1 - t, -1 - t / 8.0);
        dump.values(new double[] {t, 1, 2, 3, 4}, 5);
        dump.values(new double[] {5, 6, -7, 99}, 3);
        dump.end();
    }

    private double[][] read(String name) throws IOException {
        return NaiveNpy.read(folder.resolve(name));
    }

    @Test
    void end_twoStepsInTiles_readBack() throws IOException {
        try (AllocationDump dump = AllocationDump.create(folder, "train", ARRAYS)) {
            assertThat(dump.columns()).isEqualTo(8);
            step(dump, 0);
            step(dump, 1);
            assertThat(dump.steps()).isEqualTo(2);
        }

        assertThat(read("allocations.npy"))
                .isDeepEqualTo(new double[][] {{0, 1, 2, 3, 4, 5, 6, -7}, {1, 1, 2, 3, 4, 5, 6, -7}});
        assertThat(read("steps.npy")).isDeepEqualTo(new double[][] {{0, 1}, {1, 2}});
        assertThat(read("loss.npy")).isDeepEqualTo(new double[][] {{2, 1, -1}, {1, 0, -1.125}});
    }

    @Test
    void create_index_describesTheColumnsAndIsThereAtOnce() throws IOException {
        AllocationDump dump = AllocationDump.create(folder, "train", ARRAYS);

        JsonNode index =
                new ObjectMapper().readTree(folder.resolve("index.json").toFile());
        dump.close();
        assertThat(index.fieldNames())
                .toIterable()
                .containsExactly(
                        "format", "version", "dataSet", "unit", "sign", "files", "columns", "arrays", "howToRead");
        assertThat(index.get("version").asInt()).isEqualTo(1);
        assertThat(index.get("dataSet").asText()).isEqualTo("train");
        assertThat(index.get("columns").asInt()).isEqualTo(8);
        assertThat(index.get("sign").asText()).startsWith("negative = the parameter helped");
        assertThat(index.get("arrays").toString())
                .isEqualTo("[{\"name\":\"0_W\",\"layer\":\"dense\",\"key\":\"W\",\"offset\":0,\"length\":6,"
                        + "\"shape\":[2,3],\"order\":\"f\"},{\"name\":\"0_b\",\"layer\":\"dense\",\"key\":\"b\","
                        + "\"offset\":6,\"length\":2,\"shape\":[2],\"order\":\"f\"}]");
        assertThat(index.get("howToRead").get(0).asText()).isEqualTo("import json, pathlib, numpy");
    }

    @Test
    void end_stillOpen_isReadableUpToTheStep() throws IOException {
        try (AllocationDump dump = AllocationDump.create(folder, "train", ARRAYS)) {
            assertThat(read("allocations.npy")).isEmpty();
            step(dump, 0);
            dump.begin(1, 2, 0, 0, 0);
            dump.values(new double[8], 8);

            assertThat(read("allocations.npy")).hasDimensions(1, 8);
            assertThat(read("steps.npy")).hasDimensions(1, 2);
            assertThat(read("loss.npy")).hasDimensions(1, 3);
        }
    }

    @Test
    void close_noStep_leavesEmptyMatrices() throws IOException {
        AllocationDump.create(folder, "train", ARRAYS).close();

        assertThat(read("allocations.npy")).isEmpty();
        assertThat(read("steps.npy")).isEmpty();
        assertThat(read("loss.npy")).isEmpty();
    }

    /** All values are there, the end is not: the row must not stay behind without a loss. */
    @Test
    void close_insideAStep_dropsIt() throws IOException {
        AllocationDump dump = AllocationDump.create(folder, "train", ARRAYS);
        step(dump, 0);
        dump.begin(1, 2, 0, 0, 0);
        dump.values(new double[8], 8);
        dump.close();
        dump.close();

        assertThat(read("allocations.npy")).hasDimensions(1, 8);
        assertThat(read("loss.npy")).hasDimensions(1, 3);
    }

    @Test
    void cancel_insideAStep_letsTheNextOneTakeItsPlace() throws IOException {
        try (AllocationDump dump = AllocationDump.create(folder, "train", ARRAYS)) {
            step(dump, 0);
            dump.begin(1, 2, 0, 0, 0);
            dump.values(new double[] {9, 9}, 2);
            dump.cancel();
            step(dump, 3);
        }

        assertThat(read("allocations.npy")[1]).containsExactly(3, 1, 2, 3, 4, 5, 6, -7);
        assertThat(read("steps.npy")).isDeepEqualTo(new double[][] {{0, 1}, {3, 4}});
    }

    @Test
    void begin_iterationsOutOfOrder_isRefused() throws IOException {
        try (AllocationDump dump = AllocationDump.create(folder, "train", ARRAYS)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> dump.begin(5, 5, 0, 0, 0))
                    .withMessage("updates of step 0 in " + folder
                            + " must be 0 <= before < after, got 5 before and 5 after");
            assertThatIllegalArgumentException().isThrownBy(() -> dump.begin(-1, 5, 0, 0, 0));
        }
    }

    @Test
    void values_tooManyOrTooFew_isRefused() throws IOException {
        try (AllocationDump dump = AllocationDump.create(folder, "train", ARRAYS)) {
            dump.begin(0, 1, 0, 0, 0);
            dump.values(new double[6], 6);

            assertThatIllegalArgumentException()
                    .isThrownBy(() -> dump.values(new double[3], 3))
                    .withMessage("step 0 in " + folder + " must get 8 values, got 6 and 3 more; call end() first");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> dump.values(new double[3], 4))
                    .withMessage("n of a tile for " + folder + " must be 0 to its length 3, got 4");
            assertThatIllegalStateException()
                    .isThrownBy(dump::end)
                    .withMessage("step 0 in " + folder + " must get 8 values, got 6; send the rest, or cancel()");

            dump.values(new double[2], 2);
            dump.end();
        }
    }

    @Test
    void calls_outOfOrder_areRefused() throws IOException {
        String dumpIs = "() has no place now: the dump in " + folder + " is ";
        AllocationDump dump = AllocationDump.create(folder, "train", ARRAYS);

        assertThatIllegalStateException()
                .isThrownBy(dump::end)
                .withMessage("end" + dumpIs + "between two steps; call begin(..) first");
        assertThatIllegalStateException().isThrownBy(dump::cancel);
        assertThatIllegalStateException().isThrownBy(() -> dump.values(new double[1], 1));
        dump.begin(0, 1, 0, 0, 0);
        assertThatIllegalStateException()
                .isThrownBy(() -> dump.begin(1, 2, 0, 0, 0))
                .withMessage("begin" + dumpIs + "inside a step; call end() or cancel() first");
        dump.close();
        assertThatIllegalStateException()
                .isThrownBy(() -> dump.begin(1, 2, 0, 0, 0))
                .withMessage("begin" + dumpIs + "closed; start another one");
    }

    /** An interrupted thread loses its files in the middle of a write. */
    @Test
    void end_interrupted_breaksTheDumpAndLeavesItReadable() throws IOException {
        AllocationDump dump = AllocationDump.create(folder, "train", ARRAYS);
        step(dump, 0);

        Thread.currentThread().interrupt();
        try {
            assertThatExceptionOfType(IOException.class).isThrownBy(() -> step(dump, 1));
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }

        assertThatIllegalStateException()
                .isThrownBy(() -> step(dump, 1))
                .withMessageEndingWith("is broken by an exception; close it and start another one");
        assertThatExceptionOfType(IOException.class).isThrownBy(dump::close);
        assertThat(read("allocations.npy")).hasDimensions(1, 8);
        assertThat(read("loss.npy")).hasDimensions(1, 3);
    }
}
