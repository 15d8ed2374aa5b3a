/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance;

import java.util.Set;

import io.github.dl4jdynamics.spectral.math.KolmogorovSmirnovFit;
import io.github.dl4jdynamics.spectral.math.SpectrumMetric;
import io.github.dl4jdynamics.spectral.nd4j.GramSpectra;
import io.github.dl4jdynamics.spectral.nd4j.KernelBackend;
import io.github.dl4jdynamics.tempbalance.math.Blocks;
import io.github.dl4jdynamics.tempbalance.math.Guards;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.Sgd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

/** Every setting reaches the measurement, and the presets carry the papers' numbers. */
class SettingsTest {

    private static TempBalanceUpdate update(TempBalanceBuilder settings) {
        return settings.build()
                .attach(Networks.stack(new Sgd(0.1)))
                .history()
                .last()
                .get();
    }

    private static double score(TempBalanceBuilder settings, String layer) {
        return update(settings).layer(layer).get().score();
    }

    @Test
    void metric_spectralNorm_isTheLargestEigenvalue() {
        INDArray weights = Networks.stack(new Sgd(0.1)).getParam("2_W");

        // Power iteration as the slow twin.
        INDArray vector = weights.sum(1).reshape(weights.rows(), 1);
        double eigenvalue = 0;
        for (int i = 0; i < 500; i++) {
            vector = weights.mmul(weights.transpose().mmul(vector));
            eigenvalue = vector.norm2Number().doubleValue();
            vector = vector.div(eigenvalue);
        }

        assertThat(score(Networks.settings().metric(SpectrumMetric.SPECTRAL_NORM), "second"))
                .isCloseTo(eigenvalue, withinPercentage(1e-3));
    }

    @Test
    void fit_zeroThreshold_solver_reachTheScore() {
        double byDefault = score(Networks.settings(), "second");

        assertThat(score(Networks.settings().fit(new KolmogorovSmirnovFit()), "second"))
                .isNotEqualTo(byDefault);
        assertThat(score(Networks.settings().zeroThreshold(1), "second")).isNotEqualTo(byDefault);
        assertThat(score(
                        Networks.settings()
                                .solver(GramSpectra.builder()
                                        .backend(KernelBackend.JAVA)
                                        .threads(1)
                                        .build()),
                        "second"))
                .isCloseTo(byDefault, withinPercentage(1e-6));
    }

    @Test
    void blocks_shareTheirFactor() {
        TempBalanceUpdate update = update(Networks.settings()
                .blocks(Blocks.by(layer -> Set.of("second", "third").contains(layer) ? "middle" : layer)));

        assertThat(update.layer("second").get().factor())
                .isEqualTo(update.layer("third").get().factor())
                .isNotEqualTo(update.layer("first").get().factor());
    }

    @Test
    void guards_clampTheFactorsAndSayWhy() {
        TempBalanceUpdate update = update(
                Networks.settings().guards(Guards.builder().clamp(0.9, 1.1).build()));

        assertThat(update.layer("third").get().factor()).isEqualTo(0.9);
        assertThat(update.layer("third").get().note()).isEqualTo("clamped from 0.5");
        assertThat(update.layer("out").get().factor()).isEqualTo(1.1);
    }

    @Test
    void include_byPredicate_leavesTheOthersAtTheirOwnRate() {
        TempBalanceUpdate update = update(Networks.settings().include(layer -> !layer.equals("out")));

        assertThat(update.layer("out").get().factor()).isEqualTo(1);
        assertThat(update.layer("out").get().note()).isEqualTo("excluded by name");
        assertThat(update.layer("first").get().factor()).isEqualTo(1.5);
    }

    @Test
    void multiplier_scalesTunedAndUntunedLayers() {
        TempBalanceUpdate plain = update(Networks.settings().exclude("second"));
        TempBalanceUpdate scaled = update(
                Networks.settings().exclude("second").multiplier("second", 0.1).multiplier("third", 0));

        assertThat(scaled.layer("second").get().factor()).isEqualTo(0.1);
        assertThat(scaled.layer("third").get().factor()).isZero();
        assertThat(scaled.layer("first").get().factor())
                .isEqualTo(plain.layer("first").get().factor());
    }

    /** Wide enough that no layer is too small for the papers' rules. */
    private static TempBalanceUpdate wide(TempBalance preset) {
        MultiLayerNetwork net = Networks.initialised(new NeuralNetConfiguration.Builder()
                .seed(5)
                .updater(new Sgd(0.1))
                .list()
                .layer(Networks.dense("first", 60).build())
                .layer(Networks.dense("second", 70).build())
                .layer(Networks.dense("third", 55).build())
                .layer(Networks.dense("fourth", 52).build())
                .layer(Networks.output("out").build())
                .setInputType(InputType.feedForward(64))
                .build());
        return preset.attach(net).history().last().get();
    }

    @Test
    void paper_excludesFirstAndLastAndStretchesFromHalfToOneAndAHalf() {
        TempBalanceUpdate update = wide(TempBalance.paper());

        assertThat(update.layer("first").get().note()).isEqualTo("first analysed layer");
        assertThat(update.layer("out").get().note()).isEqualTo("last analysed layer");
        assertThat(update.layers())
                .filteredOn(layer -> !Double.isNaN(layer.score()))
                .extracting(TempBalanceUpdate.Layer::factor)
                .hasSize(3)
                .contains(0.5, 1.5);
        assertThat(TempBalance.paper()).asString().contains("minEigenvalues=50", "schedule=every 1 epochs");
    }

    @Test
    void farms_tunesAllLayersFromATenthToNineteenTenths() {
        TempBalanceUpdate update = wide(TempBalance.farms());

        assertThat(update.layers())
                .filteredOn(layer -> !Double.isNaN(layer.score()))
                .extracting(TempBalanceUpdate.Layer::factor)
                .hasSize(4)
                .contains(0.1, 1.9);
        assertThat(update.layer("out").get().note()).as("three rows").contains("eigenvalues");
        assertThat(TempBalance.farms()).asString().contains("windowRows=100", "minEigenvalues=5");
    }

    @Test
    void modelBalancing_excludesTheLastLargeLayerAndMeasuresEveryHundredIterations() {
        TempBalanceUpdate update = wide(TempBalance.modelBalancing());

        assertThat(update.layer("first").get().score()).isNotNaN();
        assertThat(update.layer("fourth").get().note()).startsWith("last analysed layer");
        assertThat(TempBalance.modelBalancing())
                .asString()
                .contains("xminPos=1.5", "tau=10.0", "sBelowMean=2.0", "sAboveMean=1.0", "every 100 iterations");
    }
}
