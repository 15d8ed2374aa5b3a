/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance;

import java.util.Map;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.listeners.CollectScoresIterationListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.learning.config.AdaDelta;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The listener in {@code setListeners}: it attaches by itself, to every network that calls it. */
class PlainListenerTest {

    private static Model network(boolean graph) {
        return graph ? Networks.graph(new Adam(1e-2)) : Networks.stack(new Adam(1e-2));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void setListeners_trainedByEpochs_equalsAttach(boolean graph) {
        Model attached = network(graph);
        Model listened = network(graph);
        TempBalance balance = Networks.settings().build();
        balance.attach(attached);
        TempBalanceListener listener = balance.listener();
        listened.setListeners(listener);

        Networks.seed(5);
        Networks.fitEpochs(attached, 3, 2);
        Networks.seed(5);
        Networks.fitEpochs(listened, 3, 2);

        assertThat(Networks.iterations(listener.history())).containsExactly(0, 3, 6);
        assertThat(Networks.bits(listened.params())).isEqualTo(Networks.bits(attached.params()));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void setListeners_trainedWithoutEpochHooks_steersTheFirstUpdate(boolean graph) {
        Model attached = network(graph);
        Model listened = network(graph);
        TempBalance balance = Networks.settings().everyIterations(2).build();
        balance.attach(attached);
        TempBalanceListener listener = balance.listener();
        listened.setListeners(listener);

        Networks.seed(5);
        Networks.fitBatches(attached, 1);
        Networks.seed(5);
        Networks.fitBatches(listened, 1);

        assertThat(Networks.iterations(listener.history())).containsExactly(0);
        assertThat(Networks.bits(listened.params())).isEqualTo(Networks.bits(attached.params()));
        Networks.fitBatches(listened, 3);
        assertThat(Networks.iterations(listener.history())).containsExactly(0, 2, 4);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void setListeners_thatDropsTheListener_isNoticedOnce(boolean graph) {
        Model net = network(graph);
        Networks.settings().everyIterations(1).build().attach(net);
        Networks.fitBatches(net, 2);

        try (Logs logs = new Logs()) {
            net.setListeners(new CollectScoresIterationListener());
            Networks.fitBatches(net, 5);

            assertThat(logs.warnings()).hasSize(1);
            assertThat(logs.warnings().get(0))
                    .isEqualTo(
                            "TempBalanceListener was last called at iteration 1, and a rate is asked for iteration 3: if "
                                    + "the network is training, setListeners(..) dropped the listener and the rates no longer "
                                    + "change. Use addListeners(..), pass the listener again, or detach.");
        }
    }

    @Test
    void setListeners_rightAfterAttach_isNoticedToo() {
        Model net = Networks.stack(new Sgd(0.1));
        Networks.settings().build().attach(net);

        try (Logs logs = new Logs()) {
            net.setListeners(new CollectScoresIterationListener());
            Networks.fitBatches(net, 5);

            assertThat(logs.warnings()).hasSize(1);
            assertThat(logs.warnings().get(0)).contains("was last called at iteration 0", "addListeners(..)");
        }
    }

    @Test
    void attach_trainedWithItsListener_warnsOfNothing() {
        Model net = Networks.stack(new Sgd(0.1));
        try (Logs logs = new Logs()) {
            Networks.settings().everyIterations(3).build().attach(net);
            Networks.fitBatches(net, 5);
            Networks.fitEpochs(net, 2, 2);
            TempBalance.detach(net);
            Networks.fitBatches(net, 5);

            assertThat(logs.warnings()).isEmpty();
        }
    }

    @Test
    void attach_afterTheListenerWasDropped_continues() {
        MultiLayerNetwork net = Networks.stack(new Adam(1e-2));
        TempBalanceListener dropped = Networks.settings().build().attach(net);
        Networks.fitBatches(net, 2);
        net.setListeners();

        TempBalanceListener next = Networks.settings().build().attach(net);
        Networks.fitEpochs(net, 2, 1);

        assertThat(Networks.iterations(next.history())).containsExactly(4);
        assertThat(dropped.history().updates()).hasSize(1);
    }

    @Test
    void oneListener_severalNetworks_keepsTheirFactorsAndHistoriesApart() {
        MultiLayerNetwork one = Networks.stack(new Adam(1e-2));
        ComputationGraph other = Networks.graph(new Adam(1e-2));
        TempBalanceListener listener = Networks.settings().build().listener();
        one.setListeners(listener);
        other.setListeners(listener);

        Networks.fitEpochs(one, 2, 1);
        Networks.fitEpochs(other, 3, 2);

        assertThat(Networks.iterations(listener.history(one))).containsExactly(0, 2);
        assertThat(Networks.iterations(listener.history(other))).containsExactly(0, 3, 6);
        assertThat(listener.history().updates()).isEqualTo(listener.history(one).updates());
        assertThat(Networks.rate(one, "third", "W"))
                .isEqualTo(1e-2 * Networks.factors(listener.history(one)).get("third"));
        assertThat(Networks.rate(other, "third", "W"))
                .isEqualTo(1e-2 * Networks.factors(listener.history(other)).get("third"));
        assertThatThrownBy(() -> listener.history(Networks.stack(new Sgd(0.1))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("this listener is not attached to that network");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void cloneOfANetwork_trainedWithAListener_leavesTheOriginalAlone(boolean graph) {
        Model net = network(graph);
        Model twin = network(graph);
        TempBalance balance = Networks.settings().build();
        for (Model each : new Model[] {net, twin}) {
            balance.attach(each);
            Networks.seed(1);
            Networks.fitEpochs(each, 2, 1);
        }

        Model copy = copyOf(net);
        if (!graph) {
            copy.setListeners(balance.listener()); // a graph's clone shares its listeners anyway
        }
        Map<String, Double> before = rates(net);
        Networks.fitEpochs(copy, 3, 2);

        assertThat(rates(copy)).isNotEqualTo(before);
        assertThat(rates(net)).isEqualTo(before);
        for (Model each : new Model[] {net, twin}) {
            Networks.seed(2);
            Networks.fitEpochs(each, 2, 1);
        }
        assertThat(Networks.bits(net.params())).isEqualTo(Networks.bits(twin.params()));
        assertThat(Networks.json(net)).isEqualTo(Networks.json(twin));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void cloneOfANetwork_detached_leavesTheOriginalAttached(boolean graph) {
        Model net = network(graph);
        TempBalanceListener listener = Networks.settings().build().attach(net);
        Networks.fitEpochs(net, 2, 1);
        Model copy = copyOf(net);

        TempBalance.detach(copy);
        Networks.fitEpochs(copy, 2, 1);
        Networks.fitEpochs(net, 2, 1);

        assertThat(Networks.json(copy)).doesNotContain("dl4jdynamics");
        assertThat(Networks.iterations(listener.history(net))).containsExactly(0, 2, 4);
        assertThat(Networks.rate(net, "third", "W"))
                .isEqualTo(1e-2 * Networks.factors(listener.history(net)).get("third"));
    }

    private static Model copyOf(Model net) {
        return net instanceof MultiLayerNetwork ? ((MultiLayerNetwork) net).clone() : ((ComputationGraph) net).clone();
    }

    private static Map<String, Double> rates(Model net) {
        return Map.of(
                "first", Networks.rate(net, "first", "W", 0, 0),
                "second", Networks.rate(net, "second", "W", 0, 0),
                "third", Networks.rate(net, "third", "W", 0, 0),
                "out", Networks.rate(net, "out", "W", 0, 0));
    }

    @Test
    void networkThatCannotBeTuned_trainsAtItsOwnRatesAndSaysSoOnce() {
        MultiLayerNetwork plain = Networks.stack(new AdaDelta());
        MultiLayerNetwork net = Networks.stack(new AdaDelta());
        net.setListeners(Networks.settings().build().listener());
        Networks.seed(1);
        Networks.fitBatches(plain, 3);

        try (Logs logs = new Logs()) {
            Networks.seed(1);
            Networks.fitBatches(net, 3);

            assertThat(logs.warnings())
                    .containsExactly("TempBalance cannot attach; the network trains at its own rates");
        }
        assertThat(Networks.bits(net.params())).isEqualTo(Networks.bits(plain.params()));
    }

    @Test
    void networkThatCannotBeTuned_failFast_stopsTraining() {
        MultiLayerNetwork net = Networks.stack(new AdaDelta());
        net.setListeners(Networks.settings().failFast(true).build().listener());

        assertThatThrownBy(() -> Networks.fitBatches(net, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at least one layer to tune");
    }

    @Test
    void history_beforeTraining_isEmpty() {
        TempBalanceListener listener = Networks.settings().build().listener();

        assertThat(listener.history().updates()).isEmpty();
        assertThat(listener.history().last()).isEmpty();
        assertThat(listener.history()).hasToString("no update yet");
    }
}
