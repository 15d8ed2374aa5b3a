/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j.eigen;

import io.github.dl4jdynamics.spectral.math.eigen.EigenLoss;
import io.github.dl4jdynamics.spectral.math.eigen.SpectralPenalties;
import io.github.dl4jdynamics.spectral.nd4j.DenseKernels;
import io.github.dl4jdynamics.spectral.nd4j.ThinQr;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class EigenGoldenTest {

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"DOUBLE", "FLOAT"})
    void eigenLosses(DataType type) {
        Golden golden = new Golden("spectral-eigenloss", type);
        INDArray a = golden.matrix("A");
        INDArray w = golden.matrix("W");
        ThinQr qr = DenseKernels.auto().thinQr(w);
        golden.check("U", qr.q());
        golden.check("R", qr.r());
        EigenLoss brockett = EigenLoss.brockett(Golden.doubles(golden.input("brockett_weights")));
        double[] ascending = DenseKernels.auto().symmetricEigenvalues(a);
        double[] top = {ascending[5], ascending[4], ascending[3]};
        golden.check("exact_topk_eigenvalues", top);

        check(golden, "brockett", EigenLossGradient.of(a, w, brockett), brockett.minimum(top));
        check(
                golden,
                "convex_pow1.5",
                EigenLossGradient.of(a, w, EigenLoss.power()),
                EigenLoss.power().minimum(top));
        check(
                golden,
                "convex_exp",
                EigenLossGradient.of(a, w, EigenLoss.exponential()),
                EigenLoss.exponential().minimum(top));

        INDArray next = qr.q().dup('f');
        INDArray product = Nd4j.gemm(a, next, false, false);
        new OrthogonalIteration(DenseKernels.auto()).improve(null, product, next);
        golden.check("orthogonal_iteration_next_U", next);
    }

    private static void check(Golden golden, String name, EigenLossGradient at, double minimum) {
        golden.check("ritz_diag", at.diagonal());
        golden.check(name + "/loss", at.value());
        golden.check(name + "/minimum", minimum);
        golden.check(name + "/grad_U_euclidean", at.byBasis());
        golden.check(name + "/grad_W", at.byFactor());
        golden.check(name + "/grad_A", at.byMatrix());
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"DOUBLE", "FLOAT"})
    void qrAdjoint(DataType type) {
        Golden golden = new Golden("spectral-qr-backward", type);
        ThinQr qr = DenseKernels.auto().thinQr(golden.matrix("A"));
        INDArray qBar = golden.matrix("Qbar");
        INDArray rBar = golden.matrix("Rbar");
        golden.check("Q", qr.q());
        golden.check("R", qr.r());
        golden.check("Abar_Qbar_only", QrAdjoint.backward(qr.q(), qr.r(), qBar, null));
        golden.check("Abar_Rbar_only", QrAdjoint.backward(qr.q(), qr.r(), qBar.like(), rBar));
        golden.check("Abar_both", QrAdjoint.backward(qr.q(), qr.r(), qBar, rBar));
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"DOUBLE", "FLOAT"})
    void nuclearNorm(DataType type) {
        Golden golden = new Golden("spectral-nuclear", type);
        INDArray w = golden.matrix("W");
        SpectralGradient exact =
                SpectralGradient.builder(SpectralPenalties.nuclearNorm()).build(w);
        exact.refresh(w);
        golden.check("singular_values", exact.singularValues());
        golden.check("nuclear_norm", exact.value());
        golden.check("subgradient_UVt", exact.gradient());

        INDArray u = DenseKernels.auto().thinQr(golden.matrix("P")).q();
        golden.check("amortized/U", u);
        FollowedVectors followed =
                new FollowedVectors(new EigenBasis(DenseKernels.auto(), u, null, false, true, 1), w.size(0), 4, true);
        followed.measure(w);
        double estimate = java.util.Arrays.stream(followed.values()).sum();
        golden.check("amortized/estimate", estimate);
        golden.check("amortized/relative_excess_over_exact", estimate / exact.value() - 1);
        INDArray gradient = w.like();
        followed.combine(w, 0, new double[] {1, 1, 1, 1}, gradient);
        golden.check("amortized/grad_W_U_constant", gradient);

        INDArray images = w.like();
        INDArray product = u.like();
        TallMatrix tall = new TallMatrix(w, images);
        tall.multiply(u, product);
        new OrthogonalIteration(DenseKernels.auto()).improve(tall, product, u);
        golden.check("after_one_orthogonal_iteration/U", u);
        followed.measure(w);
        golden.check(
                "after_one_orthogonal_iteration/estimate",
                java.util.Arrays.stream(followed.values()).sum());
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"DOUBLE", "FLOAT"})
    void spectralNorm(DataType type) {
        Golden golden = new Golden("spectral-snr", type);
        for (String[] names : new String[][] {{"W", "u0", "dense"}, {"kernel", "kernel_u0", "conv"}}) {
            INDArray w = golden.matrix(names[0]);
            INDArray u0 = golden.matrix(names[1]);
            PowerIteration five = PowerIteration.of(w, u0, 5);
            golden.check(names[2] + "/sigma_estimate", five.sigma());
            golden.check(names[2] + "/u", five.u());
            golden.check(names[2] + "/v", five.v());
            golden.check(names[2] + "/penalty", 0.01 * five.sigma() * five.sigma() / 2);
            golden.check(
                    names[2] + "/gradient_added",
                    five.u().mul(0.01 * five.sigma()).mmul(five.v().transpose()));
            SpectralGradient exact = SpectralGradient.builder(SpectralPenalties.spectralNorm())
                    .solver(SpectralSolver.EXACT)
                    .build(w);
            exact.refresh(w);
            golden.check(names[2] + "/exact_sigma1", exact.singularValues());
            golden.check(names[2] + "/exact_gradient", exact.gradient().mul(0.01));
        }
    }
}
