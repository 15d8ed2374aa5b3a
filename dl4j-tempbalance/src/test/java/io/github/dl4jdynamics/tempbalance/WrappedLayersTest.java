/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance;

import java.util.Map;
import java.util.TreeMap;

import io.github.dl4jdynamics.spectral.weights.WeightKind;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.TimeDistributed;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.NetworkUtils;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions;

import static org.assertj.core.api.Assertions.assertThat;

/** Networks whose updaters are hard to get at, and ways to train that are not plain. */
class WrappedLayersTest {
    private static final int STEPS = 6;

    private static TempBalanceBuilder allKinds() {
        return Networks.settings().kinds(WeightKind.ALL);
    }

    /** Bidirectional, LastTimeStep around an LSTM, dense output. */
    private static MultiLayerNetwork wrapped() {
        return Networks.initialised(new NeuralNetConfiguration.Builder()
                .seed(7)
                .updater(new Sgd(0.1))
                .list()
                .layer(new Bidirectional(new LSTM.Builder().nOut(5).build()))
                .layer(new TimeDistributed(new DenseLayer.Builder()
                        .nOut(7)
                        .activation(Activation.TANH)
                        .build()))
                .layer(new LastTimeStep(new LSTM.Builder().nOut(4).build()))
                .layer(Networks.output("out").build())
                .setInputType(InputType.recurrent(Networks.IN, STEPS, RNNFormat.NCW))
                .build());
    }

    private static INDArray sequences() {
        INDArray steps = Nd4j.create(DataType.FLOAT, Networks.BATCH, Networks.IN, STEPS);
        for (int t = 0; t < STEPS; t++) {
            steps.tensorAlongDimension(t, 0, 1)
                    .assign(Networks.batch(t, DataType.FLOAT).getFeatures());
        }
        return steps;
    }

    private static INDArray sequenceLabels() {
        INDArray steps = Nd4j.create(DataType.FLOAT, Networks.BATCH, Networks.CLASSES, STEPS);
        for (int t = 0; t < STEPS; t++) {
            steps.tensorAlongDimension(t, 0, 1)
                    .assign(Networks.batch(t, DataType.FLOAT).getLabels());
        }
        return steps;
    }

    private static Map<String, double[]> parameters(MultiLayerNetwork net) {
        Map<String, double[]> copies = new TreeMap<>();
        net.paramTable().forEach((name, value) -> copies.put(name, Networks.bits(value)));
        return copies;
    }

    @Test
    void wrappedLayers_ratesActOnEveryParameterAndAreSaved() {
        MultiLayerNetwork plain = wrapped();
        MultiLayerNetwork net = wrapped();
        Map<String, double[]> before = parameters(plain);
        DataSet data =
                new DataSet(sequences(), Networks.batch(0, DataType.FLOAT).getLabels());

        TempBalanceUpdate update =
                allKinds().build().attach(net).history().last().get();
        plain.fit(data);
        net.fit(data);

        Map<String, double[]> after = parameters(net);
        String[] names = {"layer0", "layer1", "layer2", "out"};
        for (Map.Entry<String, double[]> plainly : parameters(plain).entrySet()) {
            String parameter = plainly.getKey();
            double factor = update.layer(names[Integer.parseInt(parameter.substring(0, 1))])
                    .get()
                    .factor();
            double[] start = before.get(parameter);
            double[] tuned = after.get(parameter);
            double largest = 0;
            double error = 0;
            for (int i = 0; i < start.length; i++) {
                double step = plainly.getValue()[i] - start[i];
                largest = Math.max(largest, Math.abs(step));
                error = Math.max(error, Math.abs(tuned[i] - start[i] - factor * step));
            }
            assertThat(factor).isNotEqualTo(1);
            assertThat(largest).as(parameter).isPositive();
            assertThat(error).as(parameter).isLessThan(1e-3 * largest + 1e-7);
        }

        MultiLayerNetwork restored = Networks.restored(net);
        TempBalance.farms().toBuilder().kinds(WeightKind.ALL).build().attach(restored);
        for (int i = 0; i < names.length; i++) {
            assertThat(restored.getLayer(i)
                            .getConfig()
                            .getUpdaterByParam(i == 0 ? "fW" : "W")
                            .getLearningRate(1, 0))
                    .as(names[i])
                    .isEqualTo(0.1 * update.layer(names[i]).get().factor());
        }
        TempBalance.detach(restored);
        TempBalance.detach(net);
        assertThat(Networks.json(net)).isEqualTo(Networks.json(plain));
        assertThat(Networks.json(restored)).isEqualTo(Networks.json(plain));
    }

