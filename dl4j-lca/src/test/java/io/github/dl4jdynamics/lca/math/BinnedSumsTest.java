/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca.math;

import java.util.Arrays;
import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class BinnedSumsTest {
    private static double[][] values(int steps, int units) {
        SplittableRandom random = new SplittableRandom(1);
        double[][] values = new double[steps][units];
        for (double[] step : values) {
            Arrays.setAll(step, u -> random.nextDouble() - 0.5);
        }
        return values;
    }

    private static BinnedSums added(double[][] values, int units, int maxColumns) {
        BinnedSums sums = new BinnedSums(units, maxColumns);
        Arrays.stream(values).forEach(sums::add);
        return sums;
    }

    /** The width is the smallest power of two with which all steps fit. */
    private static double[][] naive(double[][] values, int units, int maxColumns) {
        int width = 1;
        while ((long) width * maxColumns < values.length) {
            width *= 2;
        }
        double[][] columns = new double[(values.length + width - 1) / width][units];
        for (int t = 0; t < values.length; t++) {
            for (int u = 0; u < units; u++) {
                columns[t / width][u] += values[t][u];
            }
        }
        return columns;
    }

    @ParameterizedTest
    @CsvSource({
        "0, 3, 4",
        "1, 3, 4",
        "4, 3, 4",
        "5, 3, 4",
        "8, 3, 4",
        "9, 3, 4",
        "1000, 3, 4",
        "63, 1, 2",
        "64, 1, 2",
        "65, 1, 2",
        "777, 5, 6",
        "300, 0, 8"
    })
    void sums_agreeWithTheNaiveBins(int steps, int units, int maxColumns) {
        double[][] values = values(steps, units);
        double[][] expected = naive(values, units, maxColumns);

        BinnedSums sums = added(values, units, maxColumns);

        assertThat(sums.columns()).isEqualTo(expected.length).isLessThanOrEqualTo(maxColumns);
        assertThat(sums.steps()).isEqualTo(steps);
        for (int c = 0; c < expected.length; c++) {
            assertThat(sums.column(c)).containsExactly(expected[c], within(1e-12));
        }
    }

    @Test
    void total_isTheSumOfAllThatWasAdded() {
        double[][] values = values(12_345, 2);

        StepColumns columns = added(values, 2, BinnedSums.DEFAULT_MAX_COLUMNS).snapshot();

        for (int u = 0; u < 2; u++) {
            int unit = u;
            double total = Arrays.stream(values).mapToDouble(v -> v[unit]).sum();
            assertThat(Arrays.stream(columns.toArray())
                            .mapToDouble(c -> c[unit])
                            .sum())
                    .isCloseTo(total, within(1e-10));
        }
    }

    @Test
    void fullColumns_areMergedAtTheNextStepOnly() {
        BinnedSums sums = new BinnedSums(1, 4);
        for (double value : new double[] {1, 2, 4, 8}) {
            sums.add(new double[] {value});
        }
        assertThat(sums.columns()).isEqualTo(4);
        assertThat(sums.stepsPerColumn()).isEqualTo(1);

        sums.add(new double[] {16});

        assertThat(sums.stepsPerColumn()).isEqualTo(2);
        assertThat(sums.snapshot().toArray()).isDeepEqualTo(new double[][] {{3}, {12}, {16}});
    }

    @Test
    void columns_coverAllSteps() {
        StepColumns columns = added(values(77, 1), 1, 8).snapshot();

        assertThat(columns.stepsPerColumn()).isEqualTo(16);
        assertThat(columns.columns()).isEqualTo(5);
        assertThat(columns.firstStep(4)).isEqualTo(64);
        assertThat(columns.stepsIn(3)).isEqualTo(16);
        assertThat(columns.stepsIn(4)).isEqualTo(13);
        assertThat(columns.steps()).isEqualTo(77);
        assertThat(columns.units()).isEqualTo(1);
    }

    @Test
    void snapshot_isNotChangedByLaterStepsNorByItsReaders() {
        BinnedSums sums = added(values(5, 2), 2, 4);
        StepColumns snapshot = sums.snapshot();
        double[][] before = snapshot.toArray();

        snapshot.toArray()[0][0] = 99;
        snapshot.column(0)[0] = 99;
        sums.column(0)[0] = 99;
        Arrays.stream(values(50, 2)).forEach(sums::add);

        assertThat(snapshot.toArray()).isDeepEqualTo(before);
        assertThat(snapshot.stepsPerColumn()).isEqualTo(2);
        assertThat(added(values(5, 2), 2, 4).snapshot().toArray()).isDeepEqualTo(before);
    }

    @Test
    void givenArray_isNotKept() {
        double[] step = {1, 2};
        BinnedSums sums = new BinnedSums(2);
        sums.add(step);

        step[0] = 99;

        assertThat(sums.column(0)).containsExactly(1, 2);
        assertThat(sums.units()).isEqualTo(2);
    }

    @Test
    void valueThatIsNotFinite_staysInItsColumnAndUnit() {
        BinnedSums sums = new BinnedSums(2, 2);

        sums.add(new double[] {1, Double.NaN});
        sums.add(new double[] {2, 3});
        sums.add(new double[] {4, 5});

        assertThat(sums.column(0)).containsExactly(3, Double.NaN);
        assertThat(sums.column(1)).containsExactly(4, 5);
    }

    @Test
    void wrongArguments_areRefused() {
        assertThatThrownBy(() -> new BinnedSums(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("units must be >= 0, got -1; give the number of series");
        assertThatThrownBy(() -> new BinnedSums(1, 5))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("maxColumns must be even and >= 2, got 5; use 256");
        assertThatThrownBy(() -> new BinnedSums(1, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new BinnedSums(3).add(new double[2]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a step must have one value per unit, 3, got 2; units cannot change on the way");
        assertThatThrownBy(() -> new BinnedSums(3).column(0)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> new BinnedSums(3).snapshot().stepsIn(0)).isInstanceOf(IndexOutOfBoundsException.class);
    }
}
