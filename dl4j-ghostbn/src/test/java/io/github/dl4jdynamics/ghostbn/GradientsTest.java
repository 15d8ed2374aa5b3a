/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn;

import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

import io.github.dl4jdynamics.ghostbn.math.Grouping;
import io.github.dl4jdynamics.ghostbn.math.SplitRule;
import io.github.dl4jdynamics.ghostbn.math.TailPolicy;
import org.deeplearning4j.gradientcheck.GradientCheckUtil;
import org.deeplearning4j.gradientcheck.GradientCheckUtil.GraphConfig;
import org.deeplearning4j.gradientcheck.GradientCheckUtil.MLNConfig;
import org.deeplearning4j.gradientcheck.GradientCheckUtil.PrintMode;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Cnn3DLossLayer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

import static org.assertj.core.api.Assertions.assertThat;

/** Analytic gradients against difference quotients, layers below and above included. */
class GradientsTest {
    private static final DataType TYPE = DataType.DOUBLE;

    @BeforeAll
    static void checkInDoublePrecision() {
        Nd4j.setDefaultDataTypes(TYPE, TYPE);
    }

    @AfterAll
    static void restoreThePrecision() {
        Nd4j.setDefaultDataTypes(DataType.FLOAT, DataType.FLOAT);
    }

    private static NeuralNetConfiguration.Builder base() {
        return LiveNets.base(TYPE).updater(new NoOp());
    }

    static Stream<Arguments> splits() {
        Stream.Builder<Arguments> cases = Stream.builder();
        for (TailPolicy policy : TailPolicy.values()) {
            for (Grouping grouping : Grouping.values()) {
                cases.add(Arguments.of(policy, grouping, 1));
                cases.add(Arguments.of(policy, grouping, 2));
            }
        }
        return cases.build();
    }

