/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn;

import io.github.dl4jdynamics.ghostbn.math.Grouping;
import io.github.dl4jdynamics.ghostbn.math.RunningRule;
import io.github.dl4jdynamics.ghostbn.math.SplitRule;
import io.github.dl4jdynamics.ghostbn.math.TailPolicy;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.layers.FrozenLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

import static io.github.dl4jdynamics.ghostbn.GhostBatchNormsNets.fit;
import static io.github.dl4jdynamics.ghostbn.GhostBatchNormsNets.json;
import static io.github.dl4jdynamics.ghostbn.GhostBatchNormsNets.norm;
import static io.github.dl4jdynamics.ghostbn.GhostBatchNormsNets.parameters;
import static io.github.dl4jdynamics.ghostbn.GhostBatchNormsNets.stack;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** What conversion is asked for, and what it refuses. */
class GhostBatchNormsTest {

    @Test
    void updaters_areNotSharedWithTheOriginal() {
        MultiLayerNetwork network = stack();
        MultiLayerNetwork ghost = GhostBatchNorms.ghost(4).convert(network);

        ghost.setLearningRate(0.5);

        assertThat(network.getLearningRate(0)).isEqualTo(0.02);
        assertThat(ghost.getLearningRate(0)).isEqualTo(0.5);
    }

    @Test
    void epochCount_isKept() {
        MultiLayerNetwork stack = stack();
        stack.setEpochCount(7);
        ComputationGraph graph = GhostBatchNormsNets.residual();
        graph.getConfiguration().setEpochCount(7);

        assertThat(GhostBatchNorms.ghost(4).convert(stack).getEpochCount()).isEqualTo(7);
        assertThat(GhostBatchNorms.ghost(4).convert(graph).getEpochCount()).isEqualTo(7);
    }

    @Test
    void untrainedNetwork_getsNoUpdaterState() {
        MultiLayerNetwork ghost = GhostBatchNorms.ghost(4).convert(stack());

        assertThat(GhostBatchNormsNets.updater(ghost)).isNull();
        fit(ghost, 0, 1);
        assertThat(parameters(ghost)).doesNotContain(Double.NaN);
    }

    @Test
    void lockedGamma_countsWhereThePlainLayerIgnoresIt() {
        MultiLayerNetwork network =
                stack(norm("bn").lockGammaBeta(true).gamma(2).beta(0).build());
        MultiLayerNetwork ghost = GhostBatchNorms.ghost(4).convert(network);
        INDArray features = GhostBatchNormsNets.batch(network, 0).getFeatures();

        double[] plainOutput =
                network.feedForward(features).get(2).mul(2).data().asDouble();

        assertThat(ghost.feedForward(features).get(2).data().asDouble()).containsExactly(plainOutput, within(1e-12));
    }

    @Test
    void ghostSettings_areThoseGiven() {
        SplitRule rule = SplitRule.ofSize(5)
                .grouping(Grouping.STRIDED)
                .tailPolicy(TailPolicy.MERGE_LAST)
                .minimumValues(3);

        MultiLayerNetwork ghost = GhostBatchNorms.ghost(rule, RunningRule.SEQUENTIAL)
                .convert(stack(norm("bn").build()));

        GhostBatchNormalization layer = (GhostBatchNormalization) layer(ghost, 1);
        assertThat(layer.splitRule()).isEqualTo(rule);
        assertThat(layer.getRunningRule()).isEqualTo(RunningRule.SEQUENTIAL);
    }

    @Test
    void ghostLayers_areRenewed() {
        MultiLayerNetwork ghost = stack(GhostBatchNormalization.builder()
                .name("bn")
                .ghostBatchSize(3)
                .decay(0.6)
                .build());

        GhostBatchNormalization layer =
                (GhostBatchNormalization) layer(GhostBatchNorms.ghost(6).convert(ghost), 1);

        assertThat(layer.getGhostBatchSize()).isEqualTo(6);
        assertThat(layer.getDecay()).isEqualTo(0.6);
    }

    @Test
    void layersByPredicate_leaveTheOthersAlone() {
        MultiLayerNetwork network =
                stack(norm("a1").build(), norm("b1").build(), norm("a2").build());

        MultiLayerNetwork ghost =
                GhostBatchNorms.ghost(4).layers(name -> name.startsWith("a")).convert(network);

        assertThat(layer(ghost, 1)).isInstanceOf(GhostBatchNormalization.class);
        assertThat(layer(ghost, 3)).isExactlyInstanceOf(BatchNormalization.class);
        assertThat(layer(ghost, 5)).isInstanceOf(GhostBatchNormalization.class);
    }

    @Test
    void layersByName_refuseNamesThatAreMissing() {
        MultiLayerNetwork network = stack(norm("bn1").build(), norm("bn2").build());

        MultiLayerNetwork ghost = GhostBatchNorms.ghost(4).layers("bn2").convert(network);

        assertThat(layer(ghost, 1)).isExactlyInstanceOf(BatchNormalization.class);
        assertThat(layer(ghost, 3)).isInstanceOf(GhostBatchNormalization.class);
        assertThatThrownBy(() -> GhostBatchNorms.plain().layers("bn2", "bm").convert(ghost))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("layers(...) must name batch normalization layers of the network, got [bm]; it has "
                        + "[bn1, bn2]");
    }

    @Test
    void networkWithoutBatchNormalization_givesACopy() {
        MultiLayerNetwork network = stack(new Layer[0]);

        MultiLayerNetwork copy = GhostBatchNorms.ghost(4).convert(network);

        assertThat(copy).isNotSameAs(network);
        assertThat(json(copy)).isEqualTo(json(network));
        fit(copy, 0, 1);
        assertThat(parameters(copy)).isNotEqualTo(parameters(network));
    }

