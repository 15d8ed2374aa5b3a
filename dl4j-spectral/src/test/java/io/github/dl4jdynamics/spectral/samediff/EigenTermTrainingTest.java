/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.samediff;

import java.io.File;
import java.util.Arrays;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** Minimizes {@code ||A - T||^2 / 2 + 0.7 ||A||_*}, whose solution takes 0.7 off every eigenvalue of T, to zero. */
@Timeout(240)
class EigenTermTrainingTest {
    private static final double WEIGHT = 0.7;
    private static final double[][] TARGET = Graphs.symmetric(6, 2);

    @Test
    void nuclearNorm_takesItsWeightOffEveryEigenvalue() {
        SameDiff sd = denoising(DataType.DOUBLE, new Sgd(0.05), 0);
        EigenTerm term = EigenTerm.attach(sd, "eigen");
        sd.setListeners(term.listener());

        Graphs.fit(sd, 300);

        double[] trained = Spectra.descending(rows(sd));
        double[] target = Spectra.descending(TARGET);
        long small = 0;
        for (int i = 0; i < target.length; i++) {
            double expected = Math.signum(target[i]) * Math.max(Math.abs(target[i]) - WEIGHT, 0);
            // A subgradient step of a zero eigenvalue is up to rate * weight long.
            assertThat(trained[i]).isCloseTo(expected, within(expected == 0 ? 0.05 * WEIGHT : 1e-3));
            small += Math.abs(trained[i]) < 0.05 ? 1 : 0;
        }
        assertThat(small).as("rank lost").isPositive();
        assertThat(Spectra.NUCLEAR_NORM.of(rows(sd))).isLessThan(0.8 * Spectra.NUCLEAR_NORM.of(TARGET));
        assertThat(term.refusals()).isZero();
    }

    @Test
    void training_isGradientDescentWithTheExactGradient() {
        SameDiff sd = denoising(DataType.DOUBLE, new Sgd(0.05), 0);
        sd.setListeners(EigenTerm.attach(sd, "eigen").listener());
        double[][] twin = rows(sd);

        for (int step = 0; step < 20; step++) {
            Graphs.fit(sd, 1);
            double[][] sign = Spectra.apply(Math::signum, twin);
            for (int i = 0; i < twin.length; i++) {
                for (int j = 0; j < twin.length; j++) {
                    twin[i][j] -= 0.05 * (twin[i][j] - TARGET[i][j] + WEIGHT * sign[i][j]);
                }
            }
            Graphs.assertClose(sd.getVariable("A").getArr(), twin, 1e-11);
        }
    }

    /** {@code A = (B + B^T) / 2}, known in the middle of the pass only. */
    @Test
    void computedMatrix_isTrainedWithTheExactGradientToo() {
        double[][] twin = Graphs.random(6, 6, 4);
        SameDiff sd = Graphs.of(DataType.DOUBLE, twin);
        SDVariable b = sd.getVariable("A");
        b.add(sd.transpose(b)).mul("symmetric", 0.5);
        EigenTerm term = EigenTerm.builder(sd, "symmetric", 6)
                .nuclearNorm()
                .weight(WEIGHT)
                .failFast()
                .build();
        term.loss().add("loss", sd.sum(sd.math().square(b)).mul(0.5));
        sd.setTrainingConfig(Graphs.config(new Sgd(0.05), 0));
        sd.setListeners(term.listener());

        for (int step = 0; step < 10; step++) {
            Graphs.fit(sd, 1);
            double[][] sign = Spectra.apply(Math::signum, twin);
            for (int i = 0; i < twin.length; i++) {
                for (int j = 0; j < twin.length; j++) {
                    twin[i][j] -= 0.05 * (twin[i][j] + WEIGHT * sign[i][j]);
                }
            }
            Graphs.assertClose(b.getArr(), twin, 1e-11);
        }
        assertThat(term.history())
                .extracting(EigenTermRefresh::iteration)
                .containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    }

    @Test
    void trainedMatrix_staysSymmetricToTheLastBit() {
        SameDiff sd = denoising(DataType.FLOAT, new Adam(0.01), 0);
        sd.setListeners(EigenTerm.attach(sd, "eigen").listener());

        Graphs.fit(sd, 20);

        float[][] a = sd.getVariable("A").getArr().toFloatMatrix();
        for (int i = 0; i < a.length; i++) {
            for (int j = 0; j < a.length; j++) {
                assertThat(a[i][j]).isEqualTo(a[j][i]);
            }
        }
    }

    @Test
    void basis_isLeftAloneByUpdaterAndRegularization() {
        SameDiff sd = denoising(DataType.DOUBLE, new Adam(0.1), 0.5);
        INDArray basis = EigenTerm.attach(sd, "eigen").basis().getArr();
        INDArray before = basis.dup();

        Graphs.fit(sd, 5);

        assertThat(basis).isEqualTo(before);
        assertThat(sd.getVariable("A").getArr()).isNotEqualTo(Nd4j.createFromArray(TARGET));
        assertThat(sd.getUpdaterMap()).containsOnlyKeys("A");
    }

