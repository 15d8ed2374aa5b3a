/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import io.github.dl4jdynamics.ghostbn.math.GhostSplit;
import io.github.dl4jdynamics.ghostbn.math.Grouping;
import io.github.dl4jdynamics.ghostbn.math.RunningRule;
import io.github.dl4jdynamics.ghostbn.math.SplitRule;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/**
 * A split batch is plain batch normalization of one ghost batch after another, which is how the paper's code does it:
 * outputs, gradients and, by the sequential rule, running statistics. Shapes take the kernels through several blocks
 * of channels, several patches and several threads.
 */
class SplitEqualsPartsTest {

    static Stream<Arguments> cases() {
        Stream.Builder<Arguments> cases = Stream.builder();
        for (DataType type : new DataType[] {DataType.DOUBLE, DataType.FLOAT}) {
            for (Grouping grouping : Grouping.values()) {
                cases.add(Arguments.of(type, grouping, 3, false, new long[] {11, 1}));
                cases.add(Arguments.of(type, grouping, 4, false, new long[] {11, 70}));
                cases.add(Arguments.of(type, grouping, 2500, false, new long[] {5001, 33}));
                cases.add(Arguments.of(type, grouping, 3, false, new long[] {7, 2, 5, 3}));
                cases.add(Arguments.of(type, grouping, 2, false, new long[] {5, 2, 150, 250}));
                cases.add(Arguments.of(type, grouping, 2, true, new long[] {5, 6, 7, 40}));
                cases.add(Arguments.of(type, grouping, 3, true, new long[] {5, 30, 31, 34}));
                cases.add(Arguments.of(type, grouping, 3, true, new long[] {5, 3, 2, 1}));
            }
        }
        return cases.build();
    }

    @ParameterizedTest(name = "{0} {1} {2} channels last {3}")
    @MethodSource("cases")
    void splitBatch_isItsPartsOneByOne(DataType type, Grouping grouping, int size, boolean channelsLast, long[] shape) {
        InputType input = input(shape, channelsLast);
        MultiLayerNetwork ghost = prepared(
                type,
                input,
                LiveNets.ghost(size)
                        .grouping(grouping)
                        .runningRule(RunningRule.SEQUENTIAL)
                        .useLogStd(false)
                        .build());
        MultiLayerNetwork plain = prepared(
                type, input, new BatchNormalization.Builder().useLogStd(false).build());
        INDArray x = Nd4j.rand(DataType.DOUBLE, shape).muli(4).castTo(type);
        INDArray dy = Nd4j.rand(DataType.DOUBLE, shape).subi(0.5).castTo(type);
        long positions = x.length() / shape[0] / shape[channelsLast ? 3 : 1];
        GhostSplit split = SplitRule.ofSize(size).grouping(grouping).split((int) shape[0], positions);

        INDArray y = LiveNets.forward(ghost.getLayer(0), x, true);
        Pair<Gradient, INDArray> back = ghost.getLayer(0).backpropGradient(dy, LayerWorkspaceMgr.noWorkspaces());

        double tolerance = type == DataType.DOUBLE ? 1e-9 : 2e-3;
        INDArray gammaGradient = Nd4j.zeros(type, shape[channelsLast ? 3 : 1]);
        for (int k = 0; k < split.groups(); k++) {
            Layer layer = plain.getLayer(0);
            INDArray part = rows(x, split.members(k));
            INDArray expected = LiveNets.forward(layer, part, true).dup();
            Pair<Gradient, INDArray> partBack =
                    layer.backpropGradient(rows(dy, split.members(k)), LayerWorkspaceMgr.noWorkspaces());
            assertClose(rows(y, split.members(k)), expected, tolerance);
            assertClose(rows(back.getSecond(), split.members(k)), partBack.getSecond(), tolerance);
            gammaGradient.addi(partBack.getFirst().getGradientFor("gamma"));
            for (String statistic : new String[] {"mean", "var"}) {
                plain.getParam("0_" + statistic).subi(partBack.getFirst().getGradientFor(statistic));
            }
        }
        double roots = Math.sqrt(x.length());
        assertClose(back.getFirst().getGradientFor("gamma"), gammaGradient, tolerance * roots);
        for (String statistic : new String[] {"mean", "var"}) {
            INDArray renewed =
                    ghost.getParam("0_" + statistic).sub(back.getFirst().getGradientFor(statistic));
            assertClose(renewed, plain.getParam("0_" + statistic), tolerance);
        }
    }

    private static MultiLayerNetwork prepared(
            DataType type, InputType input, org.deeplearning4j.nn.conf.layers.Layer layer) {
        MultiLayerNetwork net = LiveNets.still(type, input, layer);
        net.initGradientsView();
        net.getParam("0_gamma").assign(1.5);
        net.getParam("0_beta").assign(-0.25);
        return net;
    }

    private static InputType input(long[] shape, boolean channelsLast) {
        if (shape.length == 2) {
            return InputType.feedForward(shape[1]);
        }
        return channelsLast
                ? InputType.convolutional(shape[1], shape[2], shape[3], CNN2DFormat.NHWC)
                : InputType.convolutional(shape[2], shape[3], shape[1], CNN2DFormat.NCHW);
    }

    private static INDArray rows(INDArray array, int[] rows) {
        long[] shape = array.shape().clone();
        INDArray matrix = array.dup('c').reshape(shape[0], array.length() / shape[0]);
        shape[0] = rows.length;
        return Nd4j.pullRows(matrix, 1, rows).reshape(shape);
    }

    private static void assertClose(INDArray actual, INDArray expected, double tolerance) {
        double[] have = LiveNets.values(actual);
        double[] want = LiveNets.values(expected);
        assertThat(have).hasSameSizeAs(want);
        List<String> wrong = new ArrayList<>();
        for (int i = 0; i < want.length && wrong.size() < 3; i++) {
            if (!(Math.abs(have[i] - want[i]) <= tolerance * (1 + Math.abs(want[i])))) {
                wrong.add(i + ": " + have[i] + " for " + want[i]);
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(have[0]).isCloseTo(want[0], within(tolerance * (1 + Math.abs(want[0]))));
    }
}
