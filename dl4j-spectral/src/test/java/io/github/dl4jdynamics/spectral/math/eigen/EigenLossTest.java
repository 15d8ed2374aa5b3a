/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.math.eigen;

import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.within;

class EigenLossTest {

    static Stream<EigenLoss> losses() {
        return Stream.of(
                EigenLoss.trace(),
                EigenLoss.brockett(3),
                EigenLoss.brockett(5, 2, 0.1),
                EigenLoss.power(),
                EigenLoss.exponential(),
                EigenLoss.convex("square", d -> d * d, d -> 2 * d));
    }

    @ParameterizedTest
    @MethodSource("losses")
    void coefficients_areFiniteDifferencesOfTheValue(EigenLoss loss) {
        double[] d = {1.5, 0.7, 0.2};

        double[] coefficients = loss.coefficients(d);

        for (int i = 0; i < 3; i++) {
            double[] up = d.clone();
            double[] down = d.clone();
            up[i] += 1e-6;
            down[i] -= 1e-6;
            assertThat(-coefficients[i]).isCloseTo((loss.value(up) - loss.value(down)) / 2e-6, within(1e-8));
        }
    }

    @Test
    void value_ofEachLoss_isItsFormula() {
        double[] d = {4, 1, 0.25};

        assertThat(EigenLoss.trace().value(d)).isEqualTo(-5.25);
        assertThat(EigenLoss.brockett(3).value(d)).isCloseTo(-(4 + 2 / 3.0 + 0.25 / 3), within(1e-15));
        assertThat(EigenLoss.brockett(4, 2, 1).value(d)).isEqualTo(-18.25);
        assertThat(EigenLoss.power().value(d)).isEqualTo(-(8 + 1 + 0.125));
        assertThat(EigenLoss.exponential().value(d)).isCloseTo(-Math.exp(4) - Math.E - Math.exp(0.25), within(1e-12));
        assertThat(EigenLoss.convex("square", x -> x * x, x -> 2 * x).value(d)).isEqualTo(-17.0625);
    }

    /** Every diagonal majorized by the eigenvalues, as a rotation of two basis vectors gives it, is worse. */
    @ParameterizedTest
    @MethodSource("losses")
    void minimum_isBelowTheValueAtMixedVectors(EigenLoss loss) {
        double[] eigenvalues = {3, 2, 0.5};
        for (double mix : new double[] {0.01, 0.3, 0.5, 0.9}) {
            double[] mixed = {3 - mix, 2 + mix, 0.5};

            assertThat(loss.value(mixed)).isGreaterThanOrEqualTo(loss.minimum(eigenvalues) - 1e-12);
        }
    }

    /** Rounding may make a zero eigenvalue negative. */
    @Test
    void power_belowZero_countsAsZero() {
        double[] d = {1, -1e-12};

        assertThat(EigenLoss.power().value(d)).isEqualTo(-1);
        assertThat(EigenLoss.power().coefficients(d)).containsExactly(1.5, 0);
    }

    @Test
    void brockett_ofWeightsThatDoNotFall_isRefused() {
        for (double[] weights : new double[][] {
            {1, 1},
            {1, 2},
            {1, 0},
            {2, 1, -1},
            {Double.NaN},
            {1, Double.NaN},
            {Double.POSITIVE_INFINITY, 1}
        }) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> EigenLoss.brockett(weights))
                    .withMessageStartingWith("weights of the Brockett loss must be positive and fall strictly, got [");
        }
    }

    @Test
    void brockett_ofNone_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EigenLoss.brockett(new double[0]))
                .withMessage("the Brockett loss must have at least one weight, got none");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EigenLoss.brockett(0))
                .withMessage("the Brockett loss must have at least one basis vector, got 0");
    }

    @Test
    void brockett_ofOtherNumberOfVectors_isRefused() {
        EigenLoss loss = EigenLoss.brockett(3, 2);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> loss.value(new double[3]))
                .withMessage("the Brockett loss of 3 basis vectors must have as many weights, got 2");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> loss.coefficients(new double[1]))
                .withMessageContaining("of 1 basis vectors");
    }

    @Test
    void brockett_keepsItsOwnWeights() {
        double[] weights = {2, 1};
        EigenLoss loss = EigenLoss.brockett(weights);

        weights[0] = 100;

        assertThat(loss.value(new double[] {1, 1})).isEqualTo(-3);
    }

    /** In Java two ints are two weights, one int is a number of vectors. */
    @Test
    void brockett_ofNumberOfVectors_fallsEvenlyToOneOverK() {
        assertThat(EigenLoss.brockett(4).coefficients(new double[4])).containsExactly(1, 0.75, 0.5, 0.25);
    }

    @Test
    void convex_withoutFunctions_isRefused() {
        assertThatNullPointerException().isThrownBy(() -> EigenLoss.convex(null, d -> d, d -> 1));
        assertThatNullPointerException().isThrownBy(() -> EigenLoss.convex("f", null, d -> 1));
        assertThatNullPointerException().isThrownBy(() -> EigenLoss.convex("f", d -> d, null));
    }

    @Test
    void toString_namesTheFunction() {
        assertThat(losses().map(EigenLoss::toString))
                .containsExactly(
                        "trace eigen loss",
                        "Brockett eigen loss",
                        "Brockett eigen loss",
                        "x^1.5 eigen loss",
                        "exp eigen loss",
                        "square eigen loss");
    }
}
