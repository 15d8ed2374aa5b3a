/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.distance;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.github.dl4jdynamics.spectral.report.SamplingSchedule;
import org.assertj.core.data.Offset;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.constraint.MaxNormConstraint;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.AdaDelta;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** What is measured and when. */
class WeightDistanceListenerTest {
    private static final Offset<Double> CLOSE = within(1e-12);

    private static WeightDistanceListener everyUpdate() {
        return WeightDistanceListener.builder()
                .schedule(SamplingSchedule.everyIterations(1))
                .failFast(true)
                .build();
    }

    private static Map<String, double[]> parameters(Model net) {
        Map<String, double[]> parameters = new TreeMap<>();
        net.paramTable().forEach((name, values) -> parameters.put(name, Nets.values(values)));
        return parameters;
    }

    /** Naive twin: by parameter name instead of by place in the flat vector. */
    private static double distance(Map<String, double[]> now, Map<String, double[]> start, String... names) {
        double squared = 0;
        for (String name : names) {
            for (int i = 0; i < now.get(name).length; i++) {
                squared += Math.pow(now.get(name)[i] - start.get(name)[i], 2);
            }
        }
        return Math.sqrt(squared);
    }

    private static List<Integer> times(WeightDistanceHistory history, int segment) {
        List<Integer> times = new ArrayList<>();
        history.segments().get(segment).samples().forEach(sample -> times.add(sample.t()));
        return times;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void trainableWeights_areMeasuredWithoutFrozenLayersAndRunningStatistics(boolean graph) {
        Model net = Nets.net(graph, new Adam(0.01));
        Map<String, double[]> start = parameters(net);
        WeightDistanceListener listener = everyUpdate();
        net.setListeners(listener);

        Nets.fit(net, 4);

        Map<String, double[]> now = parameters(net);
        String[] prefix = graph ? new String[] {"first_", "norm_", "out_"} : new String[] {"1_", "2_", "3_"};
        WeightDistanceSample last = listener.history().samples().reverse().get(0);
        assertThat(last.layerDistances().keySet()).containsExactly("first", "norm", "out");
        assertThat(last.layerDistances().get("first"))
                .isCloseTo(distance(now, start, prefix[0] + "W", prefix[0] + "b"), CLOSE);
        assertThat(last.layerDistances().get("norm"))
                .isCloseTo(distance(now, start, prefix[1] + "gamma", prefix[1] + "beta"), CLOSE)
                .isPositive();
        assertThat(distance(now, start, prefix[1] + "mean"))
                .as("moved, and masked")
                .isPositive();
        assertThat(last.distance())
                .isCloseTo(
                        distance(
                                now,
                                start,
                                prefix[0] + "W",
                                prefix[0] + "b",
                                prefix[1] + "gamma",
                                prefix[1] + "beta",
                                prefix[2] + "W",
                                prefix[2] + "b"),
                        CLOSE);
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void everyLayout_agreesWithTheNaiveTwin(DataType type) {
        MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(2)
                .dataType(type)
                .updater(new Sgd(0.1))
                .list()
                .layer(new ConvolutionLayer.Builder(3, 2)
                        .nOut(4)
                        .activation(Activation.TANH)
                        .build())
                .layer(Nets.dense("dense").build())
                .layer(Nets.output())
                .setInputType(InputType.convolutional(5, 4, 2))
                .build());
        net.init();
        Map<String, double[]> start = parameters(net);
        WeightDistanceListener listener = everyUpdate();
        net.setListeners(listener);

        net.fit(
                Nd4j.rand(type, 3, 2, 5, 4),
                Nd4j.create(new double[][] {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}).castTo(type));

        Map<String, double[]> now = parameters(net);
        Map<String, Double> layers = listener.history().samples().get(1).layerDistances();
        assertThat(layers.get("layer0")).isCloseTo(distance(now, start, "0_W", "0_b"), CLOSE);
        assertThat(layers.get("dense")).isCloseTo(distance(now, start, "1_W", "1_b"), CLOSE);
        assertThat(layers.get("out")).isCloseTo(distance(now, start, "2_W", "2_b"), CLOSE);
    }

    @Test
    void truncatedBackpropagation_countsUpdates() {
        MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(3)
                .updater(new Sgd(0.1))
                .list()
                .layer(new Bidirectional(new SimpleRnn.Builder().nOut(4).build()))
                .layer(new LSTM.Builder().nOut(3).name("lstm").build())
                .layer(new RnnOutputLayer.Builder(LossFunctions.LossFunction.MSE)
                        .nOut(2)
                        .activation(Activation.IDENTITY)
                        .build())
                .setInputType(InputType.recurrent(3))
                .build());
        net.getLayerWiseConfigurations().setBackpropType(BackpropType.Standard);
        net.init();
        MultiLayerNetwork truncated = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(3)
                .updater(new Sgd(0.1))
                .list()
                .layer(new LSTM.Builder().nOut(3).name("lstm").build())
                .layer(new RnnOutputLayer.Builder(LossFunctions.LossFunction.MSE)
                        .nOut(2)
                        .activation(Activation.IDENTITY)
                        .build())
                .backpropType(BackpropType.TruncatedBPTT)
                .tBPTTLength(4)
                .setInputType(InputType.recurrent(3))
                .build());
        truncated.init();
        INDArray features = Nd4j.rand(DataType.FLOAT, 2, 3, 12);
        INDArray labels = Nd4j.rand(DataType.FLOAT, 2, 2, 12);
        Map<String, double[]> start = parameters(net);
        WeightDistanceListener whole = everyUpdate();
        WeightDistanceListener bySegment = everyUpdate();
        net.setListeners(whole);
        truncated.setListeners(bySegment);

