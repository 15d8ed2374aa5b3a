/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.weights;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

import io.github.dl4jdynamics.spectral.math.SpectrumMetric;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.graph.AttentionVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GravesLSTM;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.conf.layers.recurrent.TimeDistributed;
import org.deeplearning4j.nn.conf.layers.util.MaskZeroLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

/** Wrappers taken off, frozen layers marked, attention vertices of graphs. */
@SuppressWarnings("deprecation") // GravesLSTM is deprecated, and found in saved models
class WrappedLayersTest {
    private static final InputType SEQUENCE = InputType.recurrent(4, 5);

    private final WeightSpectrumAnalyzer analyzer =
            WeightSpectrumAnalyzer.builder().minEigenvalues(0).build();

    @Test
    void bidirectional_eachDirection_hasItsOwnMatrices() {
        assertTwins(
                Networks.sequence(
                        SEQUENCE, new Bidirectional(new LSTM.Builder().nOut(3).build())),
                "LSTM",
                NaiveSpectrum.gates("fW", 4, 4, 3),
                NaiveSpectrum.gates("fRW", 4, 3, 3),
                NaiveSpectrum.gates("bW", 4, 4, 3),
                NaiveSpectrum.gates("bRW", 4, 3, 3));
    }

    @Test
    void bidirectional_withPeepholes_leavesThemOut() {
        assertTwins(
                Networks.sequence(
                        SEQUENCE,
                        new LastTimeStep(new Bidirectional(
                                new GravesLSTM.Builder().nOut(3).build()))),
                "GravesLSTM",
                NaiveSpectrum.gates("fW", 4, 4, 3),
                NaiveSpectrum.gates("fRW", 4, 3, 3),
                NaiveSpectrum.gates("bW", 4, 4, 3),
                NaiveSpectrum.gates("bRW", 4, 3, 3));
    }

    @Test
    void lastTimeStep_underItsWrapper_isMeasured() {
        assertTwins(
                Networks.sequence(
                        SEQUENCE,
                        new LastTimeStep(new SimpleRnn.Builder().nOut(3).build())),
                "SimpleRnn",
                NaiveSpectrum.gates("W", 1, 4, 3),
                NaiveSpectrum.gates("RW", 1, 3, 3));
    }

    @Test
    void maskZero_underItsWrapper_isMeasured() {
        assertTwins(
                Networks.sequence(
                        SEQUENCE, new MaskZeroLayer(new LSTM.Builder().nOut(3).build(), 0)),
                "LSTM",
                NaiveSpectrum.gates("W", 4, 4, 3),
                NaiveSpectrum.gates("RW", 4, 3, 3));
    }

    @Test
    void timeDistributed_underItsWrapper_isMeasured() {
        assertTwins(
                Networks.sequence(
                        SEQUENCE,
                        new TimeDistributed(new DenseLayer.Builder().nOut(3).build(), RNNFormat.NCW)),
                "DenseLayer",
                NaiveSpectrum.inOut("W", WeightKind.DENSE, 4, 3));
    }

    @Test
    void lstm_gatesAreColumnBlocks_asTheLayerUsesThem() {
        MultiLayerNetwork net = Networks.sequence(
                SEQUENCE, new LSTM.Builder().nOut(3).forgetGateBiasInit(0).build());
        INDArray input = Nd4j.rand(DataType.DOUBLE, 2, 4, 5).addi(1);
        assertThat(net.output(input).amaxNumber().doubleValue()).isPositive();

        // The first block is the cell's input: without it nothing enters the cell, whatever the other gates do.
        net.getLayer(0)
                .getParam("W")
                .get(NDArrayIndex.all(), NDArrayIndex.interval(0, 3))
                .assign(0);
        net.getLayer(0)
                .getParam("RW")
                .get(NDArrayIndex.all(), NDArrayIndex.interval(0, 3))
                .assign(0);

        assertThat(net.output(input).amaxNumber().doubleValue()).isZero();
        LayerSpectrum row = analyzer.analyze(net).layers().get(0);
        assertThat(row.metric(SpectrumMetric.EIGENVALUE_COUNT)).isEqualTo(12);
        assertThat(row.spectrum().orElseThrow().countAbove(0)).isEqualTo(9);
    }

    @Test
    void frozenWithBackprop_anywhereAmongTheWrappers_isMarked() {
        MultiLayerNetwork net = Networks.sequence(
                SEQUENCE,
                new LastTimeStep(
                        new FrozenLayerWithBackprop(new LSTM.Builder().nOut(3).build())),
                new FrozenLayerWithBackprop(new DenseLayer.Builder().nOut(6).build()),
                new DenseLayer.Builder().nOut(2).build());

        List<LayerSpectrum> rows = analyzer.analyze(net).layers();

        assertThat(rows)
                .extracting(LayerSpectrum::name, LayerSpectrum::type, LayerSpectrum::frozen)
                .containsExactly(
                        tuple("layer0", "LSTM", true),
                        tuple("layer0.RW", "LSTM", true),
                        tuple("layer1", "DenseLayer", true),
                        tuple("layer2", "DenseLayer", false));
    }

