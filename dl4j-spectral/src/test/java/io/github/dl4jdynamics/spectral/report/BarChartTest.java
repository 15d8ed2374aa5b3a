/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.report;

import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class BarChartTest {
    private static final List<String> LAYERS = List.of("conv1", "fc");

    @Test
    void signed_oneSeries_isInTheContent() {
        BarChart.Builder chart = BarChart.builder("t", LAYERS).bars("sum", 1, -1);

        assertThat(chart.build().toMap()).containsEntry("signed", false);
        assertThat(chart.signed().build().toMap()).containsEntry("signed", true);
    }

    @Test
    void signed_twoSeries_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BarChart.builder("Sums", LAYERS)
                        .signed()
                        .bars("first", 1, -1)
                        .bars("second", 1, -1)
                        .build())
                .withMessage("signed bar chart 'Sums' must have at most one series of bars, got 2; "
                        + "make one chart for each");
    }

    @Test
    void bars_wrongNumberOfValues_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BarChart.builder("t", LAYERS).bars("x", 1))
                .withMessage("bars 'x' must have one value for each of the 2 categories, got 1");
    }
}
