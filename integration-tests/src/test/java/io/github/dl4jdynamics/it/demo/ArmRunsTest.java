/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.demo;

import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

class ArmRunsTest {

    @Test
    void standardDeviation_ofASample_dividesByOneLess() {
        assertThat(ArmRuns.standardDeviation(new double[] {2, 4, 4, 4, 5, 5, 7, 9}))
                .isCloseTo(Math.sqrt(32.0 / 7), within(1e-12));
        assertThat(ArmRuns.standardDeviation(new double[] {0.5, 0.5, 0.5})).isZero();
        assertThat(ArmRuns.standardDeviation(new double[] {0.5})).isNaN();
    }

    @Test
    void mean_isTheAverage() {
        assertThat(ArmRuns.mean(new double[] {1, 2, 6})).isEqualTo(3);
    }

    @Test
    void runs_none_areRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ArmRuns(List.of()))
                .withMessage("runs of an arm must be at least one, got none");
    }
}