    @Test
    void truncatedBackpropagation_countsSegmentsAsIterations() {
        MultiLayerNetwork plain = truncated();
        MultiLayerNetwork net = truncated();
        MultiLayerNetwork ones = truncated();
        DataSet data = new DataSet(sequences(), sequenceLabels());
        TempBalanceListener listener = allKinds().everyIterations(2).build().attach(net);
        Networks.ones().kinds(WeightKind.ALL).everyIterations(1).build().attach(ones);

        for (MultiLayerNetwork each : new MultiLayerNetwork[] {plain, net, ones}) {
            each.fit(data);
            each.fit(data);
        }

        assertThat(net.getIterationCount()).as("three segments each").isEqualTo(6);
        assertThat(Networks.iterations(listener.history())).containsExactly(0, 2, 4, 6);
        assertThat(Networks.bits(ones.params())).isEqualTo(Networks.bits(plain.params()));
        assertThat(Networks.bits(net.params())).isNotEqualTo(Networks.bits(plain.params()));
    }

    private static MultiLayerNetwork truncated() {
        return Networks.initialised(new NeuralNetConfiguration.Builder()
                .seed(7)
                .updater(new Adam(1e-2))
                .list()
                .layer(new LSTM.Builder().nOut(5).build())
                .layer(new RnnOutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                        .nOut(Networks.CLASSES)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.recurrent(Networks.IN))
                .backpropType(BackpropType.TruncatedBPTT)
                .tBPTTLength(2)
                .build());
    }

    @Test
    void masks_trainBitIdenticallyAtFactorsOfOne() {
        MultiLayerNetwork plain = wrapped();
        MultiLayerNetwork net = wrapped();
        INDArray mask = Nd4j.ones(DataType.FLOAT, Networks.BATCH, STEPS);
        mask.putScalar(0, STEPS - 1, 0);
        mask.putScalar(3, STEPS - 1, 0);
        DataSet data =
                new DataSet(sequences(), Networks.batch(0, DataType.FLOAT).getLabels(), mask, null);
        TempBalanceListener listener =
                Networks.ones().kinds(WeightKind.ALL).everyIterations(1).build().attach(net);

        for (MultiLayerNetwork each : new MultiLayerNetwork[] {plain, net}) {
            each.fit(data);
            each.fit(data);
        }

        assertThat(listener.history().updates()).hasSize(3);
        assertThat(Networks.bits(net.params())).isEqualTo(Networks.bits(plain.params()));
    }

    @Test
    void graphWithSeveralOutputs_tunesAllOfThem() {
        ComputationGraph net = Networks.initialised(new NeuralNetConfiguration.Builder()
                .seed(7)
                .updater(new Adam(1e-2))
                .graphBuilder()
                .addInputs("in", "more")
                .setInputTypes(InputType.feedForward(Networks.IN), InputType.feedForward(Networks.IN))
                .addLayer("dense", Networks.dense("dense", 9).build(), "in", "more")
                .addLayer("one", Networks.output("one").build(), "dense")
                .addLayer(
                        "other",
                        new OutputLayer.Builder(LossFunctions.LossFunction.MSE)
                                .nOut(4)
                                .build(),
                        "dense")
                .setOutputs("one", "other")
                .build());
        TempBalanceListener listener =
                Networks.settings().everyIterations(1).build().attach(net);
        DataSet batch = Networks.batch(0, DataType.FLOAT);
        INDArray[] inputs = {batch.getFeatures(), batch.getFeatures().mul(2)};
        INDArray[] labels = {batch.getLabels(), Nd4j.ones(DataType.FLOAT, Networks.BATCH, 4)};

        net.fit(new MultiDataSet(inputs, labels));

        TempBalanceUpdate update = listener.history().last().get();
        assertThat(update.iteration()).isEqualTo(1);
        assertThat(update.layers())
                .extracting(TempBalanceUpdate.Layer::name)
                .containsExactlyInAnyOrder("dense", "one", "other");
        for (String layer : new String[] {"dense", "one", "other"}) {
            assertThat(Networks.rate(net, layer, "W"))
                    .isEqualTo(1e-2 * update.layer(layer).get().factor());
        }
    }

