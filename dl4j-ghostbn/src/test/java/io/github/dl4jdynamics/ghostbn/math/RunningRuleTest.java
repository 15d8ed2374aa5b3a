/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.math;

import java.util.Arrays;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class RunningRuleTest {
    private static final double DECAY = 0.8;

    @Test
    void closedForms_ofConstantGroups() {
        GroupMoments moments = moments(new double[] {2, 2, 2}, new double[] {3, 3, 3}, new double[] {4, 4, 4});

        assertThat(meanAfter(RunningRule.AVERAGE_ONCE, moments)).isCloseTo(geometric(2, 0, 0.2, 1), within(1e-15));
        assertThat(meanAfter(RunningRule.SEQUENTIAL, moments)).isCloseTo(geometric(2, 0, 0.2, 3), within(1e-15));
        assertThat(meanAfter(RunningRule.SCALED, moments)).isCloseTo(geometric(2, 0, 0.2 / 3, 3), within(1e-15));
        assertThat(meanAfter(RunningRule.WHOLE_BATCH, moments)).isCloseTo(geometric(2, 0, 0.2, 1), within(1e-15));
        assertThat(varianceAfter(RunningRule.SEQUENTIAL, moments, 1)).isCloseTo(geometric(3, 1, 0.2, 3), within(1e-15));
        assertThat(varianceAfter(RunningRule.SCALED, moments, 1)).isCloseTo(geometric(3, 1, 0.2 / 3, 3), within(1e-15));
    }

    @Test
    void unequalGroups_countByTheirWeight() {
        GroupMoments moments = moments(new double[] {1, 5}, new double[] {2, 4}, new double[] {3, 1});

        assertThat(meanAfter(RunningRule.AVERAGE_ONCE, moments)).isCloseTo(0.2 * 2, within(1e-15));
        assertThat(varianceAfter(RunningRule.AVERAGE_ONCE, moments, 1)).isCloseTo(0.8 + 0.2 * 2.5, within(1e-15));
        // (3 (2 + 1) + 1 (4 + 9)) / 4: within the groups and between them.
        assertThat(varianceAfter(RunningRule.WHOLE_BATCH, moments, 1)).isCloseTo(0.8 + 0.2 * 5.5, within(1e-15));
    }

    @Test
    void wholeBatch_isTheVarianceOfAllValues() {
        Random random = new Random(3);
        int[] sizes = {5, 3, 9};
        double[] all = random.doubles(17, -3, 8).toArray();
        GroupMoments moments = new GroupMoments(3, 1);
        int from = 0;
        for (int k = 0; k < 3; k++) {
            double[] group = Arrays.copyOfRange(all, from, from + sizes[k]);
            moments.set(k, 0, mean(group), variance(group), sizes[k]);
            from += sizes[k];
        }

        assertThat(varianceAfter(RunningRule.WHOLE_BATCH, moments, 0)).isCloseTo(0.2 * variance(all), within(1e-13));
        assertThat(meanAfter(RunningRule.WHOLE_BATCH, moments)).isCloseTo(0.2 * mean(all), within(1e-13));
    }

    @ParameterizedTest
    @EnumSource(RunningRule.class)
    void oneGroup_isTheSameUnderAllRules(RunningRule rule) {
        GroupMoments moments = moments(new double[] {-7}, new double[] {9}, new double[] {5});

        assertThat(meanAfter(rule, moments)).isCloseTo(0.2 * -7, within(1e-15));
        assertThat(varianceAfter(rule, moments, 2)).isCloseTo(0.8 * 2 + 0.2 * 9, within(1e-15));
    }

    @ParameterizedTest
    @EnumSource(RunningRule.class)
    void groupsWithoutWeightOrFiniteStatistics_areLeftOut(RunningRule rule) {
        GroupMoments moments = moments(
                new double[] {Double.NaN, 3, 0, 1, Double.POSITIVE_INFINITY},
                new double[] {1, 4, 0, Double.NaN, 1},
                new double[] {2, 2, 0, 2, 2});
        GroupMoments usable = moments(new double[] {3}, new double[] {4}, new double[] {2});
        // The scaled rule keeps its step of a fifth.
        double decay = rule == RunningRule.SCALED ? 1 - 0.2 / 5 : DECAY;

        double[] mean = RunningUpdate.of(rule, DECAY).ofMean(moments, new double[] {1});
        double[] variance = RunningUpdate.of(rule, DECAY).ofVariance(moments, new double[] {1});
        double[] deviation = RunningUpdate.of(rule, DECAY).ofLogDeviation(moments, new double[] {0});

        RunningUpdate one = RunningUpdate.of(rule, decay);
        assertThat(mean).containsExactly(one.ofMean(usable, new double[] {1}), within(1e-15));
        assertThat(variance).containsExactly(one.ofVariance(usable, new double[] {1}), within(1e-15));
        assertThat(deviation).containsExactly(one.ofLogDeviation(usable, new double[] {0}), within(1e-15));
    }

    @ParameterizedTest
    @EnumSource(RunningRule.class)
    void noUsableGroup_leavesTheRunningValues(RunningRule rule) {
        GroupMoments moments = moments(new double[] {Double.NaN, 0}, new double[] {1, 0}, new double[] {2, 0});
        RunningUpdate update = RunningUpdate.of(rule, DECAY);

        assertThat(update.ofMean(moments, new double[] {5})).containsExactly(0);
        assertThat(update.ofVariance(moments, new double[] {5})).containsExactly(0);
        assertThat(update.ofLogDeviation(moments, new double[] {0.123})).containsExactly(0);
    }

    @ParameterizedTest
    @EnumSource(RunningRule.class)
    void channels_areIndependent(RunningRule rule) {
        GroupMoments both = new GroupMoments(2, 2);
        GroupMoments second = new GroupMoments(2, 1);
        for (int k = 0; k < 2; k++) {
            both.set(k, 0, Double.NaN, 1, 3);
            both.set(k, 1, k + 1, k + 2, 3);
            second.set(k, 0, k + 1, k + 2, 3);
        }
        RunningUpdate update = RunningUpdate.of(rule, DECAY);

        assertThat(update.ofMean(both, new double[] {4, 5})[1]).isEqualTo(update.ofMean(second, new double[] {5})[0]);
        assertThat(update.ofLogDeviation(both, new double[] {4, 0.5})[1])
                .isEqualTo(update.ofLogDeviation(second, new double[] {0.5})[0]);
    }

    @ParameterizedTest
    @EnumSource(RunningRule.class)
    void constantChannel_stopsAtTheFloorAndWakesUp(RunningRule rule) {
        GroupMoments constant = moments(new double[] {7, 7}, new double[] {0, 0}, new double[] {4, 4});
        GroupMoments alive = moments(new double[] {7, 7}, new double[] {4, 4}, new double[] {4, 4});
        RunningUpdate update = RunningUpdate.of(rule, 0.9);
        float stored = 0;

        for (int i = 0; i < 100_000; i++) {
            stored -= (float) update.ofLogDeviation(constant, new double[] {stored})[0];
            if (!(stored >= -19.0001f)) {
                assertThat(stored).as("after %s iterations", i).isGreaterThanOrEqualTo(-19.0001f);
            }
        }
        assertThat(stored).isCloseTo(-19, within(1e-4f));

        for (int i = 0; i < 200; i++) {
            stored -= (float) update.ofLogDeviation(alive, new double[] {stored})[0];
        }
        assertThat(stored).isCloseTo((float) Math.log10(2), within(1e-4f));
    }

    @ParameterizedTest
    @EnumSource(RunningRule.class)
    void noDecay_jumpsAndFullDecay_stays(RunningRule rule) {
        GroupMoments moments = moments(new double[] {3, 3}, new double[] {4, 4}, new double[] {1, 1});

        assertThat(RunningUpdate.of(rule, 1).ofMean(moments, new double[] {1})).containsExactly(0);
        assertThat(RunningUpdate.of(rule, 1).ofLogDeviation(moments, new double[] {0.3})[0])
                .isCloseTo(0, within(1e-15));
        if (rule != RunningRule.SCALED) {
            assertThat(RunningUpdate.of(rule, 0).ofMean(moments, new double[] {1}))
                    .containsExactly(1 - 3.0);
            assertThat(RunningUpdate.of(rule, 0).ofVariance(moments, new double[] {1}))
                    .containsExactly(1 - 4.0);
        }
    }

    @Test
    void inverseDeviation_isZeroWithoutWeight() {
        GroupMoments moments = new GroupMoments(2, 1);
        moments.set(0, 0, 1, 3, 2);

        assertThat(moments.inverseDeviation(0, 0, 1)).isEqualTo(0.5);
        assertThat(moments.inverseDeviation(1, 0, 1)).isZero();
        assertThat(moments.weight(1, 0)).isZero();
        assertThat(moments.groups()).isEqualTo(2);
        assertThat(moments.channels()).isEqualTo(1);
    }

    @Test
    void fixed_isOneGroupOfTheGivenNumbers() {
        GroupMoments fixed = GroupMoments.fixed(new double[] {1, 2}, new double[] {3, 4});

        assertThat(fixed.groups()).isEqualTo(1);
        assertThat(fixed.mean(0, 1)).isEqualTo(2);
        assertThat(fixed.variance(0, 1)).isEqualTo(4);
        assertThat(fixed.inverseDeviation(0, 1, 0)).isEqualTo(0.5);
    }

    private static double meanAfter(RunningRule rule, GroupMoments moments) {
        return -RunningUpdate.of(rule, DECAY).ofMean(moments, new double[] {0})[0];
    }

    private static double varianceAfter(RunningRule rule, GroupMoments moments, double old) {
        return old - RunningUpdate.of(rule, DECAY).ofVariance(moments, new double[] {old})[0];
    }

    /** The target after so many steps of size eta. */
    private static double geometric(double target, double old, double eta, int steps) {
        return target + (old - target) * Math.pow(1 - eta, steps);
    }

    private static double mean(double[] x) {
        return Arrays.stream(x).average().getAsDouble();
    }

    private static double variance(double[] x) {
        double mean = mean(x);
        return Arrays.stream(x).map(v -> (v - mean) * (v - mean)).average().getAsDouble();
    }

    private static GroupMoments moments(double[] means, double[] variances, double[] weights) {
        GroupMoments moments = new GroupMoments(means.length, 1);
        for (int k = 0; k < means.length; k++) {
            moments.set(k, 0, means[k], variances[k], weights[k]);
        }
        return moments;
    }
}
