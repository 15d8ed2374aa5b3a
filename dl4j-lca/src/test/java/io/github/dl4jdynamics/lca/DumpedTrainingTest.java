/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca;

import java.nio.file.Files;
import java.nio.file.Path;

import io.github.dl4jdynamics.lca.math.PathRules;
import io.github.dl4jdynamics.spectral.oracle.LossData;
import io.github.dl4jdynamics.spectral.oracle.ParameterArray;
import org.deeplearning4j.nn.api.Model;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** What a real training leaves in a dump's folder. */
class DumpedTrainingTest {

    private static INDArray read(Path folder, String name) {
        return Nd4j.createFromNpyFile(folder.resolve(name).toFile()).castTo(DataType.DOUBLE);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void columns_sumToTheTotalsOfTheParameters(boolean graph, @TempDir Path folder) throws Exception {
        Model net = Nets.normalized(graph, new Sgd(0.3));
        LossChangeAllocationListener lca = LossChangeAllocationListener.builder(LossData.of(Nets.rows(8, 1)))
                .validation(LossData.of(Nets.rows(5, 2)))
                .rule(PathRules.simpson())
                .dump(folder)
                .failFast(true)
                .build();
        lca.attach(net);
        Nets.updates(net, 4);

        INDArray allocations = read(folder, "allocations.npy");
        INDArray steps = read(folder, "steps.npy");
        INDArray losses = read(folder, "loss.npy");
        AllocationHistory history = lca.history();
        double[] totals = history.parameterTotals(0);
        long columns =
                history.arrays().stream().mapToLong(ParameterArray::length).sum();
        assertThat(columns).isLessThan(net.numParams());
        assertThat(allocations.shape()).containsExactly(4, columns);
        double[] sums = allocations.sum(0).toDoubleVector();
        int column = 0;
        for (ParameterArray array : history.arrays()) {
            for (long position = array.offset(); position < array.end(); position++) {
                assertThat(sums[column++]).isCloseTo(totals[(int) position], within(1e-6));
            }
        }
        for (int t = 0; t < 4; t++) {
            LossAllocation loss = history.steps().get(t).losses().get(0);
            assertThat(steps.getRow(t).toDoubleVector()).containsExactly(t, t + 1);
            assertThat(losses.getDouble(t, 0)).isEqualTo(loss.lossBefore());
            assertThat(losses.getDouble(t, 1)).isEqualTo(loss.lossAfter());
            assertThat(losses.getDouble(t, 2)).isCloseTo(loss.allocated(), within(1e-12));
            assertThat(allocations.getRow(t).sumNumber().doubleValue()).isCloseTo(loss.allocated(), within(1e-6));
        }
        JsonNode index = new ObjectMapper().readTree(Files.readString(folder.resolve("index.json")));
        assertThat(index.toString())
                .contains("layer0_W")
                .contains("layer1_gamma")
                .doesNotContain("log10stdev");
        lca.close();
        lca.close();
    }

    /** Steps count what the listener saw, whatever the network's own count is. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void resumedNetwork_isDumpedFromItsFirstUpdateSeen(boolean graph, @TempDir Path folder) throws Exception {
        Model net = Nets.normalized(graph, new Sgd(0.3));
        Nets.updates(net, 3);
        try (LossChangeAllocationListener lca = LossChangeAllocationListener.builder(LossData.of(Nets.rows(8, 1)))
                .dump(folder)
                .failFast(true)
                .build()) {
            lca.attach(net);
            Nets.updates(net, 2);

            assertThat(lca.history().steps())
                    .extracting(AllocationStep::iteration)
                    .containsExactly(3, 4);
        }

        assertThat(read(folder, "steps.npy").ravel().toDoubleVector()).containsExactly(0, 1, 1, 2);
        assertThat(Files.readString(folder.resolve("index.json"))).contains("updates seen before the step");
    }
}
