/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.rates;

import java.io.InputStream;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;
import static org.nd4j.linalg.schedule.ScheduleType.EPOCH;
import static org.nd4j.linalg.schedule.ScheduleType.ITERATION;

class CosineScheduleTest implements ScheduleContract {
    private static final double EXACT = 1e-15;

    @Override
    public ISchedule subject() {
        return CosineSchedule.builder()
                .scheduleType(EPOCH)
                .initialValue(0.1)
                .length(20)
                .floor(0.003)
                .cycleFactor(2)
                .build();
    }

    @Override
    public List<ISchedule> others() {
        CosineSchedule.Builder builder = CosineSchedule.builder()
                .scheduleType(ITERATION)
                .initialValue(0.1)
                .length(20);
        return List.of(
                builder.build(),
                builder.scheduleType(EPOCH).build(),
                builder.floor(0.003).build(),
                builder.cycleFactor(1).build(),
                builder.cycleFactor(2).length(21).build(),
                builder.length(20).initialValue(0.2).build());
    }

    @Override
    public String json() {
        return "{\"@class\":\"io.github.dl4jdynamics.spectral.rates.CosineSchedule\",\"scheduleType\":\"EPOCH\","
                + "\"initialValue\":0.1,\"length\":20,\"floor\":0.003,\"cycleFactor\":2}";
    }

    @Test
    void valueAt_referencePoints_agrees() throws Exception {
        JsonNode cosine;
        try (InputStream in = getClass().getResourceAsStream("/vectors/tempbalance-03-assign-functions.json")) {
            cosine = new ObjectMapper().readTree(in).at("/expected/cosine");
        }
        CosineSchedule schedule = new CosineSchedule(
                EPOCH, cosine.get("lr0").asDouble(), cosine.get("total_epochs").asInt());

        assertThat(cosine.get("points")).isNotEmpty();
        for (JsonNode point : cosine.get("points")) {
            double expected = point.get("lr_for_next_epoch").asDouble();

            assertThat(schedule.valueAt(-1, point.get("epoch_finished").asInt()))
                    .isCloseTo(expected, within(1e-11 * 0.1));
        }
    }

    @Test
    void valueAt_iterations_ignoresTheEpoch() {
        CosineSchedule schedule = new CosineSchedule(ITERATION, 1, 4);

        assertThat(schedule.valueAt(0, 3)).isEqualTo(1);
        assertThat(schedule.valueAt(1, 3)).isCloseTo((1 + Math.sqrt(0.5)) / 2, within(EXACT));
        assertThat(schedule.valueAt(2, 0)).isCloseTo(0.5, within(EXACT));
    }

    @Test
    void valueAt_atTheEndAndLater_staysAtTheFloor() {
        CosineSchedule schedule = CosineSchedule.builder()
                .scheduleType(EPOCH)
                .initialValue(0.5)
                .length(3)
                .floor(0.25)
                .build();

        assertThat(schedule.valueAt(0, 2)).isGreaterThan(0.25);
        assertThat(schedule.valueAt(0, 3)).isEqualTo(0.25);
        assertThat(schedule.valueAt(0, 6)).isEqualTo(0.25);
    }

    @Test
    void valueAt_equalCycles_repeats() {
        CosineSchedule schedule = CosineSchedule.builder()
                .scheduleType(ITERATION)
                .initialValue(0.3)
                .length(5)
                .cycleFactor(1)
                .build();

        for (int t = 0; t < 5; t++) {
            assertThat(schedule.valueAt(t + 15, 0)).isEqualTo(schedule.valueAt(t, 0));
        }
        assertThat(schedule.valueAt(5, 0)).isEqualTo(0.3);
    }

    @Test
    void valueAt_growingCycles_restartsWhereCyclesOfPlainSchedulesWould() {
        CosineSchedule schedule = CosineSchedule.builder()
                .scheduleType(ITERATION)
                .initialValue(0.3)
                .length(2)
                .cycleFactor(3)
                .build();

        int t = 0;
        for (int cycle = 2; cycle <= 54; cycle *= 3) {
            CosineSchedule plain = new CosineSchedule(ITERATION, 0.3, cycle);
            for (int i = 0; i < cycle; i++, t++) {
                assertThat(schedule.valueAt(t, 0)).isEqualTo(plain.valueAt(i, 0));
            }
        }
    }

    @Test
    void valueAt_lengthOne_dropsAtOnce() {
        CosineSchedule schedule = new CosineSchedule(EPOCH, 0.1, 1);

        assertThat(schedule.valueAt(0, 0)).isEqualTo(0.1);
        assertThat(schedule.valueAt(0, 1)).isZero();
    }

    @Test
    void build_badSettings_saysWhatAndWhy() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new CosineSchedule(null, 0.1, 10))
                .withMessage("scheduleType of CosineSchedule must be set: ITERATION or EPOCH");
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        CosineSchedule.builder().scheduleType(EPOCH).length(3).build())
                .withMessage("initialValue of CosineSchedule must be finite and >= 0, got NaN");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new CosineSchedule(EPOCH, 0.1, 0))
                .withMessage("length of CosineSchedule must be >= 1, got 0; "
                        + "it counts iterations or epochs until the floor");
        CosineSchedule.Builder builder =
                CosineSchedule.builder().scheduleType(EPOCH).initialValue(0.1).length(3);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.floor(0.2).build())
                .withMessage("floor of CosineSchedule must lie in [0, initialValue = 0.1], got 0.2");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.floor(0).cycleFactor(-1).build())
                .withMessage("cycleFactor of CosineSchedule must be >= 0, got -1; "
                        + "0 never restarts, 1 repeats equal cycles");
    }
}
