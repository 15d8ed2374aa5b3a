/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.rates;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.schedule.ISchedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;
import static org.nd4j.linalg.schedule.ScheduleType.EPOCH;
import static org.nd4j.linalg.schedule.ScheduleType.ITERATION;

class LinearScheduleTest implements ScheduleContract {
    @Override
    public ISchedule subject() {
        return LinearSchedule.builder()
                .scheduleType(ITERATION)
                .initialValue(0.1)
                .finalValue(0.02)
                .length(17)
                .build();
    }

    @Override
    public List<ISchedule> others() {
        LinearSchedule.Builder builder = LinearSchedule.builder()
                .scheduleType(ITERATION)
                .initialValue(0.1)
                .length(17);
        return List.of(
                builder.build(),
                builder.finalValue(0.02).length(18).build(),
                builder.length(17).initialValue(0.2).build(),
                builder.initialValue(0.1).scheduleType(EPOCH).build());
    }

    @Override
    public String json() {
        return "{\"@class\":\"io.github.dl4jdynamics.spectral.rates.LinearSchedule\",\"scheduleType\":\"ITERATION\","
                + "\"initialValue\":0.1,\"finalValue\":0.02,\"length\":17}";
    }

    @Test
    void valueAt_falling_hitsBothEndsAndTheMiddle() {
        LinearSchedule schedule = new LinearSchedule(ITERATION, 0.8, 8);

        assertThat(schedule.valueAt(0, 9)).isEqualTo(0.8);
        assertThat(schedule.valueAt(4, 9)).isCloseTo(0.4, within(1e-16));
        assertThat(schedule.valueAt(8, 9)).isZero();
    }

    @Test
    void valueAt_rising_holdsTheFinalValue() {
        LinearSchedule schedule = LinearSchedule.builder()
                .scheduleType(EPOCH)
                .initialValue(0)
                .finalValue(0.3)
                .length(3)
                .build();

        assertThat(schedule.valueAt(100, 1)).isCloseTo(0.1, within(1e-16));
        assertThat(schedule.valueAt(0, 3)).isEqualTo(0.3);
        assertThat(schedule.valueAt(0, 300)).isEqualTo(0.3);
    }

    @Test
    void build_badSettings_saysWhatAndWhy() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LinearSchedule(null, 0.1, 10))
                .withMessage("scheduleType of LinearSchedule must be set: ITERATION or EPOCH");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LinearSchedule(EPOCH, Double.POSITIVE_INFINITY, 10))
                .withMessage("initialValue of LinearSchedule must be finite and >= 0, got Infinity");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LinearSchedule(EPOCH, 0.1, -2))
                .withMessage("length of LinearSchedule must be >= 1, got -2; "
                        + "it counts iterations or epochs until finalValue");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LinearSchedule.builder()
                        .scheduleType(EPOCH)
                        .initialValue(0.1)
                        .finalValue(-1)
                        .length(3)
                        .build())
                .withMessage("finalValue of LinearSchedule must be finite and >= 0, got -1.0");
    }
}
