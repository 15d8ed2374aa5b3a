/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.Arrays;

import io.github.dl4jdynamics.ghostbn.math.SplitRule;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.CacheMode;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** What happens to networks between their making and their use. */
class LifeCycleTest {
    private static final DataType TYPE = DataType.FLOAT;

    @Test
    void savedNetwork_goesOnAsTheOriginal() {
        MultiLayerNetwork net = stack();
        LiveNets.fit(net, TYPE, 10, 3);

        MultiLayerNetwork restored = LiveNets.copy(net);
        LiveNets.fit(net, TYPE, 10, 3);
        LiveNets.fit(restored, TYPE, 10, 3);

        assertSame(restored.params(), net.params());
        assertSame(restored.getUpdater().getStateViewArray(), net.getUpdater().getStateViewArray());
        assertThat(restored.getLayerWiseConfigurations()).isEqualTo(net.getLayerWiseConfigurations());
    }

    @Test
    void clonedNetwork_goesOnByItself() {
        MultiLayerNetwork net = stack();
        LiveNets.fit(net, TYPE, 10, 3);
        MultiLayerNetwork clone = net.clone();
        double[] before = LiveNets.values(clone.params());

        LiveNets.fit(net, TYPE, 10, 3);

        assertThat(LiveNets.values(clone.params())).isEqualTo(before);
        LiveNets.fit(clone, TYPE, 10, 3);
        assertSame(clone.params(), net.params());
    }

