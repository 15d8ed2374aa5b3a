/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.regime;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

class ExampleWeightedLossTest {
    private static final INDArray WEIGHTS = Nd4j.create(new double[] {2, -3, 0, 0.25}, new long[] {4, 1});

    private static MultiLayerNetwork net() {
        return Networks.initialised(Networks.conf(new Adam(0.01))
                .list()
                .layer(Networks.dense(6).nIn(Networks.IN).dropOut(0.7).build())
                .layer(new BatchNormalization.Builder().nOut(6).build())
                .layer(Networks.output().nIn(6).build())
                .build());
    }

    private static MultiLayerNetwork linear() {
        return Networks.initialised(Networks.conf(new Sgd(0.1))
                .list()
                .layer(Networks.output().nIn(Networks.IN).build())
                .build());
    }

    private static DataSet weighted(INDArray mask) {
        DataSet data = Networks.batch(1, 4);
        data.setLabelsMaskArray(mask);
        return data;
    }

    /** The cross-entropy of one row, from its pre-activations times a factor. */
    private static double crossEntropy(INDArray preOutput, INDArray labels, int row, double factor) {
        double sum = 0;
        double own = 0;
        for (int k = 0; k < Networks.CLASSES; k++) {
            double value = Math.exp(factor * preOutput.getDouble(row, k));
            sum += value;
            own += labels.getDouble(row, k) * value;
        }
        return -Math.log(own / sum);
    }

    @Test
    void score_withoutIt_isNotThatOfWeightedExamples() {
        MultiLayerNetwork net = linear();
        DataSet data = weighted(WEIGHTS);
        INDArray preOutput = data.getFeatures().mmul(net.getParam("0_W")).addRowVector(net.getParam("0_b"));
        double asIs = 0;
        double weighted = 0;
        for (int n = 0; n < 4; n++) {
            double weight = WEIGHTS.getDouble(n);
            asIs += weight * crossEntropy(preOutput, data.getLabels(), n, weight) / 4;
            weighted += weight * crossEntropy(preOutput, data.getLabels(), n, 1) / 4;
        }

        assertThat(net.score(data, true)).isCloseTo(asIs, within(1e-12));
        ExampleWeightedLoss.install(net);
        assertThat(net.score(data, true)).isCloseTo(weighted, within(1e-12));
        assertThat(Networks.bits(net.scoreExamples(data, false))[1])
                .isCloseTo(-3 * crossEntropy(preOutput, data.getLabels(), 1, 1), within(1e-12));
    }

