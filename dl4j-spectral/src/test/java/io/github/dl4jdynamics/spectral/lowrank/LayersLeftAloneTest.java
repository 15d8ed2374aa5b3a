/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.lowrank;

import java.util.List;
import java.util.Map;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.constraint.MaxNormConstraint;
import org.deeplearning4j.nn.conf.graph.AttentionVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.AutoEncoder;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.CenterLossOutputLayer;
import org.deeplearning4j.nn.conf.layers.Convolution1D;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.TimeDistributed;
import org.deeplearning4j.nn.conf.weightnoise.DropConnect;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.regularization.L2Regularization;
import org.nd4j.linalg.learning.regularization.Regularization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

/** Layers that cannot become two keep their parameters, and the row says why. */
class LayersLeftAloneTest {
    private static final InputType FLAT = InputType.feedForward(LowRankNets.IN);

    @Test
    void imageLayers_ofOtherClasses_areLeftAlone() {
        MultiLayerNetwork net = LowRankNets.sequence(
                InputType.convolutional(8, 8, 6),
                named(
                        "depthwise",
                        new DepthwiseConvolution2D.Builder(2, 2)
                                .depthMultiplier(2)
                                .nOut(12)
                                .build()),
                named(
                        "separable",
                        new SeparableConvolution2D.Builder(2, 2).nOut(12).build()),
                named("transposed", new Deconvolution2D.Builder(2, 2).nOut(12).build()),
                named("prelu", new PReLULayer.Builder().inputShape(12, 7, 7).build()),
                named("norm", new BatchNormalization()),
                LowRankNets.output());

        assertLeftAlone(
                net,
                LowRankNets.features(DataType.DOUBLE, 2, 6, 8, 8),
                entry("depthwise", "DepthwiseConvolution2D has no two layers"),
                entry("separable", "SeparableConvolution2D has no two layers"),
                entry("transposed", "Deconvolution2D has no two layers"),
                entry("prelu", "no weight matrix known"),
                entry("norm", "no weight matrix known"));
    }

    @Test
    void sequenceLayers_areLeftAlone() {
        MultiLayerNetwork net = LowRankNets.sequence(
                InputType.recurrent(12, 6),
                named("convolution", new Convolution1D.Builder(2).nOut(12).build()),
                named("both", new Bidirectional(new LSTM.Builder().nOut(6).build())),
                named(
                        "each",
                        new TimeDistributed(new DenseLayer.Builder().nOut(12).build())),
                named("last", new LastTimeStep(new LSTM.Builder().nOut(6).build())),
                LowRankNets.output());

        assertLeftAlone(
                net,
                LowRankNets.features(DataType.DOUBLE, 2, 12, 6),
                entry("convolution", "Convolution1DLayer has no two layers"),
                entry("both", "Bidirectional has no two layers"),
                entry("each", "TimeDistributed has no two layers"),
                entry("last", "LastTimeStep has no two layers"));
    }

    @Test
    void volumesAndTimeOutputs_areLeftAlone() {
        assertLeftAlone(
                LowRankNets.sequence(
                        InputType.convolutional3D(Convolution3D.DataFormat.NCDHW, 5, 5, 5, 4),
                        named(
                                "volume",
                                new Convolution3D.Builder(2, 2, 2).nOut(12).build()),
                        named("pool", new GlobalPoolingLayer()),
                        LowRankNets.output()),
                LowRankNets.features(DataType.DOUBLE, 2, 4, 5, 5, 5),
                entry("volume", "Convolution3D has no two layers"),
                entry("pool", "has no parameters"));
        assertLeftAlone(
                LowRankNets.sequence(
                        InputType.recurrent(12, 6),
                        LowRankNets.dense("dense", 14),
                        named(
                                "out",
                                new RnnOutputLayer.Builder()
                                        .nOut(12)
                                        .activation(Activation.SOFTMAX)
                                        .build())),
                LowRankNets.features(DataType.DOUBLE, 2, 12, 6),
                entry("out", "RnnOutputLayer has no two layers"));
    }

