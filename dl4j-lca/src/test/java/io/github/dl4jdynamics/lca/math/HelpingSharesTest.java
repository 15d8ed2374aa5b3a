/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca.math;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class HelpingSharesTest {
    @Test
    void shares_areOfAllAndOfThoseThatMoved() {
        HelpingShares shares = HelpingShares.of(new long[] {5, 3, 0}, new long[] {3, 1, 4}, new long[] {2, 0, 4});

        assertThat(shares.ofAll()).containsExactly(0.5, 0.75, 0);
        assertThat(shares.ofMoved()).containsExactly(0.625, 0.75, 0);
        assertThat(shares.meanOfAll()).isCloseTo(1.25 / 3, within(1e-15));
        assertThat(shares.meanOfMoved()).isCloseTo(1.375 / 3, within(1e-15));
        assertThat(shares.standardDeviationOfAll())
                .isCloseTo(Math.sqrt((0.25 + 0.5625) / 3 - Math.pow(1.25 / 3, 2)), within(1e-15));
        assertThat(shares.standardDeviationOfMoved())
                .isCloseTo(Math.sqrt((0.390625 + 0.5625) / 3 - Math.pow(1.375 / 3, 2)), within(1e-15));
        assertThat(shares.iterations()).isEqualTo(3);
    }

    @Test
    void zeros_lowerTheShareOfAllOnly() {
        HelpingShares few = HelpingShares.of(new long[] {50}, new long[] {50}, new long[] {0});
        HelpingShares many = HelpingShares.of(new long[] {50}, new long[] {50}, new long[] {900});

        assertThat(few.ofAll()).containsExactly(0.5);
        assertThat(many.ofAll()).containsExactly(0.05);
        assertThat(many.ofMoved()).isEqualTo(few.ofMoved()).containsExactly(0.5);
    }

    @Test
    void iterationInWhichNothingMoved_isLeftOutOfTheMeanOfMoved() {
        HelpingShares shares = HelpingShares.of(new long[] {1, 0, 0}, new long[] {1, 0, 0}, new long[] {2, 4, 0});

        assertThat(shares.ofMoved()).containsExactly(0.5, Double.NaN, Double.NaN);
        assertThat(shares.ofAll()).containsExactly(0.25, 0, Double.NaN);
        assertThat(shares.meanOfMoved()).isEqualTo(0.5);
        assertThat(shares.meanOfAll()).isEqualTo(0.125);
        assertThat(shares.standardDeviationOfMoved()).isZero();
    }

    @Test
    void noIteration_hasNoMean() {
        HelpingShares shares = HelpingShares.of(new long[0], new long[0], new long[0]);

        assertThat(shares.iterations()).isZero();
        assertThat(new double[] {
                    shares.meanOfAll(),
                    shares.meanOfMoved(),
                    shares.standardDeviationOfAll(),
                    shares.standardDeviationOfMoved()
                })
                .containsOnly(Double.NaN);
        assertThat(shares.ofAll()).isEmpty();
    }

    @Test
    void countsBeyondInt_areExact() {
        long many = 3_000_000_000L;

        assertThat(HelpingShares.of(new long[] {many}, new long[] {many}, new long[] {2 * many})
                        .ofAll())
                .containsExactly(0.25);
    }

    @Test
    void shares_areCopies() {
        HelpingShares shares = HelpingShares.of(new long[] {1}, new long[] {1}, new long[] {0});

        shares.ofAll()[0] = 99;
        shares.ofMoved()[0] = 99;

        assertThat(shares.ofAll()).isEqualTo(shares.ofMoved()).containsExactly(0.5);
    }

    @Test
    void text_givesPercent() {
        assertThat(HelpingShares.of(new long[] {1, 3}, new long[] {1, 1}, new long[] {2, 0}))
                .hasToString("50.00 % of all helped, sd 25.00; 62.50 % of those that moved, sd 12.50; 2 iterations");
    }

    @Test
    void wrongCounts_areRefused() {
        assertThatThrownBy(() -> HelpingShares.of(new long[2], new long[2], new long[1]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("helped, hurt and zero must have one count per iteration each, got 2, 2 and 1 counts");
        assertThatThrownBy(() -> HelpingShares.of(new long[2], new long[] {0, -1}, new long[2]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("counts of iteration 1 must be >= 0, got 0 helped, -1 hurt, 0 zero; count parameters");
    }
}
