/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.invariance;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.dropout.GaussianNoise;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.dataset.DataSet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class ScaleInvariantGroupsTest {

    private static List<String> names(Model net) {
        return ScaleInvariantGroups.of(net).groups().stream()
                .map(group -> String.join(" + ", group.parameters()))
                .collect(Collectors.toList());
    }

    static Stream<Arguments> nets() {
        InputType vector = InputType.feedForward(5);
        return Stream.of(
                net(
                        "dense, identity",
                        List.of("d.W"),
                        Nets.stack(vector, Nets.dense("d", 6).build(), Nets.norm("n"), Nets.output("out"))),
                net(
                        "dense, ReLU inside",
                        List.of("d.W + d.b"),
                        Nets.stack(
                                vector,
                                Nets.dense("d", 6).activation(Activation.RELU).build(),
                                Nets.norm("n"),
                                Nets.output("out"))),
                net(
                        "dense, ReLU layer",
                        List.of("d.W + d.b"),
                        Nets.stack(
                                vector,
                                Nets.dense("d", 6).build(),
                                Nets.relu("r"),
                                Nets.norm("n"),
                                Nets.output("out"))),
                net(
                        "dense, sigmoid",
                        List.of(),
                        Nets.stack(
                                vector,
                                Nets.dense("d", 6)
                                        .activation(Activation.SIGMOID)
                                        .build(),
                                Nets.norm("n"),
                                Nets.output("out"))),
                net(
                        "two dense, one norm",
                        List.of("d.W", "e.W"),
                        Nets.stack(
                                vector,
                                Nets.dense("d", 6).build(),
                                Nets.norm("n"),
                                Nets.dense("c", 6).activation(Activation.TANH).build(),
                                Nets.dense("e", 6).build(),
                                Nets.norm("m"),
                                Nets.output("out"))),
                net(
                        "conv, no bias",
                        List.of("c.W"),
                        Nets.stack(
                                Nets.image(),
                                Nets.conv("c", 3)
                                        .hasBias(false)
                                        .activation(Activation.RELU)
                                        .build(),
                                Nets.norm("n"),
                                Nets.output("out"))),
                net(
                        "conv, norm, chain",
                        List.of("c.W", "e.W", "n.gamma + n.beta"),
                        Nets.stack(
                                Nets.image(),
                                Nets.conv("c", 3).build(),
                                Nets.norm("n"),
                                Nets.relu("r"),
                                Nets.conv("e", 3).build(),
                                Nets.norm("m"),
                                Nets.output("out"))),
                net(
                        "bias between norms",
                        List.of("c.W", "e.W + e.b"),
                        Nets.stack(
                                Nets.image(),
                                Nets.conv("c", 3).build(),
                                Nets.norm("n"),
                                Nets.conv("e", 3).activation(Activation.RELU).build(),
                                Nets.norm("m"),
                                Nets.output("out"))),
                net(
                        "max pooling",
                        List.of("c.W"),
                        Nets.stack(
                                Nets.image(),
                                Nets.conv("c", 3).build(),
                                pooling(SubsamplingLayer.PoolingType.MAX),
                                Nets.norm("n"),
                                Nets.output("out"))),
                net(
                        "p-norm pooling",
                        List.of("c.W + c.b"),
                        Nets.stack(
                                Nets.image(),
                                Nets.conv("c", 3).build(),
                                pooling(SubsamplingLayer.PoolingType.PNORM),
                                Nets.norm("n"),
                                Nets.output("out"))),
                net(
                        "padding, upsampling",
                        List.of("c.W + c.b"),
                        Nets.stack(
                                Nets.image(),
                                Nets.conv("c", 3).build(),
                                new ZeroPaddingLayer.Builder(1, 1).build(),
                                new Upsampling2D.Builder(2).build(),
                                Nets.norm("n"),
                                Nets.output("out"))),
                net(
                        "learned slope",
                        List.of("c.W + c.b"),
                        Nets.stack(
                                Nets.image(),
                                Nets.conv("c", 3).build(),
                                new PReLULayer.Builder()
                                        .name("p")
                                        .inputShape(3, 6, 6)
                                        .build(),
                                Nets.norm("n"),
                                Nets.output("out"))),
                net(
                        "depthwise",
                        List.of("c.W + c.b"),
                        Nets.stack(
                                Nets.image(),
                                new DepthwiseConvolution2D.Builder(3, 3)
                                        .name("c")
                                        .depthMultiplier(2)
                                        .activation(Activation.RELU)
                                        .build(),
                                Nets.norm("n"),
                                Nets.output("out"))),
                net(
                        "separable",
                        List.of("c.pW", "c.W"),
                        Nets.stack(
                                Nets.image(),
                                new SeparableConvolution2D.Builder(3, 3)
                                        .name("c")
                                        .nOut(4)
                                        .build(),
                                Nets.norm("n"),
                                Nets.output("out"))),
                net(
                        "transposed",
                        List.of("c.W"),
                        Nets.stack(
                                Nets.image(),
                                new Deconvolution2D.Builder(2, 2)
                                        .name("c")
                                        .nOut(4)
                                        .build(),
                                Nets.norm("n"),
                                Nets.output("out"))),
                net(
                        "norm behind flattening",
                        List.of("c.W"),
                        Nets.stack(
                                Nets.image(),
                                Nets.conv("c", 3).build(),
                                Nets.norm("n"),
                                Nets.dense("d", 5).activation(Activation.TANH).build(),
                                Nets.output("out"))),
                net(
                        "locked norm",
                        List.of("c.W", "e.W"),
                        Nets.stack(
                                Nets.image(),
                                Nets.conv("c", 3).build(),
                                new BatchNormalization.Builder(true)
                                        .name("n")
                                        .eps(1e-12)
                                        .build(),
                                Nets.conv("e", 3).build(),
                                Nets.norm("m"),
                                Nets.output("out"))),
                net("pre-activation", List.of("stem.W + conv1.W + conv2.W"), Nets.preActivation()),
                net(
                        "post-activation",
                        List.of("stem.W", "conv1.W", "conv2.W", "bn0.gamma + bn0.beta + bn1.gamma + bn1.beta"),
                        Nets.postActivation()),
                net("branches", List.of("left.W + left.b + right.W", "up.W", "down.W + down.b"), Nets.branches()));
    }

    private static SubsamplingLayer pooling(SubsamplingLayer.PoolingType type) {
        SubsamplingLayer.Builder pooling = new SubsamplingLayer.Builder(type, new int[] {2, 2}, new int[] {2, 2});
        return type == SubsamplingLayer.PoolingType.PNORM ? pooling.pnorm(2).build() : pooling.build();
    }

    private static Arguments net(String name, List<String> groups, Model net) {
        return Arguments.of(name, groups, net);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("nets")
    void groups_areThoseOfTheStructure(String name, List<String> expected, Model net) {
        assertThat(names(net)).isEqualTo(expected);
    }

    /** The twin of Euler's identity: scale and look. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("nets")
    void scaling_ofEachGroup_leavesTheTrainingLoss(String name, List<String> expected, Model net) {
        DataSet data = data(net);
        double loss = Nets.trainingLoss(net, data);

        for (ScaleInvariantGroup group : ScaleInvariantGroups.of(net).groups()) {
            group.arrays().forEach(array -> array.weights(net).muli(2));
            assertThat(Nets.trainingLoss(net, data)).as(group.name()).isCloseTo(loss, within(1e-7));
            group.arrays().forEach(array -> array.weights(net).divi(2));
        }
        assertThat(Nets.trainingLoss(net, data)).isEqualTo(loss);
    }

    /** And no kernel in front of a normalization is missed: what is in no group changes the loss, or has no effect. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("nets")
    void scaling_ofOtherKernels_changesTheTrainingLoss(String name, List<String> expected, Model net) {
        DataSet data = data(net);
        double loss = Nets.trainingLoss(net, data);
        ScaleInvariantGroups groups = ScaleInvariantGroups.of(net);

        NetworkSignals.of(net).arrays().stream()
                .filter(array -> groups.others().containsKey(array.toString())
                        && array.param().equals("W")
                        && !array.layer().equals("p")) // learned slopes begin at 0
                .forEach(array -> {
                    array.weights(net).muli(2);
                    assertThat(Math.abs(Nets.trainingLoss(net, data) - loss))
                            .as("%s", array)
                            .isGreaterThan(1e-4);
                    array.weights(net).divi(2);
                });
    }

    private static DataSet data(Model net) {
        return net instanceof MultiLayerNetwork && ((MultiLayerNetwork) net).layerInputSize(0) == 5
                ? Nets.vectors(3)
                : Nets.images(3);
    }

    @Test
    void others_haveReasons() {
        MultiLayerNetwork net = Nets.stack(
                Nets.image(),
                Nets.conv("c", 3).build(),
                Nets.norm("n"),
                Nets.conv("s", 3).activation(Activation.SIGMOID).build(),
                Nets.conv("e", 3).activation(Activation.RELU).build(),
                Nets.norm("m"),
                Nets.output("out"));

        ScaleInvariantGroups groups = ScaleInvariantGroups.of(net);

        assertThat(groups.others())
                .containsEntry("c.b", "no effect, the normalization behind it takes it away")
                .containsEntry("n.gamma", "the bias s.b behind it would have to be scaled alone")
                .containsEntry("n.mean", "running statistic, not a weight")
                .containsEntry("n.log10stdev", "running statistic, not a weight")
                .containsEntry("s.W", "its scale reaches the activation sigmoid of layer 's'")
                .containsEntry("m.gamma", "its scale reaches the output layer of layer 'out'")
                .containsEntry("out.W", "in the output layer of layer 'out'")
                .doesNotContainKey("e.W");
        assertThat(groups.groups().get(1).reason()).isEqualTo("normalized by m");
        assertThat(groups.toString()).contains("e.W + e.b").contains("normalized by m");
        assertThat(groups.table().rows()).hasSize(2 + groups.others().size());
    }

    @Test
    void noise_thatIsAdded_breaksTheScale() {
        MultiLayerNetwork net = Nets.stack(
                InputType.feedForward(5),
                Nets.dense("d", 6).build(),
                new DropoutLayer.Builder(new GaussianNoise(0.1)).name("noise").build(),
                Nets.norm("n"),
                Nets.output("out"));

        assertThat(ScaleInvariantGroups.of(net).others())
                .containsEntry("d.W", "its scale reaches the noise GaussianNoise of layer 'noise'");
    }

    @Test
    void dropout_keepsTheScaleAndNotTheConstant() {
        MultiLayerNetwork net = Nets.stack(
                InputType.feedForward(5),
                Nets.dense("d", 6).build(),
                new DropoutLayer.Builder(0.5).build(),
                Nets.norm("n"),
                Nets.output("out"));

        assertThat(names(net)).containsExactly("d.W + d.b");
    }

    @Test
    void frozenLayers_areInNoGroup() {
        MultiLayerNetwork net = Nets.stack(
                Nets.image(),
                Nets.conv("c", 3).build(),
                Nets.norm("n"),
                Nets.conv("e", 3).build(),
                Nets.norm("m"),
                Nets.output("out"));

        MultiLayerNetwork frozen =
                new TransferLearning.Builder(net).setFeatureExtractor(1).build();

        ScaleInvariantGroups groups = ScaleInvariantGroups.of(frozen);
        assertThat(names(frozen)).containsExactly("e.W");
        assertThat(groups.others()).containsEntry("c.W", "frozen");
        assertThat(groups.others().get("n.gamma")).contains("frozen");
        assertThat(groups.others().get("n.mean")).contains("frozen");
    }

    @Test
    void recurrentLayers_areNotAnalysed() {
        MultiLayerNetwork net = Nets.stack(
                InputType.recurrent(5),
                new LSTM.Builder()
                        .name("lstm")
                        .nOut(4)
                        .activation(Activation.TANH)
                        .build(),
                new RnnOutputLayer.Builder()
                        .nOut(Nets.CLASSES)
                        .activation(Activation.SOFTMAX)
                        .build());

        ScaleInvariantGroups groups = ScaleInvariantGroups.of(net);

        assertThat(groups.groups()).isEmpty();
        assertThat(groups.isNormalized()).isFalse();
        assertThat(groups.others()).containsEntry("lstm.RW", "in the LSTM of layer 'lstm'");
        assertThat(groups.others()).containsEntry("layer1.W", "in the output layer of layer 'layer1'");
    }

    @Test
    void network_withoutInit_isRefused() {
        MultiLayerNetwork net = new MultiLayerNetwork(
                Nets.stack(InputType.feedForward(5), Nets.output("out")).getLayerWiseConfigurations());

        assertThatThrownBy(() -> ScaleInvariantGroups.of(net))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("scale-invariant groups need an initialised network; call init() first");
        assertThatThrownBy(() -> ScaleInvariantGroups.of(null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("scale-invariant groups need a MultiLayerNetwork or a ComputationGraph, got null");
    }
}
