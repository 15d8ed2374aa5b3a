/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance;

import java.util.Map;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.learning.config.Sgd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class NormFollowingTest {

    private static ComputationGraphConfiguration.GraphBuilder graph() {
        return new NeuralNetConfiguration.Builder()
                .seed(3)
                .updater(new Sgd(0.1))
                .activation(Activation.RELU)
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(InputType.feedForward(Networks.IN));
    }

    private static ComputationGraph ending(ComputationGraphConfiguration.GraphBuilder graph, String last) {
        return Networks.initialised(graph.addLayer("out", Networks.output("out").build(), last)
                .setOutputs("out")
                .build());
    }

    private static BatchNormalization norm() {
        return new BatchNormalization();
    }

    @Test
    void stack_normsFollowTheLayerBeforeThroughActivationsPoolingAndDropout() {
        MultiLayerNetwork net = Networks.initialised(new NeuralNetConfiguration.Builder()
                .updater(new Sgd(0.1))
                .list()
                .layer(new BatchNormalization.Builder().name("inputNorm").build())
                .layer(new ConvolutionLayer.Builder(3, 3).name("conv").nOut(4).build())
                .layer(new ActivationLayer.Builder().activation(Activation.RELU).build())
                .layer(new SubsamplingLayer.Builder().build())
                .layer(new BatchNormalization.Builder().name("convNorm").build())
                .layer(Networks.dense("dense", 8).build())
                .layer(new PReLULayer.Builder().inputShape(8).name("prelu").build())
                .layer(new DropoutLayer.Builder(0.5).build())
                .layer(new BatchNormalization.Builder().name("denseNorm").build())
                .layer(new BatchNormalization.Builder().name("secondNorm").build())
                .layer(Networks.output("out").build())
                .setInputType(InputType.convolutional(8, 8, 2))
                .build());

        assertThat(NormFollowing.of(net))
                .isEqualTo(Map.of("convNorm", "conv", "denseNorm", "dense", "secondNorm", "dense"));
    }

    @Test
    void graph_plainChain_followsTheLayerBefore() {
        ComputationGraph net = ending(
                graph().addLayer("dense", Networks.dense("dense", 9).build(), "in")
                        .addLayer("relu", new ActivationLayer(Activation.RELU), "dense")
                        .addLayer("norm", norm(), "relu"),
                "norm");

        assertThat(NormFollowing.of(net)).isEqualTo(Map.of("norm", "dense"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void graph_afterAnAdditionWithIdentityShortcut_followsTheLastLayerOfTheBlock(boolean shortcutFirst) {
        ComputationGraph net = ending(
                graph().addLayer("stem", Networks.dense("stem", 9).build(), "in")
                        .addLayer("main", Networks.dense("main", 9).build(), "stem")
                        .addLayer("relu", new ActivationLayer(Activation.RELU), "main")
                        .addVertex("add", addition(), inOrder(shortcutFirst, "stem", "relu"))
                        .addLayer("norm", norm(), "add"),
                "norm");

        assertThat(NormFollowing.of(net)).isEqualTo(Map.of("norm", "main"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void graph_afterAnAdditionWithProjectionShortcut_followsTheMainPath(boolean shortcutFirst) {
        ComputationGraph net = ending(
                graph().addLayer("stem", Networks.dense("stem", 9).build(), "in")
                        .addLayer("main1", Networks.dense("main1", 8).build(), "stem")
                        .addLayer("norm1", norm(), "main1")
                        .addLayer("main2", Networks.dense("main2", 7).build(), "norm1")
                        .addLayer("norm2", norm(), "main2")
                        .addLayer("projection", Networks.dense("projection", 7).build(), "stem")
                        .addLayer("shortcutNorm", norm(), "projection")
                        .addVertex("add", addition(), inOrder(shortcutFirst, "shortcutNorm", "norm2"))
                        .addLayer("norm", norm(), "add"),
                "norm");

        assertThat(NormFollowing.of(net))
                .isEqualTo(Map.of("norm1", "main1", "norm2", "main2", "shortcutNorm", "projection", "norm", "main2"));
    }

    @Test
    void graph_preActivationBlocks_followTheConvolutionTheyNormalize() {
        ComputationGraph net = ending(
                graph().addLayer("inputNorm", norm(), "in")
                        .addLayer("stem", Networks.dense("stem", 9).build(), "inputNorm")
                        .addLayer("norm1", norm(), "stem")
                        .addLayer("relu1", new ActivationLayer(Activation.RELU), "norm1")
                        .addLayer("conv1", Networks.dense("conv1", 9).build(), "relu1")
                        .addVertex("add1", addition(), "stem", "conv1")
                        .addLayer("norm2", norm(), "add1")
                        .addLayer("conv2", Networks.dense("conv2", 9).build(), "norm2")
                        .addVertex("add2", addition(), "add1", "conv2")
                        .addLayer("norm3", norm(), "add2"),
                "norm3");

        assertThat(NormFollowing.of(net)).isEqualTo(Map.of("norm1", "stem", "norm2", "conv1", "norm3", "conv2"));
    }

    private static ElementWiseVertex addition() {
        return new ElementWiseVertex(ElementWiseVertex.Op.Add);
    }

    private static String[] inOrder(boolean first, String one, String other) {
        return first ? new String[] {one, other} : new String[] {other, one};
    }

    @Test
    void frozenNorm_isStillANorm() {
        MultiLayerNetwork net = Networks.initialised(new NeuralNetConfiguration.Builder()
                .updater(new Sgd(0.1))
                .list()
                .layer(Networks.dense("dense", 9).build())
                .layer(new BatchNormalization.Builder().name("frozenNorm").build())
                .layer(new BatchNormalization.Builder().name("norm").build())
                .layer(Networks.output("out").build())
                .setInputType(InputType.feedForward(Networks.IN))
                .build());

        MultiLayerNetwork frozen =
                new TransferLearning.Builder(net).setFeatureExtractor(1).build();

        assertThat(NormFollowing.of(frozen)).containsEntry("norm", "dense");
        assertThat(NormFollowing.of(Networks.restored(frozen))).containsEntry("norm", "dense");
    }

    private static TempBalanceUpdate attached(Model net, TempBalanceBuilder settings) {
        return settings.build().attach(net).history().last().get();
    }

    @Test
    void norm_takesTheWholeRateOfItsLayer_multiplierIncluded() {
        TempBalanceUpdate update = attached(
                Networks.stack(new Sgd(0.1)),
                Networks.settings().multiplier("first", 0.5).multiplier("norm", 0.25));

        double first = update.layer("first").get().factor();
        assertThat(update.layer("norm").get().factor()).isEqualTo(first * 0.25);
        assertThat(update.layer("norm").get().note()).isEqualTo("follows first");
    }

    @Test
    void normFollows_overridesTheNearestLayer() {
        TempBalanceUpdate update =
                attached(Networks.stack(new Sgd(0.1)), Networks.settings().normFollows("norm", "out"));

        assertThat(update.layer("norm").get().factor())
                .isEqualTo(update.layer("out").get().factor())
                .isNotEqualTo(update.layer("first").get().factor());
        assertThat(update.layer("norm").get().note()).isEqualTo("follows out");
    }

    @Test
    void normFollows_nothing_keepsItsOwnRate() {
        TempBalanceUpdate update =
                attached(Networks.graph(new Sgd(0.1)), Networks.settings().normFollows("norm", ""));

        assertThat(update.layer("norm").get().factor()).isEqualTo(1);
        assertThat(update.layer("norm").get().note()).isEqualTo("not a kind that is scored");
    }

    @Test
    void followNorms_off_leavesThemAtTheirOwnRateExceptTheNamedOnes() {
        TempBalanceUpdate none =
                attached(Networks.stack(new Sgd(0.1)), Networks.settings().followNorms(false));
        TempBalanceUpdate named = attached(
                Networks.stack(new Sgd(0.1)),
                Networks.settings().followNorms(false).normFollows("norm", "third"));

        assertThat(none.layer("norm").get().factor()).isEqualTo(1);
        assertThat(none.layer("first").get().factor()).isNotEqualTo(1);
        assertThat(named.layer("norm").get().factor())
                .isEqualTo(named.layer("third").get().factor());
    }

    @Test
    void normFollows_ofAScoredLayer_isRefused() {
        assertThatThrownBy(() -> attached(
                        Networks.stack(new Sgd(0.1)), Networks.settings().normFollows("second", "first")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("normFollows: 'second' is scored itself and follows no layer; name a normalization, or "
                        + "exclude('second')");
        TempBalanceUpdate excluded = attached(
                Networks.stack(new Sgd(0.1)),
                Networks.settings().normFollows("second", "first").exclude("second"));
        assertThat(excluded.layer("second").get().factor())
                .isEqualTo(excluded.layer("first").get().factor());
        assertThat(excluded.layer("second").get().note()).isEqualTo("excluded by name; follows first");
    }
}
