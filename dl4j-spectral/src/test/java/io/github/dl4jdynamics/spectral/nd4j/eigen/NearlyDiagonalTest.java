/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j.eigen;

import java.util.Arrays;

import io.github.dl4jdynamics.spectral.nd4j.DenseKernels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** Bases that were turned away from the singular vectors by a known amount. */
class NearlyDiagonalTest {
    private static final int ROWS = 50;
    private static final int N = 37; // more than two blocks and a part of one

    private final DenseKernels kernels = DenseKernels.auto();
    private final INDArray t = Twin.random(DataType.DOUBLE, ROWS, N, 1);

    /** Singular vectors turned by a random rotation of a size. */
    private INDArray turned(double size) {
        INDArray v =
                kernels.symmetricEigen(Nd4j.gemm(t, t, true, false)).vectors().dup('f');
        INDArray skew = Twin.random(DataType.DOUBLE, N, N, 2);
        skew = skew.sub(skew.transpose()).muli(size);
        INDArray basis = v.add(Nd4j.gemm(v, skew, false, false)).dup('f');
        kernels.orthonormalize(basis);
        return basis;
    }

    private INDArray gram(INDArray v) {
        INDArray images = Nd4j.gemm(t, v, false, false);
        INDArray gram = Nd4j.create(DataType.DOUBLE, new long[] {N, N}, 'f');
        kernels.gram(images, gram);
        return gram;
    }

    private static NearlyDiagonal measured(INDArray gram) {
        NearlyDiagonal diagonal = new NearlyDiagonal(gram);
        diagonal.measure(1e-12);
        return diagonal;
    }

    private static double[] ones(int n) {
        double[] ones = new double[n];
        Arrays.fill(ones, 1);
        return ones;
    }

    /** The fourth has no image, and the fifth stands alone. */
    @Test
    void obliqueColumns_areThoseAlongOneLine() {
        INDArray images = Nd4j.create(DataType.DOUBLE, new long[] {ROWS, 5}, 'f');
        images.putScalar(0, 0, 3);
        images.putScalar(1, 1, 2);
        images.putScalar(1, 2, -1e-3);
        images.putScalar(2, 2, 1e-3);
        images.putScalar(3, 4, 1e-6);
        INDArray gram = Nd4j.create(DataType.DOUBLE, new long[] {5, 5}, 'f');
        kernels.gram(images, gram);

        assertThat(measured(gram).oblique(0.4)).containsExactly(1, 2);
        assertThat(measured(gram).oblique(0.6)).isEmpty();
    }

    @Test
    void vectorsWithoutImages_doNotTurn() {
        INDArray gram = Nd4j.create(DataType.DOUBLE, new long[] {3, 3}, 'f');
        gram.putScalar(0, 0, 4);
        INDArray rotation = gram.like();

        measured(gram).rotation(rotation);

        assertThat(rotation.toDoubleMatrix()).isDeepEqualTo(Nd4j.eye(3).toDoubleMatrix());
    }

    @Test
    void gradient_isWrongToTheSecondOrder_andTheValueToTheThird() {
        double[] gradientErrors = new double[2];
        double[] valueErrors = new double[2];
        double norm = Twin.NUCLEAR.value(t);
        INDArray polar = Twin.NUCLEAR.gradient(t);
        for (int i = 0; i < 2; i++) {
            INDArray v = turned(i == 0 ? 1e-3 : 1e-4);
            INDArray f = gram(v);
            NearlyDiagonal diagonal = measured(f);
            double sum = Arrays.stream(diagonal.lengths()).sum();
            double correction = diagonal.correction(ones(N));
            assertThat(diagonal.replaceByFunction(ones(N), true)).isEqualTo(correction);

            INDArray gradient = Nd4j.gemm(Nd4j.gemm(Nd4j.gemm(t, v, false, false), f, false, false), v, false, true);
            gradientErrors[i] = gradient.distance2(polar);
            valueErrors[i] = Math.abs(sum + correction - norm);
            assertThat(f).isEqualTo(f.transpose());
            assertThat(Math.abs(sum - norm)).isGreaterThan(10 * valueErrors[i]);
        }
        assertThat(gradientErrors[0]).isLessThan(1e-2);
        assertThat(gradientErrors[0] / gradientErrors[1]).isCloseTo(100, within(20.0));
        assertThat(valueErrors[0] / Math.max(valueErrors[1], 1e-12)).isGreaterThan(300);
    }