    @Test
    void graph_trainsAsTheStackDoes() {
        MultiLayerNetwork net = stack();
        ComputationGraph graph = graph(net.toComputationGraph().getConfiguration());
        graph.setParams(net.params());

        for (int i = 0; i < 4; i++) {
            net.fit(LiveNets.batch(TYPE, 10, i));
            graph.fit(LiveNets.batch(TYPE, 10, i));
        }

        assertSame(graph.params(), net.params());
        ComputationGraph restored = LiveNets.copy(graph);
        INDArray x = LiveNets.random(TYPE, 9, 4, LiveNets.IN);
        assertSame(restored.outputSingle(x), net.output(x));
        assertSame(graph.clone().outputSingle(x), net.output(x));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void workspacesAndCaches_changeNoNumber(boolean images) {
        double[] expected = null;
        for (WorkspaceMode mode : new WorkspaceMode[] {WorkspaceMode.ENABLED, WorkspaceMode.NONE}) {
            for (CacheMode cache : new CacheMode[] {CacheMode.NONE, CacheMode.DEVICE}) {
                MultiLayerNetwork net = images ? images(mode, cache) : dense(mode, cache);
                for (int i = 0; i < 4; i++) {
                    INDArray x =
                            images ? LiveNets.random(TYPE, i, 7, 2, 4, 4) : LiveNets.random(TYPE, i, 7, LiveNets.IN);
                    net.fit(new DataSet(x, LiveNets.labels(TYPE, i, 7)));
                }
                INDArray x = images ? LiveNets.random(TYPE, 9, 3, 2, 4, 4) : LiveNets.random(TYPE, 9, 3, LiveNets.IN);
                double[] actual = LiveNets.values(Nd4j.concat(
                        0, net.params().reshape(net.numParams()), net.output(x).reshape(9)));

                expected = expected == null ? actual : expected;
                assertThat(actual).as("%s %s", mode, cache).isEqualTo(expected);
            }
        }
    }

    @Test
    void branchesOfAGraph_trainWithBothWorkspaceModes() {
        double[][] results = new double[2][];
        for (int i = 0; i < 2; i++) {
            ComputationGraphConfiguration conf = LiveNets.base(TYPE)
                    .trainingWorkspaceMode(i == 0 ? WorkspaceMode.ENABLED : WorkspaceMode.NONE)
                    .inferenceWorkspaceMode(i == 0 ? WorkspaceMode.ENABLED : WorkspaceMode.NONE)
                    .graphBuilder()
                    .addInputs("in")
                    .setInputTypes(InputType.feedForward(LiveNets.IN))
                    .addLayer("left", LiveNets.dense(3), "in")
                    .addLayer("leftNorm", LiveNets.ghost(2).build(), "left")
                    .addLayer("right", LiveNets.dense(3), "in")
                    .addLayer("rightNorm", LiveNets.ghost(3).build(), "right")
                    .addVertex("sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), "leftNorm", "rightNorm")
                    .addVertex("all", new MergeVertex(), "sum", "leftNorm")
                    .addLayer("allNorm", LiveNets.ghost(4).build(), "all")
                    .addLayer("out", LiveNets.output(), "allNorm")
                    .setOutputs("out")
                    .build();
            ComputationGraph net = graph(conf);
            double before = net.score(LiveNets.batch(TYPE, 9, 1), true);
            for (int k = 0; k < 20; k++) {
                net.fit(LiveNets.batch(TYPE, 9, 1));
            }
            assertThat(net.score(LiveNets.batch(TYPE, 9, 1), true)).isLessThan(0.9 * before);
            results[i] = LiveNets.values(net.params());
        }
        assertThat(results[1]).isEqualTo(results[0]);
    }

    @Test
    void passesWithoutUpdate_leaveTheRunningStatistics() {
        MultiLayerNetwork net = stack();
        double[] before = LiveNets.values(net.params());
        DataSet data = LiveNets.batch(TYPE, 10, 1);

        net.feedForward(data.getFeatures(), true);
        net.score(data, true);
        net.output(data.getFeatures(), true);
        net.setInput(data.getFeatures());
        net.setLabels(data.getLabels());
        net.computeGradientAndScore();

        assertThat(LiveNets.values(net.params())).isEqualTo(before);
        assertThat(LiveNets.values(net.gradient().getGradientFor("1_mean"))).isNotEqualTo(new double[6]);
    }

    @Test
    void externalErrors_giveTheGradientsOfALossLayer() {
        DataSet data = new DataSet(LiveNets.random(TYPE, 1, 7, 3), LiveNets.random(TYPE, 2, 7, 3));
        MultiLayerNetwork withLoss = LiveNets.net(
                LiveNets.base(TYPE).updater(new Sgd(1)),
                InputType.feedForward(3),
                LiveNets.ghost(3).build(),
                LiveNets.loss());
        MultiLayerNetwork bare = LiveNets.net(
                LiveNets.base(TYPE).updater(new Sgd(1)),
                InputType.feedForward(3),
                LiveNets.ghost(3).build());

        bare.setInput(data.getFeatures());
        INDArray output = bare.feedForward(true, false).get(1);
        INDArray error = output.sub(data.getLabels()).muli(2.0 / 3);
        Pair<Gradient, INDArray> back = bare.backpropGradient(error, LayerWorkspaceMgr.noWorkspaces());
        bare.getUpdater().update(bare, back.getFirst(), 0, 0, 7, LayerWorkspaceMgr.noWorkspaces());
        bare.params().subi(back.getFirst().gradient());
        withLoss.fit(data);

        assertThat(LiveNets.values(bare.params())).containsExactly(LiveNets.values(withLoss.params()), within(1e-6));
    }

    @Test
    void batchesOfAnySize_followEachOther() {
        MultiLayerNetwork net = stack();
        for (int examples : new int[] {10, 3, 1, 2, 64, 4}) {
            net.fit(LiveNets.batch(TYPE, examples, examples));
            assertThat(LiveNets.values(net.params())).as("after %s", examples).doesNotContain(Double.NaN);
        }

        INDArray x = LiveNets.random(TYPE, 1, 5, LiveNets.IN);
        double[] together = LiveNets.values(net.output(x));
        for (int i = 0; i < 5; i++) {
            assertThat(LiveNets.values(net.output(x.getRow(i, true))))
                    .containsExactly(Arrays.copyOfRange(together, 3 * i, 3 * i + 3), within(1e-6));
        }
    }

    @Test
    void batchOfOneValuePerChannel_givesBeta() {
        MultiLayerNetwork net = LiveNets.still(
                TYPE, InputType.feedForward(2), LiveNets.ghost(4).beta(0.25).build());
        MultiLayerNetwork plain = LiveNets.still(
                TYPE,
                InputType.feedForward(2),
                new BatchNormalization.Builder().beta(0.25).build());
        INDArray x = Nd4j.createFromArray(5f, -3f).reshape(1, 2);

        assertThat(LiveNets.values(LiveNets.forward(net.getLayer(0), x, true))).containsOnly(0.25);
        assertThat(LiveNets.values(LiveNets.forward(plain.getLayer(0), x, true)))
                .containsOnly(0.25);
    }

    @Test
    void configuration_survivesJavaSerialization() throws Exception {
        MultiLayerConfiguration conf = stack().getLayerWiseConfigurations();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(conf);
        }

        Object restored = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray())).readObject();

