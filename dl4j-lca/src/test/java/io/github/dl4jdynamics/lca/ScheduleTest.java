/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca;

import io.github.dl4jdynamics.spectral.oracle.LossData;
import io.github.dl4jdynamics.spectral.report.SamplingSchedule;
import org.deeplearning4j.nn.api.Model;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.learning.config.Adam;

import static org.assertj.core.api.Assertions.assertThat;

/** Which updates a schedule makes steps of, and which it leaves out. */
class ScheduleTest {
    private static final LossData TRAIN = LossData.of(Nets.rows(8, 1));

    private static LossChangeAllocationListener run(boolean graph, SamplingSchedule schedule, int updates) {
        Model net = Nets.net(graph, new Adam(0.05));
        LossChangeAllocationListener lca = LossChangeAllocationListener.builder(TRAIN)
                .schedule(schedule)
                .failFast(true)
                .build()
                .attach(net);
        Nets.updates(net, updates);
        lca.finish(net);
        return lca;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void updatesBeforeTheStart_areNoPartOfTheHistory(boolean graph) {
        AllocationHistory late = run(graph, SamplingSchedule.everyIterations(2).startingAfter(3), 8)
                .history();
        AllocationHistory all =
                run(graph, SamplingSchedule.everyIterations(1), 8).history();

        assertThat(late.updates()).containsExactly(3, 5, 7, 8);
        assertThat(late.steps().get(0).losses().get(0).lossBefore())
                .isEqualTo(all.steps().get(3).losses().get(0).lossBefore());
        assertThat(late.steps().get(2).losses().get(0).lossAfter())
                .isEqualTo(all.steps().get(7).losses().get(0).lossAfter());
        Books.assertConsistent(late);
        Books.assertJoined(late);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void updatesAfterTheEnd_areNoPartOfTheHistory(boolean graph) {
        AllocationHistory early = run(graph, SamplingSchedule.everyIterations(2).stoppingAfter(5), 8)
                .history();
        AllocationHistory all =
                run(graph, SamplingSchedule.everyIterations(1), 8).history();

        assertThat(early.updates()).containsExactly(0, 2, 4, 5);
        assertThat(early.steps().get(2).losses().get(0).lossAfter())
                .isEqualTo(all.steps().get(4).losses().get(0).lossAfter());
        Books.assertConsistent(early);
        Books.assertJoined(early);
    }

    @Test
    void window_isAllocatedUpdateByUpdate() {
        SamplingSchedule window =
                SamplingSchedule.everyIterations(1).startingAfter(2).stoppingAfter(5);

        AllocationHistory history = run(false, window, 8).history();

        assertThat(history.updates()).containsExactly(2, 3, 4, 5);
        assertThat(history.steps()).allMatch(AllocationStep::isAllocated);
    }

    @Test
    void endOfTheSchedule_endsTheOpenStepWithoutTime() {
        Model net = Nets.net(false, new Adam(0.05));
        LossChangeAllocationListener lca = LossChangeAllocationListener.builder(TRAIN)
                .schedule(SamplingSchedule.everyIterations(1).stoppingAfter(4))
                .timeBudget(1e-12)
                .failFast(true)
                .build()
                .attach(net);

        Nets.updates(net, 6);

        assertThat(lca.history().updates()).containsExactly(0, 1, 4);
    }

    @Test
    void never_followsNothing() {
        AllocationHistory history = run(false, SamplingSchedule.never(), 4).history();

        assertThat(history.steps()).isEmpty();
        assertThat(history.cost()).isEqualTo("no measurement");
        assertThat(history).hasToString("no step yet");
    }

    @Test
    void cost_countsTheBeginningAndTheEndToo() {
        AllocationHistory history =
                run(false, SamplingSchedule.everyIterations(4), 6).history();

        assertThat(history.updates()).containsExactly(0, 4, 6);
        assertThat(history.cost()).startsWith("3 measurements in ");
    }
}
