/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.report;

import java.util.Random;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

class HistogramTest {
    private static final double[] NONE = {};

    @Test
    void values_linearAxis_makesADensityOfEqualBins() {
        Histogram histogram = Histogram.builder("h")
                .values("v", new double[] {4, 0, 1, Double.NaN, 2, 3.5, Double.POSITIVE_INFINITY}, 2)
                .build();

        assertThat(numbers(histogram, "edges")).containsExactly(0, 2, 4);
        assertThat(numbers(histogram, "heights")).containsExactly(new double[] {0.2, 0.3}, within(1e-15));
    }

    @Test
    void values_logarithmicAxis_makesBinsOfEqualRatio() {
        Histogram histogram = Histogram.builder("h")
                .values("v", new double[] {1, 1.5, 20, 100, 0, -3}, 2)
                .logX()
                .build();

        assertThat(numbers(histogram, "edges")).containsExactly(new double[] {1, 10, 100}, within(1e-12));
        assertThat(numbers(histogram, "heights")).containsExactly(new double[] {0.5 / 9, 0.5 / 90}, within(1e-15));
    }

    @Test
    void values_anySample_haveAreaOne() {
        double[] sample = new Random(1).doubles(1000).map(u -> Math.pow(u, -2)).toArray();
        for (boolean log : new boolean[] {false, true}) {
            Histogram.Builder builder = Histogram.builder("h").values("v", sample, 37);
            Histogram histogram = (log ? builder.logX() : builder).build();
            double[] edges = numbers(histogram, "edges");
            double[] heights = numbers(histogram, "heights");

            double area = 0;
            for (int i = 0; i < heights.length; i++) {
                area += heights[i] * (edges[i + 1] - edges[i]);
            }
            assertThat(area).isCloseTo(1, within(1e-12));
        }
    }

    @Test
    void values_allEqualOrNone_isStillAHistogram() {
        Histogram equal =
                Histogram.builder("h").values("v", new double[] {5, 5}, 4).build();
        Histogram zeros = Histogram.builder("h").values("v", new double[2], 1).build();
        Histogram none = Histogram.builder("h").values("v", NONE, 4).build();

        assertThat(numbers(equal, "edges")).hasSize(5).isSorted();
        assertThat(numbers(zeros, "edges")).containsExactly(-0.5, 0.5);
        assertThat(numbers(none, "heights")).isEmpty();
    }

    @Test
    void builder_badSettings_sayWhatAndWhy() {
        Histogram.Builder builder = Histogram.builder("h");

        assertThatIllegalArgumentException()
                .isThrownBy(builder::build)
                .withMessage("a histogram must have values or bins, got neither; call values(...) or bins(...)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.values("v", NONE, 0))
                .withMessage("binCount of histogram 'v' must be >= 1, got 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.bins("v", new double[2], new double[2]))
                .withMessage("histogram 'v' must have one edge more than heights, got 2 and 2");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.bins("v", new double[] {1, 2, 2}, new double[2]))
                .withMessage("edges of histogram 'v' must ascend, got 2.0 before 2.0 at index 1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.line("fit", new double[2], new double[3]))
                .withMessage("series 'fit' must have as many x as y values, got 2 and 3");
    }

    private static double[] numbers(Histogram histogram, String name) {
        return (double[]) histogram.toMap().get(name);
    }
}
