/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.math;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

class NormBalanceTest {

    @ParameterizedTest
    @ValueSource(doubles = {1e-9, 1e-4, 0.1, 0.5})
    void norm_atBalanceOfOne_stays(double decay) {
        double rate = 0.3;
        double weightNorm = 2;
        double gradientNorm = Math.sqrt(decay * (2 - decay)) * weightNorm / rate;

        NormBalance balance = NormBalance.of(weightNorm, gradientNorm, rate, decay);

        assertThat(balance.balanceRatio()).isCloseTo(1, within(1e-12));
        assertThat(balance.predictedSquaredNorm()).isCloseTo(4, within(1e-12));
    }

    @Test
    void balanceRatio_belowOne_shrinksAndAboveGrows() {
        assertThat(NormBalance.of(2, 0.5, 0.1, 0.01).balanceRatio()).isLessThan(1);
        assertThat(NormBalance.of(2, 0.5, 0.1, 0.01).predictedSquaredNorm()).isLessThan(4);
        assertThat(NormBalance.of(2, 5, 0.1, 0.01).balanceRatio()).isGreaterThan(1);
        assertThat(NormBalance.of(2, 5, 0.1, 0.01).predictedSquaredNorm()).isGreaterThan(4);
    }

    @Test
    void effectiveQuantities_ofScaledWeights_scaleAsOnTheSphere() {
        NormBalance plain = NormBalance.of(2, 6, 0.1, 0.01);
        NormBalance scaled = NormBalance.of(2 * 5, 6 / 5., 0.1, 0.01);

        assertThat(scaled.effectiveGradientNorm()).isCloseTo(plain.effectiveGradientNorm(), within(1e-12));
        assertThat(scaled.effectiveRate()).isCloseTo(plain.effectiveRate() / 25, within(1e-12));
    }

    @Test
    void balanceRatio_ofTinyDecay_keepsItsDigits() {
        double decay = 1e-14;

        assertThat(NormBalance.of(1, 1, 1, decay).balanceRatio())
                .isCloseTo(1 / Math.sqrt(2e-14), withinPercentage(1e-9));
    }

    @Test
    void balanceRatio_withoutDecay_isNaN() {
        assertThat(NormBalance.of(2, 6, 0.1, 0).balanceRatio()).isNaN();
        assertThat(NormBalance.of(2, 6, 0.1, Double.NaN).balanceRatio()).isNaN();
    }

    @Test
    void quantities_ofUnknownRate_areNaNButTheGradientNorm() {
        NormBalance balance = NormBalance.of(2, 6, Double.NaN, 0.01);

        assertThat(balance.effectiveRate()).isNaN();
        assertThat(balance.balanceRatio()).isNaN();
        assertThat(balance.tangentOfAngle()).isNaN();
        assertThat(balance.effectiveGradientNorm()).isEqualTo(12);
    }

    @Test
    void zeroNorms_giveLimits() {
        assertThat(NormBalance.of(0, 1, 0.1, 0.01).effectiveRate()).isInfinite();
        assertThat(NormBalance.of(2, 0, 0.1, 0.01).balanceRatio()).isZero();
        assertThat(NormBalance.of(2, 0, 0.1, 0.01).tangentOfAngle()).isZero();
    }

    @Test
    void negativeNorms_areRefused() {
        assertThatThrownBy(() -> NormBalance.of(-1, 1, 0.1, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("weightNorm of a step must be >= 0, got -1.0; pass the Euclidean norm of the weights");
        assertThatThrownBy(() -> NormBalance.of(1, -2, 0.1, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("gradientNorm of a step must be >= 0, got -2.0; pass the Euclidean norm of the gradient");
    }
}
