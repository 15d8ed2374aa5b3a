/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca;

import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.github.dl4jdynamics.spectral.oracle.LossData;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions;

import static org.assertj.core.api.Assertions.assertThat;

/** The framework calls a listener as often as it is registered. */
class DoubleRegistrationTest {
    private static final LossData TRAIN = LossData.of(Nets.rows(8, 1));
    private static final String TWICE =
            "LossChangeAllocationListener must be registered with its network once, got the update of iteration 0 twice; "
                    + "what comes twice is left out; register it by attach(net) or addListeners(..), not by both. Logged once.";

    private static LossChangeAllocationBuilder builder() {
        return LossChangeAllocationListener.builder(TRAIN);
    }

    private static void add(Model net, TrainingListener listener) {
        ((MultiLayerNetwork) net).addListeners(listener);
    }

    static Stream<Arguments> runs() {
        Supplier<Model> dense = () -> Nets.net(false, new Adam(0.05));
        Supplier<Model> truncated = () -> Nets.net(
                false,
                3,
                Nets.base(new Adam(0.05)),
                InputType.recurrent(Nets.IN),
                new LSTM.Builder().nOut(4).build(),
                new RnnOutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                        .nOut(Nets.CLASSES)
                        .activation(Activation.SOFTMAX)
                        .build());
        DataSet sequences = Nets.sequences(4, 6, 3);
        BiConsumer<Model, Integer> updates = Nets::updates;
        BiConsumer<Model, Integer> segments = (net, count) -> {
            for (int i = 0; i < count / 2; i++) {
                Nets.fit(net, sequences);
            }
        };
        return Stream.of(
                Arguments.of("every update", dense, updates, builder()),
                Arguments.of("every third", dense, updates, builder().everyIterations(3)),
                Arguments.of(
                        "segments", truncated, segments, LossChangeAllocationListener.builder(LossData.of(sequences))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("runs")
    void listenerThatIsRegisteredTwice_hasTheHistoryOfOne(
            String name,
            Supplier<Model> network,
            BiConsumer<Model, Integer> training,
            LossChangeAllocationBuilder builder) {
        Model once = network.get();
        LossChangeAllocationListener alone = builder.failFast(true).build().attach(once);
        training.accept(once, 6);

        for (boolean attached : new boolean[] {true, false}) {
            Model net = network.get();
            LossChangeAllocationListener lca = builder.build();
            if (attached) {
                lca.attach(net);
            } else {
                add(net, lca);
            }
            add(net, lca);
            try (Logs logs = new Logs()) {
                training.accept(net, 6);

                assertThat(logs.warnings()).containsExactly(TWICE);
            }

            assertThat(lca.history().updates()).isEqualTo(alone.history().updates());
            assertThat(lca.history().parameterTotals(0))
                    .isEqualTo(alone.history().parameterTotals(0));
            Books.assertConsistent(lca.history());
        }
    }

    @Test
    void failureOfTheFirst_isNoUpdateMoreForTheSecond() {
        Model net = Nets.net(false, new Sgd(0.1));
        LossChangeAllocationListener lca = builder()
                .onStep(detail -> {
                    if (detail.step().updatesAfter() == 2) {
                        throw new IllegalStateException("full");
                    }
                })
                .build()
                .attach(net);
        add(net, lca);

        try (Logs logs = new Logs()) {
            Nets.updates(net, 4);

            assertThat(logs.warnings()).hasSize(2).contains(TWICE);
        }

        assertThat(lca.history().steps())
                .filteredOn(AllocationStep::isAllocated)
                .extracting(AllocationStep::updatesAfter)
                .containsExactly(1, 2, 3, 4);
    }

    @Test
    void listenerThatComesAfterTheGradient_isNoDuplicate() {
        Model net = Nets.net(false, new Sgd(0.1));
        LossChangeAllocationListener lca = builder().failFast(true).build().attach(net);

        try (Logs logs = new Logs()) {
            net.params().muli(0.9);
            lca.iterationDone(net, 0, 0);
            for (int iteration = 1; iteration < 3; iteration++) {
                lca.onGradientCalculation(net);
                net.params().muli(0.9);
                lca.iterationDone(net, iteration, 0);
            }

            assertThat(logs.warnings()).isEmpty();
        }

        assertThat(lca.history().updates()).containsExactly(0, 1, 2);
        Books.assertEndsAt(net, lca.history(), TRAIN);
    }

    /** As after updates with errors from outside, which the framework tells no listener. */
    @Test
    void updateWithoutGradient_isNoDuplicateWithAnotherIteration() {
        Model net = Nets.net(false, new Sgd(0.1));
        LossChangeAllocationListener lca = builder().failFast(true).build().attach(net);
        Nets.updates(net, 1);

        try (Logs logs = new Logs()) {
            net.params().muli(0.9);
            lca.iterationDone(net, 1, 0);
            net.params().muli(0.9);
            lca.iterationDone(net, 2, 0);

            assertThat(logs.warnings()).isEmpty();
        }

        assertThat(lca.history().updates()).containsExactly(0, 1, 2, 3);
        Books.assertEndsAt(net, lca.history(), TRAIN);
    }
}
