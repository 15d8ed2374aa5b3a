/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.regularization;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.github.dl4jdynamics.spectral.nd4j.eigen.BasisRefresh;
import io.github.dl4jdynamics.spectral.nd4j.eigen.SpectralSolver;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** What a penalty does to training. */
class SpectralRegularizationTrainingTest {

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void orthogonalIteration_endsWhereDecompositionsDo(long seed) {
        MultiLayerNetwork followed = trained(seed, SpectralSolver.ORTHOGONAL_ITERATION, 1);
        MultiLayerNetwork rarely = trained(seed, SpectralSolver.ORTHOGONAL_ITERATION, 5);
        MultiLayerNetwork exact = trained(seed, SpectralSolver.EXACT, 1);
        MultiLayerNetwork free = trained(seed, null, 1);
        DataSet data = Nets.batch(DataType.FLOAT, 60, 9);
        double norm = Nets.nuclearNorm(exact, "first", "second", "out");
        double score = exact.score(data);

        assertThat(norm).isLessThan(0.8 * Nets.nuclearNorm(free, "first", "second", "out"));
        assertThat(Nets.nuclearNorm(followed, "first", "second", "out")).isCloseTo(norm, within(0.01 * norm));
        assertThat(followed.score(data)).isCloseTo(score, within(0.01 * score));
        // In five steps Adam moves an entry by up to 0.1, and the vectors are those of before.
        assertThat(Nets.nuclearNorm(rarely, "first", "second", "out")).isCloseTo(norm, within(0.04 * norm));
        assertThat(rarely.score(data)).isCloseTo(score, within(0.01 * score));
    }

    private static MultiLayerNetwork trained(long seed, SpectralSolver solver, int period) {
        MultiLayerNetwork net = Nets.plain(DataType.FLOAT, new Adam(0.02), seed);
        if (solver != null) {
            SpectralRegularization.nuclearNorm(0.02)
                    .solver(solver)
                    .period(period)
                    .build()
                    .attach(net);
        }
        List<DataSet> batches = IntStream.range(0, 10)
                .mapToObj(i -> Nets.batch(DataType.FLOAT, 20, i))
                .collect(Collectors.toList());
        for (int i = 0; i < 50; i++) {
            net.fit(batches.get(i % 10));
        }
        return net;
    }

    @ParameterizedTest
    @EnumSource(SpectralSolver.class)
    void workspaces_changeNothing(SpectralSolver solver) {
        INDArray with = run(solver, WorkspaceMode.ENABLED);
        INDArray without = run(solver, WorkspaceMode.NONE);

        assertThat(with).isEqualTo(without);
    }

    private static INDArray run(SpectralSolver solver, WorkspaceMode mode) {
        MultiLayerNetwork net = Nets.sequence(
                Nets.settings(DataType.FLOAT, new Adam(0.01), 4)
                        .l2(1e-3)
                        .gradientNormalization(GradientNormalization.ClipL2PerLayer)
                        .gradientNormalizationThreshold(0.5)
                        .trainingWorkspaceMode(mode)
                        .inferenceWorkspaceMode(mode),
                InputType.feedForward(Nets.IN),
                Nets.noisy());
        boolean powered = solver == SpectralSolver.FRESH_POWER_ITERATION;
        (powered ? SpectralRegularization.spectralNorm(0.01) : SpectralRegularization.nuclearNorm(0.01))
                .solver(solver)
                .period(2)
                .build()
                .attach(net);
        Nd4j.getRandom().setSeed(7);
        for (int i = 0; i < 12; i++) {
            net.fit(Nets.batch(DataType.FLOAT, 10, i));
        }
        return net.params().dup();
    }

