/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca;

import java.util.Arrays;

import io.github.dl4jdynamics.spectral.oracle.LossData;
import io.github.dl4jdynamics.spectral.oracle.LossOracle;
import io.github.dl4jdynamics.spectral.oracle.ParameterArray;
import org.deeplearning4j.nn.api.Model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** What has to hold of every history. */
final class Books {
    static final double CLOSE = 1e-10;

    private Books() {}

    /** Sums agree on all levels. */
    static void assertConsistent(AllocationHistory history) {
        assertThat(history.steps()).isNotEmpty();
        for (int data = 0; data < history.dataSets().size(); data++) {
            double allocated = 0;
            double change = 0;
            for (AllocationStep step : history.steps()) {
                if (step.isAllocated(data)) {
                    LossAllocation loss = step.losses().get(data);
                    assertThat(sum(loss.arrays())).isCloseTo(loss.allocated(), within(CLOSE));
                    assertThat(loss.error()).isCloseTo(loss.change() - loss.allocated(), within(CLOSE));
                    allocated += loss.allocated();
                    change += loss.change();
                }
            }
            RunBooks books = history.books(data);
            assertThat(books.allocated()).isCloseTo(allocated, within(CLOSE));
            assertThat(books.change()).isCloseTo(change, within(CLOSE));
            assertThat(sum(history.arrayTotals(data))).isCloseTo(allocated, within(CLOSE));
            assertThat(sum(history.layerTotals(data))).isCloseTo(allocated, within(CLOSE));
            assertThat(sum(history.unitTotals(data))).isCloseTo(allocated, within(CLOSE));
            assertThat(sum(history.parameterTotals(data))).isCloseTo(allocated, within(CLOSE));
            assertArraysAreSlices(history, data);
        }
    }

    private static void assertArraysAreSlices(AllocationHistory history, int data) {
        double[] totals = history.parameterTotals(data);
        for (int a = 0; a < history.arrays().size(); a++) {
            ParameterArray array = history.arrays().get(a);
            assertThat(sum(Arrays.copyOfRange(totals, (int) array.offset(), (int) array.end())))
                    .as(array.name())
                    .isCloseTo(history.arrayTotals(data)[a], within(CLOSE));
        }
    }

    /** Each step begins where the one before it ended. */
    static void assertJoined(AllocationHistory history) {
        for (int t = 1; t < history.steps().size(); t++) {
            AllocationStep before = history.steps().get(t - 1);
            AllocationStep step = history.steps().get(t);
            assertThat(step.updatesBefore()).isEqualTo(before.updatesAfter());
            for (int data = 0; data < step.losses().size(); data++) {
                assertThat(step.losses().get(data).lossBefore())
                        .isEqualTo(before.losses().get(data).lossAfter());
            }
        }
    }

    /** The path ends at the network's parameters. */
    static void assertEndsAt(Model net, AllocationHistory history, LossData data) {
        LossOracle oracle = LossOracle.builder(net).build();
        AllocationStep last = history.steps().get(history.steps().size() - 1);
        assertThat(last.losses().get(0).lossAfter()).isCloseTo(oracle.loss(data), within(1e-12));
    }

    /** Within the tolerance of the default rule, or marked. */
    static void assertBalancedOrMarked(AllocationHistory history) {
        double initial = history.steps().get(0).losses().get(0).lossBefore();
        for (AllocationStep step : history.steps()) {
            LossAllocation loss = step.losses().get(0);
            boolean within = Math.abs(loss.error()) <= 0.01 * Math.abs(loss.change()) + 1e-4 * initial + 1e-12;
            assertThat(step.status())
                    .isEqualTo(within ? AllocationStep.Status.BALANCED : AllocationStep.Status.UNBALANCED);
        }
    }

    static double sum(double[] values) {
        return Arrays.stream(values).sum();
    }
}
