/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.math;

import java.io.IOException;
import java.io.InputStream;

import org.junit.jupiter.api.Test;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** Every quantity of an independently computed trace of gradient descent on a scale-invariant loss. */
class NormTraceVectorTest {

    @Test
    void trace_ofGoldenVector_isReproduced() throws IOException {
        JsonNode vector;
        try (InputStream in = getClass().getResourceAsStream("/vectors/ghostbn-06-regime-and-monitors.json")) {
            vector = new ObjectMapper().readTree(in);
        }
        JsonNode settings = vector.get("settings");
        SphereLoss loss = new SphereLoss(matrix(vector.get("inputs").get("matrix")));
        double eta = settings.get("eta").asDouble();
        double decay = eta * settings.get("weight_decay").asDouble();
        double delta = settings.get("delta").asDouble();
        double[] weights = doubles(vector.get("inputs").get("initial_weights"));

        JsonNode trace = vector.get("expected").get("bn_weight_decay_trace");
        assertThat(trace).hasSize(8);
        for (JsonNode expected : trace) {
            double[] gradient = loss.gradient(weights);
            double[] next = SphereLoss.step(weights, gradient, eta, decay);
            EulerIdentity identity = new EulerIdentity().add(weights, gradient);
            NormBalance balance = NormBalance.of(identity.weightNorm(), identity.gradientNorm(), eta, decay);
            NormStep step = new NormStep().add(weights, next);

            close(loss.value(weights), expected, "loss");
            close(balance.weightNorm(), expected, "weight_norm");
            close(balance.gradientNorm(), expected, "gradient_norm");
            close(balance.effectiveRate(), expected, "effective_learning_rate");
            close(balance.effectiveGradientNorm(), expected, "effective_gradient_norm");
            close(identity.innerProduct(), expected, "weight_gradient_inner_product");
            close(balance.predictedSquaredNorm(), expected, "next_weight_norm_squared_predicted");
            close(step.nextSquaredNorm(), expected, "next_weight_norm_squared");
            close(step.cosineDistance(), expected, "cosine_distance");
            close(balance.tangentOfAngle(), expected, "tangent_of_angle");
            close(balance.balanceRatio(), expected, "norm_balance_ratio");
            assertThat(step.isJump(delta)).isEqualTo(expected.get("delta_jump").asBoolean());
            weights = next;
        }
    }

    private static void close(double actual, JsonNode expected, String name) {
        double value = expected.get(name).asDouble();
        assertThat(actual).as(name).isCloseTo(value, within(1e-10 + 1e-8 * Math.abs(value)));
    }

    private static double[][] matrix(JsonNode rows) {
        double[][] matrix = new double[rows.size()][];
        for (int i = 0; i < matrix.length; i++) {
            matrix[i] = doubles(rows.get(i));
        }
        return matrix;
    }

    private static double[] doubles(JsonNode array) {
        double[] values = new double[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = array.get(i).asDouble();
        }
        return values;
    }
}
