/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.report;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class LineChartTest {
    private static final double[] X = {1, 2};

    @Test
    void area_nextToLines_isInTheContent() {
        LineChart chart = LineChart.builder("t")
                .area("conv1", X, new double[] {-1, Double.NaN})
                .line("loss", new double[] {5}, new double[] {6})
                .area("fc", X.clone(), new double[] {1, 2})
                .build();

        assertThat(Json.toString(chart.toMap()))
                .contains("{\"name\":\"conv1\",\"style\":\"area\",\"x\":[1.0,2.0],\"y\":[-1.0,\"NaN\"]}")
                .contains("{\"name\":\"fc\",\"style\":\"area\",\"x\":[1.0,2.0],\"y\":[1.0,2.0]}");
    }

    @Test
    void area_otherX_isRefused() {
        LineChart.Builder chart = LineChart.builder("t").area("conv1", X, X);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> chart.area("fc", new double[] {1, 3}, X))
                .withMessage(
                        "area 'fc' must have the same x as area 'conv1', on which it stands; interpolate it first");
    }

    @Test
    void area_otherLength_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LineChart.builder("t").area("fc", X, new double[3]))
                .withMessage("series 'fc' must have as many x as y values, got 2 and 3");
    }

    @Test
    void build_areasOnALogarithmicAxis_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> LineChart.builder("Sums").logY().area("fc", X, X).build())
                .withMessage("vertical axis of line chart 'Sums' must not be logarithmic, for its areas begin at 0; "
                        + "use lines, or leave logY() out");
    }

    @Test
    void build_areasOnALogarithmicXAxis_isMade() {
        assertThat(LineChart.builder("t").logX().area("fc", X, X).build().toMap())
                .containsEntry("logX", true);
    }
}
