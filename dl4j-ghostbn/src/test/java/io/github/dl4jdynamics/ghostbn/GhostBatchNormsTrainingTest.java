/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import io.github.dl4jdynamics.ghostbn.math.SplitRule;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.earlystopping.EarlyStoppingConfiguration;
import org.deeplearning4j.earlystopping.EarlyStoppingResult;
import org.deeplearning4j.earlystopping.saver.InMemoryModelSaver;
import org.deeplearning4j.earlystopping.scorecalc.DataSetLossCalculator;
import org.deeplearning4j.earlystopping.termination.MaxEpochsTerminationCondition;
import org.deeplearning4j.earlystopping.trainer.EarlyStoppingTrainer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.layers.FrozenLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.FineTuneConfiguration;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.deeplearning4j.optimize.listeners.CollectScoresListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;

import static io.github.dl4jdynamics.ghostbn.GhostBatchNormsNets.convert;
import static io.github.dl4jdynamics.ghostbn.GhostBatchNormsNets.fit;
import static io.github.dl4jdynamics.ghostbn.GhostBatchNormsNets.json;
import static io.github.dl4jdynamics.ghostbn.GhostBatchNormsNets.norm;
import static io.github.dl4jdynamics.ghostbn.GhostBatchNormsNets.output;
import static io.github.dl4jdynamics.ghostbn.GhostBatchNormsNets.parameters;
import static io.github.dl4jdynamics.ghostbn.GhostBatchNormsNets.stack;
import static io.github.dl4jdynamics.ghostbn.GhostBatchNormsNets.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** Trained networks go to ghost batch normalization and back, and nothing is lost on the way. */
class GhostBatchNormsTrainingTest {

    static Stream<Model> trained() {
        Model stack = stack();
        Model graph = GhostBatchNormsNets.residual();
        fit(stack, 0, 4);
        fit(graph, 0, 4);
        return Stream.of(stack, graph);
    }

    @ParameterizedTest
    @MethodSource("trained")
    void network_toGhostAndBack_isBitIdentical(Model network) {
        Model ghost = convert(GhostBatchNorms.ghost(4), network);
        Model back = convert(GhostBatchNorms.plain(), ghost);

        assertThat(parameters(ghost)).isEqualTo(parameters(network));
        assertThat(state(ghost)).isEqualTo(state(network)).isNotEqualTo(new double[state(network).length]);
        assertThat(parameters(back)).isEqualTo(parameters(network));
        assertThat(state(back)).isEqualTo(state(network));
        assertThat(json(back)).isEqualTo(json(network)).isNotEqualTo(json(ghost));
    }

    @ParameterizedTest
    @MethodSource("trained")
    void unsplitGhost_trainsAsThePlainNetwork(Model network) {
        Model ghost = convert(GhostBatchNorms.ghost(SplitRule.NEVER), network);
        double[] before = parameters(network);

        fit(network, 4, 8);
        fit(ghost, 4, 8);

        assertThat(parameters(network)).isNotEqualTo(before);
        assertThat(parameters(ghost)).containsExactly(parameters(network), within(1e-9));
        assertThat(state(ghost)).containsExactly(state(network), within(1e-9));
    }

    @ParameterizedTest
    @MethodSource("trained")
    void inference_isThatOfTheOriginal(Model network) {
        Model ghost = convert(GhostBatchNorms.ghost(2), network);

        assertThat(output(ghost)).containsExactly(output(network), within(1e-12));
    }

    @ParameterizedTest
    @MethodSource("trained")
    void splitGhost_trainsDifferently(Model network) {
        Model ghost = convert(GhostBatchNorms.ghost(2), network);

        fit(network, 4, 5);
        fit(ghost, 4, 5);

        assertThat(parameters(ghost)).isNotEqualTo(parameters(network)).doesNotContain(Double.NaN);
    }

