/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca;

import java.util.ArrayList;
import java.util.List;

import io.github.dl4jdynamics.spectral.oracle.LossData;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** What goes wrong in training or measuring is marked, and training goes on. */
class FailureTest {
    private static final LossData TRAIN = LossData.of(Nets.rows(8, 1));

    private static LossChangeAllocationBuilder builder() {
        return LossChangeAllocationListener.builder(TRAIN);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void notFiniteParameters_areAGapUntilTheyAreSetBack(boolean graph) {
        Model net = Nets.net(graph, new Sgd(0.2));
        LossChangeAllocationListener lca = builder()
                .failFast(true)
                .perClass(true)
                .validation(LossData.of(Nets.rows(4, 2)))
                .build();
        lca.attach(net);
        Nets.updates(net, 2);
        INDArray good = net.params().dup();

        Nets.fit(net, Nets.poison());
        Nets.updates(net, 2);
        net.params().assign(good);
        Nets.updates(net, 2);

        AllocationHistory history = lca.history();
        assertThat(net.params().sumNumber().doubleValue()).isFinite();
        assertThat(history.steps())
                .extracting(AllocationStep::note)
                .containsExactly(
                        "",
                        "",
                        "loss or gradient is not finite",
                        "parameters were changed between two updates",
                        "",
                        "");
        AllocationStep gap = history.steps().get(2);
        assertThat(gap.updatesBefore()).isEqualTo(2);
        assertThat(gap.updatesAfter()).isEqualTo(5);
        assertThat(gap.isAllocated()).isFalse();
        assertThat(gap.losses().get(0).lossAfter()).isNaN();
        assertThat(gap.losses().get(0).allocated()).isNaN();
        assertThat(history.books(0).gaps()).isEqualTo(2);
        assertThat(history.books(0).isOff()).isFalse();
        Books.assertConsistent(history);
        Books.assertEndsAt(net, history, TRAIN);
        assertThat(Books.sum(history.parameterTotals(0))).isFinite();
    }

    @Test
    void runThatIsLostFromTheStart_isOneGap() {
        Model net = Nets.net(false, new Sgd(0.1));
        LossChangeAllocationListener lca = builder().failFast(true).build();
        lca.attach(net);

        Nets.fit(net, Nets.poison());
        Nets.updates(net, 3);

        assertThat(lca.history().steps()).hasSize(1);
        AllocationStep gap = lca.history().steps().get(0);
        assertThat(gap.updatesBefore()).isZero();
        assertThat(gap.updatesAfter()).isEqualTo(4);
        assertThat(gap.losses().get(0).lossBefore()).isFinite();
        assertThat(gap.losses().get(0).lossAfter()).isNaN();
        assertThat(lca.history().toString())
                .startsWith("nothing allocated: [updates 0 to 4: GAP, loss or gradient is not finite, [train: loss 1.");
    }

    private static final String GOES_ON = "; training goes on, and steps are gaps until it is a number again";

    @Test
    void lossThatIsLost_isLoggedOnce() {
        Model net = Nets.net(false, new Sgd(0.2));
        LossChangeAllocationListener lca = builder()
                .validation(LossData.of(Nets.rows(4, 2)))
                .failFast(true)
                .build()
                .attach(net);
        Nets.updates(net, 2);
        INDArray good = net.params().dup();

        try (Logs logs = new Logs()) {
            for (int time = 0; time < 2; time++) {
                Nets.fit(net, Nets.poison());
                Nets.updates(net, 2);
                net.params().assign(good);
                Nets.updates(net, 1);
            }

            assertThat(logs.warnings())
                    .containsExactly(
                            "LossChangeAllocation: the loss of data set 'train' is NaN in the step up to iteration 2"
                                    + GOES_ON + ". Logged once.");
        }

        assertThat(lca.history().steps())
                .extracting(AllocationStep::note)
                .filteredOn("loss or gradient is not finite"::equals)
                .hasSize(2);
    }

    @Test
    void dataThatWereNeverANumber_areNamed() {
        Model net = Nets.net(true, new Sgd(0.2));
        builder().validation(LossData.of(Nets.poison())).failFast(true).build().attach(net);

        try (Logs logs = new Logs()) {
            Nets.updates(net, 3);

            assertThat(logs.warnings())
                    .containsExactly(
                            "LossChangeAllocation: the loss of data set 'validation' is NaN in the step up to iteration 0"
                                    + GOES_ON
                                    + "; as it was none before the step either, look for NaN in the data. Logged once.");
        }
    }

    /** Has no gradient on the 8 rows of loss data, unlike on the 6 of an update. */
    static final class NoSlope extends LossMCXENT {
        private static final long serialVersionUID = 1;

        @Override
        public INDArray computeGradient(INDArray labels, INDArray z, IActivation activation, INDArray mask) {
            INDArray gradient = super.computeGradient(labels, z, activation, mask);
            return labels.size(0) == 8 ? gradient.muli(Double.POSITIVE_INFINITY) : gradient;
        }
    }

    @Test
    void gradientThatIsNoNumber_isLogged() {
        Model net = Nets.net(
                false,
                Nets.base(new Sgd(0.2)),
                InputType.feedForward(Nets.IN),
                new OutputLayer.Builder(new NoSlope())
                        .nOut(Nets.CLASSES)
                        .activation(Activation.SOFTMAX)
                        .build());
        builder().failFast(true).build().attach(net);

        try (Logs logs = new Logs()) {
            Nets.updates(net, 1);

            assertThat(logs.warnings())
                    .containsExactly(
                            "LossChangeAllocation: the gradient of data set 'train' is not finite in the step up to "
                                    + "iteration 0" + GOES_ON + ". Logged once.");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void changedParameters_areAGapThatTheBooksLeaveOut(boolean graph) {
        Model net = Nets.net(graph, new Adam(0.05));
        LossChangeAllocationListener lca = builder().failFast(true).build();
        lca.attach(net);
        Nets.updates(net, 3);

        net.setParams(net.params().mul(3));
        Nets.updates(net, 2);
        if (graph) {
            ((ComputationGraph) net).init();
        } else {
            ((MultiLayerNetwork) net).init();
        }
        net.params().muli(-1);
        Nets.updates(net, 2);

        AllocationHistory history = lca.history();
        assertThat(history.steps()).extracting(AllocationStep::updatesAfter).containsExactly(1, 2, 3, 3, 4, 5, 5, 6, 7);
        assertThat(history.steps().get(3).note()).isEqualTo("parameters were changed between two updates");
        assertThat(history.steps().get(6).note()).isEqualTo("parameters were changed between two updates");
        assertThat(history.books(0).gaps()).isEqualTo(2);
        assertThat(history.books(0).steps()).isEqualTo(7);
        assertThat(history.books(0).isOff()).isFalse();
        Books.assertConsistent(history);
        Books.assertEndsAt(net, history, TRAIN);
        double jump = history.steps().get(4).losses().get(0).lossBefore()
                - history.steps().get(2).losses().get(0).lossAfter();
        assertThat(Math.abs(jump)).isGreaterThan(1e-3);
        assertThat(history.books(0).change())
                .isNotEqualTo(history.steps().get(8).losses().get(0).lossAfter()
                        - history.steps().get(0).losses().get(0).lossBefore());
        double[] reconstructed = history.reconstructedLoss(0);
        double[] truth = history.trueLoss(0);
        assertThat(reconstructed[9]).isCloseTo(truth[9], within(0.02));
        assertThat(truth[4]).isNaN();
    }

    /** A network that can become another one. */
    @SuppressWarnings("overrides") // MultiLayerNetwork itself overrides varargs by an array
    private static final class Shapeshifter extends MultiLayerNetwork {
        private static final long serialVersionUID = 1;
        private MultiLayerNetwork other;

        Shapeshifter(MultiLayerNetwork original) {
            super(original.getLayerWiseConfigurations());
            init();
        }

        @Override
        public INDArray params() {
            return other == null ? super.params() : other.params();
        }

        @Override
        public Layer[] getLayers() {
            return other == null ? super.getLayers() : other.getLayers();
        }

        @Override
        public MultiLayerConfiguration getLayerWiseConfigurations() {
            return other == null ? super.getLayerWiseConfigurations() : other.getLayerWiseConfigurations();
        }

        void update(LossChangeAllocationListener lca, int iteration) {
            lca.onGradientCalculation(this);
            params().addi(0.01);
            lca.iterationDone(this, iteration, 0);
        }
    }

    /** 4 x 5 + 5 + 5 x 3 + 3 = 43 parameters become 47 or, in other places, 43 again. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void resizedNetwork_isLeftAlone(boolean sameLength) {
        Shapeshifter net = new Shapeshifter((MultiLayerNetwork) Nets.net(false, new Sgd(0.1)));
        LossChangeAllocationListener lca = builder().build();
        lca.attach(net);
        net.update(lca, 0);
        net.update(lca, 1);

        net.other = (MultiLayerNetwork) Nets.net(
                false,
                Nets.base(new Sgd(0.1)),
                InputType.feedForward(Nets.IN),
                sameLength
                        ? new org.deeplearning4j.nn.conf.layers.Layer[] {
                            Nets.dense(4), Nets.dense(2), Nets.dense(1), Nets.output()
                        }
                        : new org.deeplearning4j.nn.conf.layers.Layer[] {Nets.dense(5), Nets.dense(2), Nets.output()});
        try (Logs logs = new Logs()) {
            for (int update = 2; update < 8; update++) {
                net.update(lca, update);
            }

            assertThat(logs.warnings())
                    .containsExactly(
                            "LossChangeAllocation could not measure; training goes on without it. Logged once.");
        }

        assertThat(lca.history().steps()).hasSize(3);
        assertThat(lca.history().steps().get(2).note())
                .contains("the network must keep its parameter arrays while LossChangeAllocation follows it")
                .contains("give the changed network a new listener");
    }

    @Test
    void failingConsumer_isAGapAndAfterThreeInARowTheEnd() {
        Model net = Nets.net(false, new Sgd(0.1));
        List<Integer> shown = new ArrayList<>();
        LossChangeAllocationListener lca = builder()
                .onStep(detail -> {
                    shown.add(detail.step().updatesAfter());
                    if (detail.step().updatesAfter() != 2 && detail.step().updatesAfter() != 3) {
                        throw new IllegalStateException("full");
                    }
                })
                .build();
        lca.attach(net);

        try (Logs logs = new Logs()) {
            Nets.updates(net, 9);

            assertThat(logs.warnings()).hasSize(2);
            assertThat(logs.warnings().get(0))
                    .isEqualTo(
                            "LossChangeAllocation could not measure; training goes on, the history has a gap. Logged once.");
            assertThat(logs.warnings().get(1)).contains("gave up").contains("full");
        }

        AllocationHistory history = lca.history();
        assertThat(shown).containsExactly(1, 2, 3, 4, 5, 6);
        assertThat(history.steps())
                .extracting(AllocationStep::isAllocated)
                .containsExactly(true, false, true, true, true, false, true, false, true, false);
        assertThat(history.steps().get(1).note()).isEqualTo("failed: java.lang.IllegalStateException: full");
        assertThat(history.books(0).steps()).isEqualTo(6);
        Books.assertConsistent(history);
    }

    @Test
    void failFast_throwsIntoTraining() {
        Model net = Nets.net(false, new Sgd(0.1));
        LossChangeAllocationListener lca = builder()
                .failFast(true)
                .onStep(detail -> {
                    throw new IllegalStateException("full");
                })
                .build();
        lca.attach(net);

        assertThatThrownBy(() -> Nets.updates(net, 3))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("full");
        assertThat(((MultiLayerNetwork) net).getIterationCount()).isZero();
    }

    @Test
    void errorOfTheConsumer_isCaughtToo() {
        Model net = Nets.net(true, new Sgd(0.1));
        LossChangeAllocationListener lca = builder()
                .onStep(detail -> {
                    throw new AssertionError("no memory");
                })
                .build();
        lca.attach(net);

        try (Logs logs = new Logs()) {
            Nets.updates(net, 1);

            assertThat(logs.warnings()).hasSize(1);
        }

        assertThat(lca.history().steps().get(1).note()).isEqualTo("failed: java.lang.AssertionError: no memory");
    }
}
