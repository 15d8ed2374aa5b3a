/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.math;

import java.util.Arrays;
import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

class NormStepTest {

    @ParameterizedTest
    @ValueSource(doubles = {3, 1, 1e-2, 1e-5, 1e-7})
    void cosineDistance_ofRotation_isThatOfItsAngle(double angle) {
        double next = 2 * (1 + angle);
        NormStep step =
                new NormStep().add(new double[] {2, 0}, new double[] {next * Math.cos(angle), next * Math.sin(angle)});

        double expected = 2 * Math.pow(Math.sin(angle / 2), 2);
        assertThat(step.cosineDistance()).isCloseTo(expected, withinPercentage(1e-4));
        assertThat(step.squaredNorm()).isEqualTo(4);
        assertThat(step.nextSquaredNorm()).isCloseTo(next * next, within(1e-12));
    }

    @Test
    void cosineDistance_equalsTheDefinition() {
        SplittableRandom random = new SplittableRandom(5);
        double[] before = random.doubles(40).map(x -> x - 0.4).toArray();
        double[] after = random.doubles(40).map(x -> x - 0.4).toArray();

        double dot = 0;
        double norms = 0;
        double nexts = 0;
        for (int i = 0; i < 40; i++) {
            dot += before[i] * after[i];
            norms += before[i] * before[i];
            nexts += after[i] * after[i];
        }

        NormStep whole = new NormStep().add(before, after);
        NormStep parts = new NormStep()
                .add(Arrays.copyOf(before, 13), Arrays.copyOf(after, 13))
                .add(new NormStep().add(Arrays.copyOfRange(before, 13, 40), Arrays.copyOfRange(after, 13, 40)));
        assertThat(whole.cosineDistance()).isCloseTo(1 - dot / Math.sqrt(norms * nexts), within(1e-12));
        assertThat(parts.cosineDistance()).isCloseTo(whole.cosineDistance(), within(1e-12));
        assertThat(parts.length()).isCloseTo(Math.sqrt(norms + nexts - 2 * dot), within(1e-12));
    }

    @Test
    void cosineDistance_ofPureScaling_isZero() {
        NormStep step = new NormStep().add(new double[] {1, 2, 3}, new double[] {0.9, 1.8, 2.7});

        assertThat(step.cosineDistance()).isCloseTo(0, within(1e-15));
        assertThat(step.isJump(1e-12)).isFalse();
    }

    @Test
    void cosineDistance_ofZeroWeights_isNaN() {
        assertThat(new NormStep().cosineDistance()).isNaN();
        assertThat(new NormStep().add(new double[1], new double[] {1}).cosineDistance())
                .isNaN();
        assertThat(new NormStep().isJump(0)).isFalse();
    }

    @Test
    void add_ofUnequalLengths_isRefused() {
        assertThatThrownBy(() -> new NormStep().add(new double[2], new double[3]))
                .hasMessage(
                        "weights before and after a step must be equally many, got 2 and 3; pass the same array twice");
        assertThatThrownBy(() -> new EulerIdentity().add(new double[2], new double[3]))
                .hasMessage(
                        "weights and gradient must be equally many, got 2 and 3; pass the gradient of the same array");
    }

    @Test
    void eulerDefect_isTheAbsoluteCosine() {
        EulerIdentity identity = new EulerIdentity()
                .add(new double[] {3, 0}, new double[] {-1, 1})
                .add(new EulerIdentity().add(new double[] {4}, new double[] {0}));

        assertThat(identity.weightNorm()).isEqualTo(5);
        assertThat(identity.innerProduct()).isEqualTo(-3);
        assertThat(identity.defect()).isCloseTo(3 / (5 * Math.sqrt(2)), within(1e-15));
        assertThat(new EulerIdentity().add(new double[] {1}, new double[] {0}).defect())
                .isNaN();
    }
}
