/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.regime;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.List;

import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class GradientNoiseTest {

    private static MultiLayerNetwork classifier() {
        return weighing(Networks.conf(new Sgd(0.1))
                .list()
                .layer(Networks.dense(4).nIn(Networks.IN).build())
                .layer(Networks.output().nIn(4).build())
                .build());
    }

    private static MultiLayerNetwork weighing(MultiLayerConfiguration conf) {
        MultiLayerNetwork net = Networks.initialised(conf);
        ExampleWeightedLoss.install(net);
        return net;
    }

    /** The weights in the first column of a mask. */
    private static double[] weights(INDArray mask) {
        return Networks.bits(mask.reshape(mask.size(0), mask.length() / mask.size(0))
                .get(NDArrayIndex.all(), NDArrayIndex.interval(0, 1)));
    }

    private static MultiLayerConfiguration withDropout() {
        return Networks.conf(new Adam(0.01))
                .list()
                .layer(Networks.dense(6).nIn(Networks.IN).dropOut(0.7).build())
                .layer(new BatchNormalization.Builder().nOut(6).build())
                .layer(Networks.output().nIn(6).build())
                .build();
    }

    private static double[] trained(List<DataSet> batches) {
        MultiLayerNetwork net = Networks.initialised(withDropout());
        Networks.seed(5);
        batches.forEach(net::fit);
        return Networks.bits(net.params());
    }

    @Test
    void varianceZero_leavesDataAndTrainingAsTheyAre() {
        List<DataSet> batches = Networks.batches(4, 6);
        GradientNoise none = GradientNoise.matching(128, 128);

        batches.forEach(none::preProcess);
        MultiDataSet multi = new MultiDataSet(Networks.random(1, 6, 5), Networks.classes(1, 6));
        none.preProcess(multi);

        assertThat(batches)
                .allSatisfy(batch -> assertThat(batch.getLabelsMaskArray()).isNull());
        assertThat(multi.getLabelsMaskArrays()).isNull();
        assertThat(none.position()).isZero();
        assertThat(trained(batches)).containsExactly(trained(Networks.batches(4, 6)));
    }

    @Test
    void labelsMaskOfOnes_changesNothingInDeeplearning4j() {
        List<DataSet> batches = Networks.batches(4, 6);
        batches.forEach(batch -> batch.setLabelsMaskArray(Nd4j.ones(DataType.DOUBLE, 6, 1)));

        assertThat(trained(batches)).containsExactly(trained(Networks.batches(4, 6)));
    }

    @Test
    void noise_drawsNothingFromTheGeneratorOfDropout() {
        Networks.seed(5);
        double expected = Nd4j.getRandom().nextDouble();
        Networks.seed(5);

        GradientNoise.ofVariance(1).preProcess(Networks.batch(1, 6));

        assertThat(Nd4j.getRandom().nextDouble()).isEqualTo(expected);
    }

    private static List<Double> drawn(GradientNoise noise, int... batches) {
        List<Double> weights = new ArrayList<>();
        for (int rows : batches) {
            DataSet data = Networks.batch(1, rows);
            noise.preProcess(data);
            for (double weight : weights(data.getLabelsMaskArray())) {
                weights.add(weight);
            }
        }
        return weights;
    }

    @Test
    void weights_dependOnSeedAndPlaceAlone() {
        List<Double> weights = drawn(GradientNoise.ofVariance(1).seed(7), 6, 6);

        assertThat(drawn(GradientNoise.ofVariance(1).seed(7), 12)).isEqualTo(weights);
        assertThat(drawn(GradientNoise.ofVariance(1).seed(7).position(5), 3)).isEqualTo(weights.subList(5, 8));
        assertThat(drawn(GradientNoise.ofVariance(1).seed(8), 12)).doesNotContainAnyElementsOf(weights);
        for (int n = 0; n < 12; n++) {
            assertThat(drawn(GradientNoise.ofVariance(4).seed(7), 12).get(n) - 1)
                    .as("the same draws, wider")
                    .isCloseTo(2 * (weights.get(n) - 1), within(1e-14));
        }
    }

    @Test
    void resumedNoise_goesOnWhereItWas() throws IOException, ClassNotFoundException {
        GradientNoise noise = GradientNoise.ofVariance(1).seed(7);
        drawn(noise, 6);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(noise);
        }
        GradientNoise restored;
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            restored = (GradientNoise) in.readObject();
        }
        GradientNoise resumed = GradientNoise.ofVariance(1).seed(noise.seed()).position(noise.position());

        List<Double> next = drawn(noise, 6);

        assertThat(drawn(restored, 6)).isEqualTo(next);
        assertThat(drawn(resumed, 6)).isEqualTo(next);
        assertThat(noise).hasToString("GradientNoise(variance=1.0, seed=7, position=12)");
        assertThat(noise.variance()).isEqualTo(1);
    }

    @Test
    void weights_ofManyExamples_areNormalWithMeanOne() {
        GaussianSequence gaussians = new GaussianSequence(11);
        int n = 200_000;
        double[] moments = new double[5];
        double product = 0;
        for (int i = 0; i < n; i++) {
            double value = gaussians.at(i);
            product += value * gaussians.at(i + 1) / n;
            for (int k = 1; k <= 4; k++) {
                moments[k] += Math.pow(value, k) / n;
            }
        }

        // five standard errors: sqrt of 1, 2, 15, 96 and 1 over n
        assertThat(moments[1]).isCloseTo(0, within(5 / Math.sqrt(n)));
        assertThat(moments[2]).isCloseTo(1, within(5 * Math.sqrt(2.0 / n)));
        assertThat(moments[3]).isCloseTo(0, within(5 * Math.sqrt(15.0 / n)));
        assertThat(moments[4]).isCloseTo(3, within(5 * Math.sqrt(96.0 / n)));
        assertThat(product).isCloseTo(0, within(5 / Math.sqrt(n)));
    }

    @Test
    void matching_givesTheSecondMomentOfTheSmallBatch() {
        for (int[] sizes : new int[][] {{4096, 128}, {300, 128}, {7, 7}, {5, 1}}) {
            double variance = GradientNoise.matching(sizes[0], sizes[1]).variance();

            assertThat((1 + variance) / sizes[0]).isCloseTo(1.0 / sizes[1], within(1e-15));
        }
    }

    @Test
    void dataSet_thatComesAgain_getsFreshWeightsOnItsOwnMask() {
        INDArray mask = Nd4j.create(new double[] {1, 0.5, 0}, new long[] {3, 1});
        DataSet plain = Networks.batch(1, 3);
        DataSet masked = Networks.batch(2, 3);
        masked.setLabelsMaskArray(mask);
        GradientNoise noise = GradientNoise.ofVariance(1);
        List<Double> expected = drawn(GradientNoise.ofVariance(1), 3, 3, 3, 3);

        for (DataSet data : List.of(plain, masked, plain, masked)) {
            noise.preProcess(data);
        }

        assertThat(weights(plain.getLabelsMaskArray()))
                .containsExactly(expected.get(6), expected.get(7), expected.get(8));
        assertThat(weights(masked.getLabelsMaskArray())).containsExactly(expected.get(9), expected.get(10) / 2, 0);
    }

    @Test
    void singleExample_staysTrainable() {
        MultiLayerNetwork net = classifier();
        DataSet one = Networks.batch(1, 1);
        GradientNoise noise = GradientNoise.ofVariance(1);

        noise.preProcess(one);

        assertThat(one.getLabelsMaskArray()).isNull();
        assertThat(noise.position()).isEqualTo(1);
        DataSet masked = Networks.batch(1, 1);
        masked.setLabelsMaskArray(Nd4j.ones(DataType.DOUBLE, 1, 1));
        ExampleWeightedLoss.remove(net);
        assertThatThrownBy(() -> net.fit(masked))
                .as("why: the reason for the exception")
                .hasMessageContaining("Per output masking");
    }

    @Test
    void dataTypeOfTheMask_isThatOfTheLabels() {
        DataSet floats = new DataSet(
                Networks.random(1, 4, 5).castTo(DataType.FLOAT),
                Networks.classes(1, 4).castTo(DataType.FLOAT));
        DataSet integers =
                new DataSet(Networks.random(1, 4, 5), Networks.classes(1, 4).castTo(DataType.INT32));

        GradientNoise.ofVariance(1).preProcess(floats);
        GradientNoise.ofVariance(1).preProcess(integers);

        assertThat(floats.getLabelsMaskArray().dataType()).isEqualTo(DataType.FLOAT);
        assertThat(integers.getLabelsMaskArray().dataType()).isEqualTo(Nd4j.defaultFloatingPointType());
    }

    @Test
    void badInput_isRefusedByName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> GradientNoise.matching(64, 128))
                .withMessage("batchSize of the gradient noise must be >= the reference batch, got 64 below 128; noise"
                        + " can be added to a gradient, not removed");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> GradientNoise.matching(64, 0))
                .withMessage("referenceBatch of the gradient noise must be >= 1, got 0; it counts the examples of a"
                        + " small batch");
        for (double bad : new double[] {-0.1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> GradientNoise.ofVariance(bad))
                    .withMessage("variance of the gradient noise must be finite and >= 0, got %s; 0 is no noise", bad);
        }
        GradientNoise noise = GradientNoise.ofVariance(1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> noise.position(-1))
                .withMessage("position of the gradient noise must be >= 0, got -1; it counts examples since the"
                        + " beginning");
        String none = "data under gradient noise must have labels, got none; set the preprocessor on training data";
        assertThatIllegalArgumentException()
                .isThrownBy(() -> noise.preProcess(new DataSet(Networks.random(1, 4, 5), null)))
                .withMessage(none);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> noise.preProcess(new MultiDataSet(new INDArray[] {Networks.random(1, 4, 5)}, null)))
                .withMessage(none);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> noise.preProcess(new MultiDataSet(
                        new INDArray[] {Networks.random(1, 4, 5)},
                        new INDArray[] {Networks.classes(1, 4), Networks.classes(1, 5)})))
                .withMessage("outputs under gradient noise must have the same number of examples, got 4 and 5; use"
                        + " preprocessing of single outputs");
        DataSet misfit = Networks.batch(1, 4);
        misfit.setLabelsMaskArray(Nd4j.ones(DataType.DOUBLE, 3, 1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> noise.preProcess(misfit))
                .withMessage("labels mask under gradient noise must have the examples first, [4, ..], got [3, 1] for"
                        + " labels [4, 3]");
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        noise.preProcess(new DataSet(Networks.random(1, 4, 5), Networks.random(1, 2, 1, 2, 1, 2))))
                .withMessage("labels under gradient noise must have rank 2, 3 or 4, got 5; set a labels mask of ones"
                        + " for others");
        assertThat(noise.position())
                .as("nothing was drawn for data that was refused")
                .isZero();
    }
}
