/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.demo;

import java.util.List;

import com.google.common.collect.ImmutableList;
import io.github.dl4jdynamics.ghostbn.GhostBatchNormalization;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ArmTest {
    private static final ImmutableList<Arm> ARMS = Arm.of(32, 512);

    @Test
    void of_twoBatchSizes_addsOneThingAtATime() {
        assertThat(ARMS).extracting(arm -> arm.regime().batchSize()).containsExactly(32, 512, 512, 512, 512);
        assertThat(ARMS).extracting(arm -> arm.regime().rateFactor()).containsExactly(1.0, 1.0, 4.0, 4.0, 4.0);
        assertThat(ARMS).extracting(Arm::clipped).containsExactly(false, false, true, true, true);
        assertThat(ARMS)
                .extracting(Arm::normalizationName)
                .containsExactly("stock", "stock", "stock", "ghost, 32", "ghost, 32");
        assertThat(ARMS).extracting(arm -> arm.regime().epochs(3)).containsExactly(3, 3, 3, 3, 48);
    }

    @Test
    void normalization_everyCall_isANewLayer() {
        List<Class<?>> classes = List.of(
                BatchNormalization.class,
                BatchNormalization.class,
                BatchNormalization.class,
                GhostBatchNormalization.class,
                GhostBatchNormalization.class);

        for (int i = 0; i < ARMS.size(); i++) {
            BatchNormalization layer = ARMS.get(i).normalization();
            assertThat(layer)
                    .isExactlyInstanceOf(classes.get(i))
                    .isNotSameAs(ARMS.get(i).normalization());
        }
        assertThat(((GhostBatchNormalization) ARMS.get(3).normalization()).getGhostBatchSize())
                .isEqualTo(32);
    }
}
