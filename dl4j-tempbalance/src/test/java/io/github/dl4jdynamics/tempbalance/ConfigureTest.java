/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.AdaDelta;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Schedules installed before {@code init()}. */
class ConfigureTest {

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void configure_jsonRoundTripAndListener_trainsAsAttach(boolean graph) {
        TempBalance balance = Networks.settings().build();
        Model configured;
        Model attached;
        if (graph) {
            ComputationGraphConfiguration conf = balance.configure(Networks.graphConf(new Adam(1e-2), DataType.FLOAT));
            configured = Networks.initialised(ComputationGraphConfiguration.fromJson(conf.toJson()));
            attached = Networks.graph(new Adam(1e-2));
        } else {
            MultiLayerConfiguration conf = balance.configure(Networks.stackConf(new Adam(1e-2), DataType.FLOAT));
            configured = Networks.initialised(MultiLayerConfiguration.fromJson(conf.toJson()));
            attached = Networks.stack(new Adam(1e-2));
        }
        int blocks = Networks.blocks(configured);
        configured.setListeners(balance.listener());
        balance.attach(attached);

        Networks.seed(1);
        Networks.fitEpochs(configured, 3, 2);
        Networks.seed(1);
        Networks.fitEpochs(attached, 3, 2);

        assertThat(Networks.blocks(configured)).as("nothing had to be split").isEqualTo(blocks);
        assertThat(Networks.bits(configured.params())).isEqualTo(Networks.bits(attached.params()));
        AttachTest.assertSameState(configured, attached);
    }

    @Test
    void configure_returnsTheSameConfiguration() {
        MultiLayerConfiguration conf = Networks.stackConf(new Sgd(0.1), DataType.FLOAT);
        ComputationGraphConfiguration graph = Networks.graphConf(new Sgd(0.1), DataType.FLOAT);

        assertThat(Networks.settings().build().configure(conf)).isSameAs(conf);
        assertThat(Networks.settings().build().configure(graph)).isSameAs(graph);
    }

    @Test
    void configure_thenDetach_givesThePlainConfiguration() {
        MultiLayerNetwork net = Networks.initialised(
                Networks.settings().build().configure(Networks.stackConf(new Adam(1e-2), DataType.FLOAT)));

        TempBalance.detach(net);

        assertThat(Networks.json(net)).isEqualTo(Networks.json(Networks.stack(new Adam(1e-2))));
    }

    @Test
    void configure_nothingToSteer_isRefusedWithoutATrace() {
        MultiLayerConfiguration rateless = Networks.stackConf(new AdaDelta(), DataType.FLOAT);
        ComputationGraphConfiguration undecayed = Networks.graphConf(new Adam(1e-2), DataType.FLOAT);
        undecayed.getVertices().remove("second");
        String ratelessBefore = rateless.toJson();
        String undecayedBefore = undecayed.toJson();

        assertThatThrownBy(() -> Networks.settings().build().configure(rateless))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(
                        "target LEARNING_RATE must have a layer it can act on, got none: {first=AdaDelta has no "
                                + "learning rate; use an updater with one, such as Adam");
        assertThatThrownBy(() -> Networks.settings()
                        .targets(Target.LEARNING_RATE, Target.WEIGHT_DECAY)
                        .build()
                        .configure(undecayed))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("target WEIGHT_DECAY must have a layer it can act on, got none: ");
        assertThat(rateless.toJson()).isEqualTo(ratelessBefore);
        assertThat(undecayed.toJson()).as("rates were not left behind").isEqualTo(undecayedBefore);
    }

    @Test
    void configure_oneConfigurationForTwoNetworks_keepsThemApart() {
        TempBalance balance = Networks.settings().build();
        MultiLayerConfiguration conf = balance.configure(Networks.stackConf(new Adam(1e-2), DataType.FLOAT));
        MultiLayerNetwork one = Networks.initialised(conf.clone());
        MultiLayerNetwork other = Networks.initialised(conf.clone());
        TempBalanceListener listener = balance.listener();
        one.setListeners(listener);
        other.setListeners(listener);

        Networks.fitEpochs(one, 2, 1);
        double rate = Networks.rate(one, "first", "W");
        Networks.fitEpochs(other, 3, 3);

        assertThat(Networks.rate(one, "first", "W")).isEqualTo(rate);
        assertThat(Networks.rate(other, "first", "W")).isNotEqualTo(rate);
    }
}