    @Test
    void biasUpdater_followsTheLayersFactorAtItsOwnRate() {
        MultiLayerConfiguration conf = Networks.stackConf(new Adam(1e-2), DataType.FLOAT);
        ((BaseLayer) conf.getConf(2).getLayer()).setBiasUpdater(new Sgd(0.5));
        MultiLayerNetwork net = Networks.initialised(conf);
        Networks.fitBatches(net, 2);

        TempBalanceListener listener =
                Networks.settings().everyIterations(1).build().attach(net);
        Networks.fitBatches(net, 2);

        double factor = Networks.factors(listener.history()).get("second");
        assertThat(factor).isNotEqualTo(1);
        assertThat(Networks.rate(net, "second", "W")).isEqualTo(1e-2 * factor);
        assertThat(Networks.rate(net, "second", "b")).isEqualTo(0.5 * factor);
        TempBalance.detach(net);
        assertThat(Networks.rate(net, "second", "b")).isEqualTo(0.5);
    }

    @Test
    void gradientClipping_isAppliedToTheSameGradients() {
        Model plain = clipped();
        Model net = clipped();
        Networks.ones().everyIterations(1).build().attach(net);

        for (Model each : new Model[] {plain, net}) {
            Networks.fitBatches(each, 4);
        }

        assertThat(Networks.bits(net.params())).isEqualTo(Networks.bits(plain.params()));
        AttachTest.assertSameState(net, plain);
    }

    private static MultiLayerNetwork clipped() {
        return Networks.initialised(new NeuralNetConfiguration.Builder()
                .seed(7)
                .updater(new Adam(1e-2))
                .gradientNormalization(GradientNormalization.ClipL2PerLayer)
                .gradientNormalizationThreshold(0.01)
                .list()
                .layer(Networks.dense("first", 9).build())
                .layer(Networks.dense("second", 8).build())
                .layer(Networks.output("out").build())
                .setInputType(InputType.feedForward(Networks.IN))
                .build());
    }

    @Test
    void networkUtils_readsTheTunedRate() {
        MultiLayerNetwork stack = Networks.stack(new Adam(1e-2));
        ComputationGraph graph = Networks.graph(new Adam(1e-2));
        TempBalanceListener ofStack = Networks.settings().build().attach(stack);
        TempBalanceListener ofGraph = Networks.settings().build().attach(graph);

        assertThat(NetworkUtils.getLearningRate(stack, 3))
                .isEqualTo(1e-2 * Networks.factors(ofStack.history()).get("third"));
        assertThat(stack.getLearningRate(3))
                .isEqualTo(1e-2 * Networks.factors(ofStack.history()).get("third"));
        assertThat(NetworkUtils.getLearningRate(graph, "third"))
                .isEqualTo(1e-2 * Networks.factors(ofGraph.history()).get("third"));
    }

    @Test
    void setLearningRate_inTraining_becomesTheBaseFromTheNextMeasurementOn() {
        MultiLayerNetwork net = Networks.stack(new Sgd(1e-2));
        TempBalanceListener listener = Networks.settings().build().attach(net);
        Networks.fitEpochs(net, 2, 1);

        net.setLearningRate(0.5);
        Networks.fitEpochs(net, 2, 1);

        double factor = Networks.factors(listener.history()).get("third");
        assertThat(factor).isNotEqualTo(1);
        assertThat(Networks.rate(net, "third", "W")).isEqualTo(0.5 * factor);
        assertThat(listener.history().last().get().layer("third").get().rate()).isEqualTo(0.5 * factor);
    }
}
