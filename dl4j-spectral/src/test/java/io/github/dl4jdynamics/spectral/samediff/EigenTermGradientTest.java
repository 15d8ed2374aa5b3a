/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.samediff;

import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** Value and gradient against the eigenvalues themselves. */
@Timeout(120)
class EigenTermGradientTest {

    static Stream<Arguments> cases() {
        return Stream.of(Spectra.values())
                .flatMap(f -> Stream.of(Arguments.of(f, DataType.DOUBLE, 1e-7), Arguments.of(f, DataType.FLOAT, 2e-4)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void parameter_hasTheValueAndTheSlopesOfTheEigenvalues(Spectra function, DataType type, double tolerance) {
        double[][] a = Graphs.symmetric(5, 7);
        SameDiff sd = Graphs.of(type, a);
        EigenTerm term = function.choose(EigenTerm.builder(sd, "A"))
                .weight(0.5)
                .failFast()
                .build();
        double scale = Math.abs(function.of(a));

        INDArray gradient = Graphs.gradient(sd, term.loss(), "A");
        double[][] slopes = Graphs.differences(a, 1e-6, at -> 0.5 * function.of(at));

        assertThat(Graphs.value(sd, "eigen_loss").getDouble(0))
                .isCloseTo(0.5 * function.of(a), within(tolerance * scale));
        Graphs.assertClose(gradient, slopes, tolerance * Math.max(1, scale));
        assertThat(gradient).isEqualTo(gradient.transpose());
    }

    /** {@code A = B B^T - C}: the basis must be that of this very pass. */
    @ParameterizedTest
    @MethodSource("cases")
    void computedMatrix_sendsTheSlopesToWhatItIsMadeOf(Spectra function, DataType type, double tolerance) {
        double[][] b = Graphs.random(4, 3, 11);
        double[][] c = {{1, 0, 0, 0}, {0, 2, 0, 0}, {0, 0, 3, 0}, {0, 0, 0, 4}};
        SameDiff sd = Graphs.of(type, b);
        SDVariable offset = sd.constant(Nd4j.createFromArray(c).castTo(type));
        SDVariable factor = sd.getVariable("A");
        sd.mmul(factor, sd.transpose(factor)).sub("product", offset);
        EigenTerm term =
                function.choose(EigenTerm.builder(sd, "product", 4)).failFast().build();
        sd.setListeners(term.listener());

        INDArray gradient = Graphs.gradient(sd, term.loss(), "A");
        double[][] slopes = Graphs.differences(b, 1e-6, at -> function.of(product(at, c)));

        double scale = Math.max(1, Math.abs(function.of(product(b, c))));
        Graphs.assertClose(gradient, slopes, 4 * tolerance * scale);
        assertThat(term.history()).hasSize(1);
        assertThat(term.history().get(0).eigenvalues()[0])
                .isCloseTo(Spectra.descending(product(b, c))[0], within(tolerance * 10));
    }

    @ParameterizedTest
    @EnumSource(names = {"DOUBLE", "FLOAT"})
    void columnMajorParameter_hasTheSameGradient(DataType type) {
        INDArray a = Nd4j.createFromArray(Graphs.symmetric(5, 7)).castTo(type);
        SameDiff sd = Graphs.of(a.dup('f'));
        EigenTerm term = EigenTerm.builder(sd, "A").nuclearNorm().build();
        SameDiff rowMajor = Graphs.of(a);
        EigenTerm expected = EigenTerm.builder(rowMajor, "A").nuclearNorm().build();

        for (int run = 0; run < 3; run++) {
            assertThat(Graphs.gradient(sd, term.loss(), "A"))
                    .isEqualTo(Graphs.gradient(rowMajor, expected.loss(), "A"));
        }
    }

    @Test
    void repeatedEigenvalues_giveASubgradient() {
        SameDiff sd = Graphs.of(Nd4j.eye(4).castTo(DataType.DOUBLE).muli(-2));
        EigenTerm nuclear = EigenTerm.builder(sd, "A").nuclearNorm().build();
        EigenTerm top = EigenTerm.builder(sd, "A").name("top").topK(2).build();

        INDArray all = Graphs.gradient(sd, nuclear.loss(), "A");
        sd.setLossVariables(top.loss().name());
        INDArray two = Graphs.gradient(sd, top.loss(), "A");

        Graphs.assertClose(all, Nd4j.eye(4).muli(-1).castTo(DataType.DOUBLE).toDoubleMatrix(), 1e-14);
        // A projection of rank 2.
        Graphs.assertClose(two.mmul(two), two.toDoubleMatrix(), 1e-14);
        assertThat(Nd4j.diag(two).sumNumber().doubleValue()).isCloseTo(2, within(1e-14));
    }

    @ParameterizedTest
    @EnumSource(names = {"DOUBLE", "FLOAT"})
    void zeroMatrix_hasNoGradientOfTheNuclearNorm(DataType type) {
        SameDiff sd = Graphs.of(Nd4j.zeros(type, 3, 3));
        EigenTerm term = EigenTerm.builder(sd, "A").nuclearNorm().failFast().build();
        sd.setListeners(term.listener());

        Graphs.assertClose(Graphs.gradient(sd, term.loss(), "A"), new double[3][3], 0);
        assertThat(term.history().get(1).offDiagonal()).isZero();
    }

    @Test
    void zeroEigenvalues_haveNoPartInTheNuclearNorm() {
        double[][] b = Graphs.random(6, 2, 3);
        double[][] a = product(b, new double[6][6]);
        SameDiff sd = Graphs.of(DataType.DOUBLE, a);
        EigenTerm term = EigenTerm.builder(sd, "A").nuclearNorm().build();

        INDArray gradient = Graphs.gradient(sd, term.loss(), "A");

        // The projection on the range: rounding noise would have added +-1 for each of the four zeros.
        double[][] projection = Spectra.apply(x -> x > 1e-9 ? 1 : 0, a);
        Graphs.assertClose(gradient, projection, 1e-13);
    }

    @ParameterizedTest
    @EnumSource(names = {"DOUBLE", "FLOAT"})
    void singleNumber_isItsOwnEigenvalue(DataType type) {
        SameDiff sd = Graphs.of(type, new double[][] {{-3}});
        EigenTerm term = EigenTerm.builder(sd, "A").nuclearNorm().failFast().build();

        assertThat(Graphs.value(sd, "eigen_loss").getDouble(0)).isEqualTo(3);
        assertThat(Graphs.gradient(sd, term.loss(), "A").getDouble(0)).isEqualTo(-1);
    }

    @Test
    void exponential_isCutOffWhereItWouldOverflow() {
        SameDiff sd = Graphs.of(DataType.FLOAT, new double[][] {{2000, 0}, {0, 1}});
        EigenTerm term =
                EigenTerm.builder(sd, "A").convex(ConvexFunction.EXPONENTIAL, 1).build();

        assertThat(Graphs.value(sd, "eigen_loss").getDouble(0)).isCloseTo(-Math.exp(80), within(1e30));
        Graphs.assertClose(Graphs.gradient(sd, term.loss(), "A"), new double[2][2], 0);
    }

    private static double[][] product(double[][] b, double[][] c) {
        double[][] a = new double[b.length][b.length];
        for (int i = 0; i < b.length; i++) {
            for (int j = 0; j < b.length; j++) {
                a[i][j] = -c[i][j];
                for (int k = 0; k < b[0].length; k++) {
                    a[i][j] += b[i][k] * b[j][k];
                }
            }
        }
        return a;
    }
}
