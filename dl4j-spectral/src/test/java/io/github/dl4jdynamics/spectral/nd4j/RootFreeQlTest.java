/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

import org.apache.commons.math3.linear.EigenDecomposition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class RootFreeQlTest {

    @Test
    void secondDifferences_haveTheirClosedForm() {
        int n = 100;
        double[] d = new double[n];
        double[] e = new double[n - 1];
        double[] expected = new double[n];
        Arrays.fill(d, 2);
        Arrays.fill(e, -1);
        Arrays.setAll(expected, k -> 2 - 2 * Math.cos((k + 1) * Math.PI / (n + 1)));

        assertThat(values(d, e)).containsExactly(expected, within(1e-14));
    }

    @Test
    void orderOneAndTwo_areSolvedDirectly() {
        assertThat(values(new double[] {-3}, new double[0])).containsExactly(-3);
        assertThat(values(new double[] {1, 1}, new double[] {2})).containsExactly(-1, 3);
        assertThat(values(new double[] {0, 0}, new double[] {0})).containsExactly(0, 0);
    }

    @Test
    void zeros_areZeros() {
        assertThat(values(new double[7], new double[6])).containsOnly(0.0);
    }

    @Test
    void diagonal_isSorted() {
        assertThat(values(new double[] {3, -1, 2, 7}, new double[3])).containsExactly(-1, 2, 3, 7);
    }

    @Test
    void zeroDiagonal_givesPairsOfBothSigns() {
        double[] values = values(new double[6], new double[] {1, 2, 3, 4, 5});

        for (int i = 0; i < 3; i++) {
            assertThat(values[i]).isEqualTo(-values[5 - i], within(1e-14));
        }
        assertThat(values[5]).isGreaterThan(5);
    }

    @Test
    void wilkinsonMatrix_hasItsPairs() {
        double[] d = new double[21];
        double[] e = new double[20];
        Arrays.setAll(d, i -> Math.abs(10 - i));
        Arrays.fill(e, 1);

        double[] values = values(d, e);

        assertThat(values[20]).isEqualTo(10.746194182903393, within(2e-14));
        assertThat(values[19]).isEqualTo(10.746194182903322, within(2e-14));
        assertThat(values[0]).isEqualTo(-1.125441522119984, within(2e-14));
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 5, 10, 33, 100, 300})
    void randomMatrices_agreeWithCommonsMath(int n) {
        for (long seed = 0; seed < 5; seed++) {
            Tridiagonal matrix = random(n, seed);

            double[] expected = new EigenDecomposition(diagonal(matrix), offDiagonal(matrix)).getRealEigenvalues();
            Arrays.sort(expected);
            assertThat(TridiagonalValues.of(List.of(matrix)).get(0)).containsExactly(expected, within(1e-13 * n));
        }
    }

    @Test
    void gradedMatrix_fromEitherEnd_keepsItsLargeValues() {
        int n = 30;
        double[] d = new double[n];
        double[] e = new double[n - 1];
        Arrays.setAll(d, i -> Math.pow(10, -i));
        Arrays.setAll(e, i -> 0.1 * Math.pow(10, -i - 0.5));

        double[] down = values(d, e);
        double[] up = values(reversed(d), reversed(e));

        assertThat(down).containsExactly(up, within(1e-15));
        assertThat(Arrays.stream(down).sum()).isEqualTo(Arrays.stream(d).sum(), within(1e-14));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1000, -500, 500, 1000})
    void powersOfTwo_scaleTheValuesExactly(int exponent) {
        Tridiagonal matrix = random(20, 3);
        double[] values = values(diagonal(matrix), offDiagonal(matrix));
        double[] scaled = values(scaled(diagonal(matrix), exponent), scaled(offDiagonal(matrix), exponent));

        assertThat(scaled).containsExactly(scaled(values, exponent));
    }

    @Test
    void gluedMatrices_withManyNearlyEqualValues_converge() {
        int copies = 12;
        double[] d = new double[21 * copies];
        double[] e = new double[21 * copies - 1];
        Arrays.setAll(d, i -> Math.abs(10 - i % 21));
        Arrays.setAll(e, i -> i % 21 == 20 ? 1e-9 : 1);

        double[] values = values(d, e);

        assertThat(values).isSorted();
        assertThat(values[d.length - 1]).isEqualTo(10.746194182903, within(1e-8));
        assertThat(values[d.length - 2 * copies]).isEqualTo(10.746194182903, within(1e-8));
        assertThat(values[d.length - 2 * copies - 1]).isLessThan(10);
    }

    @Test
    void values_ofAMatrix_areTheSameInAnyCompany() {
        List<Tridiagonal> many = new ArrayList<>();
        for (int i = 0; i < 23; i++) {
            many.add(random(1 + 7 * (i % 9), i));
        }

        List<double[]> together = TridiagonalValues.of(many);

        for (int i = 0; i < many.size(); i++) {
            assertThat(together.get(i))
                    .containsExactly(TridiagonalValues.of(List.of(many.get(i))).get(0));
        }
        assertThat(TridiagonalValues.of(List.of())).isEmpty();
    }

    private static Tridiagonal random(int n, long seed) {
        Random random = new Random(seed);
        double[] d = new double[n];
        double[] e = new double[n - 1];
        Arrays.setAll(d, i -> random.nextGaussian());
        Arrays.setAll(e, i -> random.nextGaussian());
        return new Tridiagonal(d, e);
    }

    private static double[] values(double[] d, double[] e) {
        return TridiagonalValues.of(List.of(new Tridiagonal(d, e))).get(0);
    }

    private static double[] diagonal(Tridiagonal matrix) {
        double[] d = new double[matrix.order()];
        Arrays.setAll(d, matrix::diagonal);
        return d;
    }

    private static double[] offDiagonal(Tridiagonal matrix) {
        double[] e = new double[matrix.order() - 1];
        Arrays.setAll(e, matrix::offDiagonal);
        return e;
    }

    private static double[] scaled(double[] values, int exponent) {
        return Arrays.stream(values).map(v -> Math.scalb(v, exponent)).toArray();
    }

    private static double[] reversed(double[] values) {
        double[] reversed = new double[values.length];
        Arrays.setAll(reversed, i -> values[values.length - 1 - i]);
        return reversed;
    }
}
