/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn;

import java.util.stream.Stream;

import io.github.dl4jdynamics.ghostbn.math.Grouping;
import io.github.dl4jdynamics.ghostbn.math.RunningRule;
import io.github.dl4jdynamics.ghostbn.math.TailPolicy;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

import static org.assertj.core.api.Assertions.assertThat;

/** A training that was interrupted is, to the bit, the training that was not; with dropout, Adam and splitting. */
class ResumeTest {
    private static final DataType TYPE = DataType.FLOAT;

    static Stream<Arguments> cases() {
        Stream.Builder<Arguments> cases = Stream.builder();
        for (RunningRule rule : RunningRule.values()) {
            for (boolean logDeviation : new boolean[] {true, false}) {
                cases.add(Arguments.of(rule, logDeviation));
            }
        }
        return cases.build();
    }

    @ParameterizedTest(name = "{0} log {1}")
    @MethodSource("cases")
    void stack_resumesToTheBit(RunningRule rule, boolean logDeviation) {
        MultiLayerNetwork uninterrupted = net(rule, logDeviation);
        MultiLayerNetwork interrupted = uninterrupted.clone();
        Nd4j.getRandom().setSeed(99);
        fit(uninterrupted, 0, 6);
        Nd4j.getRandom().setSeed(99);
        fit(interrupted, 0, 3);

        long root = Nd4j.getRandom().rootState();
        long node = Nd4j.getRandom().nodeState();
        MultiLayerNetwork restored = LiveNets.copy(interrupted);
        Nd4j.getRandom().setSeed(1);
        Nd4j.getRandom().setStates(root, node);
        fit(restored, 3, 6);

        assertThat(LiveNets.values(restored.params())).isEqualTo(LiveNets.values(uninterrupted.params()));
        assertThat(LiveNets.values(restored.getUpdater().getStateViewArray()))
                .isEqualTo(LiveNets.values(uninterrupted.getUpdater().getStateViewArray()));
        assertThat(LiveNets.values(restored.params())).isNotEqualTo(LiveNets.values(interrupted.params()));
    }

    @ParameterizedTest
    @EnumSource(RunningRule.class)
    void graph_resumesToTheBit(RunningRule rule) {
        ComputationGraph uninterrupted = net(rule, true).toComputationGraph();
        ComputationGraph interrupted = uninterrupted.clone();
        Nd4j.getRandom().setSeed(99);
        fit(uninterrupted, 0, 6);
        Nd4j.getRandom().setSeed(99);
        fit(interrupted, 0, 3);

        long root = Nd4j.getRandom().rootState();
        long node = Nd4j.getRandom().nodeState();
        ComputationGraph restored = LiveNets.copy(interrupted);
        Nd4j.getRandom().setStates(root, node);
        fit(restored, 3, 6);

        assertThat(LiveNets.values(restored.params())).isEqualTo(LiveNets.values(uninterrupted.params()));
        assertThat(LiveNets.values(restored.getUpdater().getUpdaterStateViewArray()))
                .isEqualTo(LiveNets.values(uninterrupted.getUpdater().getUpdaterStateViewArray()));
    }

    private static MultiLayerNetwork net(RunningRule rule, boolean logDeviation) {
        return LiveNets.net(
                LiveNets.base(TYPE),
                InputType.convolutional(4, 4, 2),
                new ConvolutionLayer.Builder(2, 2).nOut(3).build(),
                LiveNets.ghost(3)
                        .runningRule(rule)
                        .useLogStd(logDeviation)
                        .tailPolicy(TailPolicy.REMAINDER)
                        .build(),
                new DenseLayer.Builder().nOut(6).dropOut(0.7).build(),
                LiveNets.ghost(3)
                        .runningRule(rule)
                        .useLogStd(logDeviation)
                        .grouping(Grouping.STRIDED)
                        .dropOut(0.9)
                        .build(),
                LiveNets.output());
    }

    private static void fit(MultiLayerNetwork net, int from, int to) {
        for (int i = from; i < to; i++) {
            net.fit(batch(i));
        }
    }

    private static void fit(ComputationGraph net, int from, int to) {
        for (int i = from; i < to; i++) {
            net.fit(batch(i));
        }
    }

    private static DataSet batch(int i) {
        return new DataSet(LiveNets.random(TYPE, i, 11, 2, 4, 4), LiveNets.labels(TYPE, i, 11));
    }
}
