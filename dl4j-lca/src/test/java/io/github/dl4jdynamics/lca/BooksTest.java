/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

import io.github.dl4jdynamics.lca.math.PathRule;
import io.github.dl4jdynamics.lca.math.PathRules;
import io.github.dl4jdynamics.spectral.latent.LatentPcaLayer;
import io.github.dl4jdynamics.spectral.oracle.BatchNormalizationMode;
import io.github.dl4jdynamics.spectral.oracle.LossData;
import io.github.dl4jdynamics.spectral.oracle.ParameterArray;
import io.github.dl4jdynamics.spectral.report.SamplingSchedule;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.layers.LayerConstraint;
import org.deeplearning4j.nn.conf.constraint.MaxNormConstraint;
import org.deeplearning4j.nn.conf.constraint.NonNegativeConstraint;
import org.deeplearning4j.nn.conf.constraint.UnitNormConstraint;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.eigen.Eigen;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** Allocations sum up to the loss change, on every level and over every part of a run. */
class BooksTest {
    private static final LossData TRAIN = LossData.of(Nets.rows(14, 1)).batches(8);
    private static final LossData VALIDATION = LossData.of(Nets.rows(9, 2));

    private static LossChangeAllocationBuilder builder() {
        return LossChangeAllocationListener.builder(TRAIN).failFast(true);
    }

