/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.github.dl4jdynamics.lca.math.PathRule;
import io.github.dl4jdynamics.lca.math.PathRules;
import io.github.dl4jdynamics.spectral.oracle.LossData;
import io.github.dl4jdynamics.spectral.oracle.ParameterArray;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.shade.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** The golden vectors on live networks of both kinds. */
class GoldenVectorsTest {

    static Stream<Arguments> kinds() {
        return Stream.of(
                Arguments.of(false, DataType.DOUBLE),
                Arguments.of(true, DataType.DOUBLE),
                Arguments.of(false, DataType.FLOAT),
                Arguments.of(true, DataType.FLOAT));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void oneStep_isAllocatedByEveryRule(boolean graph, DataType type) {
        Vector vector = new Vector("lca-01-one-step-rules", graph, type);
        Map<String, PathRule> rules = Map.of(
                "first_order", PathRules.left(),
                "right_endpoint", PathRules.right(),
                "midpoint", PathRules.midpoint(),
                "trapezoid", PathRules.trapezoid(),
                "simpson", PathRules.simpson());

        rules.forEach((name, rule) -> {
            AllocationHistory history =
                    oneStep(vector, builder(vector, "X", "y").rule(rule));
            JsonNode expected = vector.expected().path("rules").path(name);

            assertParameters(vector, history, 0, expected.path("lca"));
            close(vector, history.steps().get(0).losses().get(0).allocated(), expected.path("total"));
            close(vector, history.steps().get(0).losses().get(0).error(), expected.path("error"));
            close(
                    vector,
                    history.steps().get(0).losses().get(0).lossBefore(),
                    vector.expected().path("loss_current"));
            close(
                    vector,
                    history.steps().get(0).losses().get(0).lossAfter(),
                    vector.expected().path("loss_next"));
        });
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void oneStep_isSummedByLayerAndNeuron(boolean graph, DataType type) {
        Vector vector = new Vector("lca-01-one-step-rules", graph, type);
        AllocationHistory history = oneStep(vector, builder(vector, "X", "y").rule(PathRules.simpson()));

        close(
                vector,
                history.layerTotals(0)[0],
                vector.expected().path("simpson_by_layer").path("layer1"));
        close(
                vector,
                history.layerTotals(0)[1],
                vector.expected().path("simpson_by_layer").path("layer2"));
        double[] units = history.unitTotals(0);
        JsonNode neurons = vector.expected().path("simpson_by_neuron");
        for (int u = 0; u < 4; u++) {
            close(vector, units[u], neurons.path("layer1").get(u));
        }
        close(vector, units[4], neurons.path("layer2").get(0));
        close(vector, units[5], neurons.path("layer2").get(1));
        LossAllocation loss = history.steps().get(0).losses().get(0);
        assertThat(loss.helped()).isEqualTo(10);
        assertThat(loss.hurt()).isEqualTo(16);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void realUpdate_isAllocatedOnTrainingAndValidationData(boolean graph, DataType type) {
        Vector vector = new Vector("lca-02-minibatch-update", graph, type);
        Model net = vector.net(vector.inputs().path("theta_current"), 0, 0.5);
        LossChangeAllocationListener lca = builder(vector, "X", "y")
                .validation(LossData.of(vector.rows("X_validation", "y_validation")))
                .rule(PathRules.simpson())
                .build();
        net.setListeners(lca);
        INDArray[] batch = {
            vector.rows("X", "y").getFeatures(), vector.rows("X", "y").getLabels()
        };
        DataSet rows = new DataSet(pick(batch[0], 0, 3, 5), pick(batch[1], 0, 3, 5));
        if (graph) {
            ((ComputationGraph) net).fit(rows);
        } else {
            ((MultiLayerNetwork) net).fit(rows);
        }

        AllocationHistory history = lca.history();
        for (int data = 0; data < 2; data++) {
            JsonNode expected = vector.expected().path(data == 0 ? "train" : "validation");
            assertParameters(vector, history, data, expected.path("simpson"));
            close(vector, history.books(data).allocated(), expected.path("simpson_total"));
            close(vector, history.books(data).error(), expected.path("simpson_error"));
        }
        LossAllocation train = history.steps().get(0).losses().get(0);
        assertThat(train.helped()).isEqualTo(14);
        assertThat(train.hurt()).isEqualTo(10);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void largeStep_isSubdividedAsTheReferenceDoes(boolean graph, DataType type) {
        Vector vector = new Vector("lca-03-adaptive-subdivision", graph, type);
        AllocationHistory history = oneStep(vector, builder(vector, "X", "y").rule(PathRules.reference()));

        assertThat(history.steps().get(0).rule()).isEqualTo("Simpson/8");
        assertThat(history.steps().get(0).status()).isEqualTo(AllocationStep.Status.BALANCED);
        assertParameters(vector, history, 0, vector.expected().path("chosen_lca"));
        for (JsonNode row : vector.expected().path("composite_simpson")) {
            AllocationHistory fixed = oneStep(
                    vector,
                    builder(vector, "X", "y")
                            .rule(PathRules.composite(row.path("splits").asInt())));
            close(vector, fixed.books(0).allocated(), row.path("total"));
            close(vector, fixed.books(0).error(), row.path("error"));
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void trajectory_isAggregatedOnEveryLevel(boolean graph, DataType type) {
        Vector vector = new Vector("lca-04-trajectory-aggregation", graph, type);
        JsonNode checkpoints = vector.inputs().path("checkpoints");
        Model net = vector.net(checkpoints.get(0), 0, 0.1);
        List<AllocationDetail> details = new ArrayList<>();
        LossChangeAllocationListener lca = builder(vector, "X", "y")
                .rule(PathRules.simpson())
                .onStep(details::add)
                .build();
        for (int t = 1; t < checkpoints.size(); t++) {
            vector.step(lca, net, checkpoints.get(t), t - 1);
        }

        AllocationHistory history = lca.history();
        JsonNode expected = vector.expected();
        double[] reconstructed = history.reconstructedLoss(0);
        double[][] layers = history.layerSeries(0);
        for (int t = 0; t < details.size(); t++) {
            LossAllocation loss = history.steps().get(t).losses().get(0);
            close(vector, loss.lossBefore(), expected.path("loss_at_checkpoint").get(t));
            close(vector, loss.allocated(), expected.path("total_per_iteration").get(t));
            close(vector, loss.error(), expected.path("error_per_iteration").get(t));
            close(
                    vector,
                    reconstructed[t + 1],
                    expected.path("reconstructed_loss").get(t + 1));
            close(
                    vector,
                    layers[0][t],
                    expected.path("layer_per_iteration").path("layer1").get(t));
            close(
                    vector,
                    layers[1][t],
                    expected.path("layer_per_iteration").path("layer2").get(t));
            for (int a = 0; a < 4; a++) {
                String name = new String[] {"W1", "b1", "W2", "b2"}[a];
                close(
                        vector,
                        loss.array(a),
                        expected.path("parameter_array_per_iteration")
                                .path(name)
                                .get(t));
            }
            double[] units = details.get(t).units(0);
            JsonNode neurons = expected.path("neuron_per_iteration");
            for (int u = 0; u < 5; u++) {
                close(
                        vector,
                        units[u],
                        u < 3
                                ? neurons.path("layer1").get(t).get(u)
                                : neurons.path("layer2").get(t).get(u - 3));
            }
            JsonNode counts = expected.path("counts_per_iteration").get(t);
            assertThat(loss.helped()).isEqualTo(counts.path("helping").asLong());
            assertThat(loss.hurt()).isEqualTo(counts.path("hurting").asLong());
        }
        assertParameters(vector, history, 0, expected.path("parameter_total"));
        if (type == DataType.DOUBLE) {
            assertThat(history.books(0).relativeError())
                    .isCloseTo(expected.path("relative_error_of_total").asDouble(), within(1e-8));
        }
        assertThat(100 * history.analysis().helping(0).meanOfAll()).isCloseTo(55.0, within(1e-9));
        JsonNode helped = expected.path("iterations_helped_per_parameter");
        for (ParameterArray array : history.arrays()) {
            each(array, helped.path(name(array)), (position, value) -> assertThat(
                            history.stepsHelped(0)[(int) position])
                    .isEqualTo((int) value));
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void frozenArraysAndRegularization_areInOrOut(boolean graph, DataType type) {
        Vector vector = new Vector("lca-05-l2-and-frozen", graph, type);
        for (boolean regularized : new boolean[] {false, true}) {
            AllocationHistory history = oneStep(
                    vector, builder(vector, "X", "y").rule(PathRules.simpson()).regularization(regularized), 0.05);
            JsonNode expected = vector.expected().path(regularized ? "with_regularization" : "without_regularization");

            assertParameters(vector, history, 0, expected.path("simpson"));
            close(vector, history.books(0).allocated(), expected.path("total"));
            close(vector, history.books(0).error(), expected.path("error"));
            LossAllocation loss = history.steps().get(0).losses().get(0);
            close(vector, loss.lossBefore(), expected.path("loss_current"));
            close(vector, loss.lossAfter(), expected.path("loss_next"));
            if (!regularized) {
                assertThat(loss.helped()).isEqualTo(3);
                assertThat(loss.hurt()).isEqualTo(9);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void batchNormalization_usesTheStatisticsOfEachBatch(boolean graph, DataType type) {
        Vector vector = new Vector("lca-06-batchnorm-train-mode", graph, type);
        LossData rows = LossData.of(vector.rows("X", "y"));
        for (int size : new int[] {8, 4}) {
            AllocationHistory history = oneStep(
                    vector,
                    LossChangeAllocationListener.builder(rows.batches(size)).rule(PathRules.simpson()));
            JsonNode expected = vector.expected().path(size == 8 ? "whole_set_statistics" : "chunk_statistics");

            assertParameters(vector, history, 0, expected.path("simpson"));
            close(vector, history.books(0).allocated(), expected.path("total"));
            close(vector, history.books(0).error(), expected.path("error"));
            assertThat(history.arrays()).noneMatch(array -> array.key().equals("mean"));
        }
    }

    private static LossChangeAllocationBuilder builder(Vector vector, String x, String y) {
        return LossChangeAllocationListener.builder(LossData.of(vector.rows(x, y)))
                .failFast(true);
    }

    private static AllocationHistory oneStep(Vector vector, LossChangeAllocationBuilder builder) {
        return oneStep(vector, builder, 0);
    }

    private static AllocationHistory oneStep(Vector vector, LossChangeAllocationBuilder builder, double l2) {
        Model net = vector.net(vector.inputs().path("theta_current"), l2, 0.1);
        LossChangeAllocationListener lca = builder.build();
        vector.step(lca, net, vector.inputs().path("theta_next"), 0);
        return lca.history();
    }

    private static INDArray pick(INDArray rows, int... which) {
        return org.nd4j.linalg.factory.Nd4j.pullRows(rows, 1, which);
    }

    private interface Check {
        void accept(long position, double value);
    }

    private static void assertParameters(Vector vector, AllocationHistory history, int data, JsonNode expected) {
        double[] totals = history.parameterTotals(data);
        for (ParameterArray array : history.arrays()) {
            assertThat(expected.has(name(array))).as(name(array)).isTrue();
            each(array, expected.path(name(array)), (position, value) -> assertThat(totals[(int) position])
                    .as(array.name() + " at " + position)
                    .isCloseTo(value, within(vector.tolerance(value))));
        }
    }

    /** The vectors' name of an array: by layer, the last one being number 2. */
    private static String name(ParameterArray array) {
        return array.key().equals("gamma") || array.key().equals("beta")
                ? array.key()
                : array.key() + (array.layer().equals("layer0") ? 1 : 2);
    }

    private static void each(ParameterArray array, JsonNode values, Check check) {
        long rows = values.get(0).isArray() ? values.size() : 1;
        for (int i = 0; i < rows; i++) {
            JsonNode row = values.get(0).isArray() ? values.get(i) : values;
            for (int j = 0; j < row.size(); j++) {
                long position = array.offset() + (array.order() == 'f' ? i + rows * j : (long) i * row.size() + j);
                check.accept(position, row.get(j).asDouble());
            }
        }
    }

    private static void close(Vector vector, double value, JsonNode expected) {
        assertThat(expected.isNumber()).isTrue();
        assertThat(value).isCloseTo(expected.asDouble(), within(vector.tolerance(expected.asDouble())));
    }
}
