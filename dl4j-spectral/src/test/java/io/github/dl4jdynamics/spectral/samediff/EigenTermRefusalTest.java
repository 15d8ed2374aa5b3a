/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.samediff;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

@Timeout(120)
class EigenTermRefusalTest {
    private static final double[][] GOOD = {{2, 1}, {1, -1}};

    @ParameterizedTest
    @EnumSource
    void matrixThatIsNotFinite_keepsTheBasisAndAFiniteGradient(Spectra function) {
        SameDiff sd = Graphs.of(DataType.DOUBLE, Graphs.symmetric(4, 5));
        EigenTerm term = function.choose(EigenTerm.builder(sd, "A")).build();
        sd.setListeners(term.listener());
        INDArray before = term.basis().getArr().dup();
        sd.getVariable("A").getArr().putScalar(1, 2, Double.NaN).putScalar(0, 0, Double.POSITIVE_INFINITY);

        INDArray gradient = Graphs.gradient(sd, term.loss(), "A");

        assertThat(term.basis().getArr()).isEqualTo(before);
        assertThat(gradient.isNaN().any() || gradient.isInfinite().any()).isFalse();
        assertThat(term.refusals()).isEqualTo(1);
        EigenTermRefresh row = term.history().get(1);
        assertThat(row.isAccepted()).isFalse();
        assertThat(row.refusal()).contains("matrix has entries that are not finite");
        assertThat(row.eigenvalues()).isEmpty();
        assertThat(row.offDiagonal()).isNaN();
    }

    @Test
    void matrixThatIsNotSymmetric_keepsTheBasis() {
        SameDiff sd = Graphs.of(DataType.DOUBLE, GOOD);
        EigenTerm term = EigenTerm.builder(sd, "A").nuclearNorm().build();
        sd.setListeners(term.listener());
        INDArray before = term.basis().getArr().dup();
        sd.getVariable("A").getArr().putScalar(0, 1, 5);

        Graphs.gradient(sd, term.loss(), "A");
        Graphs.gradient(sd, term.loss(), "A");

        assertThat(term.basis().getArr()).isEqualTo(before);
        assertThat(term.refusals()).isEqualTo(2);
        assertThat(term.history().get(2).refusal().orElse(""))
                .startsWith("||A - A^T|| is 1.0")
                .endsWith("of ||A||, symmetryTolerance allows 1.0E-8; symmetrise the matrix in the graph");
    }

    @Test
    void matrixThatRecovers_renewsTheBasisAtOnceOfAPeriod() {
        SameDiff sd = Graphs.of(DataType.DOUBLE, new double[][] {{Double.NaN, 1}, {1, -1}});
        EigenTerm term = EigenTerm.builder(sd, "A").nuclearNorm().period(100).build();
        sd.setListeners(term.listener());
        assertThat(term.refusals()).isEqualTo(1);
        assertThat(term.basis().getArr()).isEqualTo(Nd4j.eye(2).castTo(DataType.DOUBLE));

        sd.getVariable("A").getArr().putScalar(0, 0, 2);
        Graphs.gradient(sd, term.loss(), "A");

        assertThat(term.history().get(1).isAccepted()).isTrue();
        assertThat(term.history().get(1).eigenvalues()[0]).isGreaterThan(2);
    }

    @Test
    void tolerance_letsTheSymmetricPartThrough() {
        SameDiff sd = Graphs.of(DataType.DOUBLE, new double[][] {{2, 2}, {0, -1}});

        EigenTerm.builder(sd, "A").nuclearNorm().symmetryTolerance(2).failFast().build();

        assertThat(Graphs.value(sd, "eigen_loss").getDouble(0)).isEqualTo(Spectra.NUCLEAR_NORM.of(GOOD), within(1e-13));
    }

    @Test
    void failFast_stopsTraining() {
        SameDiff sd = Graphs.of(DataType.FLOAT, GOOD);
        EigenTerm term =
                EigenTerm.builder(sd, "A").name("penalty").topK(1).failFast().build();
        sd.setListeners(term.listener());
        sd.getVariable("A").getArr().putScalar(0, 1, Float.NaN);

        assertThatIllegalStateException()
                .isThrownBy(() -> Graphs.gradient(sd, term.loss(), "A"))
                .withMessage(
                        "matrix of eigen term 'penalty' cannot be used at iteration 0: matrix has entries that are "
                                + "not finite; without failFast() the term keeps its old basis");
    }

