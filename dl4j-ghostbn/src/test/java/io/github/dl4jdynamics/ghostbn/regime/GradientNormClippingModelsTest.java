/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.regime;

import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.layers.AutoEncoder;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.CenterLossOutputLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.parallelism.ParallelWrapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** Kinds of networks and of training. */
class GradientNormClippingModelsTest {
    @Test
    void truncatedBackpropagation_isClippedSegmentBySegment() {
        GradientNormClipping clipping = new GradientNormClipping(1e-3);
        Networks.Gradients after = new Networks.Gradients();
        MultiLayerNetwork net = Networks.initialised(Networks.conf(new Sgd(0.1))
                .list()
                .layer(new LSTM.Builder().nIn(Networks.IN).nOut(4).build())
                .layer(Networks.sequenceOutput().nIn(4).build())
                .backpropType(BackpropType.TruncatedBPTT)
                .tBPTTLength(3)
                .build());
        net.setListeners(clipping, after);

        net.fit(Networks.sequences(1, 6, 8));

        assertThat(clipping.gradients()).isEqualTo(3);
        assertThat(clipping.clipped()).isEqualTo(3);
        assertThat(after.seen)
                .allSatisfy(gradient ->
                        assertThat(gradient.norm2Number().doubleValue() / 6).isCloseTo(1e-3, within(1e-15)));
    }

    @Test
    void graph_withTwoInputsAndAFrozenLayer_isClippedAsAWhole() {
        GradientNormClipping clipping = new GradientNormClipping(1e-3);
        Networks.Gradients before = new Networks.Gradients();
        Networks.Gradients after = new Networks.Gradients();
        ComputationGraph net = Networks.initialised(Networks.conf(new Sgd(0.1))
                .graphBuilder()
                .addInputs("a", "b")
                .addLayer(
                        "frozen",
                        new FrozenLayer(Networks.dense(3).nIn(Networks.IN).build()),
                        "a")
                .addLayer("left", Networks.dense(4).nIn(3).build(), "frozen")
                .addLayer("right", Networks.dense(4).nIn(Networks.IN).build(), "b")
                .addLayer("norm", new BatchNormalization.Builder().nOut(4).build(), "right")
                .addVertex("both", new MergeVertex(), "left", "norm")
                .addLayer("out", Networks.output().nIn(8).build(), "both")
                .setOutputs("out")
                .build());
        INDArray frozen = net.getLayer("frozen").params().dup();
        net.setListeners(before, clipping, after);

        net.fit(new MultiDataSet(
                new INDArray[] {Networks.random(1, 6, Networks.IN), Networks.random(2, 6, Networks.IN)},
                new INDArray[] {Networks.classes(3, 6)}));

        INDArray raw = before.seen.get(0);
        INDArray clipped = after.seen.get(0);
        double sum = 0;
        int changed = 0;
        for (long i = 0; i < raw.length(); i++) {
            if (raw.getDouble(i) != clipped.getDouble(i)) {
                sum += Math.pow(clipped.getDouble(i) / 6, 2);
                changed++;
            }
        }
        assertThat(Math.sqrt(sum)).isCloseTo(1e-3, within(1e-15));
        assertThat(changed)
                .as("left, right, gamma and beta, out; not mean and deviation, nor frozen")
                .isEqualTo(16 + 24 + 8 + 27);
        assertThat(Networks.bits(net.getLayer("frozen").params())).containsExactly(Networks.bits(frozen));
    }

    @Test
    void whatIsLeftInTheGradientOfAFrozenLayer_doesNotCount() {
        GradientNormClipping clipping = new GradientNormClipping(1e-3);
        Networks.Gradients after = new Networks.Gradients();
        MultiLayerNetwork net = Networks.initialised(Networks.conf(new Sgd(0.1))
                .list()
                .layer(new FrozenLayer(Networks.dense(3).nIn(Networks.IN).build()))
                .layer(Networks.output().nIn(3).build())
                .build());
        net.setListeners(
                new BaseTrainingListener() {
                    @Override
                    public void onGradientCalculation(Model model) {
                        model.getGradientsViewArray().putScalar(0, 1e9);
                    }
                },
                clipping,
                after);

        net.fit(Networks.batch(1, 6));

        assertThat(clipping.largestNorm()).isBetween(1e-3, 10.0);
        assertThat(after.seen.get(0).getDouble(0)).isEqualTo(1e9);
    }

