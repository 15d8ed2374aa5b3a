/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance.math;

import org.junit.jupiter.api.Test;
import org.nd4j.shade.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

class AssignmentVectorTest {

    private final JsonNode functions = GoldenVector.read("tempbalance-03-assign-functions");
    private final JsonNode sigmoid = GoldenVector.read("tempbalance-04-tb-sigmoid");

    @Test
    void linearSqrtLog2Step_threeSettings_equalReleasedCode() {
        double[] scores = GoldenVector.doubles(functions.get("scores"));
        JsonNode cases = functions.get("expected").get("cases");
        assertThat(cases).hasSize(3);

        for (JsonNode expected : cases) {
            double min = expected.get("lr_min_ratio").asDouble();
            double max = expected.get("lr_max_ratio").asDouble();

            check(expected, "tb_linear_map", LinearMap.of(min, max), scores);
            check(expected, "tb_step", RankMap.of(min, max), scores);
            check(expected, "tb_sqrt", SqrtMap.create(), scores);
            check(expected, "tb_log2", Log2Map.create(), scores);
        }
    }

    @Test
    void linear_allScoresEqualAndUpperBound_equalsReleasedCode() {
        JsonNode expected = functions.get("expected").get("all_equal_scores_reference");

        check(
                expected,
                "tb_linear_map",
                LinearMap.upperBoundWhenEqual(0.5, 1.5),
                GoldenVector.doubles(expected.get("scores")));
    }

    @Test
    void sigmoid_fourSettings_equalsReleasedCode() {
        double[] scores = GoldenVector.doubles(sigmoid.get("scores"));
        double base = sigmoid.get("settings").get("base_lr").asDouble();
        JsonNode cases = sigmoid.get("expected").get("per_layer");
        assertThat(cases).hasSize(4);

        for (JsonNode expected : cases) {
            RateAssignment map = SigmoidMap.of(
                    expected.get("tau").asDouble(),
                    expected.get("s_below_mean").asDouble(),
                    expected.get("s_above_mean").asDouble());

            double[] rates = Expect.times(map.factors(scores), base);

            Expect.close(
                    rates,
                    GoldenVector.doubles(expected.get("lr")),
                    sigmoid.get("tolerance").get("double_rel").asDouble());
        }
    }

    private void check(JsonNode expected, String name, RateAssignment map, double[] scores) {
        double[] rates =
                Expect.times(map.factors(scores), expected.get("untuned_lr").asDouble());

        Expect.close(
                rates,
                GoldenVector.doubles(expected.get(name)),
                functions.get("tolerance").get("double_rel").asDouble());
    }
}