    /** {@code phi = sigma} makes the gradient T itself, whatever the basis. */
    @Test
    void linearSlopes_giveTheMatrixItself() {
        INDArray v = turned(0.05);
        INDArray f = gram(v);
        NearlyDiagonal diagonal = measured(f);

        diagonal.replaceByFunction(diagonal.lengths().clone(), true);

        assertThat(f.distance2(Nd4j.eye(N).castTo(DataType.DOUBLE))).isLessThan(1e-10);
    }

    @Test
    void rotation_bringsTheBasisNearer() {
        INDArray v = turned(1e-3);
        NearlyDiagonal before = measured(gram(v));
        INDArray rotation = Nd4j.create(DataType.DOUBLE, new long[] {N, N}, 'f');
        before.rotation(rotation);

        INDArray skew = rotation.sub(Nd4j.eye(N).castTo(DataType.DOUBLE));
        assertThat(skew.add(skew.transpose()).norm2Number().doubleValue()).isZero();
        INDArray better = Nd4j.gemm(v, rotation, false, false).dup('f');
        kernels.orthonormalize(better);
        NearlyDiagonal after = measured(gram(better));
        assertThat(after.tilt()).isLessThan(before.tilt() / 5);
        assertThat(after.residual()).isLessThan(before.residual() / 5);
    }

    @Test
    void diagonalOnly_isWhatIsLeftWithoutCorrection() {
        INDArray f = gram(turned(0.05));
        NearlyDiagonal diagonal = measured(f);

        assertThat(diagonal.replaceByFunction(ones(N), false)).isZero();

        double[] reciprocals =
                Arrays.stream(diagonal.lengths()).map(length -> 1 / length).toArray();
        assertThat(f).isEqualTo(Nd4j.diag(Nd4j.createFromArray(reciprocals)));
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void tiesAndZeros_giveFiniteNumbers(DataType type) {
        INDArray gram = Nd4j.diag(Nd4j.createFromArray(4.0, 4.0, 1.0, 0.0, 0.0))
                .castTo(type)
                .dup('f');
        gram.putScalar(1, 0, 0.4);
        gram.putScalar(4, 3, 0);
        NearlyDiagonal diagonal = measured(gram);

        assertThat(diagonal.lengths()).containsExactly(2, 2, 1, 0, 0);
        diagonal.replaceByFunction(ones(5), true);

        // H^(-1/2) of [[4, 0.4], [0.4, 4]] is [[1/2, -1/40], [-1/40, 1/2]] to the first order.
        assertThat(gram.getDouble(0, 0)).isCloseTo(0.5, within(1e-7));
        assertThat(gram.getDouble(1, 0)).isCloseTo(-0.025, within(1e-7));
        assertThat(gram.getDouble(0, 1)).isCloseTo(-0.025, within(1e-7));
        assertThat(gram.getDouble(3, 3)).isZero();
        assertThat(gram.sumNumber().doubleValue()).isCloseTo(2 - 0.05, within(1e-6));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 9})
    void oneNumber_isItsRoot(double square) {
        INDArray gram = Nd4j.createFromArray(square).reshape('f', 1, 1);
        NearlyDiagonal diagonal = measured(gram);

        assertThat(diagonal.tilt()).isZero();
        assertThat(diagonal.residual()).isZero();
        diagonal.replaceByFunction(ones(1), true);

        assertThat(gram.getDouble(0)).isCloseTo(square == 0 ? 0 : 1.0 / 3, within(1e-15));
    }
}
