/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance;

import io.github.dl4jdynamics.tempbalance.math.Blocks;
import io.github.dl4jdynamics.tempbalance.math.ExclusionRules;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.learning.config.Sgd;

import static org.assertj.core.api.Assertions.assertThat;

class GraphBlocksTest {

    @Test
    void residualBlocks_areNamedAfterTheirAddition() {
        Blocks blocks = GraphBlocks.of(network());

        assertThat(blocks.keyOf("first1")).contains("add1");
        assertThat(blocks.keyOf("first2")).contains("add1");
        assertThat(blocks.keyOf("second1")).contains("add2");
        assertThat(blocks.keyOf("second2")).contains("add2");
        assertThat(blocks.keyOf("shortcut")).contains("add2");
        assertThat(blocks.keyOf("stem")).as("its way forks before any addition").isEmpty();
        assertThat(blocks.keyOf("out")).as("its way ends").isEmpty();
    }

    @Test
    void attach_byGraph_givesABlockOneFactor() {
        TempBalanceUpdate update = TempBalance.builder()
                .exclusions(ExclusionRules.builder()
                        .excludeFirst(false)
                        .excludeLast(false)
                        .minEigenvalues(2)
                        .build())
                .blocks(GraphBlocks.of(network()))
                .build()
                .attach(network())
                .history()
                .last()
                .get();

        double first = update.layer("first1").get().factor();
        double second = update.layer("second1").get().factor();
        assertThat(update.layer("first2").get().factor()).isEqualTo(first);
        assertThat(update.layer("second2").get().factor()).isEqualTo(second);
        assertThat(update.layer("shortcut").get().factor()).isEqualTo(second);
        assertThat(first).isNotEqualTo(second);
        assertThat(update.layer("stem").get().factor()).isEqualTo(1);
    }

    private static ComputationGraph network() {
        ComputationGraph net = new ComputationGraph(new NeuralNetConfiguration.Builder()
                .seed(3)
                .updater(new Sgd(0.1))
                .activation(Activation.RELU)
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(InputType.feedForward(9))
                .addLayer("stem", dense(20), "in")
                .addLayer("first1", dense(20), "stem")
                .addLayer("norm", new BatchNormalization(), "first1")
                .addLayer("first2", dense(20), "norm")
                .addVertex("add1", new ElementWiseVertex(ElementWiseVertex.Op.Add), "first2", "stem")
                .addLayer("second1", dense(30), "add1")
                .addLayer("second2", dense(40), "second1")
                .addLayer("shortcut", dense(40), "add1")
                .addVertex("add2", new ElementWiseVertex(ElementWiseVertex.Op.Add), "second2", "shortcut")
                .addLayer(
                        "out",
                        new OutputLayer.Builder()
                                .nOut(3)
                                .activation(Activation.SOFTMAX)
                                .build(),
                        "add2")
                .setOutputs("out")
                .build());
        net.init();
        return net;
    }

    private static DenseLayer dense(int width) {
        return new DenseLayer.Builder().nOut(width).build();
    }
}
