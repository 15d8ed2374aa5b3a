/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.samediff;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.shade.jackson.databind.JsonNode;

/** The eigen losses at a basis that is not the eigenbasis, as in the vectors. */
@Timeout(120)
class EigenTermGoldenTest {
    private static final JsonNode GOLDEN = Graphs.vectors("spectral-eigenloss");
    private static final JsonNode INPUTS = GOLDEN.get("inputs");

    @ParameterizedTest
    @CsvSource({
        "DOUBLE, brockett", "DOUBLE, convex_pow1.5", "DOUBLE, convex_exp",
        "FLOAT, brockett", "FLOAT, convex_pow1.5", "FLOAT, convex_exp"
    })
    void lossAndGradient_areTheGoldenOnes(DataType type, String kind) {
        JsonNode expected = GOLDEN.get("expected").get(kind);
        SameDiff sd = Graphs.of(type, Graphs.matrix(INPUTS.get("A")));
        EigenTerm term = term(EigenTerm.builder(sd, "A"), kind).build();
        INDArray basis = Nd4j.createFromArray(
                Graphs.matrix(GOLDEN.get("expected").get("U").get("value")));
        term.basis().getArr().assign(basis);

        Graphs.assertGolden(Graphs.value(sd, "eigen_loss"), expected.get("loss"));
        Graphs.assertGolden(
                Graphs.value(sd, "eigen_quadratic"), GOLDEN.get("expected").get("ritz_diag"));
        Graphs.assertGolden(Graphs.gradient(sd, term.loss(), "A"), expected.get("grad_A"));
    }

    @ParameterizedTest
    @CsvSource({"DOUBLE, brockett", "DOUBLE, convex_pow1.5", "DOUBLE, convex_exp", "FLOAT, brockett"})
    void minimum_isTheLossAtTheEigenbasis(DataType type, String kind) {
        SameDiff sd = Graphs.of(type, Graphs.matrix(INPUTS.get("A")));

        term(EigenTerm.builder(sd, "A"), kind).build();

        Graphs.assertGolden(
                Graphs.value(sd, "eigen_loss"), GOLDEN.get("expected").get(kind).get("minimum"));
    }

    /** The paper's own form: the basis is Q of a trained matrix W, here by a DifferentiableQr. */
    @ParameterizedTest
    @CsvSource({
        "DOUBLE, brockett", "DOUBLE, convex_pow1.5", "DOUBLE, convex_exp",
        "FLOAT, brockett", "FLOAT, convex_pow1.5", "FLOAT, convex_exp"
    })
    void trainedBasis_hasTheGoldenGradient(DataType type, String kind) {
        SameDiff sd = Graphs.of(type, Graphs.matrix(INPUTS.get("W")));
        SDVariable matrix =
                sd.constant(Nd4j.createFromArray(Graphs.matrix(INPUTS.get("A"))).castTo(type));
        SDVariable u = DifferentiableQr.of(sd.getVariable("A")).q();
        SDVariable d = sd.sum(sd.mmul(matrix, u).mul(u), 0);
        SDVariable loss = function(kind).of(sd, d, Graphs.row(INPUTS.get("brockett_weights")));

        INDArray gradient = Graphs.gradient(sd, loss, "A");

        Graphs.assertGolden(gradient, GOLDEN.get("expected").get(kind).get("grad_W"));
    }

    private static EigenFunction function(String kind) {
        switch (kind) {
            case "brockett":
                return EigenFunction.BROCKETT;
            case "convex_exp":
                return EigenFunction.EXPONENTIAL;
            default:
                return EigenFunction.POWER;
        }
    }

    private static EigenTermBuilder term(EigenTermBuilder builder, String kind) {
        switch (kind) {
            case "brockett":
                return builder.brockett(Graphs.row(INPUTS.get("brockett_weights")));
            case "convex_exp":
                return builder.convex(ConvexFunction.EXPONENTIAL, 3);
            default:
                return builder.convex(ConvexFunction.POWER, 3);
        }
    }
}
