/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j.eigen;

import io.github.dl4jdynamics.spectral.math.eigen.SpectralPenalties;
import io.github.dl4jdynamics.spectral.nd4j.DenseKernels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** Where perturbation theory alone would go wrong. */
class PerturbedVectorsTest {
    private static final int N = 64;

    /** Four values that matter, and nothing else. */
    private static INDArray lowRank(DataType type) {
        return Nd4j.gemm(Twin.random(type, N, 4, 1), Twin.random(type, 4, N, 2), false, false)
                .dup('f');
    }

    /**
     * A direction that grows out of nothing lies in all vectors of the null space at once, whose images then are the same but
     * for a factor: as far from orthogonal as can be.
     */
    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void directionOutOfTheNullSpace_makesNoLongGradient(DataType type) {
        INDArray matrix = lowRank(type);
        SpectralGradient gradient =
                SpectralGradient.builder(SpectralPenalties.nuclearNorm()).build(matrix);
        gradient.refresh(matrix);
        INDArray born = Nd4j.gemm(Twin.random(type, N, 1, 3), Twin.random(type, 1, N, 4), false, false)
                .muli(1e-2);

        for (int refresh = 0; refresh < 6; refresh++) {
            matrix.addi(born);
            gradient.refresh(matrix);
            // Five directions have a slope of 1, the null space none.
            assertThat(gradient.gradient().norm2Number().doubleValue()).isCloseTo(Math.sqrt(5), within(5e-3));
            assertThat(DenseKernels.auto().singularValues(gradient.gradient())[0])
                    .isCloseTo(1, within(5e-3));
            assertThat(gradient.value()).isCloseTo(Twin.NUCLEAR.value(matrix), within(1e-5 * gradient.value()));
        }
    }

    /** Squares of FLOATs of 1e20 are infinite. */
    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void matrixWithoutFiniteSquares_leavesNoTrace(DataType type) {
        INDArray matrix = Twin.random(type, 40, N, 5);
        INDArray huge = matrix.mul(type == DataType.FLOAT ? 1e20 : 1e170);
        SpectralGradient gradient =
                SpectralGradient.builder(SpectralPenalties.nuclearNorm()).build(matrix);

        assertThat(gradient.refresh(huge).outcome()).isEqualTo(BasisRefresh.Outcome.REFUSED);
        assertThat(gradient.refresh(matrix).outcome()).isEqualTo(BasisRefresh.Outcome.DECOMPOSED);
        assertThat(gradient.refresh(huge).outcome()).isEqualTo(BasisRefresh.Outcome.REFUSED);
        matrix.addi(Twin.random(type, 40, N, 6).muli(0.01));
        assertThat(gradient.refresh(matrix).outcome()).isEqualTo(BasisRefresh.Outcome.STEPPED);
        assertThat(gradient.value()).isCloseTo(Twin.NUCLEAR.value(matrix), within(1e-3 * gradient.value()));
    }

    /** The null space does not matter to where the weights that matter are drawn. */
    @Test
    void noiseInTheNullSpace_leavesTheLeadingDirectionsAlone() {
        INDArray matrix = lowRank(DataType.FLOAT);
        SpectralGradient gradient =
                SpectralGradient.builder(SpectralPenalties.nuclearNorm()).build(matrix);
        gradient.refresh(matrix);
        for (int i = 0; i < 10; i++) {
            matrix.addi(Twin.random(DataType.FLOAT, N, N, 10 + i).muli(1e-3));
            gradient.refresh(matrix);
        }

        INDArray top = Twin.KY_FAN_3.gradient(matrix);
        double along = top.mul(gradient.gradient()).sumNumber().doubleValue();

        assertThat(along).isCloseTo(3, within(1e-2));
    }

    @Test
    void matrixThatIsNotFinite_leavesNoTrace() {
        INDArray matrix = Twin.random(DataType.FLOAT, 40, N, 5);
        SpectralGradient disturbed =
                SpectralGradient.builder(SpectralPenalties.nuclearNorm()).build(matrix);
        SpectralGradient calm =
                SpectralGradient.builder(SpectralPenalties.nuclearNorm()).build(matrix);
        INDArray broken = matrix.dup('f');
        broken.get(NDArrayIndex.point(3), NDArrayIndex.all()).assign(Float.NaN);
        for (int i = 0; i < 5; i++) {
            disturbed.refresh(matrix);
            calm.refresh(matrix);
            assertThat(disturbed.refresh(broken).outcome()).isEqualTo(BasisRefresh.Outcome.REFUSED);
            disturbed.valueWithSameVectors(broken);
            matrix.addi(Twin.random(DataType.FLOAT, 40, N, 20 + i).muli(0.05));
        }
        disturbed.refresh(matrix);
        calm.refresh(matrix);

        assertThat(disturbed.gradient().toDoubleMatrix())
                .isDeepEqualTo(calm.gradient().toDoubleMatrix());
        assertThat(disturbed.value()).isEqualTo(calm.value());
    }
}
