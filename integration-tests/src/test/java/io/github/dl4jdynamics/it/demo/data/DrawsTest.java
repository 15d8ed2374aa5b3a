/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.demo.data;

import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class DrawsTest {
    private static final int MANY = 100_000;

    @Test
    void stream_firstDraws_areTheSameEverywhere() {
        Draws draws = Draws.of(7, 3);

        assertThat(draws.uniform(0, 1)).isEqualTo(0.8151273119316396);
        assertThat(draws.below(1000)).isEqualTo(109);
        assertThat(draws.noise()).isEqualTo(-0.8320112834636814);
        assertThat(draws.permutation(8)).containsExactly(0, 3, 2, 7, 6, 1, 5, 4);
    }

    @Test
    void stream_neighbouringIndicesAndSeeds_differ() {
        double here = Draws.of(1, 1).uniform(0, 1);

        assertThat(Draws.of(1, 1).uniform(0, 1)).isEqualTo(here);
        assertThat(Draws.of(1, 2).uniform(0, 1)).isNotEqualTo(here);
        assertThat(Draws.of(2, 1).uniform(0, 1)).isNotEqualTo(here);
        assertThat(Draws.of(2, 0).uniform(0, 1)).isNotEqualTo(here);
    }

    @Test
    void uniform_manyDraws_staysInsideAndFillsTheInterval() {
        Draws draws = Draws.of(1, 0);

        double[] values =
                IntStream.range(0, MANY).mapToDouble(i -> draws.uniform(-2, 4)).toArray();

        assertThat(Arrays.stream(values).min().getAsDouble()).isBetween(-2.0, -1.99);
        assertThat(Arrays.stream(values).max().getAsDouble()).isBetween(3.99, 4.0);
        assertThat(Arrays.stream(values).average().getAsDouble()).isCloseTo(1, within(0.03));
    }

    @Test
    void below_manyDraws_isUniform() {
        Draws draws = Draws.of(2, 0);
        int[] counts = new int[7];

        for (int i = 0; i < MANY; i++) {
            counts[draws.below(7)]++;
        }

        assertThat(IntStream.of(counts)).allSatisfy(count -> assertThat(count).isCloseTo(MANY / 7, within(600)));
    }

    @Test
    void noise_manyDraws_hasMeanZeroVarianceOneAndIsBounded() {
        Draws draws = Draws.of(3, 0);

        double[] values =
                IntStream.range(0, MANY).mapToDouble(i -> draws.noise()).toArray();

        assertThat(Arrays.stream(values).average().getAsDouble()).isCloseTo(0, within(0.02));
        assertThat(Arrays.stream(values).map(x -> x * x).average().getAsDouble())
                .isCloseTo(1, within(0.02));
        assertThat(Arrays.stream(values).map(Math::abs).max().getAsDouble()).isBetween(2.8, 3.5);
    }

    @Test
    void permutation_everyPosition_takesEveryValue() {
        Draws draws = Draws.of(4, 0);
        int[][] seen = new int[4][4];

        for (int i = 0; i < 4000; i++) {
            int[] permutation = draws.permutation(4);
            assertThat(permutation).containsExactlyInAnyOrder(0, 1, 2, 3);
            for (int j = 0; j < 4; j++) {
                seen[j][permutation[j]]++;
            }
        }

        assertThat(Stream.of(seen).flatMapToInt(IntStream::of))
                .allSatisfy(count -> assertThat(count).isCloseTo(1000, within(150)));
    }

    @Test
    void permutation_ofNone_isEmpty() {
        assertThat(Draws.of(5, 0).permutation(0)).isEmpty();
    }
}
