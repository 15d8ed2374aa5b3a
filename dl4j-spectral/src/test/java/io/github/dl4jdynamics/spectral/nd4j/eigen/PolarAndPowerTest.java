/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j.eigen;

import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.SingularValueDecomposition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class PolarAndPowerTest {

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"DOUBLE", "FLOAT"})
    void newtonSchulz_isThePolarFactorOfTheDecomposition(DataType type) {
        for (int[] shape : new int[][] {{12, 7}, {20, 3}, {5, 1}, {1, 1}}) {
            for (double scale : new double[] {1e-15, 1, 1e15}) {
                INDArray x = Twin.random(DataType.DOUBLE, shape[0], shape[1], 3);
                INDArray expected = polar(x);
                INDArray polarized = x.mul(scale).castTo(type).dup('f');

                new NewtonSchulz(14, polarized).polarize(polarized);

                assertThat(Twin.distance(polarized, expected)).isLessThan(type == DataType.DOUBLE ? 1e-12 : 1e-5);
            }
        }
    }

    /** Singular values grow by 1.875 in each round until they are near 1. */
    @Test
    void newtonSchulz_leavesSmallSingularValuesBehindAtTheDocumentedRate() {
        INDArray x = Nd4j.diag(Nd4j.createFromArray(1.0, 1e-3, 1e-6)).dup('f');

        new NewtonSchulz(12, x).polarize(x);

        assertThat(x.getDouble(0, 0)).isCloseTo(1, within(1e-12));
        assertThat(x.getDouble(1, 1)).isCloseTo(1, within(0.1));
        assertThat(x.getDouble(2, 2)).isCloseTo(1e-6 * Math.pow(1.875, 12), within(1e-6));
    }

    /** Never above 1 by more than rounding, so that the estimate of the nuclear norm is not too large. */
    @Test
    void newtonSchulz_neverOvershoots() {
        for (int rounds = 1; rounds <= 20; rounds++) {
            INDArray x =
                    Nd4j.diag(Nd4j.linspace(DataType.DOUBLE, 0.01, 0.01, 60)).dup('f');

            new NewtonSchulz(rounds, x).polarize(x);

            assertThat(x.maxNumber().doubleValue()).isLessThan(1 + 1e-12);
        }
    }

    private static INDArray polar(INDArray x) {
        SingularValueDecomposition svd =
                new SingularValueDecomposition(new Array2DRowRealMatrix(x.toDoubleMatrix(), false));
        return Nd4j.createFromArray(svd.getU().multiply(svd.getVT()).getData());
    }

    @Test
    void powerIteration_fallsShortByThePowerOfTheGap() {
        INDArray w = Nd4j.diag(Nd4j.createFromArray(2.0, 1));
        INDArray start = Nd4j.ones(DataType.DOUBLE, 2, 1);
        for (int rounds = 1; rounds <= 5; rounds++) {
            // v = W^T u and u = W v, so after r rounds u is W (W^T W)^(r-1) W^T times the start: (4^r, 1).
            double v = Math.pow(2, 2 * rounds - 1);
            double expected = Math.sqrt((4 * v * v + 1) / (v * v + 1));

            PowerIteration iteration = PowerIteration.of(w, start, rounds);

            assertThat(iteration.sigma()).isCloseTo(expected, within(1e-12)).isLessThan(2);
            assertThat(iteration.u().getDouble(0) / iteration.u().getDouble(1))
                    .isCloseTo(Math.pow(4, rounds), within(1e-6));
        }
        assertThat(start).isEqualTo(Nd4j.ones(DataType.DOUBLE, 2, 1));
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"DOUBLE", "FLOAT"})
    void powerIteration_ofManyRounds_isTheDecomposition(DataType type) {
        for (int[] shape : new int[][] {{9, 5}, {5, 9}, {1, 6}, {6, 1}, {1, 1}}) {
            INDArray w = Twin.random(type, shape[0], shape[1], 8);

            PowerIteration iteration = PowerIteration.of(w, Twin.random(type, shape[0], 1, 9), 100);

            double tolerance = type == DataType.DOUBLE ? 1e-6 : 1e-4;
            assertThat(iteration.sigma() * iteration.sigma() / 2)
                    .isCloseTo(Twin.SPECTRAL.value(w), within(tolerance * Twin.SPECTRAL.value(w)));
            INDArray gradient =
                    iteration.u().mul(iteration.sigma()).mmul(iteration.v().transpose());
            assertThat(Twin.distance(gradient, Twin.SPECTRAL.gradient(w))).isLessThan(100 * tolerance);
            assertThat(iteration.u().norm2Number().doubleValue()).isCloseTo(1, within(1e-6));
            assertThat(iteration.v().norm2Number().doubleValue()).isCloseTo(1, within(1e-6));
        }
    }

    @Test
    void powerIteration_thatMeetsNothing_isZero() {
        INDArray w = Nd4j.createFromArray(new double[][] {{1, 2}, {0, 0}});

        PowerIteration iteration = PowerIteration.of(w, Nd4j.createFromArray(new double[][] {{0}, {1}}), 3);

        assertThat(iteration.sigma()).isZero();
        assertThat(iteration.u().norm2Number().doubleValue()).isZero();
        assertThat(iteration.v().norm2Number().doubleValue()).isZero();
    }
}
