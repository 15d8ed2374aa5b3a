/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.math;

import com.google.common.testing.EqualsTester;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TailFitTest {

    @Test
    void of_numbers_givesThemAndTheStandardError() {
        TailFit fit = TailFit.of(3, 0.5, 7, 16, 0.1);

        assertThat(fit.isUsable()).isTrue();
        assertThat(fit.reason()).isEmpty();
        assertThat(fit.alpha()).isEqualTo(3);
        assertThat(fit.xmin()).isEqualTo(0.5);
        assertThat(fit.xminIndex()).isEqualTo(7);
        assertThat(fit.tailSize()).isEqualTo(16);
        assertThat(fit.distance()).isEqualTo(0.1);
        assertThat(fit.standardError()).isEqualTo(0.5);
    }

    @Test
    void unusable_reason_hasNoNumbers() {
        TailFit fit = TailFit.unusable("all eigenvalues are zero");

        assertThat(fit.isUsable()).isFalse();
        assertThat(fit.reason()).contains("all eigenvalues are zero");
        assertThat(fit.alpha()).isNaN();
        assertThat(fit.xmin()).isNaN();
        assertThat(fit.distance()).isNaN();
        assertThat(fit.standardError()).isNaN();
        assertThat(fit.xminIndex()).isEqualTo(-1);
        assertThat(fit.tailSize()).isZero();
        assertThat(fit).hasToString("TailFit{unusable: all eigenvalues are zero}");
    }

    @Test
    void of_numbersThatMustNotReachARate_areRefused() {
        assertThatThrownBy(() -> TailFit.of(Double.NaN, 1, 0, 2, 0))
                .hasMessage("alpha of a usable tail fit must be finite and > 1, got NaN; use TailFit.unusable(reason)");
        assertThatThrownBy(() -> TailFit.of(Double.POSITIVE_INFINITY, 1, 0, 2, 0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> TailFit.of(1, 1, 0, 2, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> TailFit.of(2, 0, 0, 2, 0)).hasMessageContaining("xmin of a usable tail fit");
        assertThatThrownBy(() -> TailFit.of(2, 1, -1, 2, 0)).hasMessageContaining("xminIndex");
        assertThatThrownBy(() -> TailFit.of(2, 1, 0, 1, 0)).hasMessageContaining("tailSize");
        assertThatThrownBy(() -> TailFit.of(2, 1, 0, 2, Double.NaN)).hasMessageContaining("distance");
        assertThatThrownBy(() -> TailFit.unusable("")).hasMessageContaining("reason");
    }

    @Test
    void equality_isThatOfAllNumbersAndTheReason() {
        new EqualsTester()
                .addEqualityGroup(TailFit.of(3, 0.5, 7, 16, 0.1), TailFit.of(3, 0.5, 7, 16, 0.1))
                .addEqualityGroup(TailFit.of(3.5, 0.5, 7, 16, 0.1))
                .addEqualityGroup(TailFit.of(3, 0.6, 7, 16, 0.1))
                .addEqualityGroup(TailFit.of(3, 0.5, 8, 16, 0.1))
                .addEqualityGroup(TailFit.of(3, 0.5, 7, 17, 0.1))
                .addEqualityGroup(TailFit.of(3, 0.5, 7, 16, 0.2))
                .addEqualityGroup(TailFit.unusable("a"), TailFit.unusable("a"))
                .addEqualityGroup(TailFit.unusable("b"))
                .testEquals();
    }
}
