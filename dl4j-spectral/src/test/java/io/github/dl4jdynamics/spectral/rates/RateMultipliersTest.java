/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.rates;

import java.util.Arrays;

import com.google.common.collect.ImmutableMap;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.AdaDelta;
import org.nd4j.linalg.learning.config.Adam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Fixed factors, {@link LayerRates#multiply}. */
class RateMultipliersTest {

    @Test
    void multiply_namedLayers_trainAtTheirMultiple() {
        MultiLayerNetwork net = Nets.dense(new Adam(1e-2), DataType.FLOAT);

        LayerRates.multiply(net, ImmutableMap.of("layer0", 0.1, "layer3", 2.0));

        assertThat(LayerRates.of(net).schedule("layer0").valueAt(0, 0)).isEqualTo(0.1 * 1e-2);
        assertThat(LayerRates.of(net).schedule("layer2").valueAt(0, 0)).isEqualTo(1e-2);
        assertThat(LayerRates.of(net).schedule("layer3").valueAt(0, 0)).isEqualTo(2 * 1e-2);
        assertThatThrownBy(() -> LayerRates.install(net))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("layer 'layer0' already has a fixed multiplier, so a steered rate cannot be installed; "
                        + "call LayerRates.remove(net) first");
    }

    @Test
    void multiply_badInput_saysWhatWhereRuleValueRemedy() {
        MultiLayerNetwork net = Nets.dense(new Adam(1e-2), DataType.FLOAT);

        assertThatThrownBy(() -> LayerRates.multiply(net, ImmutableMap.of("conv", 0.1)))
                .hasMessageContaining("rate multiplier for layer 'conv': no such layer; the network has")
                .hasMessageContaining("layer0");
        assertThatThrownBy(() -> LayerRates.multiply(net, ImmutableMap.of("layer0", Double.NaN)))
                .hasMessage("rate multiplier of layer 'layer0' must be finite and >= 0, got NaN; 1 leaves the layer at "
                        + "its own rate");
        assertThat(LayerRates.of(net).layers())
                .as("nothing installed on refusal")
                .isEmpty();
    }

    @Test
    void multiply_frozenRatelessOrEmptyLayers_areRefusedWithoutATrace() {
        MultiLayerNetwork frozen = new TransferLearning.Builder(Nets.dense(new Adam(1e-2), DataType.FLOAT))
                .setFeatureExtractor(0)
                .build();
        MultiLayerNetwork rateless = Nets.dense(new AdaDelta(), DataType.FLOAT);
        MultiLayerNetwork dropout = Nets.withDropoutLayer(new Adam(1e-2));

        assertThatThrownBy(() -> LayerRates.multiply(frozen, ImmutableMap.of("layer0", 0.1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("rate multiplier for layer 'layer0': frozen");
        assertThatThrownBy(() -> LayerRates.multiply(rateless, ImmutableMap.of("layer0", 0.1)))
                .hasMessage(
                        "rate multiplier for layer 'layer0': AdaDelta has no learning rate; use an updater with one, "
                                + "such as Adam");
        assertThatThrownBy(() -> LayerRates.multiply(dropout, ImmutableMap.of("layer1", 0.1)))
                .hasMessage("rate multiplier for layer 'layer1': it has no parameters; drop it");
        for (MultiLayerNetwork net : Arrays.asList(frozen, rateless, dropout)) {
            assertThat(net.getLayerWiseConfigurations().toJson()).doesNotContain("LayerRateSchedule");
        }
    }
}
