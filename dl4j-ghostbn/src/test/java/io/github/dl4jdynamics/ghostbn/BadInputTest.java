/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn;

import java.util.Arrays;
import java.util.stream.Stream;

import com.google.common.base.Throwables;
import io.github.dl4jdynamics.ghostbn.math.RunningRule;
import io.github.dl4jdynamics.ghostbn.math.TailPolicy;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.deeplearning4j.exception.DL4JInvalidInputException;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.MaskState;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.within;

/** What is refused, with which words, and what is borne. */
class BadInputTest {
    private static final DataType TYPE = DataType.DOUBLE;

    static Stream<Arguments> settings() {
        return Stream.of(
                refused(() -> GhostBatchNormalization.builder().ghostBatchSize(0), "ghost batch size", ">= 1", "got 0"),
                refused(() -> GhostBatchNormalization.builder().ghostBatchSize(-3), "ghost batch size", "got -3"),
                refused(() -> GhostBatchNormalization.builder().minimumValues(0), "minimum values", ">= 1", "got 0"),
                refused(() -> GhostBatchNormalization.builder().eps(-1e-5), "eps", ">= 0", "-1.0E-5", "1e-5"),
                refused(() -> GhostBatchNormalization.builder().eps(Double.NaN), "eps", "finite", "NaN"),
                refused(() -> GhostBatchNormalization.builder().eps(Double.POSITIVE_INFINITY), "eps", "Infinity"),
                refused(() -> GhostBatchNormalization.builder().decay(1.5), "decay", "0 to 1", "1.5", "0.9"),
                refused(() -> GhostBatchNormalization.builder().decay(-0.1), "decay", "-0.1"),
                refused(() -> GhostBatchNormalization.builder().decay(Double.NaN), "decay", "NaN"),
                refused(() -> GhostBatchNormalization.builder().grouping(null), "grouping", "leave it out"),
                refused(() -> GhostBatchNormalization.builder().tailPolicy(null), "tail policy", "leave it out"),
                refused(() -> GhostBatchNormalization.builder().runningRule(null), "runningRule", "leave it out"),
                refused(() -> named().setGhostBatchSize(0), "ghostBatchSize", "'norm'", ">= 1", "got 0"),
                refused(() -> named().setMinimumValues(0), "minimumValues", "'norm'", ">= 1", "got 0"),
                refused(() -> named().setGrouping(null), "grouping", "'norm'"),
                refused(() -> named().setTailPolicy(null), "tailPolicy", "'norm'"),
                refused(() -> named().setRunningRule(null), "runningRule", "'norm'"));
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("settings")
    void impossibleSettings_areRefusedWithRuleAndValue(ThrowingCallable action, String[] words) {
        assertThatThrownBy(action).hasMessageContainingAll(words);
    }

    @ParameterizedTest
    @CsvSource({"ghostBatchSize, 4", "minimumValues, 2"})
    void impossibleSettingsInJson_areRefused(String setting, int value) {
        String json = LiveNets.conf(
                        LiveNets.base(TYPE),
                        InputType.feedForward(3),
                        LiveNets.ghost(4).name("norm").build(),
                        LiveNets.output())
                .toJson();
        String wrong = json.replace("\"" + setting + "\" : " + value, "\"" + setting + "\" : 0");
        assertThat(wrong).isNotEqualTo(json);

        Throwable thrown = catchThrowable(() -> MultiLayerConfiguration.fromJson(wrong));

        assertThat(thrown).isNotNull();
        assertThat(Throwables.getStackTraceAsString(thrown)).contains(setting, ">= 1", "got 0");
    }

    @Test
    void indivisibleBatch_isRefusedInTrainingOnlyAndNamesTheLayer() {
        MultiLayerNetwork net = LiveNets.net(
                LiveNets.base(TYPE),
                InputType.feedForward(LiveNets.IN),
                LiveNets.ghost(4).name("norm").tailPolicy(TailPolicy.ERROR).build(),
                LiveNets.output());

        assertThatThrownBy(() -> net.fit(LiveNets.batch(TYPE, 10, 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("ghost batch size 4", "batch of 10", "BALANCED", "norm");

        net.fit(LiveNets.batch(TYPE, 8, 1));
        net.fit(LiveNets.batch(TYPE, 3, 1));
        assertThat(net.output(LiveNets.random(TYPE, 1, 10, LiveNets.IN)).shape())
                .containsExactly(10, LiveNets.CLASSES);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void wrongShapes_areRefusedWithLayerAndRemedy(boolean training) {
        Layer layer = LiveNets.still(
                        TYPE,
                        InputType.feedForward(3),
                        LiveNets.ghost(2).name("norm").build())
                .getLayer(0);

        assertThatThrownBy(() -> LiveNets.forward(layer, Nd4j.ones(TYPE, 2, 3, 1, 1, 1, 1), training))
                .isInstanceOf(DL4JInvalidInputException.class)
                .hasMessageContainingAll("rank 2", "[2, 3, 1, 1, 1, 1]", "norm");
        assertThatThrownBy(() -> LiveNets.forward(layer, Nd4j.ones(TYPE, 3), training))
                .isInstanceOf(DL4JInvalidInputException.class)
                .hasMessageContainingAll("rank 2", "[3]", "norm");
        assertThatThrownBy(() -> LiveNets.forward(layer, Nd4j.ones(TYPE, 2, 4), training))
                .isInstanceOf(DL4JInvalidInputException.class)
                .hasMessageContainingAll("3 channels", "dimension 1", "[2, 4]", "norm");
        assertThatThrownBy(() -> LiveNets.forward(layer, Nd4j.ones(TYPE, 2, 5, 5, 3), training))
                .isInstanceOf(DL4JInvalidInputException.class)
                .hasMessageContainingAll("3 channels", "[2, 5, 5, 3]", "data format");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void emptyBatch_isRefused(boolean training) {
        Layer layer = prepared(LiveNets.ghost(2).name("norm").build()).getLayer(0);

        assertThatThrownBy(() -> LiveNets.forward(layer, Nd4j.create(TYPE, 0, 3), training))
                .isInstanceOf(DL4JInvalidInputException.class)
                .hasMessageContainingAll(">= 1 example", "[0, 3]", "drop empty batches", "norm");
    }

    @Test
    void missingSize_isNamed() {
        NeuralNetConfiguration.ListBuilder conf = LiveNets.base(TYPE)
                .list()
                .layer(LiveNets.ghost(2).name("norm").build())
                .layer(LiveNets.loss());

        assertThatThrownBy(() -> new MultiLayerNetwork(conf.build()).init())
                .hasMessageContainingAll("GhostBatchNormalization", "norm", "nOut");
    }

    @ParameterizedTest
    @EnumSource(RunningRule.class)
    void groupsOfOneValue_giveBetaAndNoGradient(RunningRule rule) {
        MultiLayerNetwork net = prepared(
                LiveNets.ghost(1).minimumValues(1).beta(0.5).runningRule(rule).build());
        Layer layer = net.getLayer(0);

        double[] y = LiveNets.values(LiveNets.forward(layer, LiveNets.random(TYPE, 1, 4, 3), true));
        Pair<Gradient, INDArray> back =
                layer.backpropGradient(LiveNets.random(TYPE, 2, 4, 3), LayerWorkspaceMgr.noWorkspaces());

        assertThat(y).containsOnly(0.5);
        assertThat(withoutSign(LiveNets.values(back.getSecond()))).containsOnly(0);
        assertThat(withoutSign(LiveNets.values(back.getFirst().getGradientFor("gamma"))))
                .containsOnly(0);
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void nonFiniteInput_staysInItsGroupAndChannelAndOutOfTheStatistics(double bad) {
        for (DataType type : new DataType[] {DataType.DOUBLE, DataType.FLOAT}) {
            for (RunningRule rule : RunningRule.values()) {
                MultiLayerNetwork net = LiveNets.still(
                        type,
                        InputType.feedForward(3),
                        LiveNets.ghost(2).runningRule(rule).build());
                MultiLayerNetwork twin = LiveNets.copy(net);
                INDArray clean = LiveNets.random(type, 1, 6, 3);
                INDArray dirty = clean.dup();
                dirty.putScalar(2, 1, bad);
                double[] expected = LiveNets.values(LiveNets.forward(twin.getLayer(0), clean, true));

                double[] actual = LiveNets.values(LiveNets.forward(net.getLayer(0), dirty, true));
                net.fit(new DataSet(dirty, Nd4j.ones(type, 6, 3)));
                twin.fit(new DataSet(clean, Nd4j.ones(type, 6, 3)));

                expected[2 * 3 + 1] = Double.NaN;
                expected[3 * 3 + 1] = Double.NaN;
                assertThat(actual).isEqualTo(expected);
                double[] mean = LiveNets.param(net, "0_mean");
                double[] deviation = LiveNets.param(net, "0_log10stdev");
                for (int c : new int[] {0, 2}) {
                    assertThat(mean[c]).isEqualTo(LiveNets.param(twin, "0_mean")[c]);
                    assertThat(deviation[c]).isEqualTo(LiveNets.param(twin, "0_log10stdev")[c]);
                }
                assertThat(mean[1]).isFinite().isNotZero();
                assertThat(deviation[1]).isFinite().isNotZero();
            }
        }
    }

    static Stream<Arguments> masks() {
        return Stream.of(
                Arguments.of(new double[][] {{1, 1}, {1, 1}}, "[2, 2]"),
                Arguments.of(new double[][] {{1, 1, 1}, {1, 1, 1}, {1, 1, 1}, {1, 1, 1}}, "[4, 3]"),
                Arguments.of(new double[][] {{1, 1}, {1, -1}, {1, 1}, {1, 1}}, "-1.0"),
                Arguments.of(new double[][] {{1, 1}, {1, Double.NaN}, {1, 1}, {1, 1}}, "NaN"),
                Arguments.of(new double[][] {{1, 1}, {1, Double.POSITIVE_INFINITY}, {1, 1}, {1, 1}}, "Infinity"));
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("masks")
    void wrongMasks_areRefusedWithTheLayer(double[][] mask, String value) {
        MultiLayerNetwork net = LiveNets.net(
                LiveNets.base(TYPE),
                InputType.recurrent(3, 2),
                LiveNets.ghost(2).name("norm").build(),
                LiveNets.rnnOutput());
        Layer layer = net.getLayer(0);
        layer.setMaskArray(Nd4j.create(mask));

        assertThatThrownBy(() -> LiveNets.forward(layer, LiveNets.random(TYPE, 1, 4, 3, 2), true))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("mask", value, "norm");
    }

    @Test
    void passiveMask_thatDoesNotFit_isNone() {
        Layer layer = prepared(LiveNets.ghost(2).build()).getLayer(0);
        INDArray x = LiveNets.random(TYPE, 1, 4, 3);
        INDArray unmasked = LiveNets.forward(layer, x, true).dup();
        INDArray ofSteps = Nd4j.createFromArray(new double[][] {{1, 0}, {1, 1}, {0, 0}, {1, 1}});

        layer.feedForwardMaskArray(ofSteps, MaskState.Passthrough, 4);

        assertThat(LiveNets.values(LiveNets.forward(layer, x, true))).containsExactly(LiveNets.values(unmasked));
        layer.feedForwardMaskArray(ofSteps, MaskState.Active, 4);
        assertThatThrownBy(() -> LiveNets.forward(layer, x, true)).hasMessageContaining("mask");
    }

    @Test
    void maskedGroups_giveBetaAndNoGradientAndNoStatistics() {
        MultiLayerNetwork net = prepared(LiveNets.ghost(2).beta(0.5).build());
        MultiLayerNetwork half = prepared(LiveNets.ghost(2).beta(0.5).build());
        Layer layer = net.getLayer(0);
        layer.setMaskArray(Nd4j.createFromArray(1.0, 1, 0, 0).reshape(4, 1));
        INDArray x = LiveNets.random(TYPE, 1, 4, 3);
        INDArray dy = LiveNets.random(TYPE, 2, 4, 3);

        INDArray y = LiveNets.forward(layer, x, true);
        Pair<Gradient, INDArray> back = layer.backpropGradient(dy, LayerWorkspaceMgr.noWorkspaces());
        LiveNets.forward(half.getLayer(0), x.getRows(0, 1), true);
        Gradient expected = half.getLayer(0)
                .backpropGradient(dy.getRows(0, 1), LayerWorkspaceMgr.noWorkspaces())
                .getFirst();

        assertThat(LiveNets.values(y.getRows(2, 3))).containsOnly(0.5);
        assertThat(withoutSign(LiveNets.values(back.getSecond().getRows(2, 3)))).containsOnly(0);
        assertThat(LiveNets.values(back.getFirst().getGradientFor("mean")))
                .containsExactly(LiveNets.values(expected.getGradientFor("mean")), within(1e-14));
        assertThat(LiveNets.values(back.getFirst().getGradientFor("log10stdev")))
                .containsExactly(LiveNets.values(expected.getGradientFor("log10stdev")), within(1e-14));
    }

    @ParameterizedTest
    @EnumSource(RunningRule.class)
    void whollyMaskedBatch_changesNoStatistics(RunningRule rule) {
        MultiLayerNetwork net = prepared(LiveNets.ghost(2).runningRule(rule).build());
        Layer layer = net.getLayer(0);
        layer.setMaskArray(Nd4j.zeros(TYPE, 4, 1));

        double[] y = LiveNets.values(LiveNets.forward(layer, LiveNets.random(TYPE, 1, 4, 3), true));
        Pair<Gradient, INDArray> back =
                layer.backpropGradient(LiveNets.random(TYPE, 2, 4, 3), LayerWorkspaceMgr.noWorkspaces());

        assertThat(withoutSign(y)).containsOnly(0);
        assertThat(withoutSign(LiveNets.values(back.getSecond()))).containsOnly(0);
        assertThat(withoutSign(LiveNets.values(back.getFirst().getGradientFor("mean"))))
                .containsOnly(0);
        assertThat(withoutSign(LiveNets.values(back.getFirst().getGradientFor("log10stdev"))))
                .containsOnly(0);
    }

    @Test
    void zeroEps_dividesByTheDeviationAlone() {
        MultiLayerNetwork net = prepared(LiveNets.ghost(2).eps(0).build());

        double[] y = LiveNets.values(LiveNets.forward(net.getLayer(0), LiveNets.random(TYPE, 1, 4, 3), true));

        for (double value : y) {
            assertThat(Math.abs(value)).isCloseTo(1, within(1e-12));
        }
    }

    @Test
    void constantGroupWithZeroEps_isBornInTheStatistics() {
        MultiLayerNetwork net = LiveNets.still(
                TYPE, InputType.feedForward(3), LiveNets.ghost(2).eps(0).build());
        INDArray x = Nd4j.valueArrayOf(new long[] {4, 3}, 2.0, TYPE);

        net.fit(new DataSet(x, x));

        assertThat(LiveNets.param(net, "0_mean")).containsExactly(new double[] {0.2, 0.2, 0.2}, within(1e-12));
        assertThat(LiveNets.param(net, "0_log10stdev")[0]).isCloseTo(0.5 * Math.log10(0.9), within(1e-12));
    }

    private static MultiLayerNetwork prepared(GhostBatchNormalization layer) {
        MultiLayerNetwork net = LiveNets.still(TYPE, InputType.feedForward(3), layer);
        net.initGradientsView();
        return net;
    }

    private static GhostBatchNormalization named() {
        return LiveNets.ghost(4).name("norm").build();
    }

    private static Arguments refused(ThrowingCallable action, String... words) {
        return Arguments.of(action, words);
    }

    /** Numbers with 0 for -0, which AssertJ tells apart. */
    private static double[] withoutSign(double[] values) {
        return Arrays.stream(values).map(v -> v + 0.0).toArray();
    }
}
