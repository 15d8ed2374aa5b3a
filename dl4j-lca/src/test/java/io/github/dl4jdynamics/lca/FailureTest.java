/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import io.github.dl4jdynamics.lca.dump.AllocationDump;
import io.github.dl4jdynamics.lca.dump.DumpedArray;
import io.github.dl4jdynamics.lca.math.PathRules;
import io.github.dl4jdynamics.lca.math.StepBooks;
import io.github.dl4jdynamics.spectral.oracle.LossData;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
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

    private static DataSet poison() {
        DataSet rows = Nets.rows(6, 5);
        rows.getFeatures().putScalar(2, 1, Double.NaN);
        return rows;
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

        Nets.fit(net, poison());
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

        Nets.fit(net, poison());
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

    /** Fails at one of its gradients. */
    private static final class FailingLoss extends LossMCXENT {
        private static final long serialVersionUID = 1;
        private static int gradientsLeft = Integer.MAX_VALUE;

        @Override
        public INDArray computeGradient(INDArray labels, INDArray z, IActivation activation, INDArray mask) {
            if (--gradientsLeft == 0) {
                throw new IllegalStateException("no more");
            }
            return super.computeGradient(labels, z, activation, mask);
        }
    }

    private static Model failing() {
        return Nets.net(
                false,
                Nets.base(new Sgd(0.1)),
                InputType.feedForward(Nets.IN),
                Nets.dense(5),
                new OutputLayer.Builder(new FailingLoss())
                        .nOut(Nets.CLASSES)
                        .activation(Activation.SOFTMAX)
                        .build());
    }

    @Test
    void failureAmongTheClasses_leavesTheirBooksConsistent() {
        FailingLoss.gradientsLeft = Integer.MAX_VALUE;
        Model net = failing();
        LossChangeAllocationListener lca =
                builder().perClass(true).rule(PathRules.trapezoid()).build();
        lca.attach(net);
        Nets.updates(net, 2);
        // The network's own, that of all rows, that of class 0, and here it ends.
        FailingLoss.gradientsLeft = 4;
        try (Logs logs = new Logs()) {
            Nets.updates(net, 3);

            assertThat(logs.warnings()).hasSize(1);
        }

        AllocationHistory history = lca.history();
        assertThat(history.steps())
                .extracting(AllocationStep::isAllocated)
                .containsExactly(true, true, true, false, true, true);
        assertThat(history.steps().get(3).note()).contains("no more");
        List<LossAllocation> classes = history.steps().get(2).classes();
        assertThat(classes.get(0).lossAfter()).isFinite();
        assertThat(classes.get(1).lossAfter()).isNaN();
        for (int c = 0; c < classes.size(); c++) {
            double allocated = 0;
            for (AllocationStep step : history.steps()) {
                allocated += step.isAllocated() ? step.classes().get(c).allocated() : 0;
            }
            assertThat(Books.sum(history.parameterTotalsOfClass(c))).isCloseTo(allocated, within(Books.CLOSE));
        }
        Books.assertConsistent(history);
        assertThat(history.section()).isNotNull();
    }

    @Test
    void failureAlongTheBasis_leavesTheCountsConsistent() {
        LossChangeAllocationBuilder builder = builder().basis(Nd4j.eye(43).castTo(DataType.DOUBLE));
        INDArray basis = builder.basis;
        Model net = Nets.net(false, new Sgd(0.1));
        LossChangeAllocationListener lca = builder.build().attach(net);
        Nets.updates(net, 2);
        basis.close();

        try (Logs logs = new Logs()) {
            Nets.updates(net, 3);

            assertThat(logs.warnings()).hasSize(2);
        }

        AllocationHistory history = lca.history();
        assertThat(history.books(0).steps()).isEqualTo(2);
        Books.assertConsistent(history);
        assertThat(history.analysis().helpedByParameter(0).moved()).isPositive();
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

    @Test
    void dumpThatCannotBeWritten_leavesTheBooksComplete(@TempDir Path folder) throws Exception {
        Model net = Nets.net(false, new Sgd(0.1));
        LossChangeAllocationListener lca =
                builder().dump(folder.resolve("dump")).build();
        lca.attach(net);
        Nets.updates(net, 2);
        lca.close();

        try (Logs logs = new Logs()) {
            Nets.updates(net, 6);

            assertThat(logs.warnings())
                    .containsExactly(
                            "LossChangeAllocation goes on without its dump: the dump was closed before this step. "
                                    + "Logged once.");
        }

        AllocationHistory history = lca.history();
        assertThat(history.books(0).steps()).isEqualTo(8);
        assertThat(history.steps().get(2).note()).isEqualTo("the dump was closed before this step");
        assertThat(history.steps().get(3).note()).isEmpty();
        Books.assertConsistent(history);
    }

    @Test
    void dumpThatFails_endsAndSaysSoOnce(@TempDir Path folder) throws Exception {
        DumpedArray array = DumpedArray.builder()
                .name("a")
                .layer("a")
                .key("W")
                .order('c')
                .shape(2)
                .build();
        AllocationDump files = AllocationDump.create(folder.resolve("dump"), "train", List.of(array));
        StepDump dump = new StepDump(files);
        AllocationStep.Draft step = new AllocationStep.Draft();
        step.updatesAfter = 1;
        files.close(); // as good as a full disk

        try (Logs logs = new Logs()) {
            dump.begin(step, new StepBooks(1, 0.5, -0.5, 1, 0, 0));
            dump.values(new double[2], 2);
            dump.end();

            assertThat(dump.isWanted()).isFalse();
            assertThat(dump.takeNote()).startsWith("the dump could not be written and ends before this step: ");
            assertThat(dump.takeNote()).isEmpty();
            assertThat(logs.warnings()).hasSize(1);
        }
        dump.close();
        assertThatThrownBy(dump::throwFailure).hasMessageStartingWith("the dump could not be written: ");
    }

    @Test
    void dumpFolderInUse_isRefusedBeforeTheFirstStep(@TempDir Path folder) throws Exception {
        Files.writeString(folder.resolve("allocations.npy"), "old");
        Model net = Nets.net(false, new Sgd(0.1));
        LossChangeAllocationListener lca = builder().dump(folder).build();
        assertThatThrownBy(() -> lca.attach(net))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(
                        "the folder of a dump must hold no file of an earlier one; choose another folder");
        net.setListeners(lca);

        try (Logs logs = new Logs()) {
            Nets.updates(net, 2);

            assertThat(logs.warnings())
                    .containsExactly(
                            "LossChangeAllocation could not measure; training goes on without it. Logged once.");
        }

        assertThat(lca.history().steps()).hasSize(1);
        assertThat(lca.history().steps().get(0).note()).contains("FileAlreadyExistsException");
        assertThat(lca.history().toString()).contains("FileAlreadyExistsException");
    }

    @Test
    void lostNetwork_costsNoGradients() {
        FailingLoss.gradientsLeft = Integer.MAX_VALUE;
        Model net = failing();
        LossChangeAllocationListener lca = builder()
                .perClass(true)
                .validation(LossData.of(Nets.rows(4, 2)))
                .failFast(true)
                .build();
        lca.attach(net);
        Nets.updates(net, 2);
        Nets.fit(net, poison());
        FailingLoss.gradientsLeft = Integer.MAX_VALUE;

        Nets.updates(net, 4);

        assertThat(Integer.MAX_VALUE - FailingLoss.gradientsLeft).isEqualTo(4); // the network's own
        assertThat(lca.history().steps()).hasSize(3);
        assertThat(lca.history().steps().get(2).updatesAfter()).isEqualTo(7);
    }
}
