/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j.eigen;

import java.util.Arrays;

import io.github.dl4jdynamics.spectral.math.eigen.EigenLoss;
import io.github.dl4jdynamics.spectral.math.eigen.SpectralPenalties;
import io.github.dl4jdynamics.spectral.nd4j.DenseKernels;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class EigenLossDescentTest {

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