    @Test
    void flatLayers_ofOtherClasses_areLeftAlone() {
        assertLeftAlone(
                LowRankNets.sequence(
                        FLAT,
                        named("auto", new AutoEncoder.Builder().nOut(18).build()),
                        named("own", new OwnLayer(18)),
                        named(
                                "out",
                                new CenterLossOutputLayer.Builder()
                                        .nOut(12)
                                        .activation(Activation.SOFTMAX)
                                        .build())),
                LowRankNets.features(DataType.DOUBLE, 2, LowRankNets.IN),
                entry("auto", "AutoEncoder has no two layers"),
                entry("own", "OwnLayer has no two layers"),
                entry("out", "CenterLossOutputLayer has no two layers"));
        assertLeftAlone(
                LowRankNets.sequence(
                        InputType.feedForward(1),
                        named(
                                "embedding",
                                new EmbeddingLayer.Builder().nIn(20).nOut(12).build()),
                        LowRankNets.output()),
                LowRankNets.features(DataType.DOUBLE, 2, 1).muli(0),
                entry("embedding", "EmbeddingLayer has no two layers"));
    }

    @Test
    void layers_whoseWeightsAreActedOn_areLeftAlone() {
        assertLeftAlone(
                LowRankNets.sequence(
                        FLAT,
                        new DenseLayer.Builder()
                                .name("noisy")
                                .nOut(18)
                                .weightNoise(new DropConnect(0.5))
                                .build(),
                        new DenseLayer.Builder()
                                .name("held")
                                .nOut(18)
                                .constrainWeights(new MaxNormConstraint(2, 0))
                                .build(),
                        LowRankNets.output()),
                LowRankNets.features(DataType.DOUBLE, 2, LowRankNets.IN),
                entry("noisy", "weight noise DropConnect acts on the weights themselves"),
                entry("held", "MaxNormConstraint holds the weights themselves"));
    }

    @Test
    void frozenLayers_areLeftAloneAndStayFrozen() {
        MultiLayerNetwork net = LowRankNets.lowRank(
                LowRankNets.sequence(
                        FLAT,
                        named("below", new FrozenLayer(LowRankNets.dense("below", 18))),
                        named("above", new FrozenLayerWithBackprop(LowRankNets.dense("above", 18))),
                        LowRankNets.output()),
                2);
        assertLeftAlone(
                net,
                LowRankNets.features(DataType.DOUBLE, 2, LowRankNets.IN),
                entry("below", "frozen"),
                entry("above", "frozen"));

        MultiLayerNetwork plain = LowRankNets.lowRank(LowRankNets.sequence(FLAT, LowRankNets.plain()), 2);
        MultiLayerNetwork tuned =
                new TransferLearning.Builder(plain).setFeatureExtractor(0).build();
        FactorizedNetwork<MultiLayerNetwork> small =
                LowRankFactorization.builder().energy(1).build().factorize(tuned);
        INDArray before = small.network().getLayer("first").getParam("W").dup();
        small.network().fit(LowRankNets.batch(DataType.DOUBLE));

        assertThat(small.layer("first").orElseThrow().note()).contains("frozen");
        assertThat(small.layer("second").orElseThrow().replaced()).isTrue();
        assertThat(small.network().getLayer("first").getParam("W")).isEqualTo(before);
    }

    @Test
    void graphVertices_areLeftAlone() {
        ComputationGraph net = new ComputationGraph(LowRankNets.settings(DataType.DOUBLE)
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(InputType.recurrent(12, 6))
                .addVertex(
                        "attention",
                        new AttentionVertex.Builder()
                                .nInQueries(12)
                                .nInKeys(12)
                                .nInValues(12)
                                .nHeads(1)
                                .headSize(12)
                                .nOut(12)
                                .projectInput(true)
                                .build(),
                        "in",
                        "in",
                        "in")
                .addLayer("pool", new GlobalPoolingLayer(), "attention")
                .addLayer("out", LowRankNets.output(), "pool")
                .setOutputs("out")
                .build());
        net.init();

        assertLeftAlone(
                net,
                LowRankNets.features(DataType.DOUBLE, 2, 12, 6),
                entry("attention", "AttentionVertex is a vertex, not a layer"),
                entry("pool", "has no parameters"));
    }

