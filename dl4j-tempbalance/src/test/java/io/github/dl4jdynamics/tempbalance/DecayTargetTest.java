/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance;

import io.github.dl4jdynamics.tempbalance.math.LinearMap;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class DecayTargetTest {
    private static final double L2 = 1e-3;

    @Test
    void weightDecayAlone_scalesTheL2OfEveryScoredLayerAndNoRate() {
        MultiLayerNetwork net = Networks.stack(new Sgd(0.1), DataType.DOUBLE);
        MultiLayerNetwork plain = Networks.stack(new Sgd(0.1), DataType.DOUBLE);
        double[] before = Networks.bits(plain.getParam("3_W"));

        TempBalanceListener listener =
                Networks.settings().targets(Target.WEIGHT_DECAY).build().attach(net);
        for (Model each : new Model[] {plain, net}) {
            Networks.seed(1);
            Networks.fitBatches(each, 1);
        }

        TempBalanceUpdate update = listener.history().last().get();
        double factor = update.layer("third").get().decayFactor();
        assertThat(update.layers())
                .filteredOn(layer -> !Double.isNaN(layer.decayFactor()))
                .extracting(TempBalanceUpdate.Layer::decayFactor)
                .contains(0.67, 3.0);
        assertThat(factor).isNotEqualTo(1);
        assertThat(update.layer("third").get().factor()).isNaN();
        assertThat(Networks.rate(net, "third", "W")).isEqualTo(0.1);
        // SGD with L2: a step of rate * (gradient + coefficient * weight).
        double[] expected = Networks.bits(plain.getParam("3_W"));
        double[] actual = Networks.bits(net.getParam("3_W"));
        for (int i = 0; i < before.length; i++) {
            assertThat(actual[i]).isCloseTo(expected[i] - 0.1 * (factor - 1) * L2 * before[i], within(1e-15));
        }
        assertThat(Networks.bits(net.getParam("3_b"))).isEqualTo(Networks.bits(plain.getParam("3_b")));
    }

    @Test
    void weightDecayOfTheNetworkBuilder_whichCountsTwice_isScaledOnce() {
        MultiLayerNetwork net = doubled();
        MultiLayerNetwork plain = doubled();
        double[] before = Networks.bits(plain.getParam("1_W"));

        TempBalanceListener listener =
                Networks.settings().targets(Target.WEIGHT_DECAY).build().attach(net);
        for (Model each : new Model[] {plain, net}) {
            Networks.fitBatches(each, 1);
        }

        double factor = listener.history().last().get().layer("second").get().decayFactor();
        double[] expected = Networks.bits(plain.getParam("1_W"));
        double[] actual = Networks.bits(net.getParam("1_W"));
        // Deeplearning4j puts a WeightDecay of the network builder on every layer twice: 2 * rate * coefficient *
        // weight.
        for (int i = 0; i < before.length; i++) {
            assertThat(actual[i]).isCloseTo(expected[i] - 2 * 0.1 * (factor - 1) * 1e-2 * before[i], within(1e-15));
        }
    }

    private static MultiLayerNetwork doubled() {
        return Networks.initialised(new NeuralNetConfiguration.Builder()
                .seed(3)
                .dataType(DataType.DOUBLE)
                .updater(new Sgd(0.1))
                .weightDecay(1e-2)
                .activation(Activation.TANH)
                .list()
                .layer(Networks.dense("first", 9).build())
                .layer(Networks.dense("second", 8).build())
                .layer(Networks.output("out").build())
                .setInputType(InputType.feedForward(Networks.IN))
                .build());
    }

    @Test
    void both_scaleRateAndDecayEachByItsOwnAssignment() {
        MultiLayerNetwork net = Networks.stack(new Adam(1e-2));

        TempBalanceUpdate update = Networks.settings()
                .targets(Target.LEARNING_RATE, Target.WEIGHT_DECAY)
                .assignment(LinearMap.of(0.5, 1.5))
                .decayAssignment(LinearMap.of(0.25, 4))
                .build()
                .attach(net)
                .history()
                .last()
                .get();

        for (String layer : new String[] {"first", "second", "third", "out"}) {
            double position = update.layer(layer).get().factor() - 0.5;
            assertThat(update.layer(layer).get().decayFactor())
                    .as(layer)
                    .isCloseTo(0.25 + 3.75 * position, within(1e-12));
            assertThat(update.layer(layer).get().note()).isEmpty();
        }
        TempBalanceUpdate.Layer norm = update.layer("norm").get();
        assertThat(norm.factor()).isEqualTo(update.layer("first").get().factor());
        assertThat(norm.decayFactor()).isNaN();
        assertThat(norm.note()).isEqualTo("follows first; no weights that Deeplearning4j decays");
    }

    @Test
    void layersWithoutDecay_areListedWithTheReason() {
        ComputationGraph net = Networks.graph(new Adam(1e-2));

        TempBalanceUpdate decay = Networks.settings()
                .targets(Target.WEIGHT_DECAY)
                .build()
                .attach(net)
                .history()
                .last()
                .get();
        TempBalance.detach(net);
        TempBalanceUpdate both = Networks.settings()
                .targets(Target.LEARNING_RATE, Target.WEIGHT_DECAY)
                .build()
                .attach(net)
                .history()
                .last()
                .get();

        String reason = "no L2 or weight decay on its weights; set l2(..) or weightDecay(..) on the layer";
        assertThat(decay.layer("second").get().decayFactor()).isEqualTo(1);
        assertThat(decay.layer("third").get().decayFactor()).isNaN();
        assertThat(decay.layer("third").get().note()).isEqualTo(reason);
        assertThat(decay.layer("norm").get().note()).isEqualTo("no weights that Deeplearning4j decays");
        assertThat(both.layer("third").get().factor()).isNotNaN();
        assertThat(both.layer("third").get().decayFactor()).isNaN();
        assertThat(both.layer("third").get().note()).isEqualTo(reason);
    }

    @Test
    void weightDecay_whereNothingDecays_isRefusedWithoutATrace() {
        MultiLayerNetwork net = Networks.initialised(new NeuralNetConfiguration.Builder()
                .updater(new Sgd(0.1))
                .list()
                .layer(Networks.dense("first", 9).build())
                .layer(Networks.output("out").build())
                .setInputType(InputType.feedForward(Networks.IN))
                .build());
        String before = Networks.json(net);

        assertThatThrownBy(() -> Networks.settings()
                        .targets(Target.LEARNING_RATE, Target.WEIGHT_DECAY)
                        .build()
                        .attach(net))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("target WEIGHT_DECAY must have a scored layer it can act on, got none: {")
                .hasMessageContaining("first=no L2 or weight decay on its weights");
        assertThat(Networks.json(net)).isEqualTo(before);
        assertThat(net.getListeners()).isEmpty();
    }

    @Test
    void detach_restoresTheDecayAndAZipKeepsItsFactor() {
        MultiLayerNetwork net = Networks.stack(new Adam(1e-2));
        String plain = Networks.json(net);
        TempBalanceListener listener =
                Networks.settings().targets(Target.WEIGHT_DECAY).build().attach(net);
        MultiLayerNetwork restored = Networks.restored(net);

        TempBalanceListener continued =
                Networks.settings().targets(Target.WEIGHT_DECAY).build().attach(restored);
        assertThat(continued.history().updates())
                .as("restored, so not measured")
                .isEmpty();
        assertThat(Networks.json(restored)).isEqualTo(Networks.json(net));
        TempBalance.detach(net);

        assertThat(Networks.json(net)).isEqualTo(plain);
        assertThat(listener.history().updates()).hasSize(1);
    }
}
