/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.lowrank;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** The original is left as it was; the new network trains on, is saved and comes back. */
class FactorizedNetworkLifeTest {
    private static final InputType FLAT = InputType.feedForward(LowRankNets.IN);

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void original_andItsTraining_areUntouched(boolean graph) {
        Model touched = trained(graph, 3);
        Model twin = trained(graph, 3);
        String conf = json(touched);

        Model small = LowRankNets.factorize(rankTwo(), touched).network();
        fit(small, 3);

        assertThat(touched.params().toDoubleVector())
                .containsExactly(twin.params().toDoubleVector());
        assertThat(json(touched)).isEqualTo(conf);
        Nd4j.getRandom().setSeed(8);
        fit(touched, 2);
        Nd4j.getRandom().setSeed(8);
        fit(twin, 2);
        assertThat(touched.params().toDoubleVector())
                .containsExactly(twin.params().toDoubleVector());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void randomNumbers_areUntouched(boolean graph) {
        Model net = trained(graph, 1);
        Nd4j.getRandom().setSeed(21);
        double expected = Nd4j.getRandom().nextDouble();
        Nd4j.getRandom().setSeed(21);

        LowRankNets.factorize(rankTwo(), net);

        assertThat(Nd4j.getRandom().nextDouble()).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void factors_areNewMemory(boolean graph) {
        Model net = LowRankNets.lowRank(LowRankNets.of(graph, DataType.DOUBLE, FLAT, layers()), 2);
        Model small = LowRankNets.factorize(net).network();
        INDArray features = LowRankNets.features(DataType.DOUBLE, 4, LowRankNets.IN);
        INDArray output = LowRankNets.output(small, features).dup();

        net.params().assign(0);

        assertThat(LowRankNets.output(small, features)).isEqualTo(output);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void training_goesOnWithTheCounters(boolean graph) {
        Model net = trained(graph, 5);
        increaseEpoch(net);
        Model small = LowRankNets.factorize(rankTwo(), net).network();
        assertThat(iterations(small)).isEqualTo(5);
        assertThat(epochs(small)).isEqualTo(1);

        double before = score(small);
        fit(small, 30);

        assertThat(score(small)).isLessThan(before - 0.1);
        assertThat(iterations(small)).isEqualTo(35);
    }

    @Test
    void adam_firstStepWithTheCounterKept_isThreeTimesItsRate() {
        MultiLayerNetwork net = (MultiLayerNetwork) trained(false, 3);
        net.setIterationCount(100_000);
        MultiLayerNetwork small = rankTwo().factorize(net).network();
        INDArray before = small.getLayer("out").getParam("W").dup();

        small.fit(LowRankNets.batch(DataType.DOUBLE));

        double step =
                small.getLayer("out").getParam("W").sub(before).amaxNumber().doubleValue();
        assertThat(step).isCloseTo(0.1 / Math.sqrt(0.001) * 0.01, within(1e-4)); // (1 - beta1) / sqrt(1 - beta2)
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void savedNetwork_comesBackTheSameAndTrainsTheSame(boolean graph) throws IOException {
        Model small = LowRankNets.factorize(rankTwo(), trained(graph, 3)).network();
        fit(small, 2);

        Model restored = restored(small, graph);

        INDArray features = LowRankNets.features(DataType.DOUBLE, 4, LowRankNets.IN);
        assertThat(restored.params().toDoubleVector())
                .containsExactly(small.params().toDoubleVector());
        assertThat(LowRankNets.output(restored, features)).isEqualTo(LowRankNets.output(small, features));
        Nd4j.getRandom().setSeed(4);
        fit(small, 2);
        Nd4j.getRandom().setSeed(4);
        fit(restored, 2);
        assertThat(restored.params().toDoubleVector())
                .containsExactly(small.params().toDoubleVector());
    }

    @Test
    void factorizedNetwork_canBeFactorizedAgain() {
        MultiLayerNetwork net = LowRankNets.lowRank(LowRankNets.sequence(FLAT, layers()), 5);
        MultiLayerNetwork once =
                LowRankFactorization.builder().energy(1).build().factorize(net).network();

        FactorizedNetwork<MultiLayerNetwork> twice =
                LowRankFactorization.builder().energy(1).build().factorize(once);

        assertThat(twice.layers()).noneMatch(LayerFactorization::replaced);
        assertThat(twice.network().params().toDoubleVector())
                .containsExactly(once.params().toDoubleVector());
    }

    @Test
    void factorization_insideAWorkspace_leavesNothingInIt() {
        MultiLayerNetwork net = LowRankNets.lowRank(LowRankNets.sequence(FLAT, layers()), 2);
        WorkspaceConfiguration settings =
                WorkspaceConfiguration.builder().initialSize(1 << 20).build();

        try (MemoryWorkspace workspace =
                Nd4j.getWorkspaceManager().getAndActivateWorkspace(settings, "LOW_RANK_TEST")) {
            long used = workspace.getPrimaryOffset();
            MultiLayerNetwork small = rankTwo().factorize(net).network();

            assertThat(small.params().isAttached()).isFalse();
            assertThat(workspace.getPrimaryOffset()).isEqualTo(used);
        } finally {
            Nd4j.getWorkspaceManager().destroyAllWorkspacesForCurrentThread();
        }
    }

    private static LowRankFactorization rankTwo() {
        return LowRankFactorization.builder().maxRank(2).build();
    }

    private static Layer[] layers() {
        return new Layer[] {
            new DenseLayer.Builder().name("first").nOut(24).dropOut(0.8).build(),
            new BatchNormalization.Builder().name("norm").build(),
            LowRankNets.dense("second", 16),
            LowRankNets.output()
        };
    }

    private static Model trained(boolean graph, int steps) {
        Model net = LowRankNets.of(graph, DataType.DOUBLE, FLAT, layers());
        Nd4j.getRandom().setSeed(1);
        fit(net, steps);
        return net;
    }

    private static void fit(Model net, int steps) {
        DataSet batch = LowRankNets.batch(DataType.DOUBLE);
        for (int i = 0; i < steps; i++) {
            if (net instanceof MultiLayerNetwork) {
                ((MultiLayerNetwork) net).fit(batch);
            } else {
                ((ComputationGraph) net).fit(batch);
            }
        }
    }

    private static double score(Model net) {
        DataSet batch = LowRankNets.batch(DataType.DOUBLE);
        return net instanceof MultiLayerNetwork
                ? ((MultiLayerNetwork) net).score(batch, true)
                : ((ComputationGraph) net).score(batch, true);
    }

    private static Model restored(Model net, boolean graph) throws IOException {
        ByteArrayOutputStream zip = new ByteArrayOutputStream();
        ModelSerializer.writeModel(net, zip, true);
        ByteArrayInputStream in = new ByteArrayInputStream(zip.toByteArray());
        return graph ? ModelSerializer.restoreComputationGraph(in) : ModelSerializer.restoreMultiLayerNetwork(in);
    }

    private static String json(Model net) {
        return net instanceof MultiLayerNetwork
                ? ((MultiLayerNetwork) net).getLayerWiseConfigurations().toJson()
                : ((ComputationGraph) net).getConfiguration().toJson();
    }

    private static void increaseEpoch(Model net) {
        if (net instanceof MultiLayerNetwork) {
            ((MultiLayerNetwork) net).incrementEpochCount();
        } else {
            ((ComputationGraph) net).incrementEpochCount();
        }
    }

    private static int iterations(Model net) {
        return net instanceof MultiLayerNetwork
                ? ((MultiLayerNetwork) net).getIterationCount()
                : ((ComputationGraph) net).getIterationCount();
    }

    private static int epochs(Model net) {
        return net instanceof MultiLayerNetwork
                ? ((MultiLayerNetwork) net).getEpochCount()
                : ((ComputationGraph) net).getEpochCount();
    }
}
