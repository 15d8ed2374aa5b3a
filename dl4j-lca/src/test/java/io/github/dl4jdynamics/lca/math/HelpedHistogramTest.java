/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca.math;

import java.util.SplittableRandom;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class HelpedHistogramTest {
    @Test
    void parameters_areBinnedByTheShareOfIterations() {
        int[] helped = {0, 1, 2, 3, 4, 0};
        int[] hurt = {4, 0, 2, 1, 0, 0};

        HelpedHistogram histogram = HelpedHistogram.of(helped, hurt, 4, 4);

        assertThat(histogram.counts()).containsExactly(1, 1, 1, 2);
        assertThat(histogram.neverMoved()).isEqualTo(1);
        assertThat(histogram.moved()).isEqualTo(5);
        assertThat(histogram.mean()).isEqualTo(0.5);
        histogram.counts()[0] = 99;
        assertThat(histogram.counts()[0]).isEqualTo(1);
    }

    @Test
    void randomCounts_agreeWithComparedEdges() {
        SplittableRandom random = new SplittableRandom(2);
        int steps = 97;
        int bins = 13;
        int[] helped = random.ints(5000, 0, steps + 1).toArray();
        int[] hurt = IntStream.of(helped).map(h -> (steps - h) / 2).toArray();
        long[] expected = new long[bins];
        for (int k = 0; k < helped.length; k++) {
            for (int bin = 0; bin < bins; bin++) {
                boolean last = bin == bins - 1;
                boolean inside = helped[k] * bins >= bin * steps && helped[k] * bins < (bin + 1) * steps;
                expected[bin] += inside || last && helped[k] == steps ? 1 : 0;
            }
        }

        HelpedHistogram histogram = HelpedHistogram.of(helped, hurt, steps, bins);

        assertThat(histogram.counts()).isEqualTo(expected);
        assertThat(histogram.moved() + histogram.neverMoved()).isEqualTo(5000);
        assertThat(histogram.mean()).isCloseTo(IntStream.of(helped).average().getAsDouble() / steps, within(1e-12));
    }

    @Test
    void shareOnAnEdge_isInTheBinAbove() {
        HelpedHistogram histogram = HelpedHistogram.of(new int[] {7}, new int[] {93}, 100, 100);

        assertThat(histogram.counts()[7]).isEqualTo(1);
        assertThat(HelpedHistogram.of(new int[] {500}, new int[] {0}, 1000).counts()[HelpedHistogram.DEFAULT_BINS / 2])
                .isEqualTo(1);
    }

    @Test
    void parameterThatOnlyHurt_isInTheFirstBin() {
        HelpedHistogram histogram = HelpedHistogram.of(new int[] {0}, new int[] {1}, 10);

        assertThat(histogram.counts()[0]).isEqualTo(1);
        assertThat(histogram.neverMoved()).isZero();
    }

    @Test
    void mostSteps_doNotOverflow() {
        int max = Integer.MAX_VALUE;

        HelpedHistogram histogram = HelpedHistogram.of(new int[] {max, max / 2}, new int[] {0, max / 2}, max, 50);

        assertThat(histogram.counts()[49]).isEqualTo(1);
        assertThat(histogram.counts()[24]).isEqualTo(1);
    }

    @Test
    void nothingMoved_hasNoMean() {
        HelpedHistogram none = HelpedHistogram.of(new int[0], new int[0], 0);
        HelpedHistogram dead = HelpedHistogram.of(new int[3], new int[3], 0);

        assertThat(none.mean()).isNaN();
        assertThat(none.moved()).isZero();
        assertThat(dead.mean()).isNaN();
        assertThat(dead.neverMoved()).isEqualTo(3);
    }

    @Test
    void wrongCounts_areRefused() {
        assertThatThrownBy(() -> HelpedHistogram.of(new int[2], new int[3], 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("helped and hurt must have one count per parameter each, got 2 and 3 counts");
        assertThatThrownBy(() -> HelpedHistogram.of(new int[2], new int[2], 1, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("bins must be >= 1, got 0; use 50");
        assertThatThrownBy(() -> HelpedHistogram.of(new int[] {0, 6}, new int[] {0, 5}, 10))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("parameter 1 must have helped and hurt in 0 to 10 steps together, got 6 and 5; count all "
                        + "steps");
        assertThatThrownBy(() -> HelpedHistogram.of(new int[] {-1}, new int[] {1}, 10))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
