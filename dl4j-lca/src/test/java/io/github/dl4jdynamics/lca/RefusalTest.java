/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca;

import java.util.List;
import java.util.stream.Stream;

import io.github.dl4jdynamics.spectral.oracle.LossData;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.OptimizationAlgorithm;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.AutoEncoder;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Settings, data and networks that do not go together: refused with the reason, and never at the cost of training. */
class RefusalTest {
    private static final LossData TRAIN = LossData.of(Nets.rows(8, 1));
    private static final String WITHOUT_IT =
            "LossChangeAllocation could not measure; training goes on without it. Logged once.";

    private static final String ONE_ARRAY =
            "labels of loss data 'train' for perClass must be one array of shape [rows, "
                    + "classes] without mask, got arrays of shapes ";
    private static final String WITHOUT_CLASSES =
            "; leave perClass out, and follow the rows of a class by further(name, data)";

    private static LossChangeAllocationBuilder builder() {
        return LossChangeAllocationListener.builder(TRAIN);
    }

    private static LossData data(int features, int labels) {
        INDArray oneHot = Nd4j.zeros(DataType.DOUBLE, 4, labels);
        oneHot.getColumn(0).assign(1);
        return LossData.of(new DataSet(Nd4j.ones(DataType.DOUBLE, 4, features), oneHot));
    }

    static Stream<Arguments> misfits() {
        LossData regression = LossData.of(new DataSet(
                Nd4j.ones(DataType.DOUBLE, 4, Nets.IN),
                Nd4j.create(new double[][] {{.1, .2, .3}, {1, 2, 3}, {0, 0, 0}, {-1, 1, 0}})));
        return Stream.of(
                Arguments.of(
                        LossChangeAllocationListener.builder(data(Nets.IN + 2, Nets.CLASSES)),
                        "loss data 'train' must fit the network, got batches with features [[4, 6]] and labels [[4, 3]]"),
                Arguments.of(
                        LossChangeAllocationListener.builder(data(Nets.IN, Nets.CLASSES + 1)),
                        "loss data 'train' must fit the network, got batches with features [[4, 4]] and labels [[4, 4]]"),
                Arguments.of(builder().validation(data(1, 1)), "loss data 'validation' must fit the network"),
                Arguments.of(
                        builder().basis(Nd4j.eye(5)),
                        "directions of the basis must have as many elements as the network has parameters, 43, got 5"),
                Arguments.of(
                        LossChangeAllocationListener.builder(regression).perClass(true),
                        "labels of loss data 'train' for perClass must be one-hot, in at least 2 columns, got 3 columns"),
                Arguments.of(
                        LossChangeAllocationListener.builder(LossData.of(Nets.sequences(3, 4, 1)))
                                .perClass(true),
                        "loss data 'train' must fit the network"));
    }

    @ParameterizedTest
    @MethodSource("misfits")
    void misfit_isRefusedWhenAttached(LossChangeAllocationBuilder builder, String message) {
        for (boolean graph : new boolean[] {false, true}) {
            Model net = Nets.net(graph, new Sgd(0.1));

            assertThatThrownBy(() -> builder.build().attach(net))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith(message);
        }
    }

    @ParameterizedTest
    @MethodSource("misfits")
    void misfit_thatWasMerelyAddedIsLoggedAndNoted(LossChangeAllocationBuilder builder, String message) {
        for (boolean graph : new boolean[] {false, true}) {
            Model net = Nets.net(graph, new Sgd(0.1));
            Model plain = Nets.net(graph, new Sgd(0.1));
            LossChangeAllocationListener lca = builder.build();
            net.setListeners(lca);

            try (Logs logs = new Logs()) {
                Nets.updates(net, 3);

                assertThat(logs.warnings()).containsExactly(WITHOUT_IT);
            }

            Nets.updates(plain, 3);
            assertThat(Nets.values(net.params())).isEqualTo(Nets.values(plain.params()));
            assertNothing(lca, message);
        }
    }

    private static void assertNothing(LossChangeAllocationListener lca, String message) {
        AllocationHistory history = lca.history();
        assertThat(history.steps()).hasSize(1);
        assertThat(history.steps().get(0).note()).contains(message);
        assertThat(history.toString()).startsWith("nothing allocated").contains(message);
        assertThat(history.books(0).steps()).isZero();
        assertThat(history.table().rows()).hasSize(1);
        assertThat(history.section()).isNotNull();
    }