    /** By Sgd coupled and decoupled steps agree; by Adam only the decoupled one is {@code W -= lr c G}. */
    @Test
    void coupledAndDecoupled_takeTheStepsOfTheDocumentation() {
        INDArray start = Nets.parameter(Nets.plain(), "first", "W").dup('f');
        INDArray polar = polar(start);

        INDArray bySgd = oneStep(false, new Sgd(0.1)).sub(oneStep(null, new Sgd(0.1)));
        assertThat(bySgd.distance2(polar.mul(-0.1 * 0.3))).isLessThan(1e-10);
        INDArray decoupledBySgd = oneStep(true, new Sgd(0.1)).sub(oneStep(null, new Sgd(0.1)));
        assertThat(decoupledBySgd.distance2(polar.mul(-0.1 * 0.3))).isLessThan(1e-10);
        INDArray decoupledByAdam = oneStep(true, new Adam(0.02)).sub(oneStep(null, new Adam(0.02)));
        assertThat(decoupledByAdam.distance2(polar.mul(-0.02 * 0.3))).isLessThan(1e-10);
        INDArray byAdam = oneStep(false, new Adam(0.02)).sub(oneStep(null, new Adam(0.02)));
        assertThat(byAdam.distance2(polar.mul(-0.02 * 0.3))).isGreaterThan(1e-3);
    }

    private static INDArray oneStep(Boolean decoupled, org.nd4j.linalg.learning.config.IUpdater updater) {
        MultiLayerNetwork net = Nets.plain(DataType.DOUBLE, updater, 5);
        if (decoupled != null) {
            SpectralRegularization.nuclearNorm(0.3).decoupled(decoupled).build().attach(net);
        }
        net.fit(Nets.batch(DataType.DOUBLE, 20, 1));
        return Nets.parameter(net, "first", "W").dup('f');
    }

    private static INDArray polar(INDArray w) {
        org.apache.commons.math3.linear.SingularValueDecomposition svd =
                new org.apache.commons.math3.linear.SingularValueDecomposition(
                        new org.apache.commons.math3.linear.Array2DRowRealMatrix(w.toDoubleMatrix()));
        return Nd4j.createFromArray(svd.getU().multiply(svd.getVT()).getData());
    }

    /** The score between refreshes is the tangent, so its slope is the gradient that is applied. */
    @Test
    void longPeriod_hasScoreAndGradientThatAgree() {
        MultiLayerNetwork net = Nets.plain();
        SpectralRegularization.nuclearNorm(0.3).period(10).build().attach(net, "first");
        DataSet data = Nets.batch(DataType.DOUBLE, 20, 1);
        for (int i = 0; i < 4; i++) {
            net.fit(data);
        }
        SpectralRegularization penalty = Nets.on(net, 0, "W");
        INDArray w = Nets.parameter(net, "first", "W");
        INDArray gradient = Nd4j.zeros(DataType.DOUBLE, w.length());
        double before = penalty.score(w, 4, 0);
        penalty.apply(w.reshape('f', new long[] {w.length()}), gradient, 1, 4, 0);
        INDArray column = gradient.reshape('f', w.shape());

        for (int i = 0; i < w.size(0); i++) {
            double entry = w.getDouble(i, 1);
            w.putScalar(i, 1, entry + 1e-4);
            double slope = (penalty.score(w, 4, 0) - before) / 1e-4;
            w.putScalar(i, 1, entry);
            assertThat(column.getDouble(i, 1)).isCloseTo(slope, within(1e-9));
        }
        assertThat(penalty.parameters().get(0L).records("").get(0).iteration()).isZero();
        assertThat(before).isCloseTo(0.3 * Nets.nuclearNorm(w), within(0.01 * before));
        net.fit(data);
        for (int i = 5; i <= 10; i++) {
            net.fit(data);
        }
        assertThat(penalty.parameters().get(0L).records("").get(0).iteration()).isEqualTo(10);
    }

    @Test
    void scoresBetweenUpdates_changeNothing() {
        for (int period : new int[] {1, 3}) {
            MultiLayerNetwork asked = Nets.plain();
            MultiLayerNetwork silent = Nets.plain();
            SpectralRegularization.nuclearNorm(0.1).period(period).build().attach(asked);
            SpectralRegularization.nuclearNorm(0.1).period(period).build().attach(silent);
            for (int i = 0; i < 10; i++) {
                asked.fit(Nets.batch(DataType.DOUBLE, 10, i));
                asked.score(Nets.batch(DataType.DOUBLE, 10, 50));
                silent.fit(Nets.batch(DataType.DOUBLE, 10, i));
            }

            assertThat(asked.params().toDoubleVector())
                    .containsExactly(silent.params().toDoubleVector());
        }
    }

