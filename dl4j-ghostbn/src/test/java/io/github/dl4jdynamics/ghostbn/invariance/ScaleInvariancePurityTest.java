/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.invariance;

import java.util.stream.Stream;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;

import static org.assertj.core.api.Assertions.assertThat;

/** A network trains the same to the last bit with and without the listener. */
class ScaleInvariancePurityTest {

    static Stream<Arguments> modesAndTypes() {
        return Stream.of(WorkspaceMode.values())
                .flatMap(mode -> Stream.of(DataType.FLOAT, DataType.DOUBLE).map(type -> Arguments.of(mode, type)));
    }

    private static NeuralNetConfiguration.Builder settings(WorkspaceMode mode, DataType type) {
        return Nets.settings(new Adam(1e-2)).dataType(type).l2(1e-3).trainingWorkspaceMode(mode);
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("modesAndTypes")
    void stack_trainsBitIdentically(WorkspaceMode mode, DataType type) {
        assertPure(stack(mode, type), stack(mode, type));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("modesAndTypes")
    void graph_trainsBitIdentically(WorkspaceMode mode, DataType type) {
        assertPure(graph(mode, type), graph(mode, type));
    }

    private static MultiLayerNetwork stack(WorkspaceMode mode, DataType type) {
        return Nets.stack(
                settings(mode, type),
                InputType.feedForward(5),
                Nets.dense("first", 9).activation(Activation.RELU).dropOut(0.8).build(),
                Nets.norm("bn1"),
                Nets.dense("second", 6).build(),
                Nets.norm("bn2"),
                Nets.output("out"));
    }

    private static ComputationGraph graph(WorkspaceMode mode, DataType type) {
        ComputationGraphConfiguration conf = settings(mode, type)
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(InputType.feedForward(5))
                .addLayer("a", Nets.dense("a", 6).activation(Activation.RELU).build(), "in")
                .addLayer("b", Nets.dense("b", 6).dropOut(0.7).build(), "in")
                .addVertex("add", new ElementWiseVertex(ElementWiseVertex.Op.Add), "a", "b")
                .addLayer("bn", Nets.norm("bn"), "add")
                .addLayer("out", Nets.output("out"), "bn")
                .setOutputs("out")
                .build();
        ComputationGraph net = new ComputationGraph(conf);
        net.init();
        return net;
    }

    private static void assertPure(Model plain, Model watched) {
        ScaleInvarianceListener listener = ScaleInvarianceListener.builder()
                .everyIterations(1)
                .failFast(true)
                .build();
        train(plain);
        watched.setListeners(listener);
        train(watched);

        assertThat(listener.history().samples()).hasSize(8);
        assertThat(listener.history().last().get().all().get().cosineDistance()).isPositive();
        assertThat(listener.history().verdicts()).allMatch(GroupVerdict::isConfirmed);
        assertThat(bits(watched)).isEqualTo(bits(plain));
        assertThat(state(watched)).isEqualTo(state(plain));
        assertThat(watched.score()).isEqualTo(plain.score());
    }

    private static void train(Model net) {
        DataSet one = Nets.vectors(1);
        DataSet two = Nets.vectors(2);
        Nd4j.getRandom().setSeed(7);
        for (int epoch = 0; epoch < 3; epoch++) {
            if (net instanceof MultiLayerNetwork) {
                ((MultiLayerNetwork) net).fit(Nets.batches(one.copy(), two.copy()));
            } else {
                ((ComputationGraph) net).fit(Nets.batches(one.copy(), two.copy()));
            }
        }
        Nets.fit(net, one, 2);
    }

    private static double[] bits(Model net) {
        return net.params().dup().data().asDouble();
    }

    private static double[] state(Model net) {
        return net instanceof MultiLayerNetwork
                ? ((MultiLayerNetwork) net)
                        .getUpdater()
                        .getStateViewArray()
                        .dup()
                        .data()
                        .asDouble()
                : ((ComputationGraph) net)
                        .getUpdater()
                        .getStateViewArray()
                        .dup()
                        .data()
                        .asDouble();
    }

    /** Running statistics are in no group, whatever their parametrisation. */
    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void groups_holdNoRunningStatistics(DataType type) {
        assertThat(ScaleInvariantGroups.of(stack(WorkspaceMode.ENABLED, type)).groups())
                .flatExtracting(ScaleInvariantGroup::parameters)
                .containsExactly("first.W", "first.b", "second.W", "bn1.gamma", "bn1.beta");
    }
}
