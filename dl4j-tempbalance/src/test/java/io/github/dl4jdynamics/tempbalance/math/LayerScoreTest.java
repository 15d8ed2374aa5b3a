/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance.math;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class LayerScoreTest {

    @Test
    void of_nameAndScore_knowsNoMore() {
        LayerScore score = LayerScore.of("fc1", 2.5);

        assertThat(score.layer()).isEqualTo("fc1");
        assertThat(score.score()).isEqualTo(2.5);
        assertThat(score.isUsable()).isTrue();
        assertThat(score.standardError()).isNaN();
        assertThat(score.previousSmoothedScore()).isNaN();
        assertThat(score.previousFactor()).isNaN();
    }

    @Test
    void properties_setOneByOne_keepTheOthersAndTheOriginal() {
        LayerScore original = LayerScore.of("fc1", 2.5);

        LayerScore score =
                original.standardError(0.1).previousSmoothedScore(2.4).previousFactor(1.3);

        assertThat(score).hasToString("fc1 score=2.5 +- 0.1, previous smoothed score=2.4, previous factor=1.3");
        assertThat(original.previousFactor()).isNaN();
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void isUsable_notFinite_isFalse(double score) {
        assertThat(LayerScore.of("fc1", score).isUsable()).isFalse();
    }

    @Test
    void standardError_negative_isRefused() {
        assertThatThrownBy(() -> LayerScore.of("fc1", 2.5).standardError(-0.1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("standardError of layer 'fc1' must be >= 0, got -0.1; NaN says that it is unknown");
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, Double.POSITIVE_INFINITY})
    void previousFactor_notARate_isRefused(double factor) {
        assertThatThrownBy(() -> LayerScore.of("fc1", 2.5).previousFactor(factor))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("previousFactor of layer 'fc1' must be finite and > 0, got " + factor
                        + "; NaN says that there was none");
    }
}
