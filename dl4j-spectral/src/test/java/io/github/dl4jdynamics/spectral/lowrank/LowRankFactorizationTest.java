/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.lowrank;

import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Settings, refusals and the report. */
class LowRankFactorizationTest {
    private static final InputType FLAT = InputType.feedForward(LowRankNets.IN);

    @Test
    void defaults_keepTheEnergyOfEveryLayer() {
        MultiLayerNetwork net = LowRankNets.lowRank(LowRankNets.sequence(FLAT, LowRankNets.plain()), 4);

        FactorizedNetwork<MultiLayerNetwork> small =
                LowRankFactorization.builder().build().factorize(net);

        assertThat(small.layers()).allMatch(row -> row.energy() >= 0.99 && row.rank() <= 4);
    }

    @Test
    void maxRank_capsTheRanksOfTheOthers() {
        MultiLayerNetwork net = LowRankNets.lowRank(LowRankNets.sequence(FLAT, LowRankNets.plain()), 5);

        FactorizedNetwork<MultiLayerNetwork> small = LowRankFactorization.builder()
                .energy(1)
                .maxRank(2)
                .rank("second", 3)
                .rank("out", 12)
                .build()
                .factorize(net);

        // 12 is more than the rank of the matrix, which is what it gets.
        assertThat(small.layers()).extracting(LayerFactorization::rank).containsExactly(2, 3, 5);
        assertThat(small.layer("first").orElseThrow().energy()).isLessThan(1);
    }

    @Test
    void layers_othersAreNotChosen() {
        MultiLayerNetwork net = LowRankNets.lowRank(LowRankNets.sequence(FLAT, LowRankNets.plain()), 2);

        FactorizedNetwork<MultiLayerNetwork> small = LowRankFactorization.builder()
                .layers("second")
                .rank("out", 1)
                .build()
                .factorize(net);

        assertThat(small.layers()).extracting(LayerFactorization::replaced).containsExactly(false, true, true);
        assertThat(small.layer("first").orElseThrow().note()).contains("not chosen");
        assertThat(small.network().getLayer("first").getParam("W"))
                .isEqualTo(net.getLayer("first").getParam("W"));
    }

    @Test
    void nameOfTheFirstLayer_ifTaken_growsOn() {
        ComputationGraph net = LowRankNets.lowRank(
                LowRankNets.graph(
                        DataType.DOUBLE,
                        FLAT,
                        LowRankNets.dense("a-in", 18),
                        LowRankNets.dense("a", 18),
                        LowRankNets.output()),
                2);

        ComputationGraph small = LowRankFactorization.builder()
                .layers("a")
                .build()
                .factorize(net)
                .network();

        assertThat(small.getConfiguration().getVertices()).containsOnlyKeys("a-in", "a-in-in", "a", "out");
        assertThat(small.getConfiguration().getVertexInputs().get("a")).containsExactly("a-in-in");
    }

    @Test
    void report_tellsWhatBecameOfEachLayer() {
        MultiLayerNetwork net = LowRankNets.lowRank(LowRankNets.sequence(FLAT, LowRankNets.plain()), 2);
        net.getLayer("second").getParam("W").assign(0);

        FactorizedNetwork<MultiLayerNetwork> small =
                LowRankFactorization.builder().energy(1).build().factorize(net);

        LayerFactorization first = small.layers().get(0);
        assertThat(first.type()).isEqualTo("DenseLayer");
        assertThat(first.rows()).isEqualTo(24);
        assertThat(first.cols()).isEqualTo(20);
        assertThat(first.fullRank()).isEqualTo(20);
        assertThat(first.note()).isEmpty();
        assertThat(first).hasToString("first: rank 2 of 20");
        assertThat(small.layers().get(1).rank()).isEqualTo(16);
        assertThat(small.table().rows()).hasSize(3);
        assertThat(small.toString())
                .contains("second", "all weights are zero")
                .endsWith("parameters: 1108 -> " + small.network().numParams());
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, 1.001, Double.NaN, Double.POSITIVE_INFINITY})
    void energy_outsideItsRange_isRefused(double energy) {
        assertThatThrownBy(() -> LowRankFactorization.builder().energy(energy))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("energy of the factorization must be in (0, 1], got %s; 0.99 is the default", energy);
    }

    @Test
    void ranks_below1_areRefused() {
        assertThatThrownBy(() -> LowRankFactorization.builder().maxRank(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("maxRank of the factorization must be >= 1, got 0");
        assertThatThrownBy(() -> LowRankFactorization.builder().rank("out", 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("rank of layer 'out' must be >= 1, got 0");
    }

    @Test
    void layers_thatDoNotExist_areRefusedByName() {
        MultiLayerNetwork net = LowRankNets.sequence(FLAT, LowRankNets.plain());

        assertThatThrownBy(() -> LowRankFactorization.builder()
                        .layers("first", "frist")
                        .rank("thrid", 2)
                        .build()
                        .factorize(net))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "layers to factorize must be among the network's, [first, out, second], got [frist, thrid]; "
                                + "a layer without a name is called layer<index>");
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.NEGATIVE_INFINITY})
    void weights_notFinite_areRefusedWithTheirPlace(double bad) {
        MultiLayerNetwork net = LowRankNets.sequence(FLAT, LowRankNets.plain());
        net.getLayer("second").getParam("W").putScalar(3, 5, bad);

        assertThatThrownBy(() -> LowRankFactorization.builder().build().factorize(net))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "weights of layer 'second' must be finite to be factorized, got %s at [3, 5] of the shape "
                                + "[24, 16]; go back to an earlier checkpoint, or name the other layers in layers(..)",
                        bad);
        assertThat(LowRankFactorization.builder()
                        .layers("first")
                        .build()
                        .factorize(net)
                        .layers())
                .hasSize(3);
    }

    @Test
    void network_notInitialised_isRefused() {
        MultiLayerNetwork net = LowRankNets.sequence(FLAT, LowRankNets.plain());
        MultiLayerNetwork raw = new MultiLayerNetwork(net.getLayerWiseConfigurations());

        assertThatThrownBy(() -> LowRankFactorization.builder().build().factorize(raw))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("call init() first");
        assertThatThrownBy(() -> LowRankFactorization.builder().build().factorize((MultiLayerNetwork) null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("network to factorize must not be null");
    }

    @Test
    void toBuilder_hasTheSameSettings() {
        LowRankFactorization factorization = LowRankFactorization.builder()
                .energy(0.9)
                .maxRank(7)
                .rank("a", 2)
                .layers("b", "c")
                .build();

        assertThat(factorization)
                .hasToString("LowRankFactorization{energy=0.9, maxRank=7, ranks={a=2}, layers=[b, c]}");
        assertThat(factorization.toBuilder().build()).hasToString(factorization.toString());
        assertThat(LowRankFactorization.builder().build()).hasToString("LowRankFactorization{energy=0.99, layers=all}");
    }
}
