/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j;

import java.util.Arrays;
import java.util.List;

import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class HouseholderTridiagonalTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 17, 60})
    void reduce_keepsTraceNormAndEigenvalues(int n) {
        double[][] a = Matrices.symmetric(n, n);
        double trace = 0;
        double square = 0;
        for (int i = 0; i < n; i++) {
            trace += a[i][i];
            square += Arrays.stream(a[i]).map(x -> x * x).sum();
        }
        double[] expected = new EigenDecomposition(new Array2DRowRealMatrix(a)).getRealEigenvalues();
        Arrays.sort(expected);

        Tridiagonal t = HouseholderTridiagonal.reduce(a);

        double traceOfT = 0;
        double squareOfT = 0;
        for (int i = 0; i < n; i++) {
            traceOfT += t.diagonal(i);
            squareOfT += t.diagonal(i) * t.diagonal(i) + (i < n - 1 ? 2 * t.offDiagonal(i) * t.offDiagonal(i) : 0);
        }
        assertThat(traceOfT).isEqualTo(trace, within(1e-13 * n));
        assertThat(squareOfT).isEqualTo(square, within(1e-13 * n * n));
        assertThat(TridiagonalValues.of(List.of(t)).get(0)).containsExactly(expected, within(1e-13 * n));
    }

    @Test
    void reduce_ofTridiagonal_changesNothingButSigns() {
        double[][] a = {{1, 5, 0, 0}, {5, 2, -6, 0}, {0, -6, 3, 7}, {0, 0, 7, 4}};

        Tridiagonal t = HouseholderTridiagonal.reduce(a);

        for (int i = 0; i < 4; i++) {
            assertThat(t.diagonal(i)).isEqualTo(i + 1);
        }
        for (int i = 0; i < 3; i++) {
            assertThat(Math.abs(t.offDiagonal(i))).isEqualTo(5 + i);
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {1e-300, 1e-160, 1e160, 1e300})
    void reduce_ofExtremeScales_neitherOverflowsNorVanishes(double scale) {
        double[][] a = Matrices.symmetric(5, 9);
        double[] expected = TridiagonalValues.of(List.of(HouseholderTridiagonal.reduce(Matrices.symmetric(5, 9))))
                .get(0);
        for (double[] row : a) {
            Arrays.setAll(row, j -> scale * row[j]);
        }

        double[] values =
                TridiagonalValues.of(List.of(HouseholderTridiagonal.reduce(a))).get(0);

        for (int i = 0; i < 5; i++) {
            assertThat(values[i] / scale).isEqualTo(expected[i], within(1e-14));
        }
    }
}