    @Test
    void configurations_areConvertedAndTrainFromTheSameStart() {
        MultiLayerConfiguration stack = stack().getLayerWiseConfigurations();
        ComputationGraphConfiguration graph = GhostBatchNormsNets.residual().getConfiguration();
        MultiLayerNetwork ghostStack =
                new MultiLayerNetwork(GhostBatchNorms.ghost(4).convert(stack));
        ComputationGraph ghostGraph =
                new ComputationGraph(GhostBatchNorms.ghost(4).convert(graph));

        ghostStack.init();
        ghostGraph.init();

        assertThat(parameters(ghostStack)).isEqualTo(parameters(stack()));
        assertThat(parameters(ghostGraph)).isEqualTo(parameters(GhostBatchNormsNets.residual()));
        assertThat(ghostStack.getLayer(1).conf().getLayer()).isInstanceOf(GhostBatchNormalization.class);
        assertThat(GhostBatchNorms.plain()
                        .convert(ghostGraph.getConfiguration())
                        .toJson())
                .isEqualTo(graph.toJson());
    }

    @Test
    void storedVariances_surviveInAConfigurationNeverInitialised() {
        MultiLayerConfiguration conf = GhostBatchNormsNets.base()
                .list()
                .layer(norm("bn").useLogStd(false).build())
                .layer(GhostBatchNormsNets.output())
                .setInputType(InputType.feedForward(5))
                .build();

        Layer ghost = GhostBatchNorms.ghost(4).convert(conf).getConf(0).getLayer();

        assertThat(((GhostBatchNormalization) ghost).isUseLogStd()).isFalse();
    }

    @Test
    void layersFrozenInTheNetworkAlone_stayFrozen() {
        MultiLayerNetwork stack = stack(norm("bn").build());
        org.deeplearning4j.nn.api.Layer[] layers = stack.getLayers();
        layers[0] = new FrozenLayer(layers[0]);
        ComputationGraph graph = GhostBatchNormsNets.residual();
        graph.getVertex("conv").setLayerAsFrozen();

        MultiLayerNetwork ghostStack = GhostBatchNorms.ghost(4).convert(stack);
        ComputationGraph ghostGraph = GhostBatchNorms.ghost(4).convert(graph);

        assertThat(ghostStack.getLayer(0)).isInstanceOf(FrozenLayer.class);
        assertThat(ghostGraph.getLayer("conv")).isInstanceOf(FrozenLayer.class);
        double[] weights =
                GhostBatchNormsNets.values(ghostGraph.getLayer("conv").params());
        fit(ghostGraph, 0, 2);
        assertThat(GhostBatchNormsNets.values(ghostGraph.getLayer("conv").params()))
                .isEqualTo(weights);
    }

    @Test
    void badArguments_areRefusedWithARemedy() {
        GhostBatchNorms ghost = GhostBatchNorms.ghost(4);

        assertThatThrownBy(() -> GhostBatchNorms.ghost(0)).hasMessageContaining("must be >= 1 example, got 0");
        assertThatThrownBy(() -> GhostBatchNorms.ghost(null, RunningRule.SCALED))
                .hasMessage("split rule of ghost(...) must not be null; pass SplitRule.ofSize(32)");
        assertThatThrownBy(() -> GhostBatchNorms.ghost(SplitRule.ofSize(4), null))
                .hasMessage("running rule of ghost(...) must not be null; pass RunningRule.AVERAGE_ONCE");
        assertThatThrownBy(() -> ghost.layers(new String[0]))
                .hasMessage("layers(...) needs at least one name, got none; leave it out for all layers");
        assertThatThrownBy(() -> ghost.convert((MultiLayerNetwork) null))
                .hasMessage("network to convert must not be null; pass an initialised one");
        assertThatThrownBy(() -> ghost.convert((ComputationGraph) null))
                .hasMessage("graph to convert must not be null; pass an initialised one");
        assertThatThrownBy(() -> ghost.convert((MultiLayerConfiguration) null))
                .hasMessage("configuration to convert must not be null; pass a built one");
        assertThatThrownBy(() -> ghost.convert((ComputationGraphConfiguration) null))
                .hasMessage("configuration to convert must not be null; pass a built one");
    }

    @Test
    void networksNotInitialised_areRefused() {
        MultiLayerNetwork stack = new MultiLayerNetwork(stack().getLayerWiseConfigurations());
        ComputationGraph graph =
                new ComputationGraph(GhostBatchNormsNets.residual().getConfiguration());

        assertThatThrownBy(() -> GhostBatchNorms.ghost(4).convert(stack))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("network to convert must be initialised, got one without parameters; call init(), or "
                        + "convert its configuration");
        assertThatThrownBy(() -> GhostBatchNorms.ghost(4).convert(graph))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("graph to convert must be initialised, got one without parameters; call init(), or convert "
                        + "its configuration");
    }

    @Test
    void description_namesTheDirectionAndTheRule() {
        assertThat(GhostBatchNorms.plain()).hasToString("to plain batch normalization");
        assertThat(GhostBatchNorms.ghost(SplitRule.NEVER))
                .hasToString("to ghost batch normalization in whole batch, running statistics AVERAGE_ONCE");
    }

    private static Layer layer(MultiLayerNetwork network, int index) {
        return network.getLayerWiseConfigurations().getConf(index).getLayer();
    }
}
