/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j.eigen;

import io.github.dl4jdynamics.spectral.math.eigen.SpectralPenalties;
import io.github.dl4jdynamics.spectral.nd4j.DenseKernels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class BiIterationTest {
    private static final int ROWS = 48;
    private static final int COLUMNS = 32;
    private static final int K = 3;

    /** Three singular values of some 10 above others of some 1. */
    private static INDArray withGap(DataType type, int rows, int columns) {
        INDArray matrix = Twin.random(type, rows, columns, 1).divi(Math.sqrt(rows));
        INDArray u = orthonormal(type, rows, 2);
        INDArray v = orthonormal(type, columns, 3);
        INDArray sigma = Nd4j.createFromArray(12.0, 11.0, 10.0).castTo(type);
        return matrix.addi(Nd4j.gemm(u.mulRowVector(sigma), v, false, true)).dup('f');
    }

    private static INDArray orthonormal(DataType type, int rows, long seed) {
        INDArray q = Twin.random(type, rows, K, seed);
        DenseKernels.auto().orthonormalize(q);
        return q;
    }

    private static INDArray move(INDArray matrix, double size) {
        return Twin.random(matrix.dataType(), matrix.size(0), matrix.size(1), 9).muli(size);
    }

    private static SpectralGradient following(INDArray matrix) {
        SpectralGradient gradient = SpectralGradient.builder(SpectralPenalties.kyFanNorm(K))
                .oversampling(0)
                .build(matrix);
        gradient.refresh(matrix);
        return gradient;
    }

    /** A side that has not had its turn is as far behind at the second look. */
    @Test
    void slowMatrix_turnsOneSideAtATime() {
        INDArray matrix = withGap(DataType.DOUBLE, ROWS, COLUMNS);
        SpectralGradient gradient = following(matrix);
        matrix.addi(move(matrix, 1e-3));

        double first = gradient.refresh(matrix).residual();
        double second = gradient.refresh(matrix).residual();
        double third = gradient.refresh(matrix).residual();

        assertThat(first).isBetween(1e-4, 0.01);
        assertThat(second).isBetween(0.5 * first, 2 * first);
        assertThat(third).isLessThan(0.3 * first);
    }

    @Test
    void fastMatrix_turnsBothSides() {
        INDArray matrix = withGap(DataType.DOUBLE, ROWS, COLUMNS);
        SpectralGradient gradient = following(matrix);
        matrix.addi(move(matrix, 0.05));

        double first = gradient.refresh(matrix).residual();
        double second = gradient.refresh(matrix).residual();

        assertThat(first).isBetween(0.01, 0.3);
        assertThat(second).isLessThan(0.3 * first);
    }

    /** Half the move, half the error of the gradient, a quarter of that of the value. */
    @ParameterizedTest
    @CsvSource({"48, 32", "32, 48", "40, 40"})
    void errors_areOfTheFirstAndTheSecondOrder(int rows, int columns) {
        double[] ofGradient = new double[2];
        double[] ofValue = new double[2];
        for (int i = 0; i < 2; i++) {
            INDArray matrix = withGap(DataType.DOUBLE, rows, columns);
            SpectralGradient gradient = following(matrix);
            matrix.addi(move(matrix, i == 0 ? 1e-3 : 5e-4));

            gradient.refresh(matrix);

            ofGradient[i] = gradient.gradient()
                    .sub(Twin.KY_FAN_3.gradient(matrix))
                    .norm2Number()
                    .doubleValue();
            ofValue[i] = Math.abs(gradient.value() - Twin.KY_FAN_3.value(matrix));
        }

        assertThat(ofGradient[0]).isBetween(1e-5, 1e-2);
        assertThat(ofGradient[1] / ofGradient[0]).isCloseTo(0.5, within(0.05));
        assertThat(ofValue[1] / ofValue[0]).isCloseTo(0.25, within(0.05));
    }

    @ParameterizedTest
    @CsvSource({"48, 32", "32, 48", "40, 40"})
    void matrixThatStands_isDecomposed(int rows, int columns) {
        INDArray matrix = withGap(DataType.DOUBLE, rows, columns);
        SpectralGradient gradient = following(matrix);
        matrix.addi(move(matrix, 0.05));

        for (int i = 0; i < 60; i++) {
            assertThat(gradient.refresh(matrix).outcome()).isEqualTo(BasisRefresh.Outcome.STEPPED);
        }

        assertThat(gradient.value()).isCloseTo(Twin.KY_FAN_3.value(matrix), within(1e-10));
        assertThat(gradient.gradient()
                        .sub(Twin.KY_FAN_3.gradient(matrix))
                        .norm2Number()
                        .doubleValue())
                .isLessThan(1e-7);
    }

    /** Of three vectors that are followed one has no image. */
    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void nullSpace_getsNoGradient(DataType type) {
        INDArray matrix = Nd4j.gemm(Twin.random(type, ROWS, 2, 1), Twin.random(type, 2, COLUMNS, 2), false, false)
                .dup('f');
        SpectralGradient gradient = following(matrix);

        for (int i = 0; i < 5; i++) {
            matrix.muli(1.002);
            assertThat(gradient.refresh(matrix).outcome()).isEqualTo(BasisRefresh.Outcome.STEPPED);
            assertThat(gradient.gradient().norm2Number().doubleValue()).isCloseTo(Math.sqrt(2), within(1e-5));
            assertThat(gradient.value()).isCloseTo(Twin.KY_FAN_3.value(matrix), within(1e-4));
        }
        matrix.assign(0);
        gradient.refresh(matrix);
        assertThat(gradient.value()).isZero();
        assertThat(gradient.gradient().norm2Number().doubleValue()).isZero();

        INDArray other = withGap(type, ROWS, COLUMNS);
        gradient.refresh(other);
        gradient.refresh(other);
        assertThat(gradient.value()).isCloseTo(Twin.KY_FAN_3.value(other), within(1e-2));
    }

    @Test
    void matrixThatIsNotFinite_leavesNoTrace() {
        INDArray matrix = withGap(DataType.FLOAT, ROWS, COLUMNS);
        SpectralGradient disturbed = following(matrix);
        SpectralGradient calm = following(matrix);
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.MAX_VALUE}) {
            INDArray broken = matrix.dup('f');
            broken.get(NDArrayIndex.point(3), NDArrayIndex.all()).assign(bad);

            assertThat(disturbed.refresh(broken).outcome()).isEqualTo(BasisRefresh.Outcome.REFUSED);
            disturbed.valueWithSameVectors(broken);
            matrix.addi(move(matrix, 2e-3));
            disturbed.refresh(matrix);
            calm.refresh(matrix);

            assertThat(disturbed.gradient().toDoubleMatrix())
                    .isDeepEqualTo(calm.gradient().toDoubleMatrix());
            assertThat(disturbed.value()).isEqualTo(calm.value());
        }
    }

    @Test
    void firstMatrixWithoutFiniteSquares_isRefused() {
        INDArray matrix = withGap(DataType.FLOAT, ROWS, COLUMNS);
        SpectralGradient gradient =
                SpectralGradient.builder(SpectralPenalties.kyFanNorm(K)).build(matrix);

        assertThat(gradient.refresh(matrix.mul(1e20)).outcome()).isEqualTo(BasisRefresh.Outcome.REFUSED);
        assertThat(gradient.value()).isZero();
        assertThat(gradient.refresh(matrix).outcome()).isEqualTo(BasisRefresh.Outcome.DECOMPOSED);
        assertThat(gradient.value()).isCloseTo(Twin.KY_FAN_3.value(matrix), within(1e-3));
    }

    @Test
    void valueWithSameVectors_ofTheOppositeMatrix_isZero() {
        INDArray matrix = withGap(DataType.DOUBLE, ROWS, COLUMNS);
        SpectralGradient gradient = following(matrix);

        assertThat(gradient.valueWithSameVectors(matrix.neg().dup('f'))).isZero();
        assertThat(gradient.valueWithSameVectors(matrix)).isCloseTo(gradient.value(), within(1e-12));
    }
}
