/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.oracle;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;

import com.google.common.primitives.Doubles;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.weightnoise.DropConnect;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationRReLU;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class LossOraclePurityTest {

    static Stream<Arguments> networks() {
        List<Arguments> cases = new ArrayList<>();
        for (DataType type : List.of(DataType.FLOAT, DataType.DOUBLE)) {
            Supplier<MultiLayerNetwork> flat = () -> noisy(type);
            Supplier<MultiLayerNetwork> recurrent = () -> recurrent(type);
            cases.add(Arguments.of(type + " noisy", flat, Networks.rows(6, 4)));
            cases.add(Arguments.of(type + " noisy graph", graph(flat), Networks.rows(6, 4)));
            cases.add(Arguments.of(type + " recurrent", recurrent, masked()));
            cases.add(Arguments.of(type + " recurrent graph", graph(recurrent), masked()));
        }
        return cases.stream();
    }

    @SuppressWarnings("try") // the workspace is left by closing it
    @ParameterizedTest(name = "{0}")
    @MethodSource("networks")
    void evaluation_leavesNoTrace(String name, Supplier<Model> make, DataSet data) {
        for (boolean inside : new boolean[] {false, true}) {
            Model net = make.get();
            fit(net, data);
            Map<String, Object> before = state(net);
            LossData rows = LossData.of(data);
            double[] features = Networks.bits(rows.batches().get(0).getFeatures(0));
            double[] labels = Networks.bits(rows.batches().get(0).getLabels(0));
            Nd4j.getRandom().setSeed(5);
            double[] expected = Networks.bits(Nd4j.rand(7));
            Nd4j.getRandom().setSeed(5);

            try (MemoryWorkspace open = inside ? Nd4j.getWorkspaceManager().getAndActivateWorkspace("open") : null) {
                LossOracle oracle = LossOracle.builder(net).build();
                INDArray gradient = oracle.zeros();
                INDArray again = oracle.zeros();
                double loss = oracle.addGradient(rows, 1, gradient);

                assertThat(oracle.loss(rows)).isEqualTo(loss);
                assertThat(oracle.addGradient(rows, 1, again)).isEqualTo(loss);
                assertThat(Networks.bits(again)).isEqualTo(Networks.bits(gradient));
                assertThat(again.isAttached()).isFalse();
                assertThat(oracle.parameters().isAttached()).isFalse();
            }

            assertThat(Nd4j.getRandom().getSeed()).isEqualTo(5);
            assertThat(Networks.bits(Nd4j.rand(7))).isEqualTo(expected);
            assertThat(state(net)).isEqualTo(before);
            assertThat(Networks.bits(rows.batches().get(0).getFeatures(0))).isEqualTo(features);
            assertThat(Networks.bits(rows.batches().get(0).getLabels(0))).isEqualTo(labels);
        }
    }

    /** Evaluates an oracle twice an iteration. */
    private static final class Watching extends BaseTrainingListener {
        private final LossData rows;
        private final List<Double> losses = new ArrayList<>();
        private LossOracle oracle;

        Watching(LossData rows) {
            this.rows = rows;
        }

        private void evaluate(Model model) {
            if (oracle == null) {
                oracle = LossOracle.builder(model).build();
            }
            oracle.moveTo(model.params());
            losses.add(oracle.addGradient(rows, 1, oracle.zeros()));
            assertThat(oracle.loss(rows)).isEqualTo(losses.get(losses.size() - 1));
        }

        @Override
        public void iterationDone(Model model, int iteration, int epoch) {
            evaluate(model);
        }

        @Override
        public void onGradientCalculation(Model model) {
            evaluate(model);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("networks")
    void trainingWithAnOracle_isBitIdentical(String name, Supplier<Model> make, DataSet data) {
        Model plain = make.get();
        Model watched = make.get();
        Watching listener = new Watching(LossData.of(data).batches(4));
        watched.setListeners(listener);

        Nd4j.getRandom().setSeed(11);
        for (int i = 0; i < 5; i++) {
            fit(plain, data);
        }
        Nd4j.getRandom().setSeed(11);
        for (int i = 0; i < 5; i++) {
            fit(watched, data);
        }

        assertThat(Networks.bits(watched.params())).isEqualTo(Networks.bits(plain.params()));
        assertThat(state(watched).get("updater")).isEqualTo(state(plain).get("updater"));
        assertThat(listener.losses).hasSize(10).allMatch(Double::isFinite);
        assertThat(listener.losses.get(2)).isNotEqualTo(listener.losses.get(0));
    }

    @Test
    void evaluationDuringAPass_isRefusedInWords() {
        MultiLayerNetwork net = recurrent(DataType.FLOAT);
        LossOracle oracle = LossOracle.builder(net).build();
        net.setListeners(new BaseTrainingListener() {
            @Override
            public void onForwardPass(Model model, List<INDArray> activations) {
                oracle.loss(LossData.of(masked()));
            }
        });

        assertThatThrownBy(() -> net.fit(masked()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("a LossOracle must not be evaluated during a pass of a network, got workspace "
                        + "WS_ALL_LAYERS_ACT open; evaluate it in iterationDone or onGradientCalculation, not in "
                        + "onForwardPass or onBackwardPass");
    }

    @Test
    void stateOfRecurrentNetwork_stays() {
        MultiLayerNetwork net = recurrent(DataType.DOUBLE);
        INDArray step = Networks.features(6, 2, 1);
        net.rnnTimeStep(step);
        double[] expected = Networks.bits(net.rnnTimeStep(step));
        net.rnnClearPreviousState();
        net.rnnTimeStep(step);

        LossOracle oracle = LossOracle.builder(net).build();
        double loss = oracle.addGradient(LossData.of(masked()), 1, oracle.zeros());

        assertThat(Networks.bits(net.rnnTimeStep(step))).isEqualTo(expected);
        net.rnnClearPreviousState();
        assertThat(LossOracle.builder(net).build().loss(LossData.of(masked()))).isEqualTo(loss);
    }

    @Test
    void evaluations_needNoMoreMemoryTheLongerTheyGoOn() {
        LossOracle flat = LossOracle.builder(noisy(DataType.FLOAT)).build();
        LossOracle graph =
                LossOracle.builder(noisy(DataType.FLOAT).toComputationGraph()).build();
        LossOracle recurrent = LossOracle.builder(recurrent(DataType.FLOAT)).build();
        LossData rows = LossData.of(Networks.rows(6, 4)).batches(4);
        LossData sequences = LossData.of(masked()).batches(4);
        for (int i = 0; i < 10; i++) {
            evaluate(recurrent, sequences);
            evaluate(flat, rows);
            evaluate(graph, rows);
        }
        Map<String, Long> warm = workspaces();

        for (int i = 0; i < 300; i++) {
            evaluate(i % 2 == 0 ? flat : graph, rows);
            if (i % 20 == 0) {
                evaluate(recurrent, sequences);
            }
        }

        assertThat(workspaces()).isEqualTo(warm);
        assertThat(Nd4j.getMemoryManager().getCurrentWorkspace()).isNull();
    }

    private static void evaluate(LossOracle oracle, LossData rows) {
        oracle.addGradient(rows, 1, oracle.zeros());
        oracle.loss(rows);
    }

    private static Map<String, Long> workspaces() {
        Map<String, Long> sizes = new java.util.TreeMap<>();
        for (MemoryWorkspace workspace : Nd4j.getWorkspaceManager().getAllWorkspacesForCurrentThread()) {
            sizes.put(workspace.getId(), workspace.getCurrentSize());
        }
        return sizes;
    }

    private static Map<String, Object> state(Model net) {
        boolean layered = net instanceof MultiLayerNetwork;
        MultiLayerNetwork sequence = layered ? (MultiLayerNetwork) net : null;
        ComputationGraph graph = layered ? null : (ComputationGraph) net;
        return Map.of(
                "parameters",
                values(net.params()),
                "updater",
                values((layered ? sequence.getUpdater() : graph.getUpdater()).getStateViewArray()),
                "gradient",
                values(net.getGradientsViewArray()),
                "input",
                values(layered ? sequence.getInput() : graph.getInput(0)),
                "labels",
                values(layered ? sequence.getLabels() : null),
                "score",
                net.score(),
                "listeners",
                List.copyOf(layered ? sequence.getListeners() : graph.getListeners()),
                "configuration",
                layered
                        ? sequence.getLayerWiseConfigurations().toJson()
                        : graph.getConfiguration().toJson(),
                "masks",
                Stream.of(layered ? sequence.getLayers() : graph.getLayers())
                        .map(layer -> values(layer.getMaskArray()))
                        .collect(java.util.stream.Collectors.toList()));
    }

    /** A list, since maps of lists are compared element by element and maps of arrays are not. */
    private static List<Double> values(INDArray array) {
        return array == null ? List.of() : Doubles.asList(Networks.bits(array));
    }

    private static void fit(Model net, DataSet data) {
        if (net instanceof MultiLayerNetwork) {
            ((MultiLayerNetwork) net).fit(data);
        } else {
            ((ComputationGraph) net).fit(data);
        }
    }

    private static Supplier<Model> graph(Supplier<MultiLayerNetwork> net) {
        return () -> {
            ComputationGraph graph = net.get().toComputationGraph();
            graph.setListeners(Collections.emptyList());
            return graph;
        };
    }

    private static MultiLayerNetwork noisy(DataType type) {
        NeuralNetConfiguration.Builder settings = Networks.settings(type).l2(0.01);
        Layer dense = new DenseLayer.Builder()
                .nOut(5)
                .dropOut(0.5)
                .weightNoise(new DropConnect(0.8))
                .build();
        return Networks.sequence(
                settings,
                InputType.feedForward(4),
                dense,
                new BatchNormalization(),
                // DL4J-M2.1: RReLU cannot train in DOUBLE.
                new ActivationLayer(type == DataType.FLOAT ? new ActivationRReLU() : new ActivationLReLU()),
                Networks.output());
    }

    private static MultiLayerNetwork recurrent(DataType type) {
        return Networks.sequence(
                Networks.settings(type),
                InputType.recurrent(2, 4),
                new LSTM.Builder().nOut(3).dropOut(0.7).build(),
                new DenseLayer.Builder().nOut(3).build(),
                new LSTM.Builder().nOut(3).build(),
                Networks.sequenceOutput());
    }

    private static DataSet masked() {
        DataSet data = Networks.sequences(6, 2, 4);
        data.setFeaturesMaskArray(Networks.lengths(6, 4));
        data.setLabelsMaskArray(Networks.lengths(6, 4));
        return data;
    }
}
