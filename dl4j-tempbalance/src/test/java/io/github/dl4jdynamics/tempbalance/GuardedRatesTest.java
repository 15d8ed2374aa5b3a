/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

import io.github.dl4jdynamics.spectral.math.EsdEstimator;
import io.github.dl4jdynamics.spectral.math.FarmsEsd;
import io.github.dl4jdynamics.spectral.math.WholeMatrixEsd;
import io.github.dl4jdynamics.tempbalance.math.ExclusionRules;
import io.github.dl4jdynamics.tempbalance.math.Guards;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;

import static org.assertj.core.api.Assertions.assertThat;

/** Whatever the weights hold, rates stay finite and positive, and a layer that cannot be scored disturbs no other. */
class GuardedRatesTest {

    static Stream<Arguments> badWeights() {
        Stream<Arguments> weights = Stream.of(
                bad("NaN", w -> w.putScalar(0, Double.NaN)),
                bad("all NaN", w -> w.assign(Double.NaN)),
                bad("infinite", w -> w.putScalar(3, Double.POSITIVE_INFINITY)),
                bad("minus infinite", w -> w.putScalar(3, Double.NEGATIVE_INFINITY)),
                bad("zero", w -> w.assign(0)),
                bad(
                        "identity",
                        w -> w.assign(Nd4j.eye(w.rows())
                                .castTo(w.dataType())
                                .get(
                                        org.nd4j.linalg.indexing.NDArrayIndex.all(),
                                        org.nd4j.linalg.indexing.NDArrayIndex.interval(0, w.columns())))));
        return weights.flatMap(bad -> Stream.of(
                        new WholeMatrixEsd(),
                        FarmsEsd.builder().windowRows(6).fixedGrid(3).build())
                .map(esd -> Arguments.of(bad.get()[0] + " " + esd.getClass().getSimpleName(), bad.get()[1], esd)));
    }

