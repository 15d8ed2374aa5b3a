/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance;

import java.util.function.Supplier;
import java.util.stream.Stream;

import com.google.common.testing.EqualsTester;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.FineTuneConfiguration;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.AdaDelta;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.config.Sgd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TempBalanceUpdaterTest {

    static Stream<Arguments> everyUpdater() {
        return Updaters.all();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("everyUpdater")
    void of_withoutTheListener_trainsBitIdenticallyToTheWrappedUpdater(String name, Supplier<IUpdater> updater) {
        MultiLayerNetwork plain = Networks.stack(updater.get());
        MultiLayerNetwork wrapped = Networks.stack(TempBalanceUpdater.of(updater.get()));

        for (Model net : new Model[] {plain, wrapped}) {
            Networks.seed(1);
            Networks.fitBatches(net, 4);
        }

        assertThat(Networks.blocks(wrapped)).isGreaterThan(Networks.blocks(plain));
        assertThat(Networks.bits(wrapped.params())).isEqualTo(Networks.bits(plain.params()));
        AttachTest.assertSameState(wrapped, plain);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void of_withTheListener_trainsAsAttachAndKeepsItsBlocks(boolean graph) {
        IUpdater wrapper = TempBalanceUpdater.of(new Adam(1e-2));
        Model wrapped = graph ? Networks.graph(wrapper) : Networks.stack(wrapper);
        Model attached = graph ? Networks.graph(new Adam(1e-2)) : Networks.stack(new Adam(1e-2));
        int blocks = Networks.blocks(wrapped);
        wrapped.setListeners(Networks.settings().build().listener());
        Networks.settings().build().attach(attached);

        for (Model net : new Model[] {attached, wrapped}) {
            Networks.seed(1);
            Networks.fitEpochs(net, 3, 2);
        }

        assertThat(Networks.blocks(wrapped)).isEqualTo(blocks);
        assertThat(Networks.bits(wrapped.params())).isEqualTo(Networks.bits(attached.params()));

        TempBalance.detach(wrapped);
        assertThat(Networks.json(wrapped)).doesNotContain("dl4jdynamics");
        assertThat(Networks.rate(wrapped, "third", "W")).isEqualTo(1e-2);
    }

    @Test
    void configuration_jsonRoundTrip_keepsIdsAndBlocks() {
        MultiLayerConfiguration conf = Networks.stackConf(TempBalanceUpdater.of(new Adam(1e-2)), DataType.FLOAT);

        MultiLayerConfiguration read = MultiLayerConfiguration.fromJson(conf.toJson());

        assertThat(read.toJson()).isEqualTo(conf.toJson());
        for (int i = 0; i < conf.getConfs().size(); i++) {
            assertThat(updater(read, i)).isEqualTo(updater(conf, i)).isNotSameAs(updater(conf, i));
            if (i > 0) {
                assertThat(updater(conf, i)).as("layer " + i).isNotEqualTo(updater(conf, i - 1));
            }
        }
        assertThat(Networks.blocks(Networks.initialised(read))).isEqualTo(Networks.blocks(Networks.initialised(conf)));
    }

    private static IUpdater updater(MultiLayerConfiguration conf, int layer) {
        return ((BaseLayer) conf.getConf(layer).getLayer()).getIUpdater();
    }

    @Test
    void modelZip_beforeTheListener_continuesIdentically() {
        MultiLayerNetwork net = Networks.stack(TempBalanceUpdater.of(new Adam(1e-2)));
        Networks.seed(1);
        Networks.fitBatches(net, 3);

        MultiLayerNetwork restored = Networks.restored(net);
        for (Model each : new Model[] {net, restored}) {
            each.setListeners(Networks.settings().build().listener());
            Networks.seed(2);
            Networks.fitEpochs(each, 2, 2);
        }

        assertThat(Networks.bits(restored.params())).isEqualTo(Networks.bits(net.params()));
        AttachTest.assertSameState(restored, net);
    }

    @Test
    void fineTuneConfiguration_whichGivesAllLayersOneObject_isSeparatedWhenAttaching() {
        MultiLayerNetwork net = new TransferLearning.Builder(Networks.stack(new Sgd(0.1)))
                .fineTuneConfiguration(new FineTuneConfiguration.Builder()
                        .updater(TempBalanceUpdater.of(new Adam(1e-2)))
                        .build())
                .build();
        MultiLayerNetwork attached = new TransferLearning.Builder(Networks.stack(new Sgd(0.1)))
                .fineTuneConfiguration(new FineTuneConfiguration.Builder()
                        .updater(new Adam(1e-2))
                        .build())
                .build();
        Networks.seed(1);
        Networks.fitBatches(net, 2);
        Networks.seed(1);
        Networks.fitBatches(attached, 2);
        int merged = Networks.blocks(net);

        TempBalanceListener listener = Networks.settings().build().attach(net);
        Networks.settings().build().attach(attached);
        for (Model each : new Model[] {net, attached}) {
            Networks.seed(2);
            Networks.fitEpochs(each, 3, 1);
        }

        assertThat(Networks.blocks(net)).isGreaterThan(merged);
        Networks.factors(listener.history())
                .forEach((layer, factor) -> assertThat(Networks.rate(net, layer, "norm".equals(layer) ? "gamma" : "W"))
                        .as(layer)
                        .isEqualTo(factor * 1e-2));
        assertThat(Networks.bits(net.params())).isEqualTo(Networks.bits(attached.params()));
        AttachTest.assertSameState(net, attached);
    }

    @Test
    void oneObjectOnTwoLayers_isSeparatedWhenAttaching() {
        MultiLayerConfiguration conf = Networks.stackConf(new Adam(1e-2), DataType.FLOAT);
        IUpdater one = TempBalanceUpdater.of(new Adam(1e-2));
        ((BaseLayer) conf.getConf(2).getLayer()).setIUpdater(one);
        ((BaseLayer) conf.getConf(3).getLayer()).setIUpdater(one);
        MultiLayerNetwork net = Networks.initialised(conf);

        TempBalanceUpdate update =
                Networks.settings().build().attach(net).history().last().get();

        assertThat(update.layer("second").get().factor())
                .isNotEqualTo(update.layer("third").get().factor());
        for (String layer : new String[] {"second", "third"}) {
            assertThat(Networks.rate(net, layer, "W"))
                    .isEqualTo(1e-2 * update.layer(layer).get().factor());
        }
    }

    @Test
    void setLrAndSchedule_changesTheWrappedUpdatersRate() {
        TempBalanceUpdater updater = TempBalanceUpdater.of(new Adam(1e-2));

        updater.setLrAndSchedule(0.5, null);

        assertThat(updater.getLearningRate(3, 1)).isEqualTo(0.5);
        assertThat(updater.clone().getLearningRate(3, 1)).isEqualTo(0.5);
        assertThat(updater).hasToString("TempBalanceUpdater(" + new Adam(0.5) + ")");
    }

    @Test
    void equality_isThatOfTheIdAndTheWrappedUpdater() {
        TempBalanceUpdater one = TempBalanceUpdater.of(new Adam(1e-2));
        new EqualsTester()
                .addEqualityGroup(one, one)
                .addEqualityGroup(one.clone())
                .addEqualityGroup(TempBalanceUpdater.of(new Adam(1e-2)))
                .addEqualityGroup(new Adam(1e-2))
                .testEquals();
    }

    @Test
    void of_wrappedUpdater_isJustCopied() {
        TempBalanceUpdater inner = TempBalanceUpdater.of(new Adam(1e-2));

        assertThat(TempBalanceUpdater.of(inner)).hasToString(inner.toString()).isNotEqualTo(inner);
    }

    @Test
    void of_updatersWithoutARate_areRefused() {
        assertThatThrownBy(() -> TempBalanceUpdater.of(new AdaDelta()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("updater to wrap must have a learning rate, got AdaDelta; use one that has, such as Adam");
        assertThatThrownBy(() -> TempBalanceUpdater.of(new NoOp())).hasMessageContaining("got NoOp");
        assertThatThrownBy(() -> TempBalanceUpdater.of(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("updater to wrap must not be null; for example new Adam(1e-3)");
    }
}
