/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.regime;

import java.util.Map;

import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;

import static org.assertj.core.api.Assertions.assertThat;

/** What the documentation shows, compiled and run. */
class LargeBatchExampleTest {
    private final DataSetIterator data =
            new ListDataSetIterator<>(Networks.batch(1, 64).asList(), 32);

    @Test
    void recipeForSmallBatches_isCarriedOver() {
        BatchRegime regime = BatchRegime.of(32).referenceBatch(8);
        MultiLayerNetwork net = Networks.initialised(Networks.conf(regime.apply(new Nesterovs(0.01, 0.9)))
                .list()
                .layer(Networks.dense(8).nIn(Networks.IN).build())
                .layer(Networks.output().nIn(8).build())
                .build());
        GradientNormClipping clipping = new GradientNormClipping();
        net.setListeners(clipping);
        double before = net.score(Networks.batch(1, 64));

        net.fit(data, regime.epochs(3));

        assertThat(net.getLearningRate(0)).isEqualTo(0.02);
        assertThat(net.getEpochCount()).isEqualTo(12);
        assertThat(clipping.gradients())
                .as("as many updates as 3 epochs of 8 small batches")
                .isEqualTo(24);
        assertThat(net.score(Networks.batch(1, 64))).isLessThan(before);
    }

    @Test
    void smallBatchesNoise_isAddedToLargeOnes() {
        BatchRegime regime = BatchRegime.of(32).referenceBatch(8).scaling(RateScaling.NONE);
        MultiLayerNetwork net = Networks.initialised(Networks.conf(new Sgd(regime.schedule(Map.of(0, 0.05, 2, 0.005))))
                .list()
                .layer(Networks.dense(8).nIn(Networks.IN).build())
                .layer(Networks.output().nIn(8).build())
                .build());
        GradientNoise noise = GradientNoise.matching(32, 8).seed(7);
        ExampleWeightedLoss.install(net);
        data.setPreProcessor(noise);
        double before = net.score(Networks.batch(1, 64));

        net.fit(data, regime.epochs(3));

        assertThat(net.getLearningRate(0)).isEqualTo(0.005);
        assertThat(noise.position()).isEqualTo(12 * 64);
        assertThat(net.score(Networks.batch(1, 64))).isLessThan(before);
    }
}