        net.fit(features, labels);
        truncated.fit(features, labels);

        Map<String, double[]> now = parameters(net);
        assertThat(whole.updates()).isEqualTo(1);
        assertThat(whole.history().samples().get(1).layerDistances().get("layer0"))
                .isCloseTo(distance(now, start, "0_fW", "0_fRW", "0_fb", "0_bW", "0_bRW", "0_bb"), CLOSE);
        assertThat(bySegment.updates()).isEqualTo(3);
        assertThat(times(bySegment.history(), 0)).containsExactly(0, 1, 2, 3);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void defaultSchedule_isLogarithmicAndBeginsWithTheStart(boolean graph) {
        Model net = Nets.net(graph, new Adam(0.01));
        WeightDistanceListener listener = WeightDistanceListener.create();
        net.setListeners(listener);

        assertThat(listener.history().samples()).isEmpty();
        assertThat(listener.start()).isEmpty();
        Nets.fit(net, 14);

        WeightDistanceHistory history = listener.history();
        assertThat(times(history, 0)).containsExactly(0, 1, 2, 3, 4, 5, 6, 8, 10, 13);
        WeightDistanceSample first = history.samples().get(0);
        assertThat(first.distance()).isZero();
        assertThat(first.iteration()).isZero();
        assertThat(first.rate()).isEqualTo(0.01);
        assertThat(first.note()).isEqualTo("start of training");
        assertThat(history.samples().reverse().get(0).iteration()).isEqualTo(13);
        assertThat(history.segments()).hasSize(1);
        assertThat(history.fit(0).isFitted()).isTrue();
        assertThat(history.fit(0).points()).isEqualTo(9);
        assertThat(history.segments().get(0).fitFrom(4).points()).isEqualTo(6);
        assertThat(history.segments().get(0).fit("out").points()).isEqualTo(9);
    }

    @Test
    void scheduleOverEpochs_measuresAtTheirEnds() {
        MultiLayerNetwork net = Nets.stack(new Adam(0.01));
        WeightDistanceListener listener = WeightDistanceListener.builder()
                .schedule(SamplingSchedule.everyEpochs(2))
                .failFast(true)
                .build();
        net.setListeners(listener);

        Nets.fitEpochs(net, 3, 5);

        assertThat(times(listener.history(), 0)).containsExactly(0, 6, 12);
        assertThat(listener.history().samples())
                .extracting(WeightDistanceSample::epoch)
                .containsExactly(0, 1, 3);
    }

    @Test
    void measure_addsTheEndOnce() {
        MultiLayerNetwork net = Nets.stack(new Adam(0.01));
        WeightDistanceListener listener = WeightDistanceListener.create();
        net.setListeners(listener);
        Nets.fit(net, 7);

        listener.measure(net);
        listener.measure(net);

        assertThat(times(listener.history(), 0)).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
        assertThat(listener.history().samples().get(7).iteration()).isEqualTo(7);
    }