    private static AllocationHistory train(Model net, LossChangeAllocationListener lca, int updates) {
        lca.attach(net);
        Nets.updates(net, updates);
        return lca.history();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void everyLevel_sumsToTheLossChange(boolean graph) {
        Model net = Nets.normalized(graph, new Nesterovs(0.3, 0.9));
        List<AllocationDetail> details = new ArrayList<>();

        AllocationHistory history =
                train(net, builder().validation(VALIDATION).onStep(details::add).build(), 6);

        assertThat(history.dataSets()).containsExactly("train", "validation");
        Books.assertConsistent(history);
        Books.assertJoined(history);
        Books.assertEndsAt(net, history, TRAIN);
        assertThat(details).hasSize(6);
        for (int t = 0; t < 6; t++) {
            AllocationStep step = history.steps().get(t);
            assertThat(details.get(t).step()).isSameAs(step);
            assertThat(details.get(t).arrays()).isEqualTo(history.arrays());
            for (int data = 0; data < 2; data++) {
                assertThat(Books.sum(details.get(t).units(data)))
                        .isCloseTo(step.losses().get(data).allocated(), within(Books.CLOSE));
            }
        }
        assertThat(history.books(0).isOff()).isFalse();
    }

    private static Model pressed(double eta) {
        return Nets.net(
                false,
                Nets.base(new Sgd(0.1)),
                InputType.feedForward(Nets.IN),
                Nets.dense(5),
                new LatentPcaLayer(1, eta, true),
                Nets.output());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void penaltyOfActivations_isPartOfTheLossWithAndWithoutRegularization(boolean regularization) {
        LossData data = LossData.of(Nets.rows(14, 1));
        double[] first = new double[2];
        for (int eta = 0; eta < 2; eta++) {
            AllocationHistory history = train(
                    pressed(eta),
                    LossChangeAllocationListener.builder(data)
                            .regularization(regularization)
                            .failFast(true)
                            .build(),
                    4);

            first[eta] = history.steps().get(0).losses().get(0).lossBefore();
            assertThat(history.books(0).relativeError()).isLessThan(0.01);
        }
        INDArray codes = ((MultiLayerNetwork) pressed(0))
                .feedForwardToLayer(0, data.batches().get(0).getFeatures(0))
                .get(1);
        INDArray centred = codes.subRowVector(codes.mean(0));
        INDArray covariance = centred.transpose().mmul(centred).divi(14);
        double tail = Nd4j.diag(covariance).sumNumber().doubleValue()
                - Eigen.symmetricGeneralizedEigenvalues(covariance).maxNumber().doubleValue();

        assertThat(first[1] - first[0]).isPositive().isCloseTo(tail, within(1e-6));
    }

    @Test
    void adaptiveRule_isWithinItsToleranceOrSaysSo() {
        for (double rate : new double[] {0.1, 3, 60}) {
            AllocationHistory history =
                    train(Nets.net(false, new Sgd(rate)), builder().build(), 5);

            Books.assertBalancedOrMarked(history);
            assertThat(history.books(0).unbalanced()).isEqualTo((int) history.steps().stream()
                    .filter(step -> step.status() == AllocationStep.Status.UNBALANCED)
                    .count());
        }
        AllocationHistory tight = train(
                Nets.net(false, new Sgd(5)),
                builder().rule(PathRules.adaptive(0, 1e-300, 2)).build(),
                2);
        assertThat(tight.books(0).unbalanced()).isEqualTo(2);
        assertThat(tight.steps().get(0).rule()).isEqualTo("Simpson/2");
        assertThat(tight.steps().get(0).gradients()).isEqualTo(2);
    }

    /** Caps that are no power of two leave nodes of the coarser rule out. */
    @ParameterizedTest
    @ValueSource(ints = {6, 10, 16})
    void refinedRule_givesWhatTheFinestAloneGives(int cap) {
        PathRule refined = PathRules.adaptive(0, 1e-300, cap);
        AllocationHistory adaptive =
                train(Nets.net(false, new Sgd(1)), builder().rule(refined).build(), 3);
        AllocationHistory reference = train(
                Nets.net(false, new Sgd(1)),
                builder().rule(PathRules.reference(1e-300, cap)).build(),
                3);
        AllocationHistory fixed = train(
                Nets.net(false, new Sgd(1)),
                builder().rule(PathRules.composite(cap)).build(),
                3);

        for (AllocationHistory history : List.of(adaptive, reference)) {
            assertThat(history.steps()).allMatch(step -> step.rule().equals("Simpson/" + cap));
            assertThat(history.steps()).allMatch(step -> step.gradients() <= refined.mostGradients());
            double[] totals = history.parameterTotals(0);
            for (int i = 0; i < totals.length; i++) {
                assertThat(totals[i]).isCloseTo(fixed.parameterTotals(0)[i], within(1e-12));
            }
        }
        assertThat(reference.steps()).allMatch(step -> step.gradients() == refined.mostGradients());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void classes_weightedByTheirRowsSumToTheLoss(boolean normalized) {
        Model net = normalized ? Nets.normalized(false, new Adam(0.1)) : Nets.net(false, new Adam(0.1));
        int[] rows = new int[Nets.CLASSES];
        for (MultiDataSet batch : TRAIN.batches()) {
            for (int one : batch.getLabels(0).argMax(1).toIntVector()) {
                rows[one]++;
            }
        }

        AllocationHistory history = train(net, builder().perClass(true).build(), 4);

        for (AllocationStep step : history.steps()) {
            assertThat(step.classes())
                    .extracting(LossAllocation::name)
                    .containsExactly("class 0", "class 1", "class 2");
            double before = 0;
            double after = 0;
            double allocated = 0;
            double first = 0;
            for (int c = 0; c < rows.length; c++) {
                LossAllocation one = step.classes().get(c);
                double share = rows[c] / 14.0;
                before += share * one.lossBefore();
                after += share * one.lossAfter();
                allocated += share * one.allocated();
                first += share * one.array(0);
            }
            LossAllocation all = step.losses().get(0);
            assertThat(before).isCloseTo(all.lossBefore(), within(Books.CLOSE));
            assertThat(after).isCloseTo(all.lossAfter(), within(Books.CLOSE));
            assertThat(allocated).isCloseTo(all.allocated(), within(Books.CLOSE));
            assertThat(first).isCloseTo(all.array(0), within(Books.CLOSE));
        }
        double[] totals = history.parameterTotals(0);
        for (int i = 0; i < totals.length; i++) {
            double sum = 0;
            for (int c = 0; c < rows.length; c++) {
                sum += rows[c] / 14.0 * history.parameterTotalsOfClass(c)[i];
            }
            assertThat(sum).isCloseTo(totals[i], within(Books.CLOSE));
        }
    }

    @Test
    void classesWithoutRows_keepTheNumbersOfTheOthers() {
        INDArray labels = Nd4j.create(new double[][] {{0, 0, 1}, {1, 0, 0}, {0, 0, 1}});
        LossData data = LossData.of(new DataSet(Nd4j.rand(DataType.DOUBLE, 3, Nets.IN), labels));

        AllocationHistory history = train(
                Nets.net(false, new Sgd(0.1)),
                LossChangeAllocationListener.builder(data).perClass(true).build(),
                1);

        assertThat(history.steps().get(0).classes())
                .extracting(LossAllocation::name)
                .containsExactly("class 0", "class 2");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void directionsOfAFullBasis_sumToTheAllocation(boolean normalized) {
        Model net = normalized ? Nets.normalized(true, new Sgd(0.5)) : Nets.net(true, new Sgd(0.5));
        Nd4j.getRandom().setSeed(3);
        INDArray basis = orthonormal(Nd4j.rand(DataType.DOUBLE, net.numParams(), net.numParams()));

        for (PathRule rule : List.of(PathRules.adaptive(), PathRules.left(), PathRules.midpoint())) {
            Model copy = normalized ? Nets.normalized(true, new Sgd(0.5)) : Nets.net(true, new Sgd(0.5));
            AllocationHistory history =
                    train(copy, builder().basis(basis).rule(rule).build(), 3);

            for (AllocationStep step : history.steps()) {
                assertThat(step.directions()).hasSize((int) net.numParams());
                assertThat(Books.sum(step.directions()))
                        .isCloseTo(step.losses().get(0).allocated(), within(Books.CLOSE));
            }
        }
    }

    private static INDArray orthonormal(INDArray rows) {
        for (int i = 0; i < rows.size(0); i++) {
            INDArray row = rows.getRow(i);
            for (int pass = 0; pass < 2; pass++) {
                for (int j = 0; j < i; j++) {
                    INDArray other = rows.getRow(j);
                    row.subi(other.mul(Nd4j.getBlasWrapper().dot(row, other)));
                }
            }
            row.divi(row.norm2Number());
        }
        return rows;
    }

    @ParameterizedTest
    @CsvSource({"false, 0", "true, 0", "false, 1", "true, 1", "false, 2", "true, 2"})
    void constraints_areOnThePath(boolean graph, int kind) {
        LayerConstraint constraint = kind == 0
                ? new MaxNormConstraint(0.6, 1)
                : kind == 1 ? new NonNegativeConstraint() : new UnitNormConstraint(1);
        Model net = Nets.net(
                graph,
                Nets.base(new Sgd(0.8)),
                InputType.feedForward(Nets.IN),
                new DenseLayer.Builder().nOut(5).constrainWeights(constraint).build(),
                Nets.output());
        LossChangeAllocationListener lca = builder().build();
        lca.attach(net);

        for (int fit = 0; fit < 3; fit++) {
            Nets.updates(net, 2);
            Books.assertEndsAt(net, lca.history(), TRAIN);
        }
        lca.finish(net);
        Nets.fit(net, Nets.batches(Nets.rows(12, 3), 6), 2);

        AllocationHistory history = lca.history();
        assertThat(history.steps()).hasSize(10).allMatch(AllocationStep::isAllocated);
        Books.assertConsistent(history);
        Books.assertJoined(history);
        Books.assertEndsAt(net, history, TRAIN);
        assertThat(history.books(0).isOff()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void finish_takesConstrainedParametersAsTheyAre(boolean graph) {
        Model net = Nets.net(
                graph,
                Nets.base(new Sgd(0.8)),
                InputType.feedForward(Nets.IN),
                new DenseLayer.Builder()
                        .nOut(5)
                        .constrainWeights(new MaxNormConstraint(0.6, 1))
                        .build(),
                Nets.output());
        LossChangeAllocationListener lca = builder().everyIterations(4).build();
        lca.attach(net);

        Nets.updates(net, 3);
        lca.finish(net);
        Books.assertEndsAt(net, lca.history(), TRAIN);
        Nets.updates(net, 3);
        lca.finish(net);
        lca.finish(net);

        AllocationHistory history = lca.history();
        assertThat(history.steps()).extracting(AllocationStep::updatesAfter).containsExactly(3, 4, 6);
        assertThat(history.steps()).allMatch(AllocationStep::isAllocated);
        Books.assertJoined(history);
        Books.assertEndsAt(net, history, TRAIN);
    }

    @Test
    void longerSteps_joinEndToEnd() {
        AllocationHistory sparse = train(
                Nets.net(false, new Adam(0.05)), builder().everyIterations(3).build(), 10);
        AllocationHistory logarithmic = train(
                Nets.net(true, new Adam(0.05)),
                builder().schedule(SamplingSchedule.logarithmic(3)).build(),
                12);
        AllocationHistory poor = train(
                Nets.net(false, new Adam(0.05)), builder().timeBudget(1e-12).build(), 5);

        assertThat(sparse.steps()).extracting(AllocationStep::updatesAfter).containsExactly(3, 6, 9);
        assertThat(sparse.steps()).extracting(AllocationStep::iteration).containsExactly(2, 5, 8);
        assertThat(logarithmic.steps()).extracting(AllocationStep::updatesAfter).containsExactly(1, 2, 5, 10);
        assertThat(poor.steps()).extracting(AllocationStep::updatesAfter).containsExactly(1);
        assertThat(poor.cost()).contains("1 measurement").contains("4 skipped");
        for (AllocationHistory history : List.of(sparse, logarithmic, poor)) {
            Books.assertConsistent(history);
            Books.assertJoined(history);
            Books.assertBalancedOrMarked(history);
        }
    }

    @Test
    void exhaustedBudget_makesOneLongStepOfTheRest() {
        Model net = Nets.net(false, new Adam(0.05));
        LossChangeAllocationListener lca = builder().timeBudget(1e-12).build();

        train(net, lca, 5);
        lca.finish(net);

        AllocationHistory history = lca.history();
        assertThat(history.steps()).extracting(AllocationStep::updatesBefore).containsExactly(0, 1);
        assertThat(history.steps()).extracting(AllocationStep::updatesAfter).containsExactly(1, 5);
        Books.assertJoined(history);
        Books.assertConsistent(history);
        Books.assertEndsAt(net, history, TRAIN);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void runningStatistics_countWhereTheyNormalize(boolean graph) {
        AllocationHistory running = train(
                Nets.normalized(graph, new Sgd(0.3)),
                builder()
                        .batchNormalization(BatchNormalizationMode.RUNNING_STATISTICS)
                        .build(),
                6);
        AllocationHistory batch =
                train(Nets.normalized(graph, new Sgd(0.3)), builder().build(), 6);

        Books.assertConsistent(running);
        Books.assertBalancedOrMarked(running);
        assertThat(running.arrays()).extracting(ParameterArray::key).contains("mean", "log10stdev");
        assertThat(batch.arrays()).extracting(ParameterArray::key).doesNotContain("mean", "log10stdev");
        int mean = running.arrays().stream()
                .map(ParameterArray::key)
                .collect(Collectors.toList())
                .indexOf("mean");
        assertThat(running.arrayTotals(0)[mean]).isNotZero();
        assertThat(running.books(0).isOff()).isFalse();
        assertThat(batch.books(0).isOff()).isFalse();
    }
}