    @Test
    void frozenLayer_ofAConfiguration_isMarked() {
        MultiLayerNetwork net = Networks.sequence(
                InputType.convolutional(6, 6, 2),
                new FrozenLayer(new SubsamplingLayer.Builder().kernelSize(2, 2).build()),
                new FrozenLayer(new DenseLayer.Builder().nOut(6).build()));

        assertThat(analyzer.analyze(net).layers())
                .extracting(LayerSpectrum::type, LayerSpectrum::frozen, row -> row.reason()
                        .orElse(""))
                .containsExactly(
                        tuple("SubsamplingLayer", true, "SubsamplingLayer has no parameters"),
                        tuple("DenseLayer", true, ""));
    }

    @Test
    void transferLearning_frozenPartOfASequence_isMarkedAndMeasured() {
        MultiLayerNetwork net = Networks.sequence(Networks.trainableInput(), Networks.trainable());
        SpectrumReport before = analyzer.analyze(net);

        MultiLayerNetwork frozen =
                new TransferLearning.Builder(net).setFeatureExtractor(1).build();

        List<LayerSpectrum> rows = analyzer.analyze(frozen).layers();
        assertThat(rows)
                .extracting(LayerSpectrum::layer, LayerSpectrum::type, LayerSpectrum::frozen)
                .containsExactly(
                        tuple("first", "DenseLayer", true),
                        tuple("norm", "BatchNormalization", true),
                        tuple("second", "DenseLayer", false),
                        tuple("out", "OutputLayer", false));
        assertThat(rows)
                .extracting(LayerSpectrum::alpha)
                .isEqualTo(before.layers().stream().map(LayerSpectrum::alpha).collect(Collectors.toList()));
    }

    @Test
    void layerFrozenByHand_isMarked() {
        ComputationGraph net = attentionGraph();
        net.getVertex("rnn").setLayerAsFrozen();

        assertThat(analyzer.analyze(net).layers())
                .filteredOn(LayerSpectrum::frozen)
                .extracting(LayerSpectrum::name)
                .containsExactly("rnn", "rnn.RW");
    }

    @Test
    void attentionVertex_ofAGraph_isMeasuredFrozenOrNot() {
        ComputationGraph net = attentionGraph();
        ComputationGraph frozen = new TransferLearning.GraphBuilder(net)
                .setFeatureExtractor("attention")
                .build();

        for (ComputationGraph graph : Arrays.asList(net, frozen)) {
            List<LayerSpectrum> rows = analyzer.analyze(graph).layers();
            assertThat(rows)
                    .extracting(LayerSpectrum::name, LayerSpectrum::type, LayerSpectrum::frozen)
                    .contains(
                            tuple("attention.Wq", "AttentionVertex", graph == frozen),
                            tuple("attention.Wo", "AttentionVertex", graph == frozen),
                            tuple("rnn", "SimpleRnn", graph == frozen),
                            tuple("out", "RnnOutputLayer", false));
            for (NaiveSpectrum twin : Arrays.asList(
                    NaiveSpectrum.heads("Wq", 2, 3, 6),
                    NaiveSpectrum.heads("Wk", 2, 3, 4),
                    NaiveSpectrum.heads("Wv", 2, 3, 4),
                    NaiveSpectrum.inOut("Wo", WeightKind.ATTENTION, 6, 5))) {
                assertTwin(
                        row(rows, twin),
                        twin,
                        graph.getVertex("attention").paramTable(false).get(twin.parameter()));
            }
        }
    }

    private static ComputationGraph attentionGraph() {
        ComputationGraph net = new ComputationGraph(Networks.settings(DataType.DOUBLE)
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(SEQUENCE)
                .addLayer("rnn", new SimpleRnn.Builder().nOut(6).build(), "in")
                .addVertex(
                        "attention",
                        new AttentionVertex.Builder()
                                .nInQueries(6)
                                .nInKeys(4)
                                .nInValues(4)
                                .nHeads(2)
                                .headSize(3)
                                .nOut(5)
                                .projectInput(true)
                                .build(),
                        "rnn",
                        "in",
                        "in")
                .addLayer(
                        "out",
                        new RnnOutputLayer.Builder()
                                .nOut(2)
                                .activation(Activation.SOFTMAX)
                                .build(),
                        "attention")
                .setOutputs("out")
                .build());
        net.init();
        return net;
    }

    private void assertTwins(Model net, String type, NaiveSpectrum... twins) {
        List<LayerSpectrum> rows = analyzer.analyze(net).layers();

        assertThat(rows).hasSameSizeAs(twins).extracting(LayerSpectrum::type).containsOnly(type);
        for (NaiveSpectrum twin : twins) {
            assertTwin(
                    row(rows, twin), twin, ((MultiLayerNetwork) net).getLayer(0).getParam(twin.parameter()));
        }
    }

    private static LayerSpectrum row(List<LayerSpectrum> rows, NaiveSpectrum twin) {
        return rows.stream()
                .filter(other -> other.parameter().equals(twin.parameter()))
                .filter(other -> !other.layer().equals("rnn") && !other.layer().equals("out"))
                .findFirst()
                .orElseThrow();
    }

    private static void assertTwin(LayerSpectrum row, NaiveSpectrum twin, INDArray values) {
        assertThat(row.kind()).contains(twin.kind());
        double[] expected = twin.eigenvalues(values);
        double largest = expected[expected.length - 1];
        assertThat(row.spectrum().orElseThrow().toArray())
                .as(twin.toString())
                .containsExactly(expected, within(1e-13 * largest));
    }
}
