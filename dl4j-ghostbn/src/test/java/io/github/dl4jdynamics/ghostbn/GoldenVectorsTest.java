/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.github.dl4jdynamics.ghostbn.math.GhostSplit;
import io.github.dl4jdynamics.ghostbn.math.GroupMoments;
import io.github.dl4jdynamics.ghostbn.math.Grouping;
import io.github.dl4jdynamics.ghostbn.math.RunningRule;
import io.github.dl4jdynamics.ghostbn.math.RunningUpdate;
import io.github.dl4jdynamics.ghostbn.math.SplitRule;
import io.github.dl4jdynamics.ghostbn.math.TailPolicy;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.shade.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** The layer, in live networks, against numbers computed elsewhere in double precision. */
class GoldenVectorsTest {
    private static final Map<String, TailPolicy> POLICIES = Map.of(
            "remainder", TailPolicy.REMAINDER,
            "strided", TailPolicy.ERROR,
            "balanced", TailPolicy.BALANCED,
            "merge_last", TailPolicy.MERGE_LAST);
    private static final Map<String, RunningRule> RULES = Map.of(
            "sequential", RunningRule.SEQUENTIAL,
            "average_once", RunningRule.AVERAGE_ONCE,
            "scaled_momentum", RunningRule.SCALED,
            "batch", RunningRule.WHOLE_BATCH);

    static Stream<Arguments> passes() {
        Stream.Builder<Arguments> cases = Stream.builder();
        for (DataType type : new DataType[] {DataType.DOUBLE, DataType.FLOAT}) {
            cases.add(Arguments.of("ghostbn-01-dense-even", "remainder", type, false));
            cases.add(Arguments.of("ghostbn-01-dense-even", "strided", type, false));
            cases.add(Arguments.of("ghostbn-02-dense-not-divisible", "remainder", type, false));
            cases.add(Arguments.of("ghostbn-02-dense-not-divisible", "balanced", type, false));
            cases.add(Arguments.of("ghostbn-02-dense-not-divisible", "merge_last", type, false));
            cases.add(Arguments.of("ghostbn-03-cnn-nchw", "remainder", type, false));
            cases.add(Arguments.of("ghostbn-03-cnn-nchw", "remainder", type, true));
        }
        return cases.build();
    }

    @ParameterizedTest(name = "{0} {1} {2} channels last {3}")
    @MethodSource("passes")
    void passes_giveTheReferenceNumbers(String file, String split, DataType type, boolean channelsLast) {
        JsonNode vector = LiveNets.vector(file);
        JsonNode expected = vector.get("expected").get(split);
        INDArray x = input(vector.get("inputs").get("x"), type, channelsLast);
        INDArray dy = input(vector.get("inputs").get("dL_dy"), type, channelsLast);
        SplitRule rule = rule(vector, split);
        GhostBatchNormalization conf = LiveNets.ghost(rule.ghostBatchSize())
                .grouping(rule.grouping())
                .tailPolicy(rule.tailPolicy())
                .minimumValues(1)
                .runningRule(RunningRule.SEQUENTIAL)
                .decay(0)
                .useLogStd(false)
                .build();
        MultiLayerNetwork net = LiveNets.still(type, inputType(x, channelsLast), conf);
        setAffine(net, vector, type);
        net.initGradientsView();
        Layer layer = net.getLayer(0);

        INDArray y = LiveNets.forward(layer, x, true);
        Pair<Gradient, INDArray> back = layer.backpropGradient(dy, LayerWorkspaceMgr.noWorkspaces());

        assertGroups(rule.split((int) x.size(0), 1), expected.get("groups"));
        assertClose(y, input(expected.get("y"), DataType.DOUBLE, channelsLast), type);
        assertClose(back.getSecond(), input(expected.get("dx"), DataType.DOUBLE, channelsLast), type);
        Gradient gradient = back.getFirst();
        assertClose(gradient.getGradientFor("gamma"), LiveNets.array(expected.get("dgamma"), DataType.DOUBLE), type);
        assertClose(gradient.getGradientFor("beta"), LiveNets.array(expected.get("dbeta"), DataType.DOUBLE), type);
        // With decay 0 and one step for each group, the last group's statistics are the running ones.
        INDArray lastMean = last(expected.get("mean"));
        INDArray lastVariance = last(expected.get("var"));
        assertClose(gradient.getGradientFor("mean"), lastMean.neg(), type);
        assertClose(gradient.getGradientFor("var"), lastVariance.rsub(1), type);
    }

