/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca.nd4j;

import java.util.Random;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class StepCountsTest {
    private static final int SIZE = 7;

    /** Past the step at which two counts no longer share an int. */
    @Test
    void counts_areThoseOfATwinWithArrays() {
        Random random = new Random(3);
        StepCounts counts = new StepCounts(SIZE);
        int[] helped = new int[SIZE];
        int[] hurt = new int[SIZE];
        int[] outcomes = new int[SIZE];
        for (int step = 1; step <= 70_000; step++) {
            counts.beginStep();
            for (int i = 0; i < SIZE; i++) {
                int sign = i == 0 ? -1 : i == 1 ? 1 : i == 2 ? 0 : random.nextInt(3) - 1;
                outcomes[i] = sign < 0 ? StepCounts.HELPED : sign > 0 ? StepCounts.HURT : 0;
                helped[i] += sign < 0 ? 1 : 0;
                hurt[i] += sign > 0 ? 1 : 0;
            }
            counts.add(0, SIZE, outcomes);
            if (step == 1 || step >= 65_534 && step <= 65_537 || step == 70_000) {
                assertThat(counts.helped()).as("step %d", step).isEqualTo(helped);
                assertThat(counts.hurt()).as("step %d", step).isEqualTo(hurt);
            }
        }
    }

    @Test
    void counts_withoutMemoryForMore_stayAsTheyAre() {
        int[] asked = new int[1];
        StepCounts counts = new StepCounts(2, size -> {
            if (++asked[0] > 1) {
                throw new OutOfMemoryError("Java heap space");
            }
            return new int[size];
        });
        int[] outcomes = {StepCounts.HELPED, StepCounts.HURT};
        for (int step = 1; step <= 65_540; step++) {
            counts.beginStep();
            counts.add(0, 2, outcomes);
            assertThat(counts.isEnded()).isEqualTo(step > 65_535);
        }

        assertThat(asked).as("once at the beginning, once for more").containsExactly(2);
        for (StepCounts same : new StepCounts[] {counts, counts.copy()}) {
            assertThat(same.steps()).isEqualTo(65_535);
            assertThat(same.isEnded()).isTrue();
            assertThat(same.helped()).containsExactly(65_535, 0);
            assertThat(same.hurt()).containsExactly(0, 65_535);
        }
    }

    @Test
    void add_countsFromAPosition() {
        StepCounts counts = new StepCounts(4);
        counts.beginStep();
        counts.add(1, 2, new int[] {StepCounts.HURT, StepCounts.HELPED, StepCounts.HURT});

        assertThat(counts.hurt()).containsExactly(0, 1, 0, 0);
        assertThat(counts.helped()).containsExactly(0, 0, 1, 0);
    }

    @Test
    void copy_noLongerChanges() {
        StepCounts counts = new StepCounts(1);
        counts.beginStep();
        counts.add(0, 1, new int[] {StepCounts.HURT});
        StepCounts copy = counts.copy();
        counts.beginStep();
        counts.add(0, 1, new int[] {StepCounts.HELPED});

        assertThat(copy.hurt()).containsExactly(1);
        assertThat(copy.helped()).containsExactly(0);
    }
}