    private static Arguments bad(String name, Consumer<INDArray> weights) {
        return Arguments.of(name, weights);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badWeights")
    void badWeights_inOneLayer_leaveTheOthersAsIfItWereExcluded(String name, Consumer<INDArray> bad, EsdEstimator esd) {
        MultiLayerNetwork net = Networks.stack(new Adam(1e-2));
        MultiLayerNetwork without = Networks.stack(new Adam(1e-2));
        bad.accept(net.getParam("2_W"));

        TempBalanceUpdate update = Networks.settings()
                .esd(esd)
                .build()
                .attach(net)
                .history()
                .last()
                .get();
        TempBalanceUpdate expected = Networks.settings()
                .esd(esd)
                .exclude("second")
                .build()
                .attach(without)
                .history()
                .last()
                .get();

        TempBalanceUpdate.Layer second = update.layer("second").get();
        assertThat(second.score()).isNaN();
        assertThat(second.factor()).isEqualTo(1);
        assertThat(second.rate()).isEqualTo(1e-2);
        assertThat(second.note()).startsWith("no usable score: base rate; ").hasSizeGreaterThan(30);
        for (String layer : new String[] {"first", "norm", "third", "out"}) {
            assertThat(update.layer(layer).get().factor())
                    .as(layer)
                    .isEqualTo(expected.layer(layer).get().factor());
        }
        assertThat(expected.layer("second").get().note()).isEqualTo("excluded by name");
    }

    @Test
    void constantWeights_keepFiniteRates() {
        MultiLayerNetwork net = Networks.stack(new Adam(1e-2));
        for (String weights : new String[] {"0_W", "2_W", "3_W", "4_W"}) {
            net.getParam(weights).assign(0.1);
        }
        TempBalanceListener listener =
                Networks.settings().everyIterations(1).build().attach(net);

        Networks.fitBatches(net, 3);

        assertFiniteAndPositive(listener.history());
    }

    @Test
    void weightsThatTurnNaNInTraining_putAllLayersBackToTheirOwnRates() {
        MultiLayerNetwork net = Networks.stack(new Adam(1e-2));
        TempBalanceListener listener =
                Networks.settings().everyIterations(1).build().attach(net);
        Networks.fitBatches(net, 2);
        net.getParam("2_W").putScalar(5, Double.NaN);

        Networks.fitBatches(net, 3);

        assertThat(Networks.iterations(listener.history())).containsExactly(0, 1, 2, 3, 4, 5);
        assertFiniteAndPositive(listener.history());
        assertThat(Networks.factors(listener.history()).values()).containsOnly(1.0);
        for (String layer : new String[] {"first", "second", "third", "out"}) {
            assertThat(Networks.rate(net, layer, "W")).isEqualTo(1e-2);
        }
        assertThat(listener.history().last().get().layer("third").get().note()).contains("no usable score");
    }

    @Test
    void unusableScore_keepsTheMovingAverageAndTheChangeLimit() {
        MultiLayerNetwork net = Networks.stack(new Adam(1e-2));
        INDArray weights = net.getParam("3_W");
        TempBalanceListener listener = Networks.settings()
                .smoothing(0.5)
                .guards(Guards.builder().maxChange(1.1).build())
                .build()
                .attach(net);
        TempBalanceUpdate.Layer good =
                listener.history().last().get().layer("third").get();
        INDArray saved = weights.dup();

        weights.assign(0);
        listener.update(net);
        TempBalanceUpdate.Layer unusable =
                listener.history().last().get().layer("third").get();
        weights.assign(saved);
        listener.update(net);
        TempBalanceUpdate.Layer again =
                listener.history().last().get().layer("third").get();

        assertThat(good.factor()).isEqualTo(0.5);
        assertThat(unusable.smoothedScore()).isEqualTo(good.smoothedScore());
        assertThat(unusable.factor()).isEqualTo(0.5 * 1.1);
        assertThat(unusable.note()).contains("no usable score: base rate; change limited, wanted 1.0");
        assertThat(again.smoothedScore()).isEqualTo(good.smoothedScore());
        assertThat(again.factor()).isEqualTo(0.5);
    }

    @ParameterizedTest
    @MethodSource("estimators")
    void tinyLayers_keepFiniteRates(EsdEstimator esd) {
        MultiLayerNetwork net = Networks.initialised(new NeuralNetConfiguration.Builder()
                .seed(3)
                .updater(new Sgd(0.1))
                .list()
                .layer(Networks.dense("toOne", 1).build())
                .layer(Networks.dense("oneToOne", 1).build())
                .layer(Networks.dense("oneToMany", 6).build())
                .layer(Networks.dense("many", 7).build())
                .layer(Networks.output("out").build())
                .setInputType(InputType.feedForward(Networks.IN))
                .build());
        TempBalanceListener listener = Networks.settings()
                .exclusions(ExclusionRules.builder()
                        .excludeFirst(false)
                        .excludeLast(false)
                        .minEigenvalues(0)
                        .build())
                .esd(esd)
                .everyIterations(1)
                .build()
                .attach(net);

        Networks.fitBatches(net, 3);

        assertFiniteAndPositive(listener.history());
        TempBalanceUpdate last = listener.history().last().get();
        assertThat(last.layer("oneToOne").get().factor()).isEqualTo(1);
        assertThat(last.layer("oneToOne").get().note()).startsWith("no usable score: base rate; ");
        assertThat(last.layer("many").get().score()).isFinite();
    }

    static Stream<EsdEstimator> estimators() {
        return Stream.of(new WholeMatrixEsd(), FarmsEsd.builder().build(), FarmsEsd.reference());
    }

    private static void assertFiniteAndPositive(TempBalanceHistory history) {
        Map<String, Double> seen = new TreeMap<>();
        for (TempBalanceUpdate update : history.updates()) {
            assertThat(update.failure()).isEmpty();
            for (TempBalanceUpdate.Layer layer : update.layers()) {
                seen.put(layer.name(), layer.rate());
                assertThat(layer.factor()).isPositive().isFinite();
                assertThat(layer.rate()).isPositive().isFinite();
                assertThat(Double.isNaN(layer.score()) && layer.note().isEmpty())
                        .as("a layer without a score has a reason: %s", layer)
                        .isFalse();
            }
        }
        assertThat(seen).hasSize(5);
    }
}
