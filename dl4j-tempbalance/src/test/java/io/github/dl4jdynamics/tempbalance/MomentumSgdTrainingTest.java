/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance;

import java.io.File;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;

import io.github.dl4jdynamics.spectral.rates.CosineSchedule;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.ScheduleType;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** {@link MomentumSgd} where it works: inside networks. */
class MomentumSgdTrainingTest {
    private static final CosineSchedule COSINE = new CosineSchedule(ScheduleType.ITERATION, 0.05, 12);

    @ParameterizedTest
    @CsvSource({"false, 0", "true, 0", "false, 0.4", "true, 0.4"})
    void fit_networkWithBatchNorm_agreesWithANaiveTwin(boolean nesterov, double dampening) {
        MultiLayerNetwork network = network(updater(nesterov, dampening), DataType.DOUBLE);
        INDArray velocity = null;

        for (int step = 0; step < 8; step++) {
            INDArray before = network.params().dup();
            // At rate 1 the step of plain SGD is the gradient, or the ready-made change of a running statistic.
            MultiLayerNetwork sgd = network(new Sgd(1), DataType.DOUBLE);
            sgd.setParams(before);
            sgd.fit(batch(step, DataType.DOUBLE));
            INDArray g = before.sub(sgd.params());
            network.fit(batch(step, DataType.DOUBLE));

            velocity = velocity == null ? g.dup() : velocity.mul(0.9).add(g.mul(1 - dampening));
            INDArray update = nesterov ? g.add(velocity.mul(0.9)) : velocity;
            INDArray expected = before.sub(update.mul(COSINE.valueAt(step, 0)));
            Map<String, INDArray> naive =
                    network(new Sgd(1), DataType.DOUBLE, expected).paramTable();
            sgd.paramTable().forEach((name, value) -> {
                INDArray twin = name.equals("1_mean") || name.equals("1_log10stdev") ? value : naive.get(name);
                assertThat(network.getParam(name).equalsWithEps(twin, 1e-12))
                        .as(name)
                        .isTrue();
            });
        }
    }

    @ParameterizedTest
    @CsvSource({"false, 0, 3", "true, 0, 3", "false, 0.4, 3", "true, 0.4, 1", "true, 0.4, 0"})
    void modelSerializer_inTheMiddle_continuesBitIdentically(
            boolean nesterov, double dampening, int stepsBefore, @TempDir Path folder) throws Exception {
        MultiLayerNetwork network = network(updater(nesterov, dampening), DataType.FLOAT);
        for (int step = 0; step < stepsBefore; step++) {
            network.fit(batch(step, DataType.FLOAT));
        }
        File zip = folder.resolve("model.zip").toFile();
        ModelSerializer.writeModel(network, zip, true);

        MultiLayerNetwork restored = ModelSerializer.restoreMultiLayerNetwork(zip, true);

        for (int step = 0; step < 4; step++) {
            network.fit(batch(step, DataType.FLOAT));
            restored.fit(batch(step, DataType.FLOAT));
            assertThat(restored.params().toFloatVector())
                    .containsExactly(network.params().toFloatVector());
        }
        assertThat(restored.getUpdater().getStateViewArray().toFloatVector())
                .containsExactly(network.getUpdater().getStateViewArray().toFloatVector());
    }

    @Test
    void sameDiff_savedAndLoaded_continuesBitIdentically(@TempDir Path folder) {
        SameDiff model = linearModel();
        trainByHand(model, 3);
        File file = folder.resolve("model.fb").toFile();
        model.save(file, true);

        SameDiff loaded = SameDiff.load(file, true);

        trainByHand(model, 3);
        trainByHand(loaded, 3);
        assertThat(loaded.getVariable("w").getArr())
                .isEqualTo(model.getVariable("w").getArr());
    }

    @Test
    void sameDiff_overManySteps_agreesWithANaiveTwin() {
        SameDiff model = linearModel();
        double w = model.getVariable("w").getArr().getDouble(0);
        double v = 0;

        for (int step = 0; step < 6; step++) {
            // loss = mean((w x - y)^2) over x = (1, 2), y = (3, 5)
            double g = (w - 3) + 2 * (2 * w - 5);
            v = 0.9 * v + g;
            w -= COSINE.valueAt(step, 0) * (g + 0.9 * v);
        }
        trainByHand(model, 6);

        assertThat(model.getVariable("w").getArr().getDouble(0)).isCloseTo(w, within(1e-12));
    }

    private static MomentumSgd updater(boolean nesterov, double dampening) {
        return MomentumSgd.builder()
                .learningRateSchedule(COSINE)
                .nesterov(nesterov)
                .dampening(dampening)
                .build();
    }

    private static MultiLayerNetwork network(IUpdater updater, DataType type) {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(5)
                .dataType(type)
                .updater(updater)
                .l2(1e-2)
                .activation(Activation.TANH)
                .list()
                .layer(new DenseLayer.Builder().nIn(3).nOut(5).build())
                .layer(new BatchNormalization.Builder().nIn(5).nOut(5).build())
                .layer(new OutputLayer.Builder()
                        .nIn(5)
                        .nOut(2)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
        network.init();
        return network;
    }

    private static MultiLayerNetwork network(IUpdater updater, DataType type, INDArray params) {
        MultiLayerNetwork network = network(updater, type);
        network.setParams(params);
        return network;
    }

    private static DataSet batch(int seed, DataType type) {
        INDArray x = Nd4j.createFromArray(new Random(seed).doubles(24, -1, 1).toArray())
                .reshape(8, 3)
                .castTo(type);
        INDArray y = Nd4j.zeros(type, 8, 2);
        for (int i = 0; i < 8; i++) {
            y.putScalar(i, x.getDouble(i, 0) > 0 ? 1 : 0, 1);
        }
        return new DataSet(x, y);
    }

    private static SameDiff linearModel() {
        SameDiff model = SameDiff.create();
        SDVariable x = model.placeHolder("x", DataType.DOUBLE, 2, 1);
        SDVariable y = model.placeHolder("y", DataType.DOUBLE, 2, 1);
        SDVariable w = model.var("w", Nd4j.createFromArray(new double[][] {{0.5}}));
        model.loss.meanSquaredError("loss", y, x.mmul(w), null);
        model.setLossVariables("loss");
        model.setTrainingConfig(TrainingConfig.builder()
                .updater(updater(true, 0))
                .dataSetFeatureMapping("x")
                .dataSetLabelMapping("y")
                .build());
        return model;
    }

    private static void trainByHand(SameDiff model, int steps) {
        DataSet data = new DataSet(
                Nd4j.createFromArray(new double[][] {{1}, {2}}), Nd4j.createFromArray(new double[][] {{3}, {5}}));
        for (int step = 0; step < steps; step++) {
            model.fit(data);
        }
    }
}