    @Test
    void layersOfZerosOrOneUnit_areLeftAlone() {
        MultiLayerNetwork net = LowRankNets.sequence(
                FLAT, LowRankNets.dense("zeros", 18), LowRankNets.dense("one", 1), LowRankNets.output());
        net.getLayer("zeros").getParam("W").assign(0);

        assertLeftAlone(
                net,
                LowRankNets.features(DataType.DOUBLE, 2, LowRankNets.IN),
                entry("zeros", "all weights are zero"),
                entry("one", "two layers save nothing at any rank"),
                entry("out", "two layers save nothing at any rank"));
    }

    @Test
    void regularization_thatMayKnowTheShape_isTakenOffAndNamed() {
        MultiLayerNetwork net = LowRankNets.lowRank(
                LowRankNets.sequence(
                        FLAT,
                        LowRankNets.dense("first", 18),
                        new DenseLayer.Builder()
                                .name("pressed")
                                .nOut(18)
                                .regularization(List.of(new L2Regularization(0.1), new ShapedRegularization()))
                                .build(),
                        LowRankNets.output()),
                2);

        FactorizedNetwork<MultiLayerNetwork> small = LowRankFactorization.builder()
                .energy(1)
                .layers("pressed")
                .build()
                .factorize(net);

        assertThat(small.layer("pressed").orElseThrow().replaced()).isTrue();
        assertThat(small.layer("pressed").orElseThrow().note()).contains("without ShapedRegularization");
        for (String name : new String[] {"pressed-in", "pressed"}) {
            assertThat(small.network().getLayer(name).getConfig().getRegularizationByParam("W"))
                    .containsExactly(new L2Regularization(0.1));
        }
    }

    @SafeVarargs
    private static void assertLeftAlone(Model net, INDArray features, Map.Entry<String, String>... reasons) {
        FactorizedNetwork<? extends Model> small = LowRankNets.factorize(net);

        for (Map.Entry<String, String> reason : reasons) {
            LayerFactorization row = small.layer(reason.getKey()).orElseThrow();
            assertThat(row.replaced()).as(row.layer()).isFalse();
            assertThat(row.note().orElseThrow()).contains(reason.getValue());
            assertThat(row.parametersAfter()).isEqualTo(row.parametersBefore());
        }
        // DL4J-M2.1: numParams() of a graph leaves out the parameters of vertices.
        assertThat(small.parametersAfter()).isEqualTo(small.network().params().length());
        assertThat(LowRankNets.output(small.network(), features).distance2(LowRankNets.output(net, features)))
                .isLessThan(1e-12);
    }

    private static Layer named(String name, Layer layer) {
        layer.setLayerName(name);
        return layer;
    }

    /** A layer of the application, which may do anything with its weights. */
    static final class OwnLayer extends DenseLayer {
        private static final long serialVersionUID = 1;

        OwnLayer(int out) {
            setNOut(out);
        }
    }

    /** Bound to one matrix, for all that is known of it. */
    private static final class ShapedRegularization implements Regularization {
        private static final long serialVersionUID = 1;

        @Override
        public ApplyStep applyStep() {
            return ApplyStep.BEFORE_UPDATER;
        }

        @Override
        public void apply(INDArray param, INDArray gradView, double lr, int iteration, int epoch) {}

        @Override
        public double score(INDArray param, int iteration, int epoch) {
            return 0;
        }

        @Override
        public Regularization clone() {
            return this;
        }
    }
}
