/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.demo;

import java.io.IOException;

import com.google.common.collect.ImmutableSet;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Nesterovs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** On the demo's own images. */
class LcaNetworkTest {
    private static final double RATE = 0.01;

    @ParameterizedTest
    @EnumSource(LcaNetwork.class)
    void network_ofOneSeed_startsAlikeHoweverItsLastLayerIsTrained(LcaNetwork network) throws IOException {
        INDArray weights =
                network.network(plan(), RATE, LastLayer.STANDARD, 1).params().dup();

        for (LastLayer last : LastLayer.values()) {
            assertThat(network.network(plan(), 10 * RATE, last, 1).params())
                    .as(last.toString())
                    .isEqualTo(weights);
        }
        assertThat(network.network(plan(), RATE, LastLayer.STANDARD, 2).params())
                .isNotEqualTo(weights);
    }

    @ParameterizedTest
    @EnumSource(LcaNetwork.class)
    void frozenLastLayer_isNotMovedByTraining_othersAre(LcaNetwork network) throws IOException {
        ComputationGraph net = network.network(plan(), RATE, LastLayer.FROZEN, 1);
        INDArray last = net.getLayer(LcaNetwork.LAST).params().dup();
        INDArray all = net.params().dup();
        DataSet batch = plan().data().trainBatches(20, 1).next();

        net.fit(batch);
        net.fit(batch);

        assertThat(net.getLayer(LcaNetwork.LAST).params()).isEqualTo(last);
        assertThat(net.params()).isNotEqualTo(all);
    }

    @Test
    void lastLayer_slowAndWithoutMomentum_goAsFarInTheLongRun() {
        Nesterovs slow = (Nesterovs) LastLayer.SLOW.updater(0.1);
        Nesterovs direct = (Nesterovs) LastLayer.NO_MOMENTUM.updater(0.1);

        assertThat(slow.getLearningRate() / (1 - slow.getMomentum()))
                .isCloseTo(direct.getLearningRate() / (1 - direct.getMomentum()), within(1e-12));
    }

    private static LcaPlan plan() throws IOException {
        return LcaPlan.of(DemoSettings.parse(new String[] {"--size=small"}, ImmutableSet.of("lca")));
    }
}
