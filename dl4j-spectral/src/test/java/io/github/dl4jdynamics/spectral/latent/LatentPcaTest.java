/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.latent;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;

import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.deeplearning4j.gradientcheck.GradientCheckUtil;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class LatentPcaTest {
    private static final int CODE = 1;

    @BeforeEach
    void gradientChecksWantDoubles() {
        Nd4j.setDefaultDataTypes(DataType.DOUBLE, DataType.DOUBLE);
    }

    @AfterEach
    void back() {
        Nd4j.setDefaultDataTypes(DataType.FLOAT, DataType.FLOAT);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void score_hasTheGradientThatIsPropagated(int components) {
        MultiLayerNetwork net = autoencoder(new LatentPcaLayer(components, 0.7), new NoOp(), WorkspaceMode.ENABLED);
        INDArray x = rows(12).getFeatures();

        assertThat(GradientCheckUtil.checkGradients(new GradientCheckUtil.MLNConfig()
                        .net(net)
                        .epsilon(1e-6)
                        .maxRelError(1e-5)
                        .minAbsoluteError(1e-9)
                        .input(x)
                        .labels(x)))
                .isTrue();
    }

    @Test
    void score_isTheLossAndTheVarianceBeyondTheComponents() {
        MultiLayerNetwork with = autoencoder(new LatentPcaLayer(2, 0.7), new NoOp(), WorkspaceMode.ENABLED);
        MultiLayerNetwork without = autoencoder(new LatentPcaLayer(2, 0), new NoOp(), WorkspaceMode.ENABLED);
        DataSet rows = rows(30);

        double penalty = with.score(rows, true) - without.score(rows, true);

        double[] eigenvalues = eigenvalues(
                covariance(with.feedForward(rows.getFeatures(), false).get(CODE)));
        double tail = eigenvalues[2] + eigenvalues[3] + eigenvalues[4];
        assertThat(penalty).isCloseTo(0.7 * tail, within(1e-12));
        assertThat(with.score(rows, false)).isEqualTo(without.score(rows, false));
    }

    @Test
    void components_areThoseOfADecomposition() {
        MultiLayerNetwork net = autoencoder(new LatentPcaLayer(2, 0.1), new Adam(0.01), WorkspaceMode.ENABLED);
        DataSet rows = rows(30);
        for (int i = 0; i < 100; i++) {
            net.fit(rows);
        }
        net.setInput(rows.getFeatures());
        net.setLabels(rows.getLabels());
        net.computeGradientAndScore();

        PrincipalComponents components = ((LatentPca) net.getLayer(CODE)).components();

        double[][] covariance =
                covariance(net.feedForward(rows.getFeatures(), false).get(CODE));
        double[] eigenvalues = eigenvalues(covariance);
        assertThat(components.variances()[0]).isCloseTo(eigenvalues[0], within(1e-6 * eigenvalues[0]));
        assertThat(components.variances()[1]).isCloseTo(eigenvalues[1], within(1e-6 * eigenvalues[0]));
        assertThat(components.explained()).isBetween(0.6, 0.9);
        INDArray u = components.directions();
        assertThat(u.transpose().mmul(u).sub(Nd4j.eye(2)).norm2Number().doubleValue())
                .isLessThan(1e-10);
        assertThat(components.tail())
                .isCloseTo(components.totalVariance() * (1 - components.explained()), within(1e-9));
    }

    /** Without a penalty nothing is followed; the components are those of the latest training batch all the same. */
    @Test
    void components_followTheBatchWithoutAPenalty() {
        MultiLayerNetwork net = autoencoder(new LatentPcaLayer(2, 0), new Adam(0.01), WorkspaceMode.ENABLED);
        LatentPca layer = (LatentPca) net.getLayer(CODE);
        net.fit(rows(30));
        double early = layer.components().variances()[0];
        for (int i = 0; i < 100; i++) {
            net.fit(rows(30));
        }
        DataSet latest = rows(20);
        net.setInput(latest.getFeatures());
        net.setLabels(latest.getLabels());
        net.computeGradientAndScore();

        net.output(rows(7).getFeatures());
        double[] variances = layer.components().variances();

        double[] eigenvalues = eigenvalues(
                covariance(net.feedForward(latest.getFeatures(), false).get(CODE)));
        assertThat(variances[0]).isCloseTo(eigenvalues[0], within(1e-9 * eigenvalues[0]));
        assertThat(variances[1]).isCloseTo(eigenvalues[1], within(1e-9 * eigenvalues[0]));
        assertThat(variances[0]).isNotCloseTo(early, within(1e-3 * early));
        assertThat(layer.latestRefresh()).isEmpty();
    }

    @Test
    void askingForComponents_doesNotChangeTraining() {
        MultiLayerNetwork asked = autoencoder(new LatentPcaLayer(2, 0.1), new Adam(0.01), WorkspaceMode.ENABLED);
        MultiLayerNetwork left = autoencoder(new LatentPcaLayer(2, 0.1), new Adam(0.01), WorkspaceMode.ENABLED);
        for (int i = 0; i < 10; i++) {
            asked.fit(rows(30));
            left.fit(rows(30));
            asked.score(rows(12), true);
            left.score(rows(12), true);
            ((LatentPca) asked.getLayer(CODE)).components();
        }

        assertThat(asked.params().toDoubleVector())
                .containsExactly(left.params().toDoubleVector());
    }

    @Test
    void training_endsWhereDecompositionsOfEveryBatchDo() {
        DataSet rows = rows(60);
        double[] scores = new double[2];
        double[] explained = new double[2];
        for (int exact = 0; exact < 2; exact++) {
            MultiLayerNetwork net =
                    autoencoder(new LatentPcaLayer(2, 0.1, exact == 1), new Adam(0.01), WorkspaceMode.ENABLED);
            for (int i = 0; i < 200; i++) {
                net.fit(rows);
            }
            scores[exact] = net.score();
            explained[exact] = ((LatentPca) net.getLayer(CODE)).components().explained();
        }

        assertThat(scores[0]).isCloseTo(scores[1], within(0.01 * scores[1]));
        assertThat(explained[0]).isCloseTo(explained[1], within(0.01));
    }

    @Test
    void workspaces_changeNothing() {
        MultiLayerNetwork with = autoencoder(new LatentPcaLayer(2, 0.5), new Adam(0.01), WorkspaceMode.ENABLED);
        MultiLayerNetwork without = autoencoder(new LatentPcaLayer(2, 0.5), new Adam(0.01), WorkspaceMode.NONE);
        for (int i = 0; i < 10; i++) {
            with.fit(rows(20 + i));
            without.fit(rows(20 + i));
        }

        assertThat(with.params().toDoubleVector())
                .containsExactly(without.params().toDoubleVector());
    }

    @Test
    void withoutWeight_trainsAsAnIdentity() {
        MultiLayerNetwork with = autoencoder(new LatentPcaLayer(2, 0), new Adam(0.01), WorkspaceMode.ENABLED);
        MultiLayerNetwork plain = new MultiLayerNetwork(list(new Adam(0.01), WorkspaceMode.ENABLED)
                .layer(new DenseLayer.Builder().nOut(5).build())
                .layer(new OutputLayer.Builder(LossFunction.MSE)
                        .nOut(6)
                        .activation(Activation.IDENTITY)
                        .build())
                .setInputType(InputType.feedForward(6))
                .build());
        plain.init();
        plain.setParams(with.params());
        for (int i = 0; i < 5; i++) {
            with.fit(rows(20));
            plain.fit(rows(20));
        }

        assertThat(with.params().toDoubleVector())
                .containsExactly(plain.params().toDoubleVector());
    }

    @Test
    void graphWithBatchNormalization_isTrainedAndSaved(@TempDir Path folder) throws IOException {
        ComputationGraphConfiguration conf = new NeuralNetConfiguration.Builder()
                .seed(2)
                .dataType(DataType.FLOAT)
                .updater(new Adam(0.01))
                .graphBuilder()
                .addInputs("x")
                .addLayer(
                        "encoder",
                        new DenseLayer.Builder()
                                .nOut(5)
                                .activation(Activation.TANH)
                                .build(),
                        "x")
                .addLayer("bn", new BatchNormalization(), "encoder")
                .addLayer("pca", new LatentPcaLayer(2, 0.1), "bn")
                .addLayer(
                        "out",
                        new OutputLayer.Builder(LossFunction.MSE)
                                .nOut(6)
                                .activation(Activation.IDENTITY)
                                .build(),
                        "pca")
                .setOutputs("out")
                .setInputTypes(InputType.feedForward(6))
                .build();
        ComputationGraph net = new ComputationGraph(conf);
        net.init();
        for (int i = 0; i < 20; i++) {
            net.fit(rows(40));
        }
        File file = folder.resolve("net.zip").toFile();
        net.save(file);

        ComputationGraph loaded = ComputationGraph.load(file, true);
        net.fit(rows(40));
        loaded.fit(rows(40));

        assertThat(loaded.getConfiguration()).isEqualTo(net.getConfiguration());
        assertThat(loaded.params().distance2(net.params())).isLessThan(1e-4);
        assertThat(((LatentPca) loaded.getLayer("pca")).components().explained())
                .isGreaterThan(0.4);
    }

    @Test
    void activationsThatAreNotFinite_passAsTheyAre() {
        MultiLayerNetwork net = autoencoder(new LatentPcaLayer(2, 0.1), new Adam(0.01), WorkspaceMode.ENABLED);
        DataSet rows = rows(20);
        net.fit(rows);
        INDArray parameters = net.params().dup();
        DataSet broken = rows(20);
        broken.getFeatures().putScalar(0, 0, Double.NaN);

        net.fit(broken);
        net.setParams(parameters);
        net.fit(rows);

        assertThat(Double.isFinite(net.score())).isTrue();
    }

    @Test
    void settings_thatCannotBe() {
        assertThatThrownBy(() -> new LatentPcaLayer(0, 1)).hasMessageContaining("must be at least 1, got 0");
        assertThatThrownBy(() -> new LatentPcaLayer(1, -1)).hasMessageContaining("must not be negative, got -1.0");
        assertThatThrownBy(() -> autoencoder(new LatentPcaLayer(6, 1), new NoOp(), WorkspaceMode.NONE))
                .hasMessageContaining("at most as many components as units (5), got 6");
        assertThatThrownBy(() -> list(new NoOp(), WorkspaceMode.NONE)
                        .layer(new LatentPcaLayer(1, 1))
                        .setInputType(InputType.recurrent(3))
                        .build())
                .hasStackTraceContaining("needs feed-forward activations");
    }

    @Test
    void configuration_survivesJson() {
        MultiLayerConfiguration conf = autoencoder(new LatentPcaLayer(2, 0.25, true), new NoOp(), WorkspaceMode.NONE)
                .getLayerWiseConfigurations();

        MultiLayerConfiguration read = MultiLayerConfiguration.fromJson(conf.toJson());

        LatentPcaLayer layer = (LatentPcaLayer) read.getConf(CODE).getLayer();
        assertThat(layer.components()).isEqualTo(2);
        assertThat(layer.eta()).isEqualTo(0.25);
        assertThat(layer.isExact()).isTrue();
        assertThat(read).isEqualTo(conf);
    }

    private static NeuralNetConfiguration.ListBuilder list(IUpdater updater, WorkspaceMode workspaces) {
        return new NeuralNetConfiguration.Builder()
                .seed(2)
                .dataType(DataType.DOUBLE)
                .updater(updater)
                .activation(Activation.TANH)
                .trainingWorkspaceMode(workspaces)
                .inferenceWorkspaceMode(workspaces)
                .list();
    }

    private static MultiLayerNetwork autoencoder(LatentPcaLayer pca, IUpdater updater, WorkspaceMode workspaces) {
        MultiLayerNetwork net = new MultiLayerNetwork(list(updater, workspaces)
                .layer(new DenseLayer.Builder().nOut(5).build())
                .layer(pca)
                .layer(new OutputLayer.Builder(LossFunction.MSE)
                        .nOut(6)
                        .activation(Activation.IDENTITY)
                        .build())
                .setInputType(InputType.feedForward(6))
                .build());
        net.init();
        return net;
    }

    private static DataSet rows(int count) {
        Nd4j.getRandom().setSeed(count);
        INDArray x = Nd4j.randn(DataType.DOUBLE, count, 6);
        return new DataSet(x, x.dup());
    }

    private static double[][] covariance(INDArray x) {
        double[][] rows = x.toDoubleMatrix();
        int d = rows[0].length;
        double[] mean = new double[d];
        for (double[] row : rows) {
            for (int i = 0; i < d; i++) {
                mean[i] += row[i] / rows.length;
            }
        }
        double[][] covariance = new double[d][d];
        for (double[] row : rows) {
            for (int i = 0; i < d; i++) {
                for (int j = 0; j < d; j++) {
                    covariance[i][j] += (row[i] - mean[i]) * (row[j] - mean[j]) / rows.length;
                }
            }
        }
        return covariance;
    }

    /** Descending. */
    private static double[] eigenvalues(double[][] covariance) {
        return new EigenDecomposition(new Array2DRowRealMatrix(covariance)).getRealEigenvalues();
    }
}
