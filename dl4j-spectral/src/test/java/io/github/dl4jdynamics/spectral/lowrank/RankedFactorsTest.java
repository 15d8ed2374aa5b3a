/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.lowrank;

import java.util.Random;

import io.github.dl4jdynamics.spectral.nd4j.DenseKernels;
import io.github.dl4jdynamics.spectral.nd4j.KernelBackend;
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

/** Factors against the matrix, against plain singular values, and against the theorem of Eckart and Young. */
class RankedFactorsTest {
    private static final DenseKernels KERNELS = DenseKernels.auto();

    @ParameterizedTest
    @CsvSource({"7, 7", "12, 5", "5, 12", "1, 9", "9, 1", "1, 1", "40, 30"})
    void factors_ofFullRank_giveTheMatrixBack(int rows, int cols) {
        INDArray matrix = gaussian(rows, cols, 1);
        RankedFactors factors = RankedFactors.of(matrix, KERNELS);

        assertThat(factors.rank()).isEqualTo(Math.min(rows, cols));
        assertThat(factors.energy(factors.rank())).isEqualTo(1);
        assertThat(error(factors, factors.rank(), matrix)).isLessThan(1e-14 * rows * cols);
    }

    @ParameterizedTest
    @EnumSource(
            value = KernelBackend.class,
            names = {"LAPACK", "JAVA", "ND4J"})
    void factors_onEveryBackEnd_areTheSame(KernelBackend backend) {
        INDArray matrix = graded(20, 14, 0.6);
        RankedFactors factors = RankedFactors.of(matrix, DenseKernels.of(backend));

        assertThat(product(factors, 5).distance2(product(RankedFactors.of(matrix, KERNELS), 5)))
                .isLessThan(1e-13);
    }

    @ParameterizedTest
    @CsvSource({"16, 12", "12, 16"})
    void truncation_ofAnyRank_isAsGoodAsTheTailOfTheSpectrum(int rows, int cols) {
        INDArray matrix = graded(rows, cols, 0.5);
        double[] singularValues = DenseKernels.of(KernelBackend.JAVA).singularValues(matrix);
        RankedFactors factors = RankedFactors.of(matrix, KERNELS);

        for (int r = 1; r <= 12; r++) {
            double tail = Math.sqrt(sumOfSquares(singularValues, r, 12));
            assertThat(error(factors, r, matrix)).as("rank " + r).isCloseTo(tail, within(1e-13 * singularValues[0]));
            assertThat(factors.energy(r))
                    .isCloseTo(sumOfSquares(singularValues, 0, r) / sumOfSquares(singularValues, 0, 12), within(1e-13));
        }
    }

    @ParameterizedTest
    @CsvSource({"0.3", "0.5", "0.75", "0.9", "0.99", "0.9999", "0.999999", "1"})
    void rankFor_share_isTheNaiveRank(double energy) {
        INDArray matrix = graded(15, 11, 0.7);
        double[] singularValues = DenseKernels.of(KernelBackend.JAVA).singularValues(matrix);

        int naive = 1;
        while (naive < 11 && sumOfSquares(singularValues, 0, naive) / sumOfSquares(singularValues, 0, 11) < energy) {
            naive++;
        }

        assertThat(RankedFactors.of(matrix, KERNELS).rankFor(energy)).isEqualTo(naive);
    }

    @Test
    void rankFor_knownSpectrum_countsSquares() {
        // Squares 16, 4, 1: 16/21 = 0.762, 20/21 = 0.952.
        RankedFactors factors = RankedFactors.of(Nd4j.diag(Nd4j.createFromArray(1.0, 4.0, 2.0)), KERNELS);

        assertThat(factors.rankFor(0.76)).isEqualTo(1);
        assertThat(factors.rankFor(0.77)).isEqualTo(2);
        assertThat(factors.rankFor(0.95)).isEqualTo(2);
        assertThat(factors.rankFor(0.96)).isEqualTo(3);
        assertThat(factors.energy(2)).isCloseTo(20 / 21.0, within(1e-15));
    }

    @Test
    void factors_shareTheSingularValuesEvenly() {
        RankedFactors factors =
                RankedFactors.of(Nd4j.diag(Nd4j.createFromArray(9.0, 4.0)).mul(100), KERNELS);

        assertThat(factors.left(2).norm2(0).toDoubleVector()).containsExactly(new double[] {30, 20}, within(1e-12));
        assertThat(factors.right(2).norm2(1).toDoubleVector()).containsExactly(new double[] {30, 20}, within(1e-12));
    }