    @Test
    void matrix_mustBeAKnownSquareOfTheGraph() {
        SameDiff sd = Graphs.of(DataType.DOUBLE, new double[][] {{1, 2, 3}, {4, 5, 6}});
        sd.var("integers", Nd4j.createFromArray(new int[][] {{1}}));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> EigenTerm.builder(sd, "B"))
                .withMessage("matrix of an eigen term must be a variable of the graph, got 'B'; declare it first");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EigenTerm.builder(sd, "A"))
                .withMessage("matrix 'A' of an eigen term must be square, got [2, 3]; use A A^T");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EigenTerm.builder(sd, "integers"))
                .withMessage("matrix 'integers' of an eigen term must be FLOAT or DOUBLE, got INT; use castTo");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EigenTerm.builder(sd, "x"))
                .withMessage(
                        "matrix 'x' of an eigen term must have two known dimensions, got [-1, 1]; where the shape is "
                                + "not known before the graph runs, give it as an argument");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EigenTerm.builder(sd, "A", 2))
                .withMessage("matrix 'A' of an eigen term must have the given shape [2, 2], but is known to be [2, 3]; "
                        + "leave the argument out");
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> EigenTerm.builder(sd, sd.getVariable("A").add(1).name()))
                .withMessageContaining("got no shape");
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> EigenTerm.builder(sd, sd.getVariable("A").add(1).name(), 0))
                .withMessageContaining("must be >= 1, got 0");
    }

    @Test
    void settings_mustBeWithinTheirRanges() {
        EigenTermBuilder builder = EigenTerm.builder(Graphs.of(DataType.DOUBLE, GOOD), "A");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.topK(3))
                .withMessage("number of eigenvalues of an eigen term on 'A' must be between 1 and 2, got 3; use fewer");
        assertThatIllegalArgumentException().isThrownBy(() -> builder.convex(ConvexFunction.POWER, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.convex(null, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.brockett());
        assertThatIllegalArgumentException().isThrownBy(() -> builder.brockett(3, 2, 1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.brockett(1, 1))
                .withMessage("Brockett weights of an eigen term must be finite, positive and strictly falling, got "
                        + "[1.0, 1.0]; sort them, or use topK for equal ones");
        assertThatIllegalArgumentException().isThrownBy(() -> builder.brockett(Double.NaN));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.brockett(1, 0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.weight(Double.NaN))
                .withMessage("weight of an eigen term must be finite, got NaN; 0.01 is a start");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.period(0))
                .withMessage("period of an eigen term must be >= 1, got 0; 1 renews at every iteration");
        assertThatIllegalArgumentException().isThrownBy(() -> builder.symmetryTolerance(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.name(""));
    }

    @Test
    void build_needsAFunctionAndANewName() {
        SameDiff sd = Graphs.of(DataType.DOUBLE, GOOD);

        assertThatIllegalStateException()
                .isThrownBy(() -> EigenTerm.builder(sd, "A").build())
                .withMessage(
                        "function of eigen term 'eigen' must be chosen, got none; call nuclearNorm, topK, brockett "
                                + "or convex");
        EigenTerm.builder(sd, "A").nuclearNorm().build();
        assertThatIllegalStateException()
                .isThrownBy(() -> EigenTerm.builder(sd, "A").topK(1).build())
                .withMessage(
                        "name of an eigen term must be new to its graph, got 'eigen', and the graph has 'eigen_basis'; give "
                                + "this term another name");
    }

    @Test
    void nameThatIsTakenInPart_leavesTheGraphAsItWas() {
        SameDiff sd = Graphs.of(DataType.DOUBLE, GOOD);
        sd.constant("eigen_loss", Nd4j.scalar(1.0));
        int variables = sd.variables().size();

        assertThatIllegalStateException()
                .isThrownBy(() -> EigenTerm.builder(sd, "A").topK(1).build())
                .withMessageContaining("the graph has 'eigen_loss'");
        assertThat(sd.variables()).hasSize(variables);
    }

    @Test
    void attach_needsATermWithAConstantBasis() {
        SameDiff sd = Graphs.of(DataType.DOUBLE, GOOD);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> EigenTerm.attach(sd, "eigen"))
                .withMessage("graph must hold an eigen term 'eigen', but has no variables 'eigen_settings', "
                        + "'eigen_basis' and 'eigen_loss'; build one");
        EigenTerm.builder(sd, "A").nuclearNorm().build();
        sd.convertToVariable(sd.getVariable("eigen_basis"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EigenTerm.attach(sd, "eigen"))
                .withMessage("basis 'eigen_basis' of an eigen term must be a CONSTANT, got a VARIABLE that training "
                        + "would change; use convertToConstant");
    }
}