    @Test
    void lossLayer_weighsByItselfAndIsLeftAlone() {
        MultiLayerNetwork split = Networks.initialised(Networks.conf(new Sgd(0.1))
                .list()
                .layer(Networks.dense(Networks.CLASSES)
                        .nIn(Networks.IN)
                        .activation(Activation.IDENTITY)
                        .weightInit(WeightInit.ONES)
                        .build())
                .layer(new LossLayer.Builder(LossFunctions.LossFunction.MCXENT)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
        MultiLayerNetwork joint = linear();
        split.setParams(joint.params());
        String before = split.getLayerWiseConfigurations().toJson();
        ExampleWeightedLoss.install(joint);
        ExampleWeightedLoss.install(split);

        INDArray gradient = Networks.gradient(split, weighted(WEIGHTS));

        assertThat(split.getLayerWiseConfigurations().toJson()).isEqualTo(before);
        assertThat(Networks.bits(gradient))
                .containsExactly(Networks.bits(Networks.gradient(joint, weighted(WEIGHTS))), within(1e-14));
    }

    @Test
    void masksOfZerosAndOnes_trainAsBefore() {
        INDArray mask = Nd4j.create(new double[] {1, 0, 1, 1}, new long[] {4, 1});
        for (INDArray given : new INDArray[] {null, mask}) {
            MultiLayerNetwork plain = net();
            MultiLayerNetwork wrapped = net();
            ExampleWeightedLoss.install(wrapped);

            for (MultiLayerNetwork net : new MultiLayerNetwork[] {plain, wrapped}) {
                Networks.seed(5);
                for (int i = 0; i < 3; i++) {
                    net.fit(weighted(given));
                }
            }

            assertThat(Networks.bits(wrapped.params())).containsExactly(Networks.bits(plain.params()));
        }
    }

    @Test
    void network_withIt_survivesSavingAndGivesItBack() throws IOException {
        MultiLayerNetwork net = net();
        String before = net.getLayerWiseConfigurations().toJson();
        ExampleWeightedLoss.install(net);
        ExampleWeightedLoss.install(net);
        ByteArrayOutputStream zip = new ByteArrayOutputStream();
        ModelSerializer.writeModel(net, zip, true);

        MultiLayerNetwork restored =
                ModelSerializer.restoreMultiLayerNetwork(new ByteArrayInputStream(zip.toByteArray()), true);

        assertThat(restored.getLayerWiseConfigurations()).isEqualTo(net.getLayerWiseConfigurations());
        assertThat(restored.score(weighted(WEIGHTS))).isEqualTo(net.score(weighted(WEIGHTS)));
        assertThat(restored.getLayerWiseConfigurations().toJson()).containsOnlyOnce("ExampleWeightedLoss");
        ExampleWeightedLoss.remove(restored);
        assertThat(restored.getLayerWiseConfigurations().toJson()).isEqualTo(before);
    }

    @Test
    void graph_withIt_savesItInItsConfiguration() {
        ComputationGraph net = Networks.initialised(Networks.conf(new Sgd(0.1))
                .graphBuilder()
                .addInputs("in")
                .addLayer("out", Networks.output().nIn(Networks.IN).build(), "in")
                .setOutputs("out")
                .build());
        String before = net.getConfiguration().toJson();

        ExampleWeightedLoss.install(net);

        assertThat(net.getConfiguration().toJson())
                .contains("io.github.dl4jdynamics.ghostbn.regime.ExampleWeightedLoss");
        assertThat(net.clone().score(weighted(WEIGHTS))).isEqualTo(net.score(weighted(WEIGHTS)));
        ExampleWeightedLoss.remove(net);
        assertThat(net.getConfiguration().toJson()).isEqualTo(before);
    }

    @Test
    void gradientAndScoreTogether_areThoseOfEach() {
        MultiLayerNetwork net = linear();
        ExampleWeightedLoss.install(net);
        org.deeplearning4j.nn.conf.layers.OutputLayer conf = (org.deeplearning4j.nn.conf.layers.OutputLayer)
                net.getLayer(0).conf().getLayer();
        INDArray scaled = Networks.random(3, 4, 3).mulColumnVector(WEIGHTS);
        INDArray labels = Networks.classes(1, 4);

        org.nd4j.common.primitives.Pair<Double, INDArray> both =
                conf.getLossFn().computeGradientAndScore(labels, scaled, conf.getActivationFn(), WEIGHTS, true);

        assertThat(both.getFirst())
                .isEqualTo(conf.getLossFn().computeScore(labels, scaled, conf.getActivationFn(), WEIGHTS, true));
        assertThat(Networks.bits(both.getSecond()))
                .containsExactly(Networks.bits(
                        conf.getLossFn().computeGradient(labels, scaled, conf.getActivationFn(), WEIGHTS)))
                .doesNotContain(Double.NaN);
        assertThat(conf.getLossFn()).hasToString("ExampleWeightedLoss(LossMCXENT())");
        assertThat(conf.getLossFn().name()).isEqualTo("LossMCXENT()");
        assertThat(both.getSecond().dataType()).isEqualTo(DataType.DOUBLE);
    }

    @Test
    void singleExample_isWeighted() {
        MultiLayerNetwork net = linear();
        ExampleWeightedLoss.install(net);
        DataSet one = Networks.batch(1, 1);
        INDArray plain = Networks.gradient(net, one);

        one.setLabelsMaskArray(Nd4j.create(new double[] {-3}, new long[] {1, 1}));

        assertThat(Networks.bits(Networks.gradient(net, one)))
                .containsExactly(Networks.bits(plain.mul(-3)), within(1e-14));
    }

    @Test
    void whatIsNoNetwork_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ExampleWeightedLoss.install(null))
                .withMessage("ExampleWeightedLoss needs a MultiLayerNetwork or a ComputationGraph, got null");
    }
}