        assertThat(restored).isEqualTo(conf);
    }

    @ParameterizedTest
    @EnumSource(
            value = WorkspaceMode.class,
            names = {"ENABLED", "NONE"})
    void truncatedBackpropagation_splitsEverySegment(WorkspaceMode mode) {
        MultiLayerConfiguration conf = LiveNets.base(TYPE)
                .trainingWorkspaceMode(mode)
                .inferenceWorkspaceMode(mode)
                .list()
                .layer(new LSTM.Builder().nOut(4).build())
                .layer(LiveNets.ghost(2).build())
                .layer(new LSTM.Builder().nOut(4).build())
                .layer(LiveNets.ghost(3).build())
                .layer(LiveNets.rnnOutput())
                .setInputType(InputType.recurrent(2))
                .backpropType(BackpropType.TruncatedBPTT)
                .tBPTTLength(4)
                .build();
        MultiLayerNetwork net = LiveNets.net(conf);
        INDArray mask = Nd4j.ones(TYPE, 6, 10);
        mask.putScalar(2, 9, 0);
        INDArray x = LiveNets.random(TYPE, 1, 6, 2, 10);
        INDArray labels = LiveNets.sequenceLabels(TYPE, 1, 6, 10);
        double before = net.score(new DataSet(x, labels, mask, mask), true);

        for (int i = 0; i < 15; i++) {
            net.fit(x, labels, mask, mask);
        }

        assertThat(net.getIterationCount()).isEqualTo(45);
        assertThat(net.score(new DataSet(x, labels, mask, mask), true)).isLessThan(0.95 * before);
        INDArray whole = net.output(x);
        INDArray step = net.rnnTimeStep(x);
        assertThat(LiveNets.values(step)).containsExactly(LiveNets.values(whole), within(1e-5));
    }

    @Test
    void maskOfOneBatch_isForgottenInTheNext() {
        MultiLayerNetwork masked = sequences();
        MultiLayerNetwork free = sequences();
        INDArray x = LiveNets.random(TYPE, 1, 6, 2, 5);
        INDArray labels = LiveNets.sequenceLabels(TYPE, 1, 6, 5);
        INDArray mask = Nd4j.ones(TYPE, 6, 5);
        mask.putScalar(3, 4, 0);
        double[] initial = LiveNets.values(masked.params());

        masked.fit(x, labels, mask, mask);
        assertThat(LiveNets.values(masked.params())).isNotEqualTo(initial);
        masked.setParams(free.params().dup());
        masked.fit(x, labels);
        free.fit(x, labels);

        assertThat(LiveNets.param(masked, "0_mean")).isEqualTo(LiveNets.param(free, "0_mean"));
    }

    @Test
    void halfPrecision_staysCloseToSingle() {
        MultiLayerNetwork half =
                LiveNets.net(LiveNets.stack(LiveNets.base(DataType.FLOAT16).updater(new Sgd(0.05)), 5));
        MultiLayerNetwork single =
                LiveNets.net(LiveNets.stack(LiveNets.base(TYPE).updater(new Sgd(0.05)), 5));
        single.setParams(half.params().castTo(TYPE));

        for (int i = 0; i < 5; i++) {
            half.fit(LiveNets.batch(DataType.FLOAT16, 10, i));
            single.fit(LiveNets.batch(TYPE, 10, i));
        }

        assertThat(half.params().dataType()).isEqualTo(DataType.FLOAT16);
        assertThat(half.output(LiveNets.random(DataType.FLOAT16, 9, 1, LiveNets.IN))
                        .dataType())
                .isEqualTo(DataType.FLOAT16);
        for (String name : new String[] {"1_mean", "1_log10stdev", "3_mean", "3_log10stdev", "1_gamma"}) {
            assertThat(LiveNets.param(half, name)).containsExactly(LiveNets.param(single, name), within(5e-3));
        }
    }

    @Test
    void halfPrecision_addsUpInSingle() {
        MultiLayerNetwork half = LiveNets.still(
                DataType.FLOAT16,
                InputType.feedForward(1),
                LiveNets.ghost(SplitRule.NEVER).useLogStd(false).build());
        INDArray x = Nd4j.create(DataType.FLOAT, 4096, 1);
        for (int i = 0; i < 4096; i++) {
            x.putScalar(i, 0, i % 2 == 0 ? 29 : 31);
        }

        half.fit(new DataSet(x.castTo(DataType.FLOAT16), x.castTo(DataType.FLOAT16)));

        // The sum, 122,880, is more than a half can hold.
        assertThat(LiveNets.param(half, "0_mean")[0]).isCloseTo(3, within(2e-3));
        assertThat(LiveNets.param(half, "0_var")[0]).isCloseTo(1, within(1e-3));
    }

    private static MultiLayerNetwork sequences() {
        return LiveNets.net(
                LiveNets.base(TYPE), InputType.recurrent(2), LiveNets.ghost(2).build(), LiveNets.rnnOutput());
    }

    private static MultiLayerNetwork stack() {
        return LiveNets.net(LiveNets.stack(LiveNets.base(TYPE), 4));
    }

    private static MultiLayerNetwork dense(WorkspaceMode mode, CacheMode cache) {
        return LiveNets.net(LiveNets.stack(
                LiveNets.base(TYPE)
                        .trainingWorkspaceMode(mode)
                        .inferenceWorkspaceMode(mode)
                        .cacheMode(cache),
                3));
    }

    private static MultiLayerNetwork images(WorkspaceMode mode, CacheMode cache) {
        return LiveNets.net(
                LiveNets.base(TYPE)
                        .trainingWorkspaceMode(mode)
                        .inferenceWorkspaceMode(mode)
                        .cacheMode(cache),
                InputType.convolutional(4, 4, 2),
                LiveNets.ghost(3).build(),
                new ConvolutionLayer.Builder(2, 2).nOut(3).build(),
                LiveNets.ghost(3).build(),
                LiveNets.output());
    }

    private static ComputationGraph graph(ComputationGraphConfiguration conf) {
        ComputationGraph graph = new ComputationGraph(conf);
        graph.init();
        return graph;
    }

    private static void assertSame(INDArray actual, INDArray expected) {
        assertThat(LiveNets.values(actual)).isEqualTo(LiveNets.values(expected));
    }
}
