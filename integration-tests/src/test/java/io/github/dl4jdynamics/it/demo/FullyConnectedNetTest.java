/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.demo;

import io.github.dl4jdynamics.ghostbn.GhostBatchNormalization;
import io.github.dl4jdynamics.it.demo.data.ImageShape;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Nesterovs;

import static org.assertj.core.api.Assertions.assertThat;

class FullyConnectedNetTest {
    private static final FullyConnectedNet NET = new FullyConnectedNet(ImageShape.of(1, 28, 28), 10);

    @Test
    void configuration_mnist_hasTheParametersCountedByHand() {
        ComputationGraph network = network(NET.configuration(new Nesterovs(0.1), BatchNormalization::new, 1));

        int layers = 784 * 256 + 256 * 256 + 256 * 256;
        int normalizations = 3 * 4 * 256;
        assertThat(network.numParams()).isEqualTo(layers + normalizations + 256 * 10 + 10);
    }

    @Test
    void configuration_ghostNormalization_isInEveryHiddenLayer() {
        ComputationGraph network = network(NET.configuration(new Nesterovs(0.1), GhostBatchNormalization::new, 1));

        for (int i = 1; i <= 3; i++) {
            assertThat(network.getLayer("bn" + i).conf().getLayer()).isInstanceOf(GhostBatchNormalization.class);
        }
        assertThat(network.outputSingle(Nd4j.rand(5, 1, 28, 28)).shape()).containsExactly(5, 10);
    }

    private static ComputationGraph network(ComputationGraphConfiguration configuration) {
        ComputationGraph network = new ComputationGraph(configuration);
        network.init();
        return network;
    }
}
