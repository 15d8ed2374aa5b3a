/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.samediff;

import java.io.File;

import io.github.dl4jdynamics.spectral.nd4j.DenseKernels;
import io.github.dl4jdynamics.spectral.nd4j.ThinQr;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.shade.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

@Timeout(120)
class DifferentiableQrTest {
    private static final JsonNode GOLDEN = Graphs.vectors("spectral-qr-backward");

    @ParameterizedTest
    @EnumSource(names = {"DOUBLE", "FLOAT"})
    void factors_areTheGoldenOnes(DataType type) {
        SameDiff sd = factored(type, Graphs.matrix(GOLDEN.get("inputs").get("A")));

        Graphs.assertGolden(Graphs.value(sd, "Q"), GOLDEN.get("expected").get("Q"));
        Graphs.assertGolden(Graphs.value(sd, "R"), GOLDEN.get("expected").get("R"));
    }

    @ParameterizedTest
    @CsvSource({
        "DOUBLE, Abar_Qbar_only, 1, 0", "DOUBLE, Abar_Rbar_only, 0, 1", "DOUBLE, Abar_both, 1, 1",
        "FLOAT, Abar_Qbar_only, 1, 0", "FLOAT, Abar_Rbar_only, 0, 1", "FLOAT, Abar_both, 1, 1"
    })
    void gradient_isTheGoldenAdjoint(DataType type, String expected, int ofQ, int ofR) {
        JsonNode inputs = GOLDEN.get("inputs");
        SameDiff sd = factored(type, Graphs.matrix(inputs.get("A")));
        SDVariable partQ = weighted(sd, "Q", Graphs.matrix(inputs.get("Qbar"))).mul(ofQ);
        SDVariable partR = weighted(sd, "R", Graphs.matrix(inputs.get("Rbar"))).mul(ofR);

        INDArray gradient = Graphs.gradient(sd, partQ.add(partR), "A");

        Graphs.assertGolden(gradient, GOLDEN.get("expected").get(expected));
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 1", "5, 1", "2, 2", "5, 3", "6, 6", "40, 7"})
    void gradient_isTheSlopeOfTheWholeGraph(int m, int n) {
        double[][] a = Graphs.random(m, n, 31 * m + n);
        double[][] ofQ = Graphs.random(m, n, 1);
        double[][] ofR = Graphs.random(n, n, 2);
        SameDiff sd = factored(DataType.DOUBLE, a);
        // Not linear in Q and R, so that the factors' values matter in the backward pass.
        SDVariable loss = weighted(sd, "Q", ofQ)
                .add(weighted(sd, "R", ofR))
                .add(sd.sum(sd.math().square(sd.getVariable("R"))).mul(0.3));
        INDArray gradient = Graphs.gradient(sd, loss, "A");

        double[][] slopes = Graphs.differences(a, 1e-6, at -> {
            sd.getVariable("A").getArr().assign(Nd4j.createFromArray(at));
            return Graphs.value(sd, loss.name()).getDouble(0);
        });

        Graphs.assertClose(
                gradient, slopes, 1e-6 * Math.max(1, gradient.norm2Number().doubleValue()));
    }

    @ParameterizedTest
    @CsvSource({"DOUBLE, 1e-12", "FLOAT, 2e-4"})
    void factors_areLapacksTimeAndAgain(DataType type, double tolerance) {
        INDArray a = Nd4j.createFromArray(Graphs.random(64, 32, 5)).castTo(type);
        SameDiff sd = factored(a);
        ThinQr expected = DenseKernels.auto().thinQr(a);

        // Later runs take arrays from the session's cache.
        for (int run = 0; run < 4; run++) {
            Graphs.assertClose(Graphs.value(sd, "Q"), rows(expected.q()), tolerance);
            Graphs.assertClose(Graphs.value(sd, "R"), rows(expected.r()), tolerance * 10);
            Graphs.gradient(sd, sd.getVariable("R"), "A");
        }
    }

    @Test
    void columnMajorParameter_hasTheSameFactorsAndGradient() {
        double[][] a = Graphs.random(5, 3, 8);
        SameDiff rowMajor = factored(DataType.DOUBLE, a);
        SameDiff columnMajor = factored(Nd4j.createFromArray(a).dup('f'));

        for (int run = 0; run < 3; run++) {
            Graphs.assertClose(Graphs.value(columnMajor, "Q"), rows(Graphs.value(rowMajor, "Q")), 0);
            INDArray expected = Graphs.gradient(rowMajor, rowMajor.getVariable("R"), "A");
            Graphs.assertClose(Graphs.gradient(columnMajor, columnMajor.getVariable("R"), "A"), rows(expected), 0);
        }
    }

    @Test
    void triangularMatrix_isFactoredThoughTheNativeOpFails() {
        double[][] triangle = {{2, 1, 3}, {0, 4, 5}, {0, 0, 6}};
        SameDiff sd = factored(DataType.DOUBLE, triangle);

        Graphs.assertClose(Graphs.value(sd, "Q"), new double[][] {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}, 1e-14);
        Graphs.assertClose(Graphs.value(sd, "R"), triangle, 1e-14);
    }

    @Test
    void negativeNumber_hasAPositiveR() {
        SameDiff sd = factored(DataType.DOUBLE, new double[][] {{-5}});

        assertThat(Graphs.value(sd, "Q").getDouble(0)).isEqualTo(-1, within(1e-15));
        assertThat(Graphs.value(sd, "R").getDouble(0)).isEqualTo(5, within(1e-14));
    }

    @Test
    void zeroMatrix_hasZeroFactorsAndNoGradient() {
        SameDiff sd = factored(Nd4j.zeros(DataType.DOUBLE, 3, 2));

        Graphs.assertClose(Graphs.value(sd, "Q"), new double[3][2], 0);
        Graphs.assertClose(Graphs.value(sd, "R"), new double[2][2], 0);
        Graphs.assertClose(Graphs.gradient(sd, sd.getVariable("R"), "A"), new double[3][2], 0);
    }

    @Test
    void matrixOfLowRank_isFactoredButHasNoGradient() {
        double[][] a = {{1, 2}, {2, 4}, {3, 6}};
        SameDiff sd = factored(DataType.DOUBLE, a);

        Graphs.assertClose(Graphs.value(sd, "Q").mmul(Graphs.value(sd, "R")), a, 1e-12);
        Graphs.assertClose(Graphs.gradient(sd, sd.getVariable("Q"), "A"), new double[3][2], 0);
    }

    @Test
    void notANumber_isPassedOn() {
        SameDiff sd = factored(DataType.DOUBLE, new double[][] {{1, Double.NaN}, {2, 3}});

        assertThat(Graphs.value(sd, "Q").getDouble(0)).isNaN();
    }

    @Test
    void training_findsTheMatrixWhoseTriangleIsWanted() {
        double[][] target = {{2, 1}, {0, 3}};
        SameDiff sd = factored(DataType.DOUBLE, Graphs.random(4, 2, 3));
        SDVariable miss = sd.getVariable("R").sub(sd.constant(Nd4j.createFromArray(target)));
        sd.sum("loss", sd.math().square(miss));
        sd.setTrainingConfig(Graphs.config(new Sgd(0.1), 0));

        Graphs.fit(sd, 60);

        Graphs.assertClose(Graphs.value(sd, "R"), target, 1e-4);
    }

    @Test
    void savedGraph_keepsFactorsAndGradient(@TempDir File folder) {
        File file = new File(folder, "qr.fb");
        SameDiff sd = factored(DataType.DOUBLE, Graphs.random(5, 3, 4));
        INDArray expected = Graphs.gradient(sd, sd.getVariable("R"), "A");

        sd.save(file, true);
        SameDiff loaded = SameDiff.load(file, true);

        assertThat(Graphs.value(loaded, "Q")).isEqualTo(Graphs.value(sd, "Q"));
        assertThat(Graphs.gradient(loaded, loaded.getVariable("R"), "A")).isEqualTo(expected);
    }

    @Test
    void graphBuiltInAWorkspace_outlivesIt() {
        SameDiff sd = Graphs.of(DataType.DOUBLE, Graphs.random(5, 3, 4));
        DifferentiableQr qr;
        try (MemoryWorkspace workspace = Nd4j.getWorkspaceManager().getAndActivateWorkspace("QR")) {
            assertThat(workspace.isScopeActive()).isTrue();
            qr = DifferentiableQr.of(sd.getVariable("A"));
        }
        qr.q().rename("Q");

        INDArray q = Graphs.value(sd, "Q");

        Graphs.assertClose(q.transpose().mmul(q), new double[][] {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}, 1e-13);
    }

    @Test
    void computedMatrix_isFactoredIfItsShapeIsGiven() {
        double[][] a = Graphs.random(4, 2, 6);
        SameDiff sd = Graphs.of(DataType.DOUBLE, a);
        DifferentiableQr.of(sd.getVariable("A").mul(2), 4, 2).r().rename("R");

        INDArray r = Graphs.value(sd, "R");

        ThinQr expected = DenseKernels.auto().thinQr(Nd4j.createFromArray(a));
        Graphs.assertClose(r, rows(expected.r().mul(2)), 1e-13);
    }

    @Test
    void shape_isRefusedBeyondTheLimits() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> factored(Nd4j.zeros(DataType.DOUBLE, 200, 129)))
                .withMessage("matrix 'A' of a DifferentiableQr must have at most 512 rows and 128 columns, got "
                        + "[200, 129]: the native qr op takes time like m^3 n, 0.9 s at [256, 256]; factor it outside "
                        + "the graph with DenseKernels.thinQr");
        assertThatIllegalArgumentException().isThrownBy(() -> factored(Nd4j.zeros(DataType.DOUBLE, 513, 2)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> factored(Nd4j.zeros(DataType.DOUBLE, 2, 3)))
                .withMessage("matrix 'A' of a DifferentiableQr must have a shape [m, n] with m >= n >= 1, got [2, 3]; "
                        + "transpose it");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> factored(Nd4j.zeros(DataType.DOUBLE, 3, 2, 2)))
                .withMessageContaining("must have two known dimensions, got [3, 2, 2]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> factored(Nd4j.zeros(DataType.FLOAT16, 3, 2)))
                .withMessageContaining("must be FLOAT or DOUBLE, got ");
    }

    private static SameDiff factored(DataType type, double[][] a) {
        return factored(Nd4j.createFromArray(a).castTo(type));
    }

    private static SameDiff factored(INDArray a) {
        SameDiff sd = Graphs.of(a);
        DifferentiableQr qr = DifferentiableQr.of(sd.getVariable("A"));
        qr.q().rename("Q");
        qr.r().rename("R");
        return sd;
    }

    private static SDVariable weighted(SameDiff sd, String variable, double[][] weights) {
        SDVariable v = sd.getVariable(variable);
        return sd.sum(v.mul(sd.constant(Nd4j.createFromArray(weights).castTo(v.dataType()))));
    }

    private static double[][] rows(INDArray matrix) {
        return matrix.castTo(DataType.DOUBLE).toDoubleMatrix();
    }
}
