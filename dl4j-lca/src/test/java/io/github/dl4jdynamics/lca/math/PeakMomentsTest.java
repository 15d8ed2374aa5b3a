/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca.math;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PeakMomentsTest {
    private static final double NAN = Double.NaN;

    private static double[] series(double... values) {
        return values;
    }

    @Test
    void minimumBelowTheThreshold_isAPeak() {
        assertThat(PeakMoments.of(series(0, 0, -9, 0, 0, 0, 0, -1, 0, 0), 1)).containsExactly(2);
        assertThat(PeakMoments.of(series(0, 0, -9, 0, 0, 0, 0, -1, 0, 0), 0)).containsExactly(2);
        assertThat(PeakMoments.of(series(0, 0, -9, 0, 0, 0, 0, -1, 0, 0), -1)).containsExactly(2, 7);
        assertThat(PeakMoments.of(series(0, 0, -9, 0, 0, 0, 0, -1, 0, 0), 5)).isEmpty();
    }

    @Test
    void slopeBelowTheThreshold_isNone() {
        assertThat(PeakMoments.of(series(9, 9, 9, 9, -7, -8, -9, 9, 9, 9), 1)).containsExactly(6);
    }

    @Test
    void valueAtTheThreshold_isNone() {
        double[] series = {1, -1, 1, -1, 1, -1, 1, -1};

        assertThat(PeakMoments.of(series, 1)).isEmpty();
        assertThat(PeakMoments.of(series, 0.999)).containsExactly(1, 3, 5);
    }

    @Test
    void plateau_isOnePeakAtItsFirstIteration() {
        assertThat(PeakMoments.of(series(0, 0, -5, -5, -5, 0, 0, 0, 0, 0, 0, 0), 1))
                .containsExactly(2);
    }

    @Test
    void stepOnTheWayDown_isNone() {
        assertThat(PeakMoments.of(series(0, 0, -5, -5, -6, 0, 0, 0, 0, 0, 0, 0), 1))
                .containsExactly(4);
        assertThat(PeakMoments.of(series(0, 0, -6, -5, -5, 0, 0, 0, 0, 0, 0, 0), 1))
                .containsExactly(2);
    }

    @Test
    void ends_areNone() {
        assertThat(PeakMoments.of(series(-9, 0, 0, 0, 0, 0, 0, 0, -9), 1)).isEmpty();
        assertThat(PeakMoments.of(series(-9, -9, 0, 0, 0, 0, 0, -9, -9), 1)).isEmpty();
    }

    @Test
    void gaps_areNoValuesAndNoNeighbours() {
        double[] gappy = {NAN, 0, NAN, 0, -9, NAN, 0, 0, Double.NEGATIVE_INFINITY, 0, 0, 0, NAN};

        assertThat(PeakMoments.of(gappy, 1)).containsExactly(4);
        assertThat(PeakMoments.of(series(NAN, -9, 0, 0, 0, 0, -9, NAN), 1)).isEmpty();
    }

    @Test
    void flatOrShortSeries_haveNone() {
        assertThat(PeakMoments.of(series(), 1)).isEmpty();
        assertThat(PeakMoments.of(series(-1), 1)).isEmpty();
        assertThat(PeakMoments.of(series(0, -1), 1)).isEmpty();
        assertThat(PeakMoments.of(series(0.1, 0.1, 0.1, 0.1), 1)).isEmpty();
        assertThat(PeakMoments.of(series(NAN, NAN, NAN), 1)).isEmpty();
    }
}
