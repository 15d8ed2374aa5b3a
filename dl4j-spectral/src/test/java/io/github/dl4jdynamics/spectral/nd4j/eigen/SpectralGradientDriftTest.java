/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j.eigen;

import java.util.stream.Stream;

import io.github.dl4jdynamics.spectral.math.eigen.EigenLoss;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** Matrices that change by a random step of fixed relative length, against decompositions. */
class SpectralGradientDriftTest {
    private static final int STEPS = 200;
    private static final int[][] SHAPES = {{40, 24}, {24, 40}, {32, 32}};

    static Stream<Arguments> solvers() {
        return Stream.of(
                // solver, penalty, least cosine of the gradient at drifts of 0.1 % and 1 %
                Arguments.of(SpectralSolver.ORTHOGONAL_ITERATION, Twin.NUCLEAR, 0.9999, 0.9995),
                Arguments.of(SpectralSolver.ORTHOGONAL_ITERATION, Twin.KY_FAN_3, 0.99999, 0.9999),
                Arguments.of(SpectralSolver.ORTHOGONAL_ITERATION, Twin.SCHATTEN_3, 0.99999, 0.9999),
                Arguments.of(SpectralSolver.ORTHOGONAL_ITERATION, Twin.STABLE_RANK, 0.99999, 0.9999),
                Arguments.of(SpectralSolver.ORTHOGONAL_ITERATION, Twin.TAIL_3, 0.99999, 0.9999),
                Arguments.of(SpectralSolver.ORTHOGONAL_ITERATION, Twin.CONDITION, 0.9999, 0.99),
                Arguments.of(SpectralSolver.EIGEN_LOSS, Twin.NUCLEAR, 0.9995, 0.99),
                Arguments.of(SpectralSolver.NEWTON_SCHULZ, Twin.NUCLEAR, 0.99999, 0.99999),
                Arguments.of(SpectralSolver.EXACT, Twin.CONDITION, 0.999999, 0.999999));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("solvers")
    void drift_isFollowed(SpectralSolver solver, Twin twin, double slow, double fast) {
        follow(solver, twin, SHAPES[0], DataType.DOUBLE, 1e-3, slow);
        follow(solver, twin, SHAPES[1], DataType.FLOAT, 1e-2, fast);
        follow(solver, twin, SHAPES[2], DataType.FLOAT, 1e-3, slow);
        follow(solver, twin, SHAPES[2], DataType.DOUBLE, 1e-2, fast);
    }

    private static void follow(
            SpectralSolver solver, Twin twin, int[] shape, DataType type, double drift, double leastCosine) {
        INDArray matrix = Twin.random(type, shape[0], shape[1], 1);
        SpectralGradient.Builder builder =
                SpectralGradient.builder(twin.penalty).solver(solver);
        if (solver == SpectralSolver.EIGEN_LOSS) {
            builder.eigenLoss(EigenLoss.brockett(Math.min(shape[0], shape[1])), 0.003);
        }
        SpectralGradient followed = builder.build(matrix);
        double worstValue = 0;
        double worstCosine = 1;
        for (int step = 0; step < STEPS; step++) {
            BasisRefresh refresh = followed.refresh(matrix);
            assertThat(refresh.outcome()).isNotEqualTo(BasisRefresh.Outcome.REPLACED);
            if (step % 50 == 49) {
                worstValue = Math.max(worstValue, Math.abs(followed.value() / twin.value(matrix) - 1));
                worstCosine = Math.min(worstCosine, Twin.cosine(followed.gradient(), twin.gradient(matrix)));
            }
            drift(matrix, drift, 100 + step);
        }
        assertThat(worstValue).isLessThan(1e-3);
        assertThat(worstCosine).isGreaterThan(leastCosine);
    }

    private static void drift(INDArray matrix, double relative, long seed) {
        INDArray step = Twin.random(matrix.dataType(), matrix.size(0), matrix.size(1), seed);
        double factor = relative
                * matrix.norm2Number().doubleValue()
                / step.norm2Number().doubleValue();
        matrix.addi(step.muli(factor));
    }

    /** It knows nothing of the matrix before, so all depends on the gap, and on luck where that is narrow. */
    @Test
    void freshPowerIteration_findsALargestValueThatStandsApart() {
        for (int[] shape : SHAPES) {
            INDArray matrix = Twin.random(DataType.FLOAT, shape[0], shape[1], 1);
            matrix.addi(4);
            SpectralGradient followed = SpectralGradient.builder(Twin.SPECTRAL.penalty)
                    .solver(SpectralSolver.FRESH_POWER_ITERATION)
                    .build(matrix);
            for (int step = 0; step < 40; step++) {
                followed.refresh(matrix);
                if (step % 20 == 19) {
                    assertThat(followed.value() / Twin.SPECTRAL.value(matrix)).isCloseTo(1, within(0.01));
                    assertThat(Twin.cosine(followed.gradient(), Twin.SPECTRAL.gradient(matrix)))
                            .isGreaterThan(0.98);
                }
                drift(matrix, 1e-3, 100 + step);
            }
        }
    }

    @Test
    void randomStart_comesNearTheMatrix() {
        for (Twin twin : new Twin[] {Twin.NUCLEAR, Twin.KY_FAN_3}) {
            for (int[] shape : SHAPES) {
                INDArray matrix = Twin.random(DataType.DOUBLE, shape[0], shape[1], 2);
                SpectralGradient followed = SpectralGradient.builder(twin.penalty)
                        .exactStart(false)
                        .residualLimit(Double.POSITIVE_INFINITY)
                        .build(matrix);

                assertThat(followed.refresh(matrix).outcome()).isEqualTo(BasisRefresh.Outcome.STEPPED);
                for (int step = 0; step < STEPS; step++) {
                    followed.refresh(matrix);
                }

                assertThat(followed.value()).isCloseTo(twin.value(matrix), within(1e-3 * twin.value(matrix)));
                assertThat(Twin.cosine(followed.gradient(), twin.gradient(matrix)))
                        .isGreaterThan(0.999);
            }
        }
    }

    /** The same random vectors each time: runs can be repeated. */
    @Test
    void randomStart_isTheSameEachTime() {
        INDArray matrix = Twin.random(DataType.FLOAT, 9, 7, 2);
        SpectralGradient one =
                SpectralGradient.builder(Twin.NUCLEAR.penalty).exactStart(false).build(matrix);
        SpectralGradient other =
                SpectralGradient.builder(Twin.NUCLEAR.penalty).exactStart(false).build(matrix);

        one.refresh(matrix);
        other.refresh(matrix);

        assertThat(one.value()).isEqualTo(other.value());
        assertThat(one.gradient().toDoubleMatrix())
                .isDeepEqualTo(other.gradient().toDoubleMatrix());
    }

    /** Random vectors leave most of a product off its diagonal. */
    @Test
    void randomStart_withTheDefaultLimit_isReplacedIfTooFarOff() {
        INDArray matrix = Twin.random(DataType.DOUBLE, 40, 24, 2);
        SpectralGradient followed =
                SpectralGradient.builder(Twin.NUCLEAR.penalty).exactStart(false).build(matrix);

        BasisRefresh refresh = followed.refresh(matrix);

        assertThat(refresh.residual()).isGreaterThan(0.3);
        assertThat(refresh.outcome()).isEqualTo(BasisRefresh.Outcome.REPLACED);
        assertThat(followed.value()).isCloseTo(Twin.NUCLEAR.value(matrix), within(1e-9));
    }

    @Test
    void jump_isMetByADecomposition() {
        for (Twin twin : new Twin[] {Twin.NUCLEAR, Twin.KY_FAN_3, Twin.SPECTRAL}) {
            for (SpectralSolver solver :
                    new SpectralSolver[] {SpectralSolver.ORTHOGONAL_ITERATION, SpectralSolver.EIGEN_LOSS}) {
                INDArray matrix = Twin.random(DataType.DOUBLE, 40, 24, 3);
                SpectralGradient followed =
                        SpectralGradient.builder(twin.penalty).solver(solver).build(matrix);
                assertThat(followed.refresh(matrix).outcome()).isEqualTo(BasisRefresh.Outcome.DECOMPOSED);
                BasisRefresh still = followed.refresh(matrix);
                assertThat(still.outcome()).isEqualTo(BasisRefresh.Outcome.STEPPED);
                assertThat(still.residual()).isLessThan(1e-6);
                matrix.assign(Twin.random(DataType.DOUBLE, 40, 24, 4));

                BasisRefresh refresh = followed.refresh(matrix);

                assertThat(refresh.outcome()).isEqualTo(BasisRefresh.Outcome.REPLACED);
                assertThat(refresh.residual()).isGreaterThan(0.3);
                assertThat(followed.value()).isCloseTo(twin.value(matrix), within(1e-9));
                assertThat(Twin.distance(followed.gradient(), twin.gradient(matrix)))
                        .isLessThan(1e-5);
            }
        }
    }
}