    @ParameterizedTest
    @CsvSource({"DOUBLE, 1", "DOUBLE, 1e-3", "DOUBLE, 1e-6", "FLOAT, 1", "FLOAT, 1e-3"})
    void rank_ofADeficientMatrix_isExactAndLosesNothing(DataType type, double smallest) {
        INDArray matrix = deficient(60, 40, 9, smallest).castTo(type);
        RankedFactors factors = RankedFactors.of(matrix, KERNELS);

        assertThat(factors.rankFor(1)).isEqualTo(9);
        double rounding = type == DataType.DOUBLE ? 1e-14 : 1e-6;
        assertThat(error(factors, 9, matrix.castTo(DataType.DOUBLE)))
                .isLessThan(rounding * matrix.norm2Number().doubleValue());
    }

    @Test
    void rank_ofZeros_isZero() {
        assertThat(RankedFactors.of(Nd4j.zeros(DataType.DOUBLE, 4, 6), KERNELS).rank())
                .isZero();
    }

    @ParameterizedTest
    @CsvSource({"1e-250", "1e250"})
    void factors_ofExtremeWeights_neitherVanishNorOverflow(double size) {
        INDArray matrix = graded(8, 6, 0.5).mul(size);
        RankedFactors factors = RankedFactors.of(matrix, KERNELS);

        assertThat(factors.rank()).isEqualTo(6);
        assertThat(error(factors, 6, matrix) / size).isLessThan(1e-13);
    }

    @Test
    void factors_ofAnyView_areTheSameAndLeaveItAlone() {
        INDArray matrix = graded(9, 6, 0.8);
        INDArray wide = Nd4j.create(DataType.DOUBLE, new long[] {18, 8}, 'f');
        INDArray view = wide.get(NDArrayIndex.interval(1, 2, 18), NDArrayIndex.interval(2, 8));
        view.assign(matrix);

        INDArray expected = product(RankedFactors.of(matrix.dup('c'), KERNELS), 3);

        assertThat(product(RankedFactors.of(matrix.dup('f'), KERNELS), 3).distance2(expected))
                .isLessThan(1e-13);
        assertThat(product(RankedFactors.of(view, KERNELS), 3).distance2(expected))
                .isLessThan(1e-13);
        assertThat(view).isEqualTo(matrix);
    }

    private static INDArray product(RankedFactors factors, int rank) {
        return factors.left(rank).mmul(factors.right(rank));
    }

    private static double error(RankedFactors factors, int rank, INDArray matrix) {
        INDArray difference = product(factors, rank).sub(matrix);
        double largest = difference.amaxNumber().doubleValue();
        return largest == 0
                ? 0
                : largest * difference.div(largest).norm2Number().doubleValue();
    }

    private static double sumOfSquares(double[] values, int from, int to) {
        double sum = 0;
        for (int i = from; i < to; i++) {
            sum += values[i] * values[i];
        }
        return sum;
    }

    /** Singular values 1, ratio, ratio^2, ... */
    private static INDArray graded(int rows, int cols, double ratio) {
        int k = Math.min(rows, cols);
        double[] values = new double[k];
        for (int i = 0; i < k; i++) {
            values[i] = Math.pow(ratio, i);
        }
        return withValues(rows, cols, values);
    }

    /** Singular values from 1 down to the smallest in geometric steps, the rest zero. */
    private static INDArray deficient(int rows, int cols, int rank, double smallest) {
        double[] values = new double[rank];
        for (int i = 0; i < rank; i++) {
            values[i] = Math.pow(smallest, i / (rank - 1.0));
        }
        return withValues(rows, cols, values);
    }

    private static INDArray withValues(int rows, int cols, double[] values) {
        INDArray u = KERNELS.thinQr(gaussian(rows, values.length, 3)).q();
        INDArray v = KERNELS.thinQr(gaussian(cols, values.length, 4)).q();
        return u.mulRowVector(Nd4j.createFromArray(values)).mmul(v.transpose());
    }

    private static INDArray gaussian(int rows, int cols, long seed) {
        Random random = new Random(seed);
        double[] values = random.doubles((long) rows * cols, -1, 1).toArray();
        return Nd4j.createFromArray(values).reshape(rows, cols);
    }
}