    @Test
    void classCentres_areLeftAlone() {
        MultiLayerNetwork plain = Networks.initialised(centres());
        MultiLayerNetwork net = Networks.initialised(centres());
        net.setListeners(new GradientNormClipping(1e-6));

        plain.fit(Networks.batch(1, 6));
        net.fit(Networks.batch(1, 6));

        assertThat(Networks.bits(net.getParam("1_cL"))).containsExactly(Networks.bits(plain.getParam("1_cL")));
        assertThat(Networks.bits(net.getParam("1_W"))).isNotEqualTo(Networks.bits(plain.getParam("1_W")));
    }

    private static MultiLayerConfiguration centres() {
        return Networks.conf(new Sgd(0.1))
                .list()
                .layer(Networks.dense(4).nIn(Networks.IN).build())
                .layer(new CenterLossOutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                        .activation(Activation.SOFTMAX)
                        .nIn(4)
                        .nOut(Networks.CLASSES)
                        .build())
                .build();
    }

    @Test
    void pretraining_isNotClipped() {
        GradientNormClipping clipping = new GradientNormClipping(1e-9);
        MultiLayerNetwork net = Networks.initialised(Networks.conf(new Sgd(0.1))
                .list()
                .layer(new AutoEncoder.Builder().nIn(Networks.IN).nOut(4).build())
                .layer(Networks.output().nIn(4).build())
                .build());
        Networks.Gradients after = new Networks.Gradients();
        net.setListeners(clipping, after);

        net.pretrainLayer(0, Networks.random(1, 6, Networks.IN));
        assertThat(clipping.gradients()).isZero();

        net.fit(Networks.batch(1, 6));
        assertThat(clipping.clipped()).isEqualTo(1);
        assertThat(after.seen.get(after.seen.size() - 1).norm2Number().doubleValue() / 6)
                .isCloseTo(1e-9, within(1e-15));
    }

    @Test
    void networkWithANewGradientArray_isFollowed() {
        GradientNormClipping clipping = new GradientNormClipping(1e-3);
        MultiLayerNetwork net = Networks.initialised(Networks.conf(new Sgd(0.1))
                .list()
                .layer(Networks.output().nIn(Networks.IN).build())
                .build());
        net.setListeners(clipping);
        net.fit(Networks.batch(1, 6));
        net.initGradientsView();
        net.setUpdater(null);
        Networks.Gradients after = new Networks.Gradients();
        net.addListeners(after);

        net.fit(Networks.batch(2, 6));

        assertThat(clipping.clipped()).isEqualTo(2);
        assertThat(after.seen.get(0).norm2Number().doubleValue() / 6).isCloseTo(1e-3, within(1e-15));
    }

    @Test
    @Timeout(60)
    void parallelWorkers_shareTheListener() {
        GradientNormClipping clipping = new GradientNormClipping(1e-3);
        MultiLayerNetwork net = Networks.initialised(Networks.conf(new Sgd(1))
                .list()
                .layer(Networks.dense(4).nIn(Networks.IN).build())
                .layer(Networks.output().nIn(4).build())
                .build());
        net.setListeners(clipping);
        INDArray before = net.params().dup();
        ParallelWrapper wrapper = new ParallelWrapper.Builder<>(net)
                .workers(2)
                .prefetchBuffer(0)
                .averagingFrequency(1)
                .trainingMode(ParallelWrapper.TrainingMode.AVERAGING)
                .build();

        wrapper.fit(
                new ListDataSetIterator<>(DataSet.merge(Networks.batches(12, 6)).asList(), 6));
        wrapper.shutdown();

        assertThat(clipping.gradients()).isEqualTo(12);
        assertThat(clipping.clipped()).isEqualTo(12);
        assertThat(before.sub(net.params()).norm2Number().doubleValue())
                .as("six averaged steps of at most 1e-3")
                .isBetween(1e-4, 6.0001e-3);
    }
}
