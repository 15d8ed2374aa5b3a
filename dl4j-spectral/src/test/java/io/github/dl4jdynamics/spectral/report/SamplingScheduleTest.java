/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.report;

import java.util.function.IntPredicate;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class SamplingScheduleTest {
    @Test
    void everyIterations_isDueAtMultiplesFromZero() {
        SamplingSchedule schedule = SamplingSchedule.everyIterations(3);

        assertThat(due(10, schedule::isDueAtIteration)).containsExactly(0, 3, 6, 9);
        assertThat(due(10, schedule::isDueAtEpochEnd)).isEmpty();
    }

    @Test
    void everyEpochs_isDueAfterThatManyEpochs() {
        SamplingSchedule schedule = SamplingSchedule.everyEpochs(2);

        assertThat(due(7, schedule::isDueAtEpochEnd)).containsExactly(1, 3, 5);
        assertThat(due(7, schedule::isDueAtIteration)).isEmpty();
        assertThat(due(3, SamplingSchedule.everyEpochs(1)::isDueAtEpochEnd)).containsExactly(0, 1, 2);
    }

    @Test
    void logarithmic_isDueAtRoundedPowers() {
        SamplingSchedule schedule = SamplingSchedule.logarithmic(3);

        assertThat(due(3000, schedule::isDueAtIteration))
                .containsExactly(0, 1, 2, 5, 10, 22, 46, 100, 215, 464, 1000, 2154);
        assertThat(due(100, schedule::isDueAtEpochEnd)).isEmpty();
    }

    @Test
    void logarithmic_manyPerDecade_agreesWithTheListOfPowers() {
        SamplingSchedule schedule = SamplingSchedule.logarithmic(20);

        int[] expected = IntStream.concat(
                        IntStream.of(0),
                        IntStream.rangeClosed(0, 100).map(j -> (int) Math.round(Math.pow(10, j / 20.0))))
                .distinct()
                .filter(i -> i < 100_000)
                .toArray();

        assertThat(due(100_000, schedule::isDueAtIteration)).containsExactly(expected);
    }

    @Test
    void never_isNeverDue() {
        assertThat(due(100, SamplingSchedule.never()::isDueAtIteration)).isEmpty();
        assertThat(due(100, SamplingSchedule.never()::isDueAtEpochEnd)).isEmpty();
    }

    @Test
    void startingAfterAndStoppingAfter_boundTheSchedule() {
        assertThat(due(20, SamplingSchedule.everyIterations(4).startingAfter(5).stoppingAfter(17)::isDueAtIteration))
                .containsExactly(5, 9, 13);
        assertThat(due(12, SamplingSchedule.everyEpochs(2).startingAfter(5).stoppingAfter(9)::isDueAtEpochEnd))
                .containsExactly(4, 6, 8);
        assertThat(due(200, SamplingSchedule.logarithmic(1).startingAfter(50)::isDueAtIteration))
                .containsExactly(50, 51, 60, 150);
        assertThat(due(9, SamplingSchedule.everyIterations(1).stoppingAfter(0)::isDueAtIteration))
                .isEmpty();
    }

    @Test
    void isActive_isTrueBetweenStartAndStopInItsOwnUnit() {
        SamplingSchedule epochs =
                SamplingSchedule.everyEpochs(2).startingAfter(1).stoppingAfter(3);

        assertThat(due(6, epoch -> epochs.isActive(1000, epoch))).containsExactly(1, 2);
        assertThat(due(6, iteration -> SamplingSchedule.everyIterations(3)
                        .stoppingAfter(4)
                        .isActive(iteration, 9)))
                .containsExactly(0, 1, 2, 3);
        assertThat(SamplingSchedule.never().isActive(0, 0)).isFalse();
        assertThat(epochs.countsEpochs()).isTrue();
        assertThat(SamplingSchedule.logarithmic(2).countsEpochs()).isFalse();
    }

    @Test
    void toString_saysTheSettings() {
        assertThat(SamplingSchedule.everyEpochs(2).startingAfter(1).stoppingAfter(9))
                .hasToString("every 2 epochs after 1 until 9");
        assertThat(SamplingSchedule.everyIterations(7)).hasToString("every 7 iterations");
        assertThat(SamplingSchedule.logarithmic(5)).hasToString("5 per decade of iterations");
        assertThat(SamplingSchedule.never()).hasToString("never");
    }

    @Test
    void factories_badSettings_sayWhatAndWhy() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SamplingSchedule.everyIterations(0))
                .withMessage("everyIterations must be >= 1, got 0; use never() for no measurement");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SamplingSchedule.everyEpochs(-1))
                .withMessage("everyEpochs must be >= 1, got -1; use never() for no measurement");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SamplingSchedule.logarithmic(0))
                .withMessage("measurements per decade must be >= 1, got 0; 5 is a good start");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SamplingSchedule.never().startingAfter(-1))
                .withMessage("startingAfter must be >= 0, got -1; it counts iterations or epochs");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SamplingSchedule.never().stoppingAfter(-1))
                .withMessage("stoppingAfter must be >= 0, got -1; it counts iterations or epochs");
    }

    private static int[] due(int end, IntPredicate predicate) {
        return IntStream.range(0, end).filter(predicate).toArray();
    }
}
