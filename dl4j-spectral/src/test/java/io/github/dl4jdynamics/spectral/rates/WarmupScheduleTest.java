/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.rates;

import java.util.List;

import io.github.dl4jdynamics.spectral.rates.WarmupSchedule.Clock;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.schedule.FixedSchedule;
import org.nd4j.linalg.schedule.ISchedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;
import static org.nd4j.linalg.schedule.ScheduleType.EPOCH;
import static org.nd4j.linalg.schedule.ScheduleType.ITERATION;

class WarmupScheduleTest implements ScheduleContract {
    private static final double EXACT = 1e-15;

    @Override
    public ISchedule subject() {
        return WarmupSchedule.builder()
                .scheduleType(ITERATION)
                .length(4)
                .startFraction(0.25)
                .schedule(new CosineSchedule(ITERATION, 0.1, 20))
                .build();
    }

    @Override
    public List<ISchedule> others() {
        WarmupSchedule.Builder builder = WarmupSchedule.builder()
                .scheduleType(ITERATION)
                .length(4)
                .schedule(new CosineSchedule(ITERATION, 0.1, 20));
        return List.of(
                builder.build(),
                builder.startFraction(0.25).clock(Clock.RUNNING).build(),
                builder.clock(Clock.SHIFTED).length(5).build(),
                builder.length(4).scheduleType(EPOCH).build(),
                builder.scheduleType(ITERATION)
                        .schedule(new CosineSchedule(ITERATION, 0.1, 21))
                        .build());
    }

    @Override
    public String json() {
        return "{\"@class\":\"io.github.dl4jdynamics.spectral.rates.WarmupSchedule\",\"scheduleType\":\"ITERATION\","
                + "\"length\":4,\"startFraction\":0.25,\"clock\":\"SHIFTED\",\"schedule\":"
                + "{\"@class\":\"io.github.dl4jdynamics.spectral.rates.CosineSchedule\",\"scheduleType\":\"ITERATION\","
                + "\"initialValue\":0.1,\"length\":20,\"floor\":0.0,\"cycleFactor\":0}}";
    }

    @Test
    void valueAt_linearDecay_followsHuggingFacesFormula() {
        int warmup = 10;
        int total = 50;
        WarmupSchedule schedule =
                new WarmupSchedule(ITERATION, warmup, new LinearSchedule(ITERATION, 5e-5, total - warmup));

        for (int step = 0; step < 60; step++) {
            double factor = step < warmup
                    ? (double) step / Math.max(1, warmup)
                    : Math.max(0.0, (double) (total - step) / Math.max(1, total - warmup));
            assertThat(schedule.valueAt(step, 0)).isCloseTo(5e-5 * factor, within(EXACT * 5e-5));
        }
    }

    @Test
    void valueAt_cosineDecay_followsHuggingFacesFormula() {
        int warmup = 7;
        int total = 40;
        WarmupSchedule schedule =
                new WarmupSchedule(ITERATION, warmup, new CosineSchedule(ITERATION, 0.1, total - warmup));

        for (int step = 0; step <= total; step++) {
            double progress = (double) (step - warmup) / (total - warmup);
            double factor = step < warmup
                    ? (double) step / warmup
                    : Math.max(0.0, 0.5 * (1.0 + Math.cos(Math.PI * 0.5 * 2.0 * progress)));
            assertThat(schedule.valueAt(step, 0)).isCloseTo(0.1 * factor, within(EXACT));
        }
    }

    @Test
    void valueAt_startFraction_followsPyTorchsLinearThenCosine() {
        WarmupSchedule schedule = WarmupSchedule.builder()
                .scheduleType(EPOCH)
                .length(5)
                .startFraction(0.2)
                .schedule(new CosineSchedule(EPOCH, 1, 10))
                .build();

        // LinearLR(start_factor=0.2, total_iters=5), then CosineAnnealingLR(T_max=10), milestone 5
        double[] expected = {0.2, 0.36, 0.52, 0.68, 0.84, 1, 0.5 * (1 + Math.cos(Math.PI / 10))};
        for (int epoch = 0; epoch < expected.length; epoch++) {
            assertThat(schedule.valueAt(1234, epoch)).isCloseTo(expected[epoch], within(EXACT));
        }
    }

