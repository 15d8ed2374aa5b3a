/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca;

import java.util.List;
import java.util.Optional;

import io.github.dl4jdynamics.lca.math.PathRule;
import io.github.dl4jdynamics.lca.math.PathRules;
import io.github.dl4jdynamics.lca.math.Quadrature;
import io.github.dl4jdynamics.lca.math.StepBooks;
import io.github.dl4jdynamics.spectral.oracle.LossData;
import org.deeplearning4j.nn.api.Model;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.learning.config.Sgd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** Rules that go from any quadrature to any other. */
class OwnRuleTest {

    /** Through a list of quadratures to the last one, beginning with another one in every step. */
    private static final class Wandering implements PathRule {
        private final List<Quadrature> stations;
        private int begun;

        Wandering(List<Quadrature> stations) {
            this.stations = stations;
        }

        @Override
        public Quadrature first() {
            return stations.get(begun++ % stations.size());
        }

        @Override
        public Optional<Quadrature> refine(Quadrature current, List<StepBooks> books) {
            int next = stations.indexOf(current) + 1;
            return next < stations.size() ? Optional.of(stations.get(next)) : Optional.empty();
        }

        @Override
        public boolean isBalanced(List<StepBooks> books) {
            return true;
        }

        @Override
        public int fewestGradients() {
            return 1;
        }

        @Override
        public int mostGradients() {
            return 30;
        }
    }

    /** Never has enough: of one quadrature over and over, or of more and more splits. */
    private static final class Insatiable implements PathRule {
        private final boolean finer;

        Insatiable(boolean finer) {
            this.finer = finer;
        }

        @Override
        public Quadrature first() {
            return Quadrature.simpson(2);
        }

        @Override
        public Optional<Quadrature> refine(Quadrature current, List<StepBooks> books) {
            return Optional.of(finer ? Quadrature.simpson(2 * current.splits()) : current);
        }

        @Override
        public boolean isBalanced(List<StepBooks> books) {
            return false;
        }

        @Override
        public int fewestGradients() {
            return 2;
        }

        @Override
        public int mostGradients() {
            return 10;
        }

        @Override
        public String toString() {
            return "insatiable";
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Timeout(60)
    void ruleThatNeverHasEnough_isStopped(boolean finer) {
        Model net = Nets.net(false, new Sgd(1));
        LossChangeAllocationListener lca = LossChangeAllocationListener.builder(LossData.of(Nets.rows(8, 1)))
                .rule(new Insatiable(finer))
                .build()
                .attach(net);

        try (Logs logs = new Logs()) {
            Nets.updates(net, 4);

            assertThat(logs.warnings()).as("a gap, and the end after three").hasSize(2);
        }

        assertThat(lca.history().steps()).noneMatch(AllocationStep::isAllocated);
        assertThat(lca.history().steps().get(0).note())
                .contains("IllegalStateException: rule 'insatiable' must end a step within the mostGradients() it "
                        + "promises, 10, got 11 gradients or refinements")
                .endsWith("let refine(..) return empty, or promise more");
    }

    private static AllocationHistory train(PathRule rule) {
        Model net = Nets.net(false, new Sgd(1));
        LossChangeAllocationListener lca = LossChangeAllocationListener.builder(LossData.of(Nets.rows(8, 1)))
                .rule(rule)
                .perClass(true)
                .failFast(true)
                .build()
                .attach(net);
        Nets.updates(net, 5);
        return lca.history();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void lastQuadrature_isAllThatCounts(boolean backwards) {
        List<Quadrature> stations = backwards
                ? List.of(Quadrature.simpson(6), Quadrature.simpson(4), Quadrature.left(), Quadrature.midpoint())
                : List.of(
                        Quadrature.midpoint(),
                        Quadrature.right(),
                        Quadrature.simpson(4),
                        Quadrature.trapezoid(),
                        Quadrature.simpson(6));

        AllocationHistory wandering = train(new Wandering(stations));
        AllocationHistory fixed = train(backwards ? PathRules.midpoint() : PathRules.composite(6));

        Books.assertConsistent(wandering);
        Books.assertJoined(wandering);
        double[] expected = fixed.parameterTotals(0);
        for (int i = 0; i < expected.length; i++) {
            assertThat(wandering.parameterTotals(0)[i]).isCloseTo(expected[i], within(1e-12));
            assertThat(wandering.parameterTotalsOfClass(0)[i])
                    .isCloseTo(fixed.parameterTotalsOfClass(0)[i], within(1e-12));
        }
    }
}
