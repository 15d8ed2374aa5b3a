/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance.math;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

/** Assertions on arrays of factors. */
final class Expect {

    private Expect() {}

    static void close(double[] actual, double[] expected, double relative) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < expected.length; i++) {
            assertThat(actual[i]).as("position %d", i).isCloseTo(expected[i], withinPercentage(100 * relative));
        }
    }

    static double[] times(double[] factors, double base) {
        double[] rates = factors.clone();
        for (int i = 0; i < rates.length; i++) {
            rates[i] *= base;
        }
        return rates;
    }
}
