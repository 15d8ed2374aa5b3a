/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.math;

import java.util.List;

import com.google.common.testing.EqualsTester;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class EigenvalueSpectrumTest {

    @Test
    void of_anyOrder_isAscendingAndACopy() {
        double[] given = {3, 1, 2};

        EigenvalueSpectrum spectrum = EigenvalueSpectrum.of(given);
        given[0] = 99;
        spectrum.toArray()[0] = 99;

        assertThat(spectrum.toArray()).containsExactly(1, 2, 3);
        assertThat(spectrum.get(0)).isEqualTo(1);
        assertThat(spectrum.largest()).isEqualTo(3);
        assertThat(spectrum.sum()).isEqualTo(6);
        assertThat(spectrum.mean()).isEqualTo(2);
    }

    @Test
    void median_evenNumber_isTheLargerOfTheMiddleTwo() {
        assertThat(EigenvalueSpectrum.of(1, 2, 3, 4).median()).isEqualTo(3);
        assertThat(EigenvalueSpectrum.of(1, 2, 3).median()).isEqualTo(2);
        assertThat(EigenvalueSpectrum.of(7).median()).isEqualTo(7);
    }

    @Test
    void of_tinyNegatives_becomePositiveZeros() {
        EigenvalueSpectrum spectrum = EigenvalueSpectrum.of(-1e-7, -0.0, 0.5, 1);

        assertThat(spectrum.toArray()).containsExactly(0.0, 0.0, 0.5, 1);
        assertThat(1 / spectrum.get(0)).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(1 / spectrum.get(1)).isEqualTo(Double.POSITIVE_INFINITY);
    }

    @Test
    void of_negativeBeyondRounding_isRefused() {
        assertThatThrownBy(() -> EigenvalueSpectrum.of(-2e-6, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("eigenvalues of W W^T must be >= 0 up to rounding (1e-6 of the largest, 1.0), got -2.0E-6;"
                        + " pass squared singular values");
        assertThatThrownBy(() -> EigenvalueSpectrum.of(-1, -2)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void of_nonFinite_isRefusedWithItsPlace(double bad) {
        assertThatThrownBy(() -> EigenvalueSpectrum.of(1, bad, 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("eigenvalue 1 of 3 must be finite, got " + bad + "; look for NaN or infinite weights");
    }

    @Test
    void of_nothing_isRefused() {
        assertThatThrownBy(EigenvalueSpectrum::of)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a spectrum must have >= 1 eigenvalue, got 0; leave out layers without a weight matrix");
    }

    @Test
    void pooled_severalMatrices_isTheirUnion() {
        List<double[]> matrices = List.of(new double[] {4, 1}, new double[] {3}, new double[] {2, 2});

        assertThat(EigenvalueSpectrum.pooled(matrices)).isEqualTo(EigenvalueSpectrum.of(1, 2, 2, 3, 4));
    }

    @Test
    void above_threshold_keepsStrictlyLarger() {
        EigenvalueSpectrum spectrum = EigenvalueSpectrum.of(0, 1e-5, 2e-5, 1);

        assertThat(spectrum.above(1e-5)).isEqualTo(EigenvalueSpectrum.of(2e-5, 1));
        assertThat(spectrum.countAbove(1e-5)).isEqualTo(2);
        assertThat(spectrum.above(-1)).isSameAs(spectrum);
    }

    @Test
    void above_nothingLeft_keepsAllAsTheReferenceDoes() {
        EigenvalueSpectrum spectrum = EigenvalueSpectrum.of(1, 2);

        assertThat(spectrum.above(2)).isSameAs(spectrum);
        assertThat(spectrum.countAbove(2)).isZero();
    }

    @Test
    void scaled_factor_multipliesEveryEigenvalue() {
        assertThat(EigenvalueSpectrum.of(0, 1, 4).scaled(0.5)).isEqualTo(EigenvalueSpectrum.of(0, 0.5, 2));
        assertThatThrownBy(() -> EigenvalueSpectrum.of(1).scaled(0))
                .hasMessage("scale factor of a spectrum must be > 0 and finite, got 0.0; 1 leaves it as it is");
    }

    @Test
    void spectrum_ofAMatrix_hasItsSquaredNorms() {
        Matrices matrix = Matrices.of(new double[] {3, 0, 0, 0, 4, 0}, new int[] {2, 3}, 1);

        EigenvalueSpectrum spectrum = matrix.spectrum();

        assertThat(spectrum.largest()).isEqualTo(16, within(1e-12));
        assertThat(spectrum.sum()).isEqualTo(25, within(1e-12));
    }

    @Test
    void equality_isThatOfTheNumbers() {
        new EqualsTester()
                .addEqualityGroup(EigenvalueSpectrum.of(1, 2), EigenvalueSpectrum.of(2, 1))
                .addEqualityGroup(EigenvalueSpectrum.of(1, 3))
                .testEquals();
    }
}