    static Stream<Arguments> runs() {
        Stream.Builder<Arguments> cases = Stream.builder();
        for (DataType type : new DataType[] {DataType.DOUBLE, DataType.FLOAT}) {
            for (String rule : RULES.keySet()) {
                cases.add(Arguments.of(rule, type, true));
                cases.add(Arguments.of(rule, type, false));
            }
        }
        return cases.build();
    }

    @ParameterizedTest(name = "{0} {1} log {2}")
    @MethodSource("runs")
    void runningStatistics_followTheReferenceOverThreeFits(String rule, DataType type, boolean logDeviation) {
        JsonNode vector = LiveNets.vector("ghostbn-04-running-statistics");
        JsonNode expected = vector.get("expected").get(rule);
        MultiLayerNetwork net = LiveNets.still(
                type,
                InputType.feedForward(2),
                LiveNets.ghost(2)
                        .runningRule(RULES.get(rule))
                        .useLogStd(logDeviation)
                        .build());
        setAffine(net, vector, type);
        String spread = logDeviation ? "log10stdev" : "var";

        for (int step = 0; step < 3; step++) {
            INDArray x = LiveNets.array(vector.get("inputs").get("batches").get(step), type);
            net.fit(new DataSet(x, x.like()));

            JsonNode after = expected.get("steps").get(step);
            assertClose(net.getParam("0_mean"), LiveNets.array(after.get("mean"), DataType.DOUBLE), type);
            assertClose(net.getParam("0_" + spread), LiveNets.array(after.get(spread), DataType.DOUBLE), type);
        }

        INDArray x = LiveNets.array(vector.get("inputs").get("inference_input"), type);
        INDArray y = LiveNets.array(expected.get("inference_output"), DataType.DOUBLE);
        assertClose(net.output(x), y, type);
        for (int i = 0; i < x.rows(); i++) {
            assertClose(net.output(x.getRow(i, true)), y.getRow(i, true), type);
        }
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @MethodSource("runs")
    void runningUpdate_givesTheReferenceUpdates(String rule, DataType type, boolean logDeviation) {
        JsonNode vector = LiveNets.vector("ghostbn-04-running-statistics");
        RunningUpdate update = RunningUpdate.of(RULES.get(rule), 0.9);
        double[] mean = {0, 0};
        double[] variance = {1, 1};
        double[] deviation = {0, 0};

        for (int step = 0; step < 3; step++) {
            GroupMoments moments =
                    measure(LiveNets.array(vector.get("inputs").get("batches").get(step), DataType.DOUBLE), 2);
            JsonNode after = vector.get("expected").get(rule).get("steps").get(step);
            double[] ofMean = update.ofMean(moments, mean);
            double[] ofVariance = update.ofVariance(moments, variance);
            double[] ofDeviation = update.ofLogDeviation(moments, deviation);

            assertClose(ofMean, after.get("mean_update"));
            assertClose(ofVariance, after.get("var_update"));
            assertClose(ofDeviation, after.get("log10stdev_update"));
            for (int c = 0; c < 2; c++) {
                mean[c] -= ofMean[c];
                variance[c] -= ofVariance[c];
                deviation[c] -= ofDeviation[c];
            }
        }
    }

    static Stream<Arguments> unsplit() {
        Stream.Builder<Arguments> cases = Stream.builder();
        for (DataType type : new DataType[] {DataType.DOUBLE, DataType.FLOAT}) {
            for (RunningRule rule : RunningRule.values()) {
                for (int size : new int[] {5, 8, 1000, SplitRule.NEVER}) {
                    cases.add(Arguments.of(size, rule, type, size == 8));
                }
            }
        }
        return cases.build();
    }

    @ParameterizedTest(name = "{0} {1} {2} log {3}")
    @MethodSource("unsplit")
    void sizeNotBelowTheBatch_givesThePlainNumbers(int size, RunningRule rule, DataType type, boolean logDeviation) {
        JsonNode vector = LiveNets.vector("ghostbn-05-equals-plain-bn");
        JsonNode inputs = vector.get("inputs");
        JsonNode expected = vector.get("expected");
        MultiLayerNetwork net = LiveNets.still(
                type,
                InputType.feedForward(3),
                LiveNets.ghost(size).runningRule(rule).useLogStd(logDeviation).build());
        setAffine(net, vector, type);
        net.setParam("0_mean", LiveNets.array(inputs.get("initial_mean"), type));
        double[] spread =
                LiveNets.array(inputs.get("initial_var"), DataType.DOUBLE).toDoubleVector();
        for (int c = 0; c < 3 && logDeviation; c++) {
            spread[c] = 0.5 * Math.log10(spread[c]);
        }
        String name = logDeviation ? "log10stdev" : "var";
        net.setParam(
                "0_" + name,
                org.nd4j.linalg.factory.Nd4j.createFromArray(spread).castTo(type));
        net.initGradientsView();
        Layer layer = net.getLayer(0);

        INDArray y = LiveNets.forward(layer, LiveNets.array(inputs.get("x"), type), true);
        Pair<Gradient, INDArray> back =
                layer.backpropGradient(LiveNets.array(inputs.get("dL_dy"), type), LayerWorkspaceMgr.noWorkspaces());

        Gradient gradient = back.getFirst();
        assertClose(y, LiveNets.array(expected.get("y"), DataType.DOUBLE), type);
        assertClose(back.getSecond(), LiveNets.array(expected.get("dx"), DataType.DOUBLE), type);
        for (String[] pair : new String[][] {
            {"gamma", "dgamma"}, {"beta", "dbeta"}, {"mean", "mean_update"}, {name, name + "_update"}
        }) {
            assertClose(gradient.getGradientFor(pair[0]), LiveNets.array(expected.get(pair[1]), DataType.DOUBLE), type);
        }
    }

    private static GroupMoments measure(INDArray x, int size) {
        int groups = (int) x.size(0) / size;
        GroupMoments moments = new GroupMoments(groups, (int) x.size(1));
        for (int k = 0; k < groups; k++) {
            for (int c = 0; c < x.size(1); c++) {
                double a = x.getDouble(2L * k, c);
                double b = x.getDouble(2L * k + 1, c);
                moments.set(k, c, (a + b) / 2, (a - b) * (a - b) / 4, 2);
            }
        }
        return moments;
    }

    private static SplitRule rule(JsonNode vector, String split) {
        return SplitRule.ofSize(vector.get("settings").get("ghost_size").asInt())
                .grouping("strided".equals(split) ? Grouping.STRIDED : Grouping.CONTIGUOUS)
                .tailPolicy(POLICIES.get(split))
                .minimumValues(1);
    }

    private static InputType inputType(INDArray x, boolean channelsLast) {
        if (x.rank() == 2) {
            return InputType.feedForward(x.size(1));
        }
        return channelsLast
                ? InputType.convolutional(x.size(1), x.size(2), x.size(3), CNN2DFormat.NHWC)
                : InputType.convolutional(x.size(2), x.size(3), x.size(1), CNN2DFormat.NCHW);
    }

    private static INDArray input(JsonNode node, DataType type, boolean channelsLast) {
        INDArray array = LiveNets.array(node, type);
        return channelsLast ? array.permute(0, 2, 3, 1).dup('c') : array;
    }

    private static void setAffine(MultiLayerNetwork net, JsonNode vector, DataType type) {
        net.setParam("0_gamma", LiveNets.array(vector.get("inputs").get("gamma"), type));
        net.setParam("0_beta", LiveNets.array(vector.get("inputs").get("beta"), type));
    }

    private static INDArray last(JsonNode groups) {
        return LiveNets.array(groups.get(groups.size() - 1), DataType.DOUBLE);
    }

    private static void assertGroups(GhostSplit split, JsonNode groups) {
        List<List<Integer>> expected = new ArrayList<>();
        groups.forEach(group -> {
            List<Integer> members = new ArrayList<>();
            group.forEach(member -> members.add(member.asInt()));
            expected.add(members);
        });
        List<List<Integer>> actual = new ArrayList<>();
        for (int k = 0; k < split.groups(); k++) {
            List<Integer> members = new ArrayList<>();
            for (int member : split.members(k)) {
                members.add(member);
            }
            actual.add(members);
        }
        assertThat(actual).isEqualTo(expected);
    }

    private static void assertClose(double[] actual, JsonNode expected) {
        for (int i = 0; i < actual.length; i++) {
            double value = expected.get(i).asDouble();
            assertThat(actual[i]).isCloseTo(value, within(1e-10 + 1e-8 * Math.abs(value)));
        }
    }

    private static void assertClose(INDArray actual, INDArray expected, DataType type) {
        assertThat(actual.dataType()).isEqualTo(type);
        assertThat(actual.shape()).isEqualTo(expected.shape());
        double absolute = type == DataType.DOUBLE ? 1e-10 : 1e-5;
        double relative = type == DataType.DOUBLE ? 1e-8 : 1e-4;
        double[] want = LiveNets.values(expected);
        double[] have = LiveNets.values(actual);
        for (int i = 0; i < want.length; i++) {
            assertThat(have[i]).as("element %s", i).isCloseTo(want[i], within(absolute + relative * Math.abs(want[i])));
        }
    }
}
