/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j.eigen;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;

import io.github.dl4jdynamics.spectral.math.eigen.EigenLoss;
import io.github.dl4jdynamics.spectral.nd4j.DenseKernels;
import io.github.dl4jdynamics.spectral.nd4j.SymmetricEigen;
import io.github.dl4jdynamics.spectral.nd4j.ThinQr;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** Gradients against finite differences, minima against decompositions. */
class EigenLossGradientTest {
    private static final double STEP = 1e-6;

    static Stream<Arguments> losses() {
        return Stream.of(
                        EigenLoss.brockett(3),
                        EigenLoss.brockett(2, 1.5, 0.25),
                        EigenLoss.power(),
                        EigenLoss.exponential(),
                        EigenLoss.convex("cosh", Math::cosh, Math::sinh))
                .map(Arguments::of);
    }

    @ParameterizedTest
    @MethodSource("losses")
    void gradients_areFiniteDifferences(EigenLoss loss) {
        INDArray a = covariance(6, 1);
        INDArray p = Twin.random(DataType.DOUBLE, 6, 3, 2);

        EigenLossGradient gradient = EigenLossGradient.of(a, p, loss);

        for (int i = 0; i < 6; i++) {
            for (int j = 0; j < 3; j++) {
                double byFactor =
                        (EigenLossGradient.of(a, moved(p, i, j, STEP), loss).value()
                                        - EigenLossGradient.of(a, moved(p, i, j, -STEP), loss)
                                                .value())
                                / (2 * STEP);
                assertThat(gradient.byFactor().getDouble(i, j)).isCloseTo(byFactor, within(1e-7));
                INDArray u = gradient.basis();
                double byBasis =
                        (value(a, moved(u, i, j, STEP), loss) - value(a, moved(u, i, j, -STEP), loss)) / (2 * STEP);
                assertThat(gradient.byBasis().getDouble(i, j)).isCloseTo(byBasis, within(1e-7));
            }
            for (int j = 0; j < 6; j++) {
                INDArray u = gradient.basis();
                double byMatrix =
                        (value(moved(a, i, j, STEP), u, loss) - value(moved(a, i, j, -STEP), u, loss)) / (2 * STEP);
                assertThat(gradient.byMatrix().getDouble(i, j)).isCloseTo(byMatrix, within(1e-7));
            }
        }
    }

    private static double value(INDArray a, INDArray u, EigenLoss loss) {
        return loss.value(Columns.products(u, a.mmul(u).dup('f')));
    }

    private static INDArray moved(INDArray matrix, int i, int j, double step) {
        return matrix.dup('f').putScalar(i, j, matrix.getDouble(i, j) + step);
    }

    @ParameterizedTest
    @MethodSource("losses")
    void eigenvectors_areWhereTheMinimumIs(EigenLoss loss) {
        INDArray a = covariance(7, 3);
        SymmetricEigen eigen = DenseKernels.auto().symmetricEigen(a);
        double[] top = {eigen.values()[6], eigen.values()[5], eigen.values()[4]};
        INDArray u = Nd4j.hstack(
                eigen.vectors().getColumn(6, true),
                eigen.vectors().getColumn(5, true),
                eigen.vectors().getColumn(4, true));

        EigenLossGradient there = EigenLossGradient.of(a, u, loss);

        assertThat(there.value()).isCloseTo(loss.minimum(top), within(1e-10));
        assertThat(there.byFactor().norm2Number().doubleValue()).isLessThan(1e-10);
        for (int seed = 0; seed < 20; seed++) {
            INDArray away = u.add(Twin.random(DataType.DOUBLE, 7, 3, seed).mul(0.01 * (1 + seed)));
            assertThat(EigenLossGradient.of(a, away, loss).value()).isGreaterThan(there.value());
        }
    }

    /** Order and identity of eigenvectors come from the weights; the trace has neither. */
    @Test
    void rotationOfTheEigenvectors_changesEveryLossButTheTrace() {
        INDArray a = Nd4j.diag(Nd4j.createFromArray(4.0, 2, 1));
        INDArray u = Nd4j.eye(3).castTo(DataType.DOUBLE).get(NDArrayIndex.all(), NDArrayIndex.interval(0, 2));
        double c = Math.sqrt(0.5);
        INDArray turned = Nd4j.createFromArray(new double[][] {{c, -c}, {c, c}, {0, 0}});

        assertThat(EigenLossGradient.of(a, turned, EigenLoss.trace()).value()).isCloseTo(-6, within(1e-12));
        for (EigenLoss loss : new EigenLoss[] {EigenLoss.brockett(2), EigenLoss.power(), EigenLoss.exponential()}) {
            assertThat(EigenLossGradient.of(a, turned, loss).value())
                    .isGreaterThan(EigenLossGradient.of(a, u, loss).value() + 0.1);
        }
    }