    @ParameterizedTest
    @MethodSource("trained")
    void roundTrip_continuesAsIfNothingHappened(Model network) {
        Model back = convert(GhostBatchNorms.plain(), convert(GhostBatchNorms.ghost(4), network));

        fit(network, 4, 7);
        fit(back, 4, 7);

        assertThat(parameters(back)).isEqualTo(parameters(network));
        assertThat(state(back)).isEqualTo(state(network));
    }

    @ParameterizedTest
    @MethodSource("trained")
    void original_isNotChanged(Model network) {
        network.setListeners(new CollectScoresListener(1));
        double[] parameters = parameters(network);
        double[] state = state(network);
        String json = json(network);

        Model ghost = convert(GhostBatchNorms.ghost(4), network);
        fit(ghost, 4, 6);

        assertThat(parameters(network)).isEqualTo(parameters);
        assertThat(state(network)).isEqualTo(state);
        assertThat(json(network)).isEqualTo(json);
        assertThat(listeners(network)).hasSize(1);
        assertThat(((CollectScoresListener) listeners(network).get(0))
                        .getListScore()
                        .size())
                .isZero();
        assertThat(listeners(ghost)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("trained")
    void counts_goOn(Model network) {
        Model ghost = convert(GhostBatchNorms.ghost(4), network);

        assertThat(iterations(ghost)).isEqualTo(4);
        fit(ghost, 4, 5);
        assertThat(iterations(ghost)).isEqualTo(5);
        assertThat(iterations(network)).isEqualTo(4);
    }

    @ParameterizedTest
    @MethodSource("trained")
    void savedAndLoaded_continuesAsTheOneKept(Model network) throws IOException {
        Model ghost = convert(GhostBatchNorms.ghost(3), network);
        Model loaded = GhostBatchNormsNets.savedAndLoaded(ghost);

        fit(ghost, 4, 7);
        fit(loaded, 4, 7);

        assertThat(json(loaded)).isEqualTo(json(ghost));
        assertThat(parameters(loaded)).isEqualTo(parameters(ghost));
        assertThat(state(loaded)).isEqualTo(state(ghost));
    }

    @ParameterizedTest
    @MethodSource("trained")
    void randomGenerator_isLeftAsItWas(Model network) {
        Nd4j.getRandom().setSeed(77);
        double expected = Nd4j.getRandom().nextDouble();
        Nd4j.getRandom().setSeed(77);

        convert(GhostBatchNorms.plain(), convert(GhostBatchNorms.ghost(4), network));

        assertThat(Nd4j.getRandom().nextDouble()).isEqualTo(expected);
    }

    @ParameterizedTest
    @MethodSource("trained")
    @SuppressWarnings("try") // the workspace is left by closing it
    void conversionInsideAWorkspace_outlivesIt(Model network) {
        Model ghost;
        try (MemoryWorkspace workspace = Nd4j.getWorkspaceManager()
                .getAndActivateWorkspace(WorkspaceConfiguration.builder().build(), "SURGERY")) {
            ghost = convert(GhostBatchNorms.ghost(4), network);
        }

        assertThat(ghost.params().isAttached()).isFalse();
        assertThat(GhostBatchNormsNets.updater(ghost).getStateViewArray().isAttached())
                .isFalse();
        assertThat(state(ghost)).isEqualTo(state(network));
    }

    @Test
    void transferLearning_worksOnAConvertedNetwork() {
        MultiLayerNetwork ghost = GhostBatchNorms.ghost(4).convert(stack());
        MultiLayerNetwork tuned = new TransferLearning.Builder(ghost)
                .fineTuneConfiguration(new FineTuneConfiguration.Builder()
                        .updater(new Sgd(0.1))
                        .build())
                .setFeatureExtractor(2)
                .build();

        MultiLayerNetwork plain = GhostBatchNorms.plain().convert(tuned);
        fit(tuned, 0, 2);

        assertThat(tuned.getLayer(1)).isInstanceOf(FrozenLayer.class);
        assertThat(GhostBatchNormsNets.values(tuned.getLayer(1).params()))
                .isEqualTo(GhostBatchNormsNets.values(ghost.getLayer(1).params()));
        assertThat(json(plain)).doesNotContain("Ghost");
        assertThat(plain.getLayer(1)).isInstanceOf(FrozenLayer.class);
    }

    @Test
    void earlyStopping_worksOnAConvertedNetwork() {
        MultiLayerNetwork ghost = GhostBatchNorms.ghost(4).convert(stack());
        List<DataSet> batches = List.of(GhostBatchNormsNets.batch(ghost, 0), GhostBatchNormsNets.batch(ghost, 1));
        ListDataSetIterator<DataSet> data =
                new ListDataSetIterator<>(DataSet.merge(batches).asList(), 8);

        EarlyStoppingResult<MultiLayerNetwork> result = new EarlyStoppingTrainer(
                        new EarlyStoppingConfiguration.Builder<MultiLayerNetwork>()
                                .epochTerminationConditions(new MaxEpochsTerminationCondition(3))
                                .scoreCalculator(new DataSetLossCalculator(data, true))
                                .modelSaver(new InMemoryModelSaver<>())
                                .build(),
                        ghost,
                        data)
                .fit();

        assertThat(result.getTerminationReason())
                .isEqualTo(EarlyStoppingResult.TerminationReason.EpochTerminationCondition);
        assertThat(json(result.getBestModel())).contains("GhostBatchNormalization");
    }

    @Test
    void updatersChangedAfterTraining_keepEachParameterItsState() {
        MultiLayerNetwork network = stack(norm("bn").build());
        fit(network, 0, 2);
        BaseLayer first = (BaseLayer) layer(network, 0);
        first.setIUpdater(new Adam(0.5));

        MultiLayerNetwork ghost = GhostBatchNorms.ghost(SplitRule.NEVER).convert(network);

        assertThat(GhostBatchNormsNets.updater(ghost).getUpdaterBlocks())
                .hasSize(1
                        + GhostBatchNormsNets.updater(network)
                                .getUpdaterBlocks()
                                .size());
        // [m of W, b, gamma, beta][v of W, b, gamma, beta] became [m, v of W, b][m, v of gamma, beta].
        double[] old = state(network);
        double[] renewed = state(ghost);
        int dense = 5 * 4 + 4;
        int norm = 4 + 4;
        assertThat(part(renewed, 0, dense)).isEqualTo(part(old, 0, dense)).doesNotContain(0);
        assertThat(part(renewed, dense, dense)).isEqualTo(part(old, dense + norm, dense));
        assertThat(part(renewed, 2 * dense, norm)).isEqualTo(part(old, dense, norm));
        assertThat(part(renewed, 2 * dense + norm, norm)).isEqualTo(part(old, 2 * dense + norm, norm));
        assertThat(part(renewed, 2 * (dense + norm), 30)).isEqualTo(part(old, 2 * (dense + norm), 30));
    }

    @Test
    void updaterClassChangedAfterTraining_isRefused() {
        MultiLayerNetwork network = stack(norm("bn").build());
        fit(network, 0, 1);
        ((BaseLayer) layer(network, 0)).setIUpdater(new Sgd(0.5));

        assertThatThrownBy(() -> GhostBatchNorms.ghost(4).convert(network))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("updater of the parameter at flat offset 0 must keep the state of the one that trained it, "
                        + "2 numbers for each weight, got 0; change its class before training starts");
    }

    private static double[] part(double[] values, int from, int length) {
        return Arrays.copyOfRange(values, from, from + length);
    }

    private static int iterations(Model network) {
        return network instanceof MultiLayerNetwork
                ? ((MultiLayerNetwork) network).getIterationCount()
                : ((ComputationGraph) network).getIterationCount();
    }

    private static List<?> listeners(Model network) {
        return List.copyOf(
                network instanceof MultiLayerNetwork
                        ? ((MultiLayerNetwork) network).getListeners()
                        : ((ComputationGraph) network).getListeners());
    }

    private static Layer layer(MultiLayerNetwork network, int index) {
        return network.getLayerWiseConfigurations().getConf(index).getLayer();
    }
}
