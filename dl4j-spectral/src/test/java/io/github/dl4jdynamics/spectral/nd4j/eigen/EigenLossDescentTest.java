/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j.eigen;

import java.util.Arrays;

import io.github.dl4jdynamics.spectral.math.eigen.EigenLoss;
import io.github.dl4jdynamics.spectral.math.eigen.SpectralPenalties;
import io.github.dl4jdynamics.spectral.nd4j.DenseKernels;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class EigenLossDescentTest {

    /** Moments of columns that are no more say nothing about the new ones. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void restart_forgetsTheStepsBefore(boolean reset) {
        INDArray w = Twin.random(DataType.DOUBLE, 20, 12, 1);
        INDArray start = Twin.random(DataType.DOUBLE, 12, 4, 2);
        DenseKernels.auto().orthonormalize(start);
        EigenLossDescent used = new EigenLossDescent(DenseKernels.auto(), EigenLoss.brockett(4), 0.02, reset, start);
        EigenLossDescent fresh = new EigenLossDescent(DenseKernels.auto(), EigenLoss.brockett(4), 0.02, reset, start);
        used.restart(start);
        for (int i = 0; i < 5; i++) {
            improved(used, w.mul(7), start);
        }

        used.restart(start);
        fresh.restart(start);

        assertThat(improved(used, w, start)).isDeepEqualTo(improved(fresh, w, start));
    }

    private static double[][] improved(EigenLossDescent descent, INDArray w, INDArray from) {
        INDArray v = from.dup('f');
        TallMatrix matrix = new TallMatrix(w, Nd4j.create(DataType.DOUBLE, new long[] {20, 4}, 'f'));
        INDArray product = v.ulike().dup('f');
        matrix.multiply(v, product);
        descent.improve(matrix, product, v);
        return v.toDoubleMatrix();
    }

    /** From random vectors, so that the loss alone finds the basis. */
    @ParameterizedTest
    @CsvSource({"true, Brockett", "false, Brockett", "true, power", "false, power"})
    void descent_findsTheLeadingSingularValues(boolean reset, String name) {
        Nd4j.getRandom().setSeed(11);
        INDArray w = Nd4j.randn(DataType.DOUBLE, 30, 12).dup('f');
        double[] sigma = DenseKernels.auto().singularValues(w);
        EigenLoss loss = "power".equals(name) ? EigenLoss.power() : EigenLoss.brockett(6);
        SpectralGradient penalty = SpectralGradient.builder(SpectralPenalties.kyFanNorm(3))
                .solver(SpectralSolver.EIGEN_LOSS)
                .eigenLoss(loss, 0.02)
                .reset(reset)
                .exactStart(false)
                .residualLimit(Double.POSITIVE_INFINITY)
                .oversampling(3)
                .build(w);

        penalty.refresh(w);
        double early = penalty.value();
        for (int i = 0; i < 600; i++) {
            penalty.refresh(w);
        }

        double exact = Arrays.stream(sigma).limit(3).sum();
        assertThat(penalty.value()).isCloseTo(exact, within(1e-3 * exact)).isGreaterThan(early);
        assertThat(penalty.value()).isLessThan(exact * (1 + 1e-12));
    }
}
