/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j.eigen;

import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

import io.github.dl4jdynamics.spectral.math.eigen.EigenLoss;
import io.github.dl4jdynamics.spectral.math.eigen.SpectralPenalties;
import io.github.dl4jdynamics.spectral.math.eigen.SpectralPenalty;
import io.github.dl4jdynamics.spectral.nd4j.DenseKernels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

/** What is refused, and what stays as it was then. */
class SpectralGradientRefusalTest {
    /** As a layer that has died under weight decay has it: 2 / sigma^2 is no FLOAT. */
    @Test
    void slopesThatAreNotFinite_neverReachTheGradient() {
        INDArray matrix = Twin.random(DataType.FLOAT, 6, 5, 5);
        SpectralGradient gradient =
                SpectralGradient.builder(SpectralPenalties.stableRank()).build(matrix);
        gradient.refresh(matrix);
        double[][] before = gradient.gradient().toDoubleMatrix();
        double value = gradient.value();

        BasisRefresh refresh = gradient.refresh(matrix.mul(1e-20));

        assertThat(refresh.outcome()).isEqualTo(BasisRefresh.Outcome.REFUSED);
        assertThat(gradient.gradient().toDoubleMatrix()).isDeepEqualTo(before);
        assertThat(gradient.value()).isEqualTo(value);
        assertThat(gradient.refresh(matrix).outcome()).isNotEqualTo(BasisRefresh.Outcome.REFUSED);
    }

    /** {@code sum sqrt(sigma)} over the k largest: its slope has no end at 0. */
    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void infiniteSlopesOfZeros_areNotUsed(DataType type) {
        SpectralPenalty roots = new SpectralPenalty() {
            @Override
            public int leading(int n) {
                return n;
            }

            @Override
            public double value(double[] sigma, double squaredNorm) {
                return Arrays.stream(sigma).map(Math::sqrt).sum();
            }

            @Override
            public double[] slopes(double[] sigma, double squaredNorm) {
                return Arrays.stream(sigma).map(value -> 0.5 / Math.sqrt(value)).toArray();
            }
        };
        INDArray matrix = Nd4j.zeros(type, 4, 3);
        matrix.putScalar(0, 0, 4);
        SpectralGradient gradient = SpectralGradient.builder(roots).build(matrix);

        assertThat(gradient.refresh(matrix).outcome()).isEqualTo(BasisRefresh.Outcome.DECOMPOSED);

        assertThat(gradient.value()).isCloseTo(2, within(1e-6));
        assertThat(gradient.gradient().getDouble(0, 0)).isCloseTo(0.25, within(1e-6));
        assertThat(gradient.gradient().norm2Number().doubleValue()).isCloseTo(0.25, within(1e-6));
    }

    @ParameterizedTest
    @EnumSource(
            value = SpectralSolver.class,
            names = {"ORTHOGONAL_ITERATION", "EXACT", "EIGEN_LOSS"})
    void errorOfLapack_keepsTheGradientAndBeginsAnew(SpectralSolver solver) {
        INDArray matrix = Twin.random(DataType.DOUBLE, 6, 5, 5);
        for (Twin twin : List.of(Twin.NUCLEAR, Twin.KY_FAN_3)) {
            AtomicBoolean broken = new AtomicBoolean();
            DenseKernels kernels = (DenseKernels) Proxy.newProxyInstance(
                    getClass().getClassLoader(), new Class<?>[] {DenseKernels.class}, (proxy, method, arguments) -> {
                        if (broken.get()) {
                            throw new IllegalStateException("no convergence");
                        }
                        return method.invoke(DenseKernels.auto(), arguments);
                    });
            SpectralGradient gradient = SpectralGradient.builder(twin.penalty)
                    .solver(solver)
                    .kernels(kernels)
                    .build(matrix);
            gradient.refresh(matrix);
            double[][] before = gradient.gradient().toDoubleMatrix();

            broken.set(true);
            assertThat(gradient.refresh(matrix.mul(2)).outcome()).isEqualTo(BasisRefresh.Outcome.REFUSED);
            assertThat(gradient.gradient().toDoubleMatrix()).isDeepEqualTo(before);
            broken.set(false);
            INDArray now = matrix.add(Twin.random(DataType.DOUBLE, 6, 5, 6));

            assertThat(gradient.refresh(now).outcome()).isEqualTo(BasisRefresh.Outcome.DECOMPOSED);
            assertThat(gradient.value()).isCloseTo(twin.value(now), within(1e-9));
        }
    }

    @Test
    void matrixOfAnotherShapeOrType_isRefused() {
        SpectralGradient gradient =
                SpectralGradient.builder(SpectralPenalties.nuclearNorm()).build(Twin.random(DataType.FLOAT, 4, 3, 1));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> gradient.refresh(Twin.random(DataType.FLOAT, 3, 4, 1)))
                .withMessage(
                        "a penalty built for a matrix of FLOAT and shape [4, 3] must be given such matrices, got FLOAT"
                                + " of shape [3, 4]; build another");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> gradient.valueWithSameVectors(Twin.random(DataType.DOUBLE, 4, 3, 1)))
                .withMessageContaining("got DOUBLE of shape [4, 3]");
    }

    @Test
    void settings_outOfRange_areRefused() {
        SpectralGradient.Builder nuclear = SpectralGradient.builder(SpectralPenalties.nuclearNorm());
        INDArray matrix = Twin.random(DataType.FLOAT, 4, 3, 1);

        for (double limit : new double[] {0, -1, Double.NaN}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> nuclear.residualLimit(limit))
                    .withMessage("residual limit must be positive, got " + limit);
        }
        assertThatIllegalArgumentException().isThrownBy(() -> nuclear.oversampling(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> SpectralGradient.builder(SpectralPenalties.kyFanNorm(2))
                .solver(SpectralSolver.EIGEN_LOSS)
                .eigenLoss(EigenLoss.brockett(2, 1), 0.01)
                .build(matrix));
        assertThatIllegalArgumentException().isThrownBy(() -> nuclear.rounds(0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> nuclear.build(Nd4j.ones(DataType.FLOAT, 3)))
                .withMessage("a penalty on singular values needs a matrix of FLOAT or DOUBLE, got FLOAT of shape [3]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> nuclear.build(Nd4j.ones(DataType.INT32, 3, 3)))
                .withMessageContaining("got INT of shape [3, 3]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SpectralGradient.builder(SpectralPenalties.kyFanNorm(2))
                        .solver(SpectralSolver.NEWTON_SCHULZ)
                        .build(matrix))
                .withMessage("NEWTON_SCHULZ finds the gradient of the nuclear norm alone, got Ky Fan 2 norm; take"
                        + " ORTHOGONAL_ITERATION");
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        nuclear.solver(SpectralSolver.FRESH_POWER_ITERATION).build(matrix))
                .withMessage("FRESH_POWER_ITERATION finds the largest singular value alone, got nuclear norm; take"
                        + " ORTHOGONAL_ITERATION");
    }
}