    @ParameterizedTest(name = "{0} {1} at least {2}")
    @MethodSource("splits")
    void dense(TailPolicy policy, Grouping grouping, int minimumValues) {
        GhostBatchNormalization norm = LiveNets.ghost(3)
                .tailPolicy(policy)
                .grouping(grouping)
                .minimumValues(minimumValues)
                .build();
        MultiLayerNetwork net = LiveNets.net(
                base(),
                InputType.feedForward(LiveNets.IN),
                LiveNets.dense(4),
                norm,
                LiveNets.dense(3),
                LiveNets.output());
        int examples = policy == TailPolicy.ERROR ? 6 : 7;

        assertGradients(net, LiveNets.random(TYPE, 1, examples, LiveNets.IN), LiveNets.labels(TYPE, 1, examples));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void lockedGammaAndBeta(boolean logDeviation) {
        GhostBatchNormalization norm = LiveNets.ghost(3)
                .lockGammaBeta(true)
                .gamma(2)
                .beta(-0.5)
                .useLogStd(logDeviation)
                .build();
        MultiLayerNetwork net = LiveNets.net(
                base(),
                InputType.feedForward(LiveNets.IN),
                LiveNets.dense(4),
                norm,
                LiveNets.dense(3),
                LiveNets.output());

        assertThat(net.getLayer(1).numParams()).isEqualTo(8);
        assertGradients(net, LiveNets.random(TYPE, 1, 7, LiveNets.IN), LiveNets.labels(TYPE, 1, 7));
    }

    @ParameterizedTest
    @EnumSource(CNN2DFormat.class)
    void images(CNN2DFormat format) {
        MultiLayerNetwork net = LiveNets.net(
                base(),
                InputType.convolutional(4, 4, 2, format),
                new ConvolutionLayer.Builder(2, 2).nOut(3).build(),
                LiveNets.ghost(2).build(),
                new ConvolutionLayer.Builder(2, 2).nOut(2).build(),
                LiveNets.ghost(2).grouping(Grouping.STRIDED).build(),
                LiveNets.output());
        INDArray x = format == CNN2DFormat.NCHW
                ? LiveNets.random(TYPE, 1, 5, 2, 4, 4)
                : LiveNets.random(TYPE, 1, 5, 4, 4, 2);

        assertGradients(net, x, LiveNets.labels(TYPE, 1, 5));
    }

    @Test
    void flatImages() {
        MultiLayerNetwork net = LiveNets.net(
                base(),
                InputType.convolutionalFlat(3, 4, 2),
                LiveNets.ghost(2).build(),
                new ConvolutionLayer.Builder(2, 2).nOut(2).build(),
                LiveNets.output());

        assertThat(net.getLayerWiseConfigurations().getInputPreProcess(0)).isNotNull();
        assertGradients(net, LiveNets.random(TYPE, 1, 5, 24), LiveNets.labels(TYPE, 1, 5));
    }

    static Stream<Arguments> sequences() {
        Stream.Builder<Arguments> cases = Stream.builder();
        for (RNNFormat format : RNNFormat.values()) {
            for (boolean masked : new boolean[] {false, true}) {
                for (int size : new int[] {2, SplitRule.NEVER}) {
                    cases.add(Arguments.of(format, masked, size));
                }
            }
        }
        return cases.build();
    }

    @ParameterizedTest(name = "{0} masked {1} ghost {2}")
    @MethodSource("sequences")
    void sequences(RNNFormat format, boolean masked, int size) {
        MultiLayerNetwork net = LiveNets.net(
                base(),
                InputType.recurrent(2, 4, format),
                new LSTM.Builder().nOut(3).build(),
                LiveNets.ghost(size).build(),
                new LSTM.Builder().nOut(2).build(),
                LiveNets.rnnOutput());
        INDArray x = LiveNets.random(TYPE, 1, 5, 2, 4);
        INDArray labels = LiveNets.sequenceLabels(TYPE, 1, 5, 4);
        if (format == RNNFormat.NWC) {
            x = x.permute(0, 2, 1).dup('c');
            labels = labels.permute(0, 2, 1).dup('c');
        }
        INDArray mask = masked ? mask() : null;

        assertThat(((GhostBatchNormalization) net.getLayer(1).conf().getLayer()).getRnnFormat())
                .isEqualTo(format);
        assertThat(GradientCheckUtil.checkGradients(config(net)
                        .input(x)
                        .labels(labels)
                        .inputMask(mask)
                        .labelMask(mask)
                        .excludeParams(statistics(net.paramTable().keySet()))))
                .isTrue();
    }

    @Test
    void bidirectionalNeighbours() {
        MultiLayerNetwork net = LiveNets.net(
                base(),
                InputType.recurrent(2, 4),
                new Bidirectional(
                        Bidirectional.Mode.CONCAT, new LSTM.Builder().nOut(2).build()),
                LiveNets.ghost(2).build(),
                new Bidirectional(
                        Bidirectional.Mode.ADD, new LSTM.Builder().nOut(2).build()),
                LiveNets.rnnOutput());

        assertThat(GradientCheckUtil.checkGradients(config(net)
                        .input(LiveNets.random(TYPE, 1, 5, 2, 4))
                        .labels(LiveNets.sequenceLabels(TYPE, 1, 5, 4))
                        .inputMask(mask())
                        .labelMask(mask())
                        .excludeParams(statistics(net.paramTable().keySet()))))
                .isTrue();
    }

    @ParameterizedTest
    @EnumSource(Convolution3D.DataFormat.class)
    void volumes(Convolution3D.DataFormat format) {
        MultiLayerNetwork net = LiveNets.net(
                base(),
                InputType.convolutional3D(format, 4, 4, 4, 1),
                new Convolution3D.Builder(2, 2, 2).nOut(2).dataFormat(format).build(),
                LiveNets.ghost(2).dataFormat(format).build(),
                new Convolution3D.Builder(2, 2, 2).nOut(2).dataFormat(format).build(),
                new Cnn3DLossLayer.Builder(format)
                        .lossFunction(LossFunction.MSE)
                        .activation(Activation.TANH)
                        .build());
        INDArray x = format == Convolution3D.DataFormat.NCDHW
                ? LiveNets.random(TYPE, 1, 5, 1, 4, 4, 4)
                : LiveNets.random(TYPE, 1, 5, 4, 4, 4, 1);

        assertThat(((GhostBatchNormalization) net.getLayer(1).conf().getLayer()).getCnn3DFormat())
                .isEqualTo(format);
        INDArray labels = format == Convolution3D.DataFormat.NCDHW
                ? LiveNets.random(TYPE, 2, 5, 2, 2, 2, 2)
                : LiveNets.random(TYPE, 2, 5, 2, 2, 2, 2).permute(0, 2, 3, 4, 1).dup('c');
        assertGradients(net, x, labels);
    }

    @Test
    void graphWithMergedAndAddedBranches() {
        ComputationGraphConfiguration conf = base().graphBuilder()
                .addInputs("in")
                .setInputTypes(InputType.feedForward(LiveNets.IN))
                .addLayer("left", LiveNets.dense(3), "in")
                .addLayer("right", LiveNets.dense(3), "in")
                .addLayer("leftNorm", LiveNets.ghost(2).build(), "left")
                .addLayer(
                        "rightNorm",
                        LiveNets.ghost(3).grouping(Grouping.STRIDED).build(),
                        "right")
                .addVertex("sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), "leftNorm", "rightNorm")
                .addVertex("all", new MergeVertex(), "sum", "leftNorm")
                .addLayer("allNorm", LiveNets.ghost(4).build(), "all")
                .addLayer("out", LiveNets.output(), "allNorm")
                .setOutputs("out")
                .build();
        ComputationGraph net = new ComputationGraph(conf);
        net.init();

        assertThat(GradientCheckUtil.checkGradients(new GraphConfig()
                        .net(net)
                        .print(PrintMode.FAILURES_ONLY)
                        .inputs(new INDArray[] {LiveNets.random(TYPE, 1, 7, LiveNets.IN)})
                        .labels(new INDArray[] {LiveNets.labels(TYPE, 1, 7)})
                        .excludeParams(statistics(net.paramTable().keySet()))))
                .isTrue();
    }

    @Test
    void graphOverSequencesWithMasks() {
        ComputationGraphConfiguration conf = base().graphBuilder()
                .addInputs("in")
                .setInputTypes(InputType.recurrent(2, 4))
                .addLayer("lstm", new LSTM.Builder().nOut(3).build(), "in")
                .addLayer("norm", LiveNets.ghost(2).build(), "lstm")
                .addLayer("out", LiveNets.rnnOutput(), "norm")
                .setOutputs("out")
                .build();
        ComputationGraph net = new ComputationGraph(conf);
        net.init();

        assertThat(GradientCheckUtil.checkGradients(new GraphConfig()
                        .net(net)
                        .print(PrintMode.FAILURES_ONLY)
                        .inputs(new INDArray[] {LiveNets.random(TYPE, 1, 5, 2, 4)})
                        .labels(new INDArray[] {LiveNets.sequenceLabels(TYPE, 1, 5, 4)})
                        .inputMask(new INDArray[] {mask()})
                        .labelMask(new INDArray[] {mask()})
                        .excludeParams(statistics(net.paramTable().keySet()))))
                .isTrue();
    }

    /** Sequences of 4, 2, 1, 3 and 4 steps. */
    private static INDArray mask() {
        return Nd4j.createFromArray(new double[][] {
            {1, 1, 1, 1},
            {1, 1, 0, 0},
            {1, 0, 0, 0},
            {1, 1, 1, 0},
            {1, 1, 1, 1}
        });
    }

    private static void assertGradients(MultiLayerNetwork net, INDArray x, INDArray labels) {
        assertThat(GradientCheckUtil.checkGradients(config(net)
                        .input(x)
                        .labels(labels)
                        .excludeParams(statistics(net.paramTable().keySet()))))
                .isTrue();
    }

    private static MLNConfig config(MultiLayerNetwork net) {
        return new MLNConfig()
                .net(net)
                .print(PrintMode.FAILURES_ONLY)
                .subset(true)
                .maxPerParam(6);
    }

    /** Parameters whose gradients are updates. */
    private static Set<String> statistics(Set<String> parameters) {
        Set<String> statistics = new TreeSet<>();
        for (String name : parameters) {
            if (name.endsWith("_mean") || name.endsWith("_var") || name.endsWith("_log10stdev")) {
                statistics.add(name);
            }
        }
        return statistics;
    }
}