    @Test
    void valueAt_runningClock_multipliesTheUnshiftedSchedule() {
        CosineSchedule inner = new CosineSchedule(ITERATION, 0.4, 10);
        WarmupSchedule schedule = WarmupSchedule.builder()
                .scheduleType(ITERATION)
                .length(4)
                .clock(Clock.RUNNING)
                .schedule(inner)
                .build();

        assertThat(schedule.valueAt(2, 0)).isCloseTo(0.5 * inner.valueAt(2, 0), within(EXACT));
        assertThat(schedule.valueAt(4, 0)).isEqualTo(inner.valueAt(4, 0));
        assertThat(schedule.valueAt(10, 0)).isZero();
    }

    @Test
    void valueAt_iterationsBeforeACosineOverEpochs_leavesTheEpochClockAlone() {
        CosineSchedule inner = new CosineSchedule(EPOCH, 0.1, 10);
        WarmupSchedule schedule = new WarmupSchedule(ITERATION, 100, inner);

        assertThat(schedule.valueAt(50, 1)).isCloseTo(0.5 * inner.valueAt(0, 1), within(EXACT));
        assertThat(schedule.valueAt(700, 7)).isEqualTo(inner.valueAt(0, 7));
    }

    @Test
    void valueAt_nestedWarmups_compose() {
        WarmupSchedule inner = new WarmupSchedule(ITERATION, 2, new FixedSchedule(1));
        WarmupSchedule schedule = WarmupSchedule.builder()
                .scheduleType(ITERATION)
                .length(2)
                .startFraction(1)
                .schedule(inner)
                .build();

        double[] expected = {0, 0, 0, 0.5, 1};
        for (int t = 0; t < expected.length; t++) {
            assertThat(schedule.valueAt(t, 0)).isEqualTo(expected[t]);
        }
    }

    @Test
    void startRate_isTheFirstValue() {
        WarmupSchedule schedule = WarmupSchedule.builder()
                .scheduleType(ITERATION)
                .length(10)
                .startRate(1e-3)
                .schedule(new FixedSchedule(0.1))
                .build();

        assertThat(schedule.valueAt(0, 0)).isCloseTo(1e-3, within(EXACT));
        assertThat(schedule.valueAt(5, 0)).isCloseTo(0.0505, within(EXACT));
        assertThat(schedule.valueAt(10, 0)).isEqualTo(0.1);
    }

    @Test
    void clone_copiesTheInnerSchedule() {
        MutableSchedule inner = new MutableSchedule();
        WarmupSchedule schedule = new WarmupSchedule(ITERATION, 1, inner);

        WarmupSchedule copy = schedule.clone();

        inner.value = 0.2;
        assertThat(schedule.valueAt(1, 0)).isEqualTo(0.2);
        assertThat(copy.valueAt(1, 0)).isEqualTo(0.1);
    }

    @Test
    void build_badSettings_saysWhatAndWhy() {
        FixedSchedule inner = new FixedSchedule(0.1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new WarmupSchedule(null, 3, inner))
                .withMessage("scheduleType of WarmupSchedule must be set: ITERATION or EPOCH");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new WarmupSchedule(EPOCH, 3, null))
                .withMessage(
                        "schedule of WarmupSchedule must be set; " + "FixedSchedule keeps one rate after the warm-up");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new WarmupSchedule(EPOCH, 0, inner))
                .withMessage("length of WarmupSchedule must be >= 1, got 0; "
                        + "use the inner schedule itself for no warm-up");
        WarmupSchedule.Builder builder =
                WarmupSchedule.builder().scheduleType(EPOCH).length(3).schedule(inner);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.startFraction(1.5).build())
                .withMessage("startFraction of WarmupSchedule must lie in [0, 1], got 1.5; "
                        + "it multiplies the inner schedule's value");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.startRate(-1))
                .withMessage("startRate of WarmupSchedule must be finite and >= 0, got -1.0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.startRate(0.2).build())
                .withMessage(
                        "startRate of WarmupSchedule must not exceed the inner schedule's first value 0.1, got 0.2");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.startFraction(0).clock(null).build())
                .withMessage("clock of WarmupSchedule must be set: SHIFTED or RUNNING");
    }

    private static final class MutableSchedule implements ISchedule {
        private static final long serialVersionUID = 1L;
        private double value = 0.1;

        @Override
        public double valueAt(int iteration, int epoch) {
            return value;
        }

        @Override
        public ISchedule clone() {
            MutableSchedule copy = new MutableSchedule();
            copy.value = value;
            return copy;
        }
    }
}