    @ParameterizedTest
    @MethodSource("losses")
    void descent_findsTheEigenvalues(EigenLoss loss) {
        INDArray a = Nd4j.diag(Nd4j.createFromArray(1.0, 0.7, 0.4, 0.1, 0.05));
        INDArray v = Twin.random(DataType.DOUBLE, 5, 3, 5);
        DenseKernels.auto().orthonormalize(v);
        EigenLossDescent descent = new EigenLossDescent(DenseKernels.auto(), loss, 0.02, true, v);

        for (int step = 0; step < 600; step++) {
            descent.improve(null, a.mmul(v).dup('f'), v);
        }

        double[] found = Columns.products(v, a.mmul(v).dup('f'));
        Arrays.sort(found);
        assertThat(found[0]).isCloseTo(0.4, within(0.02));
        assertThat(found[1]).isCloseTo(0.7, within(0.02));
        assertThat(found[2]).isCloseTo(1, within(0.02));
    }

    @Test
    void openWorkspace_keepsNothing() {
        INDArray a = covariance(6, 1);
        INDArray p = Twin.random(DataType.DOUBLE, 6, 3, 2);
        EigenLossGradient inside;
        try (MemoryWorkspace workspace = Nd4j.getWorkspaceManager()
                .getAndActivateWorkspace(
                        WorkspaceConfiguration.builder().initialSize(1 << 20).build(), "EIGEN_LOSS_TEST")) {
            assertThat(workspace.isScopeActive()).isTrue();
            inside = EigenLossGradient.of(a, p, EigenLoss.power());
        }

        assertThat(inside.byFactor().isAttached()).isFalse();
        assertThat(inside.byBasis().isAttached()).isFalse();
        assertThat(inside.byFactor())
                .isEqualTo(EigenLossGradient.of(a, p, EigenLoss.power()).byFactor());
    }

    @Test
    void qrAdjoint_ofRandomSizes_isAFiniteDifference() {
        Random random = new Random(9);
        for (int trial = 0; trial < 15; trial++) {
            int n = 1 + random.nextInt(6);
            int m = n + random.nextInt(7);
            INDArray a = Twin.random(DataType.DOUBLE, m, n, trial);
            INDArray qBar = Twin.random(DataType.DOUBLE, m, n, 100 + trial);
            INDArray rBar = Twin.random(DataType.DOUBLE, n, n, 200 + trial);
            ThinQr qr = DenseKernels.auto().thinQr(a);

            INDArray both = QrAdjoint.backward(qr.q(), qr.r(), qBar, rBar);
            INDArray qOnly = QrAdjoint.backward(qr.q(), qr.r(), qBar, null);

            for (int i = 0; i < m; i++) {
                int j = i % n;
                double ofQ =
                        (dot(moved(a, i, j, STEP), qBar, null) - dot(moved(a, i, j, -STEP), qBar, null)) / (2 * STEP);
                double ofBoth =
                        (dot(moved(a, i, j, STEP), qBar, rBar) - dot(moved(a, i, j, -STEP), qBar, rBar)) / (2 * STEP);
                double tolerance = 1e-5 * (1 + qOnly.amaxNumber().doubleValue());
                assertThat(qOnly.getDouble(i, j)).as("%dx%d", m, n).isCloseTo(ofQ, within(tolerance));
                assertThat(both.getDouble(i, j)).as("%dx%d", m, n).isCloseTo(ofBoth, within(tolerance));
            }
        }
    }

    /** {@code <Qbar, Q> + <Rbar, R>}. */
    private static double dot(INDArray a, INDArray qBar, INDArray rBar) {
        ThinQr qr = DenseKernels.auto().thinQr(a);
        return qr.q().mul(qBar).sumNumber().doubleValue()
                + (rBar == null ? 0 : qr.r().mul(rBar).sumNumber().doubleValue());
    }

    @Test
    void qrAdjoint_ofAnOrthonormalMatrix_isTheShortForm() {
        INDArray q = Twin.random(DataType.DOUBLE, 9, 4, 1);
        DenseKernels.auto().orthonormalize(q);
        INDArray qBar = Twin.random(DataType.DOUBLE, 9, 4, 2);

        INDArray expected = QrAdjoint.backward(q, Nd4j.eye(4).castTo(DataType.DOUBLE), qBar, null);

        assertThat(Twin.distance(QrAdjoint.ofUnitTriangle(q, qBar), expected)).isLessThan(1e-12);
    }

    private static INDArray covariance(int n, long seed) {
        INDArray x = Twin.random(DataType.DOUBLE, 2L * n, n, seed);
        return Nd4j.gemm(x, x, true, false).divi(2 * n);
    }
}
