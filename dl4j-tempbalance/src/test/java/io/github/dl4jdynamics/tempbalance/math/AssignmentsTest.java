/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance.math;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class AssignmentsTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tb_linear_map  | linear(minRatio=0.5, maxRatio=1.5)",
                "linear_map     | linear(minRatio=0.5, maxRatio=1.5)",
                "Linear         | linear(minRatio=0.5, maxRatio=1.5)",
                "tb_step        | rank(minRatio=0.5, maxRatio=1.5)",
                "tbr            | rank(minRatio=0.5, maxRatio=1.5)",
                "rank           | rank(minRatio=0.5, maxRatio=1.5)",
                "tb_sqrt        | sqrt",
                "sqrt           | sqrt",
                "tb_log2        | log2",
                "log2           | log2",
                "tb_std_sigmoid | sigmoid(tau=10.0, sBelowMean=2.0, sAboveMean=1.0)",
                "TB_Sigmoid     | sigmoid(tau=10.0, sBelowMean=2.0, sAboveMean=1.0)",
                "sigmoid        | sigmoid(tau=10.0, sBelowMean=2.0, sAboveMean=1.0)"
            })
    void named_nameOfARepository_hasItsSettings(String name, String settings) {
        assertThat(Assignments.named(name)).hasToString(settings);
    }

    @Test
    void toString_variants_sayWhatDiffers() {
        assertThat(LinearMap.upperBoundWhenEqual(0.6, 1.4))
                .hasToString("linear(minRatio=0.6, maxRatio=1.4, upper bound when equal)");
        assertThat(RankMap.layerOrderWhenEqual(0.6, 1.4))
                .hasToString("rank(minRatio=0.6, maxRatio=1.4, layer order when equal)");
        assertThat(SqrtMap.create().normalized()).hasToString("normalized(sqrt)");
        assertThat(SqrtMap.create().normalized().normalized()).hasToString("normalized(sqrt)");
    }

    @Test
    void named_unknownName_listsTheKnownOnes() {
        assertThatThrownBy(() -> Assignments.named("cubic"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("assignment must be one of tb_linear_map, linear_map, linear, tb_step, tbr, rank, tb_sqrt,"
                        + " sqrt, tb_log2, log2, tb_std_sigmoid, tb_sigmoid, sigmoid, got 'cubic';"
                        + " or implement RateAssignment");
    }

    @Test
    void named_schemesThatAreNoFunctionOfScores_sayWhatToUse() {
        assertThatThrownBy(() -> Assignments.named("tb_layer_blocks"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("use 'tb_std_sigmoid' with Blocks.byFirstDottedInteger()");
        assertThatThrownBy(() -> Assignments.named("tb_layer_groups"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("use 'tb_linear_map'");
    }
}