    @Test
    void laterBatchOfAnotherShape_isRefusedWhenAttached() {
        Model net = Nets.net(false, new Sgd(0.1));
        LossData data = LossData.of(new ListDataSetIterator<>(
                List.of(
                        Nets.rows(4, 1),
                        new DataSet(Nd4j.ones(DataType.DOUBLE, 4, 6), Nd4j.ones(DataType.DOUBLE, 4, Nets.CLASSES))),
                1));

        assertThatThrownBy(
                        () -> LossChangeAllocationListener.builder(data).build().attach(net))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("loss data 'train' must fit the network, got batches with features [[4, 6]]");
    }

    @Test
    void perClass_needsLabelsWithoutMaskInEveryBatch() {
        DataSet masked = Nets.rows(4, 2);
        masked.setLabelsMaskArray(Nd4j.ones(DataType.DOUBLE, 4, 1));
        LossData data = LossData.of(new ListDataSetIterator<>(List.of(Nets.rows(4, 1), masked), 1));

        assertThatThrownBy(() -> LossChangeAllocationListener.builder(data)
                        .perClass(true)
                        .build()
                        .attach(Nets.net(false, new Sgd(0.1))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(ONE_ARRAY + "[[4, 3]] with a mask" + WITHOUT_CLASSES);
    }

    @Test
    void perClass_needsOneOutput() {
        ComputationGraph net = new ComputationGraph(Nets.base(new Sgd(0.1))
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(InputType.feedForward(Nets.IN))
                .addLayer("first", Nets.output(), "in")
                .addLayer("second", Nets.output(), "in")
                .setOutputs("first", "second")
                .build());
        net.init();
        DataSet rows = Nets.rows(4, 1);
        LossData data = LossData.of(new org.nd4j.linalg.dataset.MultiDataSet(
                new INDArray[] {rows.getFeatures()}, new INDArray[] {rows.getLabels(), rows.getLabels()}));

        assertThatThrownBy(() -> LossChangeAllocationListener.builder(data)
                        .perClass(true)
                        .build()
                        .attach(net))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(ONE_ARRAY + "[[4, 3], [4, 3]] without mask" + WITHOUT_CLASSES);
    }

    @Test
    void listenerThatGaveUp_isNotAttachedAgain() {
        Model net = Nets.net(false, new Sgd(0.1));
        LossChangeAllocationListener lca = LossChangeAllocationListener.builder(data(Nets.IN + 2, Nets.CLASSES))
                .build();
        net.setListeners(lca);
        try (Logs logs = new Logs()) {
            Nets.updates(net, 1);

            assertThat(logs.warnings()).containsExactly(WITHOUT_IT);
        }

        assertThatThrownBy(() -> lca.attach(net))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        "this LossChangeAllocationListener has given up and measures nothing, as its history() says; "
                                + "build a new one");
    }

    @Test
    void perClass_needsLabelsOfRankTwo() {
        Model net = Nets.net(
                false,
                Nets.base(new Sgd(0.1)),
                InputType.recurrent(Nets.IN),
                new LSTM.Builder().nOut(3).build(),
                new RnnOutputLayer.Builder(LossFunctions.LossFunction.MSE)
                        .nOut(Nets.CLASSES)
                        .activation(Activation.IDENTITY)
                        .build());

        assertThatThrownBy(() -> LossChangeAllocationListener.builder(LossData.of(Nets.sequences(3, 4, 1)))
                        .perClass(true)
                        .build()
                        .attach(net))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(ONE_ARRAY + "[[3, 3, 4]] with a mask" + WITHOUT_CLASSES);
    }

    @ParameterizedTest
    @EnumSource(
            value = OptimizationAlgorithm.class,
            names = {"LBFGS", "CONJUGATE_GRADIENT"})
    void lineSearches_areRefusedWithTheAlternative(OptimizationAlgorithm algorithm) {
        for (boolean graph : new boolean[] {false, true}) {
            Model net = Nets.net(
                    graph,
                    Nets.base(new Sgd(0.1)).optimizationAlgo(algorithm),
                    InputType.feedForward(Nets.IN),
                    Nets.dense(5),
                    Nets.output());
            String message =
                    "optimizer of a network followed by LossChangeAllocation must be STOCHASTIC_GRADIENT_DESCENT, "
                            + "got " + algorithm
                            + ", whose line searches visit points that are no steps; use an updater such as Sgd or "
                            + "Adam";
            LossChangeAllocationListener lca = builder().build();

            assertThatThrownBy(() -> lca.attach(net))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(message);
            net.setListeners(lca);
            try (Logs logs = new Logs()) {
                Nets.updates(net, 2);

                assertThat(logs.warnings())
                        .containsExactly("LossChangeAllocation cannot follow the network; training goes on without it: "
                                + message);
            }

            assertNothing(lca, message);
            net.setListeners(builder().failFast(true).build());
            assertThatThrownBy(() -> Nets.updates(net, 1)).hasMessage(message);
        }
    }

    @Test
    void pretraining_isLoggedAndTheFitAfterItFollowed() {
        MultiLayerNetwork net = (MultiLayerNetwork) Nets.net(
                false,
                Nets.base(new Sgd(0.1)),
                InputType.feedForward(Nets.IN),
                new AutoEncoder.Builder().nOut(5).build(),
                Nets.output());
        LossChangeAllocationListener lca = builder().failFast(true).build();
        lca.attach(net);

        try (Logs logs = new Logs()) {
            net.pretrain(Nets.batches(Nets.rows(12, 3), 6), 2);

            assertThat(logs.warnings())
                    .containsExactly(
                            "LossChangeAllocation does not follow layer-wise pretraining; it begins with the fit of "
                                    + "the whole network. Logged once.");
        }
        assertThat(lca.history().steps()).isEmpty();
        Nets.updates(net, 3);

        assertThat(lca.history().steps()).hasSize(3).allMatch(AllocationStep::isAllocated);
        assertThat(lca.history().arrays()).hasSize(4).noneMatch(array -> array.key()
                .equals("vb"));
        Books.assertConsistent(lca.history());
        Books.assertEndsAt(net, lca.history(), TRAIN);
        assertThatThrownBy(() -> builder().build().attach(net.getLayer(0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("pretrain layers first, then attach to the network");
    }

    @Test
    void networkWithoutOutputLayer_isRefused() {
        Model net = Nets.net(
                false,
                Nets.base(new Sgd(0.1)),
                InputType.feedForward(Nets.IN),
                Nets.dense(5),
                Nets.dense(Nets.CLASSES));

        assertThatThrownBy(() -> builder().build().attach(net))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("loss data 'train' must fit the network")
                .hasMessageContaining("final layer is not an IOutputLayer");
    }

    @Test
    void otherModels_areRefused() {
        assertThatThrownBy(() -> builder().build().attach(null)).hasMessageContaining("got null");
        MultiLayerNetwork raw = new MultiLayerNetwork(((MultiLayerNetwork) Nets.net(false, new Sgd(0.1)))
                .getLayerWiseConfigurations()
                .clone());
        assertThatThrownBy(() -> builder().build().attach(raw))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("init()");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void listenerThatWasAdded_isAttachedWithoutBeingAddedAgain(boolean graph) {
        Model net = Nets.net(graph, new Sgd(0.1));
        LossChangeAllocationListener lca = builder().failFast(true).build();
        net.setListeners(lca);

        lca.attach(net);
        Nets.updates(net, 2);

        assertThat(lca.history().steps())
                .extracting(AllocationStep::updatesAfter)
                .containsExactly(1, 2);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void oneRowOfBatchNormalization_isNoObstacle(boolean images) {
        Model net = Nets.net(
                images,
                Nets.base(new Sgd(0.1)),
                InputType.feedForward(Nets.IN),
                new BatchNormalization.Builder().build(),
                Nets.dense(5),
                new BatchNormalization.Builder().build(),
                Nets.output());
        LossChangeAllocationListener lca = LossChangeAllocationListener.builder(LossData.of(Nets.rows(1, 1)))
                .validation(TRAIN)
                .failFast(true)
                .build();
        lca.attach(net);

        Nets.updates(net, 2);

        assertThat(lca.history().steps()).hasSize(2).allMatch(AllocationStep::isAllocated);
        Books.assertConsistent(lca.history());
        assertThat(net instanceof ComputationGraph).isEqualTo(images);
    }
}
