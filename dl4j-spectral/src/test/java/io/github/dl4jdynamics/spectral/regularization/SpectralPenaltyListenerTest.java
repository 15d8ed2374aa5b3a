/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.regularization;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import io.github.dl4jdynamics.spectral.nd4j.eigen.BasisRefresh;
import io.github.dl4jdynamics.spectral.report.HtmlReport;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;

import static org.assertj.core.api.Assertions.assertThat;

class SpectralPenaltyListenerTest {

    @Test
    void history_holdsEveryRefresh(@TempDir Path folder) throws IOException {
        MultiLayerNetwork net = net();
        SpectralRegularization.nuclearNorm(1e-3).period(3).build().attach(net);
        SpectralPenaltyListener listener = new SpectralPenaltyListener();
        net.addListeners(listener);

        train(net, 10);
        RefreshHistory history = listener.history();

        assertThat(history.records())
                .hasSize(8)
                .extracting(RefreshRecord::iteration)
                .containsExactly(0, 0, 3, 3, 6, 6, 9, 9);
        assertThat(history.records().get(0).matrix()).isEqualTo("layer0.W [8, 5]");
        assertThat(history.records().get(0).refresh().outcome()).isEqualTo(BasisRefresh.Outcome.DECOMPOSED);
        assertThat(history.records().get(2).refresh().outcome()).isEqualTo(BasisRefresh.Outcome.STEPPED);
        assertThat(history.records().get(2).refresh().residual()).isBetween(1e-6, 0.3);
        assertThat(history.records().get(0).values()).hasSize(3).isSortedAccordingTo((a, b) -> Double.compare(b, a));
        assertThat(history.toString()).contains("layer0.W [8, 5]", "refreshes", "4");
        history.writeCsv(folder.resolve("refreshes.csv"));
        history.writeJson(folder.resolve("refreshes.json"));
        Path page = HtmlReport.write(folder, "Penalties", history.section());
        assertThat(folder.resolve("refreshes.csv")).content().startsWith("iteration,matrix,outcome,residual");
        assertThat(folder.resolve("refreshes.json")).content().contains("\"valuesAtRanks1_2_4\"");
        assertThat(Files.readString(page)).contains("Spectrum of layer0.W [8, 5]", "How far off the vectors were");
    }

    @Test
    void training_isTheSameWithAndWithoutTheListener() {
        MultiLayerNetwork with = net();
        MultiLayerNetwork without = net();
        SpectralRegularization.tailEnergy(1e-2, 2).build().attach(with);
        SpectralRegularization.tailEnergy(1e-2, 2).build().attach(without);
        with.addListeners(new SpectralPenaltyListener());

        train(with, 5);
        train(without, 5);

        assertThat(with.params()).isEqualTo(without.params());
    }

    @Test
    void networkWithoutPenalties_hasAnEmptyHistory() {
        MultiLayerNetwork net = net();
        SpectralPenaltyListener listener = new SpectralPenaltyListener();
        net.addListeners(listener);

        train(net, 2);

        assertThat(listener.history().records()).isEmpty();
        assertThat(listener.history().section()).isNotNull();
    }

    private static void train(MultiLayerNetwork net, int updates) {
        Nd4j.getRandom().setSeed(4);
        INDArray labels = Nd4j.zeros(DataType.FLOAT, 16, 3);
        for (int i = 0; i < 16; i++) {
            labels.putScalar(i, i % 3, 1);
        }
        DataSet rows = new DataSet(Nd4j.randn(DataType.FLOAT, 16, 8), labels);
        for (int i = 0; i < updates; i++) {
            net.fit(rows);
        }
    }

    private static MultiLayerNetwork net() {
        MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(3)
                .updater(new Adam(0.01))
                .list()
                .layer(new DenseLayer.Builder()
                        .nIn(8)
                        .nOut(5)
                        .activation(Activation.TANH)
                        .build())
                .layer(new OutputLayer.Builder()
                        .nIn(5)
                        .nOut(3)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
        net.init();
        return net;
    }
}
