/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

import io.github.dl4jdynamics.lca.math.PathRule;
import io.github.dl4jdynamics.lca.math.PathRules;
import io.github.dl4jdynamics.lca.math.Quadrature;
import io.github.dl4jdynamics.lca.math.StepBooks;
import io.github.dl4jdynamics.spectral.oracle.LossData;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** Errors between computing allocations and having them in all totals: the history shows what was booked, and no more. */
class BookingFailureTest {
    private static final LossData TRAIN = LossData.of(Nets.rows(8, 1));

    private static LossChangeAllocationBuilder builder() {
        return LossChangeAllocationListener.builder(TRAIN);
    }

    /** A network that shows listeners a copy of its parameters. */
    @SuppressWarnings("overrides") // MultiLayerNetwork itself overrides varargs by an array
    private static final class Showing extends MultiLayerNetwork {
        private static final long serialVersionUID = 1;
        private INDArray copy;

        Showing(MultiLayerNetwork original) {
            super(original.getLayerWiseConfigurations());
            init();
        }

        @Override
        public INDArray params() {
            return copy == null ? super.params() : copy;
        }

        void update(LossChangeAllocationListener lca, int iteration) {
            lca.onGradientCalculation(this);
            super.params().addi(0.01);
            copy = super.params().dup();
            lca.iterationDone(this, iteration, 0);
            copy = null;
        }
    }

    /** The trapezoid rule; takes parameters away when the step has been computed and is to be booked. */
    private static final class Thieving implements PathRule {
        private final PathRule rule = PathRules.trapezoid();
        private Showing victim;

        @Override
        public Quadrature first() {
            return rule.first();
        }

        @Override
        public Optional<Quadrature> refine(Quadrature current, List<StepBooks> books) {
            return Optional.empty();
        }

        @Override
        public boolean isBalanced(List<StepBooks> books) {
            if (victim != null) {
                victim.copy.close();
                victim = null;
            }
            return true;
        }

        @Override
        public int fewestGradients() {
            return 1;
        }

        @Override
        public int mostGradients() {
            return 1;
        }
    }

    @Test
    void stepThatCannotBeBooked_isAGap() {
        Showing net = new Showing((MultiLayerNetwork) Nets.net(false, new Sgd(0.1)));
        Thieving rule = new Thieving();
        LossChangeAllocationListener lca = builder()
                .rule(rule)
                .validation(LossData.of(Nets.rows(5, 2)))
                .build()
                .attach(net);
        net.update(lca, 0);
        net.update(lca, 1);

        rule.victim = net;
        try (Logs logs = new Logs()) {
            net.update(lca, 2);
            net.update(lca, 3);

            assertThat(logs.warnings()).hasSize(1);
        }

        AllocationHistory history = lca.history();
        assertThat(history.steps()).extracting(AllocationStep::isAllocated).containsExactly(true, true, false, true);
        assertThat(history.steps()).extracting(AllocationStep::updatesAfter).containsExactly(1, 2, 3, 4);
        assertThat(history.steps().get(2).updatesBefore()).isEqualTo(2);
        assertThat(history.steps().get(2).note()).startsWith("failed: ");
        assertThat(history.analysis().helping(0).iterations()).isEqualTo(3);
        assertThat(history.analysis().helping(0).ofMoved()).doesNotContain(Double.NaN);
        assertThat(history.analysis().helpedByParameter(0).moved()).isPositive();
        Books.assertConsistent(history);
    }

    @Test
    void stepThatIsBookedForSomeData_isAStepOfThese() {
        Model net = Nets.net(false, new Sgd(0.1));
        Tracking tracking = new Tracking(builder().validation(LossData.of(Nets.rows(5, 2))), net);
        INDArray from = net.params().dup().reshape(net.numParams());
        INDArray to = from.add(0.01);
        tracking.begin(from);
        assertThat(tracking.integrate(from, to)).isTrue();
        tracking.losses.get(1).end().close();
        AllocationStep.Draft draft = new AllocationStep.Draft();
        draft.updatesAfter = 1;

        assertThatThrownBy(() -> tracking.allocate(from, to, draft)).isInstanceOf(RuntimeException.class);

        AllocationHistory history = tracking.history.snapshot("no cost");
        assertThat(history.steps()).hasSize(1);
        AllocationStep step = history.steps().get(0);
        assertThat(step.isAllocated(0)).isTrue();
        assertThat(step.isAllocated(1)).isFalse();
        assertThat(step.losses().get(0).helped() + step.losses().get(0).hurt()).isEqualTo(net.numParams());
        assertThat(step.losses().get(1).lossAfter()).isFinite();
        assertThat(step.losses().get(1).allocated()).isNaN();
        assertThat(history.books(0).steps()).isEqualTo(1);
        assertThat(history.books(1).steps()).isZero();
        assertThat(history.books(1).gaps()).isEqualTo(1);
        assertThat(history.analysis().helping(1).iterations()).isZero();
        assertThat(Arrays.stream(history.stepsHelped(1)).sum()).isZero();
        assertThat(history.layerSeries(1)[0]).containsExactly(Double.NaN);
        assertThat(history.table().rows().get(1).get(7)).isNull();
        assertThat(history.section()).isNotNull();
        Books.assertConsistent(history);
    }

    @Test
    void failureAmongTheClasses_leavesTheirBooksConsistent() {
        Model net = FailingLoss.net();
        LossChangeAllocationListener lca =
                builder().perClass(true).rule(PathRules.trapezoid()).build();
        lca.attach(net);
        Nets.updates(net, 2);
        // The network's own, that of all rows, that of class 0, and here it ends.
        FailingLoss.reset(4);
        try (Logs logs = new Logs()) {
            Nets.updates(net, 3);

            assertThat(logs.warnings()).hasSize(1);
        }

        AllocationHistory history = lca.history();
        assertThat(history.steps())
                .extracting(AllocationStep::isAllocated)
                .containsExactly(true, true, true, false, true, true);
        assertThat(history.steps().get(3).note()).contains("no more");
        assertThat(history.updates()).as("the gap is after the step").containsExactly(0, 1, 2, 3, 3, 4, 5);
        assertThat(history.steps().get(3).updatesBefore()).isEqualTo(3);
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
}
