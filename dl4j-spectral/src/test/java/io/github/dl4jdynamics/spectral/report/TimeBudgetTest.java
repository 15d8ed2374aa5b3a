/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.report;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class TimeBudgetTest {
    private static final long SECOND = 1_000_000_000L;
    private long now = -5 * SECOND;

    @Test
    void tryBegin_firstMeasurement_isAllowed() {
        assertThat(TimeBudget.ofFraction(1e-9, () -> now).tryBegin()).isTrue();
    }

    @Test
    void tryBegin_untilTrainingHasPaidForTheNextOne_refuses() {
        TimeBudget budget = TimeBudget.ofFraction(0.1, () -> now);
        measure(budget, 2);

        now += 39 * SECOND;
        assertThat(budget.tryBegin()).isFalse();
        now += SECOND;
        assertThat(budget.tryBegin()).isTrue();

        assertThat(budget.skipped()).isEqualTo(1);
    }

    @Test
    void tryBegin_overALongRun_staysWithinTheFraction() {
        TimeBudget budget = TimeBudget.ofFraction(0.05, () -> now);
        long training = 0;
        for (int step = 0; step < 10_000; step++) {
            now += SECOND;
            training++;
            if (budget.tryBegin()) {
                now += (1 + step % 3) * SECOND;
                budget.end();
            }
        }

        assertThat(budget.spent().toSeconds() / (double) training).isBetween(0.0495, 0.05);
        assertThat(budget.measurements() + budget.skipped()).isEqualTo(10_000);
    }

    @Test
    void unlimited_allowsEverythingAndCountsIt() {
        TimeBudget budget = TimeBudget.unlimited();
        for (int i = 0; i < 5; i++) {
            assertThat(budget.tryBegin()).isTrue();
            budget.end();
        }

        assertThat(budget.measurements()).isEqualTo(5);
    }

    @Test
    void begin_isAllowedWithoutTimeAndCounts() {
        TimeBudget budget = TimeBudget.ofFraction(0.1, () -> now);
        measure(budget, 2);

        budget.begin();
        now += 3 * SECOND;
        budget.end();

        assertThat(budget.measurements()).isEqualTo(2);
        assertThat(budget.spent()).isEqualTo(Duration.ofSeconds(5));
        assertThat(budget.skipped()).isZero();
    }

    @Test
    void toString_saysTheCost() {
        TimeBudget budget = TimeBudget.ofFraction(0.01, () -> now);
        assertThat(budget).hasToString("0 measurements in 0.00 s");
        measure(budget, 2);
        now += 98 * SECOND;
        budget.tryBegin();

        assertThat(budget).hasToString("1 measurement in 2.00 s, 2.0 % of the training time, 1 skipped");
        assertThat(budget.spent()).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void lifeCycle_wrongOrder_isRefused() {
        TimeBudget budget = TimeBudget.unlimited();

        assertThatIllegalStateException()
                .isThrownBy(budget::end)
                .withMessage("no measurement is running; call tryBegin() first");
        budget.tryBegin();
        assertThatIllegalStateException()
                .isThrownBy(budget::tryBegin)
                .withMessage("a measurement is already running; call end() before the next tryBegin()");
    }

    @Test
    void ofFraction_notPositive_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TimeBudget.ofFraction(0))
                .withMessage("fraction of the training time must be > 0, got 0.0; " + "0.05 allows 5 %");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TimeBudget.ofFraction(Double.NaN))
                .withMessageContaining("got NaN");
    }

    private void measure(TimeBudget budget, int seconds) {
        assertThat(budget.tryBegin()).isTrue();
        now += seconds * SECOND;
        budget.end();
    }
}
