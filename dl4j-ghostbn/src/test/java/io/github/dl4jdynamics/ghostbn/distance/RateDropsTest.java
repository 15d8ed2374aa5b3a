/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.distance;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToDoubleFunction;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.PolySchedule;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.linalg.schedule.StepSchedule;

import static org.assertj.core.api.Assertions.assertThat;

/** Steps are told from decays over a whole run of rates. */
class RateDropsTest {

    private static List<Integer> drops(double factor, int updates, IntToDoubleFunction rate) {
        RateDrops drops = new RateDrops(factor);
        List<Integer> at = new ArrayList<>();
        for (int i = 0; i < updates; i++) {
            if (drops.isDrop(rate.applyAsDouble(i))) {
                at.add(i);
            }
        }
        return at;
    }

    @Test
    void steps_areDrops() {
        StepSchedule tenth = new StepSchedule(ScheduleType.ITERATION, 0.1, 0.1, 30);
        StepSchedule half = new StepSchedule(ScheduleType.ITERATION, 0.1, 0.5, 30);

        assertThat(drops(2, 100, i -> tenth.valueAt(i, 0))).containsExactly(30, 60, 90);
        assertThat(drops(2, 100, i -> half.valueAt(i, 0)))
                .as("a ratio of exactly the factor")
                .containsExactly(30, 60, 90);
        assertThat(drops(3, 100, i -> half.valueAt(i, 0))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 5, 10, 100, 10_000})
    void decaysToZero_areNoDrops(int updates) {
        assertThat(drops(2, updates + 1, i -> 0.05 * (1 + Math.cos(Math.PI * i / updates))))
                .as("cosine")
                .isEmpty();
        for (int power = 1; power <= 3; power++) {
            PolySchedule decay = new PolySchedule(ScheduleType.ITERATION, 0.1, power, updates);
            assertThat(drops(2, updates + 1, i -> decay.valueAt(i, 0)))
                    .as("polynomial of power %s", power)
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.999, 0.9, 0.75})
    void exponentialDecay_isNoDropHoweverFarItFalls(double gamma) {
        ExponentialSchedule decay = new ExponentialSchedule(ScheduleType.ITERATION, 0.1, gamma);

        assertThat(drops(2, 2000, i -> decay.valueAt(i, 0))).isEmpty();
    }

    @Test
    void stepOnTopOfADecay_isADrop() {
        assertThat(drops(2, 100, i -> 0.05 * (1 + Math.cos(Math.PI * i / 100)) * (i < 40 ? 1 : 0.1)))
                .containsExactly(40);
    }

    @Test
    void warmUpAndRestartsOfACosine_areNoDrops() {
        assertThat(drops(2, 20, i -> 0.01 * i)).isEmpty();
        assertThat(drops(2, 100, i -> 0.05 * (1.01 + Math.cos(Math.PI * (i % 20) / 20.0))))
                .isEmpty();
    }

    @Test
    void rateOfZeroOrUnknown_isPassedOver() {
        double[] rates = {0.1, 0.1, 0, Double.NaN, 0.1, 0, 0.01, 0.01};

        assertThat(drops(2, rates.length, i -> rates[i])).containsExactly(6);
    }

    @Test
    void twoStepsInSuccession_areOneDrop() {
        double[] rates = {1, 1, 0.3, 0.1, 0.1, 0.01};

        assertThat(drops(2, rates.length, i -> rates[i])).containsExactly(2, 5);
    }
}
