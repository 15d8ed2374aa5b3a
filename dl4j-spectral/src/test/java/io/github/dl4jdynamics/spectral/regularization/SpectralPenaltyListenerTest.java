/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.regularization;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import io.github.dl4jdynamics.spectral.latent.LatentPca;
import io.github.dl4jdynamics.spectral.latent.LatentPcaLayer;
import io.github.dl4jdynamics.spectral.latent.PrincipalComponents;
import io.github.dl4jdynamics.spectral.math.eigen.SpectralPenalties;
import io.github.dl4jdynamics.spectral.nd4j.eigen.BasisRefresh;
import io.github.dl4jdynamics.spectral.nd4j.eigen.SpectralGradient;
import io.github.dl4jdynamics.spectral.report.HtmlReport;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
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
import static org.assertj.core.api.Assertions.within;

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

        assertThat(with.params().toDoubleVector())
                .containsExactly(without.params().toDoubleVector());
    }

    /** One object in two layers' builders. */
    @Test
    void sharedRegularization_isRecordedUnderEachLayer() {
        SpectralRegularization shared = SpectralRegularization.nuclearNorm(1e-3).build();
        MultiLayerNetwork net = Nets.sequence(
                Nets.settings(DataType.DOUBLE, new Adam(0.01), 1),
                InputType.feedForward(Nets.IN),
                Nets.dense("first", 7, shared),
                Nets.dense("second", 7, shared),
                Nets.output());
        SpectralPenaltyListener listener = new SpectralPenaltyListener();
        net.addListeners(listener);

        net.fit(Nets.batch(DataType.DOUBLE, 10, 1));

        assertThat(listener.history().records())
                .extracting(RefreshRecord::matrix)
                .containsExactly("first, parameter of shape [" + Nets.IN + ", 7]", "second, parameter of shape [7, 7]");
    }

    @Test
    void latentComponents_areRecordedToo() {
        MultiLayerNetwork net = Nets.sequence(
                Nets.settings(DataType.DOUBLE, new Adam(0.01), 1),
                InputType.feedForward(Nets.IN),
                Nets.dense("first", 7),
                new LatentPcaLayer(2, 0.1),
                Nets.output());
        SpectralPenaltyListener listener = new SpectralPenaltyListener();
        net.addListeners(listener);

        for (int i = 0; i < 3; i++) {
            net.fit(Nets.batch(DataType.DOUBLE, 10, i));
        }

        List<RefreshRecord> records = listener.history().records();
        assertThat(records).extracting(RefreshRecord::iteration).containsExactly(0, 1, 2);
        assertThat(records.get(0).matrix()).isEqualTo("layer1, components");
        PrincipalComponents latest = ((LatentPca) net.getLayer(1)).components();
        assertThat(records.get(2).values()).containsExactly(latest.variances(), within(1e-12));
        assertThat(records.get(2).smallest()).isCloseTo(latest.variances()[1], within(1e-12));
        assertThat(records.get(2).penalty()).isCloseTo(latest.tail(), within(1e-9));
    }

    /** 5 values: ranks 1, 2, 4 and the last. A first refresh that was refused has none. */
    @Test
    void history_showsTheSmallestValue_andSpectraThatBeginLater(@TempDir Path folder) throws IOException {
        double[] none = {};
        double[] five = {9, 7, 5, 3, 1};
        RefreshHistory history = new RefreshHistory(List.of(record(0, none), record(1, five)));

        assertThat(history.table().rows().get(1)).endsWith(9.0, 7.0, 3.0, null, 1.0);
        Path page = HtmlReport.write(folder, "Penalties", history.section());
        assertThat(Files.readString(page)).contains("rank 4");
    }

    private static RefreshRecord record(int iteration, double[] values) {
        INDArray matrix = Nd4j.eye(2);
        BasisRefresh refresh = SpectralGradient.builder(SpectralPenalties.nuclearNorm())
                .build(matrix)
                .refresh(matrix);
        return new RefreshRecord(iteration, "w", refresh, 1, values);
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
