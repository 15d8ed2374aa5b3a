/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j.eigen;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import io.github.dl4jdynamics.spectral.math.eigen.SpectralPenalties;
import io.github.dl4jdynamics.spectral.math.eigen.SpectralPenalty;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class SpectralGradientTest {

    static Stream<Arguments> solversAndPenalties() {
        return Stream.of(SpectralSolver.values()).flatMap(solver -> Stream.of(Twin.values())
                .filter(twin -> serves(solver, twin))
                .map(twin -> Arguments.of(solver, twin)));
    }

    private static boolean serves(SpectralSolver solver, Twin twin) {
        switch (solver) {
            case NEWTON_SCHULZ:
                return twin == Twin.NUCLEAR;
            case FRESH_POWER_ITERATION:
                return twin.penalty.leading(9) == 1;
            default:
                return true;
        }
    }

    @ParameterizedTest
    @EnumSource(Twin.class)
    void exact_isTheTwin(Twin twin) {
        for (int[] shape : new int[][] {{9, 6}, {6, 9}, {7, 7}, {5, 1}, {1, 5}, {1, 1}, {4, 2}, {2, 4}}) {
            for (DataType type : new DataType[] {DataType.DOUBLE, DataType.FLOAT}) {
                INDArray matrix = Twin.random(type, shape[0], shape[1], 11);
                SpectralGradient gradient = exact(twin.penalty, matrix);

                assertThat(gradient.refresh(matrix).outcome()).isEqualTo(BasisRefresh.Outcome.DECOMPOSED);

                double tolerance = type == DataType.DOUBLE ? 1e-6 : 2e-4;
                assertThat(gradient.value())
                        .as("%s %s", Arrays.toString(shape), type)
                        .isCloseTo(twin.value(matrix), within(tolerance));
                assertThat(Twin.distance(gradient.gradient(), twin.gradient(matrix)))
                        .as("%s %s", Arrays.toString(shape), type)
                        .isLessThan(tolerance);
                assertThat(gradient.gradient().shape()).isEqualTo(matrix.shape());
                assertThat(gradient.gradient().dataType()).isEqualTo(type);
            }
        }
    }

    /** Where all are equal, gradients of the nuclear norm and the like are those of any basis. */
    @Test
    void equalSingularValues_haveAFiniteSubgradient() {
        INDArray matrix = Twin.random(DataType.DOUBLE, 8, 5, 3);
        matrix.assign(io.github.dl4jdynamics.spectral.nd4j.DenseKernels.auto()
                .thinQr(matrix)
                .q()
                .mul(3));
        for (Twin twin : Twin.values()) {
            SpectralGradient gradient = SpectralGradient.builder(twin.penalty).build(matrix);
            for (int i = 0; i < 5; i++) {
                gradient.refresh(matrix);
            }

            assertThat(gradient.value()).isCloseTo(twin.value(matrix), within(1e-9));
            assertThat(gradient.gradient().norm2Number().doubleValue()).isLessThan(10);
        }
        SpectralGradient nuclear =
                SpectralGradient.builder(SpectralPenalties.nuclearNorm()).build(matrix);
        nuclear.refresh(matrix);
        assertThat(Twin.distance(nuclear.gradient().mul(3), matrix)).isLessThan(1e-12);
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("solversAndPenalties")
    void zeroMatrix_hasNoValueAndNoGradient(SpectralSolver solver, Twin twin) {
        INDArray zeros = Nd4j.create(DataType.FLOAT, new long[] {9, 12}, 'f');
        SpectralGradient gradient =
                SpectralGradient.builder(twin.penalty).solver(solver).build(zeros);

        for (int i = 0; i < 3; i++) {
            assertThat(gradient.refresh(zeros).outcome()).isNotEqualTo(BasisRefresh.Outcome.REFUSED);
            assertThat(gradient.value()).isZero();
            assertThat(gradient.gradient()).isEqualTo(zeros);
        }

        INDArray matrix = Twin.random(DataType.FLOAT, 9, 12, 4);
        for (int i = 0; i < 2; i++) {
            gradient.refresh(matrix);
        }
        assertThat(gradient.value()).isGreaterThan(0);
        assertThat(Twin.cosine(gradient.gradient(), twin.gradient(matrix))).isPositive();
    }

    /**
     * Directions that the matrix does not have get no gradient: the subgradient of least norm. Not so by the eigen loss in
     * FLOAT, where Adam makes steps out of rounding errors.
     */
    @ParameterizedTest
    @EnumSource(
            value = SpectralSolver.class,
            names = {"EXACT", "ORTHOGONAL_ITERATION"})
    void rankDeficient_hasTheGradientOfItsRange(SpectralSolver solver) {
        for (DataType type : new DataType[] {DataType.DOUBLE, DataType.FLOAT}) {
            INDArray left = Twin.random(type, 10, 3, 1);
            INDArray right = Twin.random(type, 3, 8, 2);
            INDArray matrix = left.mmul(right).dup('f');
            SpectralGradient gradient = SpectralGradient.builder(SpectralPenalties.nuclearNorm())
                    .solver(solver)
                    .build(matrix);
            for (int i = 0; i < 5; i++) {
                gradient.refresh(matrix);
            }

            double squares = Math.pow(gradient.gradient().norm2Number().doubleValue(), 2);
            double along = gradient.gradient()
                    .castTo(DataType.DOUBLE)
                    .mul(matrix.castTo(DataType.DOUBLE))
                    .sumNumber()
                    .doubleValue();
            assertThat(gradient.value()).isCloseTo(Twin.NUCLEAR.value(matrix), within(1e-3));
            assertThat(along).isCloseTo(gradient.value(), within(1e-3));
            assertThat(squares).as("%s %s", solver, type).isCloseTo(3, within(1e-3));
        }
    }

    /** The nuclear norm and its gradient in units of the matrix. */
    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("solversAndPenalties")
    void scale_doesNotMatter(SpectralSolver solver, Twin twin) {
        INDArray unit = Twin.random(DataType.DOUBLE, 9, 6, 5);
        INDArray moved = unit.add(Twin.random(DataType.DOUBLE, 9, 6, 6).mul(0.01));
        SpectralGradient reference =
                SpectralGradient.builder(twin.penalty).solver(solver).build(unit);
        reference.refresh(unit);
        reference.refresh(moved);
        double unitValue = reference.value();
        INDArray unitGradient = reference.gradient().dup();
        for (double scale : new double[] {1e-30, 1e-10, 1e10, 1e30}) {
            SpectralGradient gradient =
                    SpectralGradient.builder(twin.penalty).solver(solver).build(unit);
            gradient.refresh(unit.mul(scale));
            gradient.refresh(moved.mul(scale));

            double power = Math.round(Math.log10(twin.value(unit.mul(1e5)) / twin.value(unit)) / 5);
            assertThat(gradient.value() / Math.pow(scale, power))
                    .as("value at %s", scale)
                    .isCloseTo(unitValue, within(1e-9 * unitValue));
            assertThat(Twin.distance(gradient.gradient().mul(scale / Math.pow(scale, power)), unitGradient))
                    .as("gradient at %s", scale)
                    .isLessThan(1e-7);
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("solversAndPenalties")
    void ordersAndViews_giveTheSame(SpectralSolver solver, Twin twin) {
        for (int[] shape : new int[][] {{9, 6}, {6, 9}, {9, 1}, {1, 9}}) {
            INDArray matrix = Twin.random(DataType.DOUBLE, shape[0], shape[1], 5);
            INDArray flat = Nd4j.zeros(DataType.DOUBLE, matrix.length() + 9);
            INDArray view =
                    flat.get(NDArrayIndex.interval(5, 5 + matrix.length())).reshape('f', shape[0], shape[1]);
            view.assign(matrix);
            SpectralGradient column =
                    SpectralGradient.builder(twin.penalty).solver(solver).build(matrix);
            column.refresh(matrix);
            for (INDArray same :
                    List.of(matrix.dup('c'), view, matrix.transpose().dup('c').transpose())) {
                SpectralGradient gradient =
                        SpectralGradient.builder(twin.penalty).solver(solver).build(same);
                gradient.refresh(same);

                assertThat(gradient.value()).isCloseTo(column.value(), within(1e-9));
                assertThat(Twin.distance(gradient.gradient(), column.gradient()))
                        .isLessThan(1e-9);
                assertThat(Twin.distance(same, matrix)).isZero();
            }
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("solversAndPenalties")
    void nonFiniteMatrix_isRefusedAndForgotten(SpectralSolver solver, Twin twin) {
        for (int seen : new int[] {0, 1, 3}) {
            INDArray matrix = Twin.random(DataType.FLOAT, 9, 6, 5);
            SpectralGradient gradient =
                    SpectralGradient.builder(twin.penalty).solver(solver).build(matrix);
            for (int i = 0; i < seen; i++) {
                gradient.refresh(matrix);
            }
            double value = gradient.value();
            INDArray before = gradient.gradient().dup();
            for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
                INDArray broken = matrix.dup('f').putScalar(4, 3, bad);

                assertThat(gradient.refresh(broken).outcome()).isEqualTo(BasisRefresh.Outcome.REFUSED);

                assertThat(gradient.value()).isEqualTo(value);
                assertThat(gradient.gradient()).isEqualTo(before);
            }
            assertThat(gradient.refresh(matrix).outcome()).isNotEqualTo(BasisRefresh.Outcome.REFUSED);
            assertThat(Twin.cosine(gradient.gradient(), twin.gradient(matrix))).isGreaterThan(0.8);
            assertThat(gradient.value()).isFinite().isPositive();
        }
    }

    /** What DL4J's updaters run in: a workspace that is closed between updates. */
    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("solversAndPenalties")
    void openWorkspaces_keepNothing(SpectralSolver solver, Twin twin) {
        INDArray matrix = Twin.random(DataType.FLOAT, 9, 6, 5);
        SpectralGradient outside =
                SpectralGradient.builder(twin.penalty).solver(solver).build(matrix);
        SpectralGradient inside = null;
        WorkspaceConfiguration configuration =
                WorkspaceConfiguration.builder().initialSize(1 << 20).build();
        for (int step = 0; step < 4; step++) {
            INDArray now = matrix.mul(1 + 0.01 * step);
            outside.refresh(now);
            try (MemoryWorkspace workspace =
                    Nd4j.getWorkspaceManager().getAndActivateWorkspace(configuration, "SPECTRAL_GRADIENT_TEST")) {
                if (inside == null) {
                    inside = SpectralGradient.builder(twin.penalty)
                            .solver(solver)
                            .build(now);
                }
                inside.refresh(now.dup('f'));
                assertThat(inside.gradient().isAttached()).isFalse();
                assertThat(inside.valueWithSameVectors(now.dup('f'))).isFinite();
                Nd4j.valueArrayOf(new long[] {1000}, Float.NaN, DataType.FLOAT);
                assertThat(workspace.isScopeActive()).isTrue();
            }
        }
        assertThat(inside.value()).isEqualTo(outside.value());
        assertThat(inside.gradient().toDoubleMatrix())
                .isDeepEqualTo(outside.gradient().toDoubleMatrix());
    }

    @Test
    void valueWithSameVectors_hasTheGradientOfTheLatestRefresh() {
        INDArray matrix = Twin.random(DataType.DOUBLE, 6, 5, 5);
        for (Twin twin : Twin.values()) {
            SpectralGradient gradient = SpectralGradient.builder(twin.penalty).build(matrix);
            gradient.refresh(matrix);
            gradient.refresh(matrix.add(Twin.random(DataType.DOUBLE, 6, 5, 6).muli(0.01)));
            INDArray now = matrix.add(Twin.random(DataType.DOUBLE, 6, 5, 7).muli(0.01));
            gradient.refresh(now);
            double[] singularValues = gradient.singularValues();
            // Of smooth penalties the gradient is of the first order, the value of the second.
            double tolerance = twin.penalty.isSmooth() ? 1e-3 : 1e-7;

            for (int i = 0; i < 6; i++) {
                double there = gradient.valueWithSameVectors(moved(now, i, 2, 1e-6));
                double back = gradient.valueWithSameVectors(moved(now, i, 2, -1e-6));
                assertThat(gradient.gradient().getDouble(i, 2)).isCloseTo((there - back) / 2e-6, within(tolerance));
            }
            assertThat(gradient.valueWithSameVectors(now)).isCloseTo(gradient.value(), within(1e-14));
            assertThat(gradient.singularValues()).containsExactly(singularValues);
        }
    }

    /** Reports are about the matrix that was followed, not about one that was looked at in between. */
    @Test
    void singularValues_areThoseOfTheLatestRefresh() {
        INDArray matrix = Twin.random(DataType.DOUBLE, 6, 5, 5);
        SpectralGradient gradient = exact(SpectralPenalties.kyFanNorm(2), matrix);
        gradient.refresh(matrix);
        double[] singularValues = gradient.singularValues();

        gradient.valueWithSameVectors(matrix.mul(7));

        assertThat(gradient.singularValues()).containsExactly(singularValues);
        assertThat(singularValues).hasSize(2);
    }

    private static INDArray moved(INDArray matrix, int i, int j, double step) {
        return matrix.dup('f').putScalar(i, j, matrix.getDouble(i, j) + step);
    }

    private static SpectralGradient exact(SpectralPenalty penalty, INDArray matrix) {
        return SpectralGradient.builder(penalty).solver(SpectralSolver.EXACT).build(matrix);
    }
}
