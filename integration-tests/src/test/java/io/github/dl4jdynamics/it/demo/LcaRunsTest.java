/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.demo;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class LcaRunsTest {

    @Test
    void spread_severalSeeds_hasMeanAndDeviation() {
        assertThat(LcaRuns.spread("%.2f", 2, 4, 4, 4, 5, 5, 7, 9)).isEqualTo("5.00 ± 2.14");
        assertThat(LcaRuns.spread("%+.1f", 1, 3)).isEqualTo("+2.0 ± 1.4");
    }

    @Test
    void spread_oneSeed_hasNoDeviation() {
        assertThat(LcaRuns.spread("%+.1f", -3)).isEqualTo("-3.0");
    }
}