    @Test
    void basis_isThatOfTheMatrixBeforeTheUpdate() {
        SameDiff sd = denoising(DataType.DOUBLE, new Sgd(0.05), 0);
        EigenTerm term = EigenTerm.attach(sd, "eigen");
        sd.setListeners(term.listener());
        Graphs.fit(sd, 3);
        double[][] before = rows(sd);

        Graphs.fit(sd, 1);

        INDArray u = term.basis().getArr();
        INDArray inner = u.transpose().mmul(Nd4j.createFromArray(before)).mmul(u);
        double[] values = Spectra.descending(before);
        double[][] diagonal = new double[6][6];
        Arrays.setAll(diagonal, i -> {
            diagonal[i][i] = values[i];
            return diagonal[i];
        });
        Graphs.assertClose(inner, diagonal, 1e-12);
        assertThat(term.history().get(3).iteration()).isEqualTo(3);
        assertThat(term.history().get(3).eigenvalues()).containsExactly(values, within(1e-12));
    }

    @Test
    void period_sparesRefreshesAndShowsTheDrift() {
        SameDiff sd = Graphs.of(DataType.DOUBLE, Graphs.symmetric(6, 9));
        addLoss(sd, EigenTerm.builder(sd, "A").nuclearNorm().weight(WEIGHT).period(4));
        sd.setTrainingConfig(Graphs.config(new Sgd(0.05), 0));
        EigenTerm term = EigenTerm.attach(sd, "eigen");
        sd.setListeners(term.listener());

        Graphs.fit(sd, 10);

        assertThat(term.history()).extracting(EigenTermRefresh::iteration).containsExactly(0, 4, 8);
        assertThat(term.history().get(0).offDiagonal()).isCloseTo(0, within(1e-14));
        assertThat(term.history().get(1).offDiagonal()).isBetween(1e-4, 1.0);
        assertThat(term.history()).allMatch(row -> row.milliseconds() > 0 && row.isAccepted());
        assertThat(term.table().rows()).hasSize(3);
        assertThat(term.table().toString()).contains("off diagonal");
    }

    @Test
    void savedTraining_goesOnAsIfNeverInterrupted(@TempDir File folder) {
        File file = new File(folder, "term.fb");
        SameDiff straight = denoising(DataType.FLOAT, new Adam(0.01), 0);
        straight.setListeners(EigenTerm.attach(straight, "eigen").listener());
        Graphs.fit(straight, 5);
        straight.save(file, true);
        Graphs.fit(straight, 5);

        SameDiff loaded = SameDiff.load(file, true);
        EigenTerm term = EigenTerm.attach(loaded, "eigen");
        loaded.setListeners(term.listener());
        Graphs.fit(loaded, 5);

        assertThat(loaded.getVariable("A").getArr())
                .isEqualTo(straight.getVariable("A").getArr());
        assertThat(Graphs.value(loaded, "eigen_loss")).isEqualTo(Graphs.value(straight, "eigen_loss"));
        assertThat(term.history()).extracting(EigenTermRefresh::iteration).containsExactly(5, 6, 7, 8, 9);
    }

    @Test
    void openWorkspace_isNotUsed() {
        INDArray trained;
        EigenTerm term;
        try (MemoryWorkspace open = Nd4j.getWorkspaceManager().getAndActivateWorkspace("EIGEN_TERM")) {
            assertThat(open.isScopeActive()).isTrue();
            SameDiff inside = Graphs.of(Nd4j.createFromArray(TARGET).detach());
            addLoss(
                    inside,
                    EigenTerm.builder(inside, "A").nuclearNorm().weight(WEIGHT).failFast());
            inside.setTrainingConfig(Graphs.config(new Sgd(0.05), 0));
            term = EigenTerm.attach(inside, "eigen");
            inside.setListeners(term.listener());
            Graphs.fit(inside, 3);
            trained = inside.getVariable("A").getArr();
        }
        SameDiff outside = denoising(DataType.DOUBLE, new Sgd(0.05), 0);
        EigenTerm expected = EigenTerm.attach(outside, "eigen");
        outside.setListeners(expected.listener());
        Graphs.fit(outside, 3);

        assertThat(term.basis().getArr().isAttached()).isFalse();
        assertThat(term.basis().getArr()).isEqualTo(expected.basis().getArr());
        assertThat(trained).isEqualTo(outside.getVariable("A").getArr());
    }

    /** Starts at the target. */
    private static SameDiff denoising(DataType type, IUpdater updater, double l2) {
        SameDiff sd = Graphs.of(type, TARGET);
        addLoss(sd, EigenTerm.builder(sd, "A").nuclearNorm().weight(WEIGHT).failFast());
        sd.setTrainingConfig(Graphs.config(updater, l2));
        return sd;
    }

    private static void addLoss(SameDiff sd, EigenTermBuilder builder) {
        SDVariable a = sd.getVariable("A");
        SDVariable target =
                sd.constant(Nd4j.createFromArray(TARGET).castTo(a.dataType()).detach());
        SDVariable miss = sd.sum(sd.math().square(a.sub(target))).mul(0.5);
        miss.add("loss", builder.build().loss());
    }

    private static double[][] rows(SameDiff sd) {
        return sd.getVariable("A").getArr().castTo(DataType.DOUBLE).toDoubleMatrix();
    }
}