    @Test
    void updaterWithoutRate_isMeasuredWithoutRate() {
        MultiLayerNetwork net = Nets.stack(new AdaDelta());
        WeightDistanceListener listener = everyUpdate();
        net.setListeners(listener);

        Nets.fit(net, 3);

        assertThat(listener.history().segments()).hasSize(1);
        assertThat(listener.history().samples().get(3).rate()).isNaN();
        assertThat(listener.history().samples().get(3).distance()).isPositive();
    }

    @Test
    void layersOfDifferentRates_haveTheMeanOverTheWeights() {
        MultiLayerNetwork net = new MultiLayerNetwork(Nets.base(new Sgd(0.1))
                .list()
                .layer(Nets.dense("first").updater(new Sgd(0.3)).build()) // 5 * 7 + 7 = 42 weights
                .layer(Nets.output()) // 7 * 3 + 3 = 24
                .setInputType(InputType.feedForward(Nets.IN))
                .build());
        net.init();
        WeightDistanceListener listener = everyUpdate();
        net.setListeners(listener);

        Nets.fit(net, 1);

        assertThat(listener.history().samples().get(1).rate()).isCloseTo((42 * 0.3 + 24 * 0.1) / 66, CLOSE);
    }

    @Test
    void constraints_areInTheStartVectorButNotYetInASample() {
        MultiLayerNetwork net = new MultiLayerNetwork(Nets.base(new Sgd(0.5))
                .constrainWeights(new MaxNormConstraint(0.05, 1))
                .list()
                .layer(Nets.dense("first").build())
                .layer(Nets.output())
                .setInputType(InputType.feedForward(Nets.IN))
                .build());
        net.init();
        WeightDistanceListener listener = everyUpdate();
        net.setListeners(listener);

        Map<String, double[]> start = parameters(net);
        Nets.fit(net, 1);
        double projected = distance(parameters(net), start, "0_W", "0_b", "1_W", "1_b");
        double[] afterwards = Nets.values(net.params());
        listener.restart();
        Nets.fit(net, 1);

        assertThat(projected).as("initial columns are far longer than 0.05").isGreaterThan(1);
        assertThat(listener.history().samples().get(1).distance()).isLessThan(0.5);
        assertThat(Nets.values(listener.start().get())).isEqualTo(afterwards);
    }

    @Test
    void sameNameTwice_isToldApart() {
        MultiLayerNetwork net = new MultiLayerNetwork(Nets.base(new Sgd(0.1))
                .list()
                .layer(Nets.dense("twin").build())
                .layer(Nets.dense("twin").build())
                .layer(Nets.output())
                .setInputType(InputType.feedForward(Nets.IN))
                .build());
        net.init();
        WeightDistanceListener listener = everyUpdate();
        net.setListeners(listener);

        Nets.fit(net, 1);

        assertThat(listener.history().segments().get(0).layers()).containsExactly("twin", "twin#1", "out");
    }

    @Test
    void longVector_isSummedInDoubleOverAllBlocks() {
        long length = (1 << 20) + 12_345;
        INDArray a = Nd4j.valueArrayOf(new long[] {length}, 0.1f, DataType.FLOAT);
        INDArray b = Nd4j.zeros(DataType.FLOAT, length);
        b.putScalar(length - 1, -3);

        try (BlockwiseDistance distance = new BlockwiseDistance(a, b)) {
            double square = (double) 0.1f * 0.1f;
            assertThat(distance.squared(0, length - 1)).isCloseTo((length - 1) * square, within(1e-7));
            assertThat(distance.squared(length - 1, length)).isCloseTo(Math.pow(0.1f + 3.0, 2), within(1e-9));
            assertThat(distance.squared(5, 5)).isZero();
        }
    }

    @Test
    void batchWithoutEpochHooks_isEnough() {
        MultiLayerNetwork net = Nets.stack(new Adam(0.01));
        WeightDistanceListener listener = everyUpdate();
        net.setListeners(listener);

        net.fit(new DataSet(Nets.batch(0).getFeatures(), Nets.batch(0).getLabels()));

        assertThat(times(listener.history(), 0)).containsExactly(0, 1);
    }
}