    /** Other weights under the same iteration number: the gradient must be theirs. */
    @Test
    void weightsSetBetweenUpdates_areSeen() {
        MultiLayerNetwork net = Nets.plain();
        MultiLayerNetwork fresh = Nets.plain();
        SpectralRegularization.nuclearNorm(0.1).build().attach(net);
        for (int i = 0; i < 3; i++) {
            net.fit(Nets.batch(DataType.DOUBLE, 10, i));
        }
        net.score(Nets.batch(DataType.DOUBLE, 10, 50));
        INDArray others = Nets.plain(DataType.DOUBLE, new Sgd(0.1), 99).params().mul(3);

        net.setParams(others);
        net.fit(Nets.batch(DataType.DOUBLE, 10, 3));

        fresh.setParams(others);
        SpectralRegularization.nuclearNorm(0.1).build().attach(fresh);
        fresh.fit(Nets.batch(DataType.DOUBLE, 10, 3));
        assertThat(net.params().distance2(fresh.params())).isLessThan(1e-8);
        assertThat(Nets.on(net, 0, "W")
                        .parameters()
                        .get(0L)
                        .records("")
                        .get(0)
                        .refresh()
                        .outcome())
                .isEqualTo(BasisRefresh.Outcome.REPLACED);
    }

    @Test
    void coefficient_followsItsSchedule() {
        MultiLayerNetwork net = Nets.plain();
        MultiLayerNetwork free = Nets.plain();
        SpectralRegularization.nuclearNorm(123)
                .coefficient(new MapSchedule.Builder(ScheduleType.ITERATION)
                        .add(0, 0.0)
                        .add(2, 0.5)
                        .build())
                .build()
                .attach(net);
        DataSet data = Nets.batch(DataType.DOUBLE, 10, 1);

        net.fit(data);
        free.fit(data);
        net.fit(data);
        free.fit(data);
        assertThat(net.params().toDoubleVector()).containsExactly(free.params().toDoubleVector());
        assertThat(net.score(data))
                .isCloseTo(free.score(data) + 0.5 * Nets.nuclearNorm(net, "first", "second", "out"), within(1e-9));

        net.fit(data);
        assertThat(Nets.nuclearNorm(net, "first")).isLessThan(Nets.nuclearNorm(free, "first"));
    }

    @Test
    void coefficientOfZero_changesNothing() {
        MultiLayerNetwork net = Nets.plain();
        MultiLayerNetwork free = Nets.plain();
        SpectralRegularization.nuclearNorm(0).build().attach(net);
        for (int i = 0; i < 3; i++) {
            net.fit(Nets.batch(DataType.DOUBLE, 10, i));
            free.fit(Nets.batch(DataType.DOUBLE, 10, i));
        }

        assertThat(net.params().toDoubleVector()).containsExactly(free.params().toDoubleVector());
        assertThat(net.score()).isEqualTo(free.score());
        assertThat(Nets.on(net, 0, "W").parameters()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"HALF", "FLOAT", "DOUBLE"})
    void everyFloatingType_isTrained(String name) {
        DataType type = DataType.valueOf(name);
        MultiLayerNetwork net = Nets.plain(type, new Sgd(0.05), 5);
        MultiLayerNetwork free = Nets.plain(type, new Sgd(0.05), 5);
        SpectralRegularization.nuclearNorm(0.05).build().attach(net);
        DataSet data = Nets.batch(type, 20, 1);
        double expected = Nets.score(free, data) + 0.05 * Nets.nuclearNorm(net, "first", "second", "out");

        assertThat(net.score(data)).isCloseTo(expected, within(type == DataType.FLOAT16 ? 1e-2 : 1e-5));
        for (int i = 0; i < 20; i++) {
            net.fit(data);
            free.fit(data);
        }

        assertThat(Nets.nuclearNorm(net, "first")).isLessThan(Nets.nuclearNorm(free, "first") - 0.1);
        assertThat(net.params().dataType()).isEqualTo(type);
    }
}
