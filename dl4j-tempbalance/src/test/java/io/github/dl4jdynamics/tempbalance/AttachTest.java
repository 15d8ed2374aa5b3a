/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance;

import java.util.function.Supplier;
import java.util.stream.Stream;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.listeners.CollectScoresIterationListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.AdaBelief;
import org.nd4j.linalg.learning.config.AdaDelta;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.CycleSchedule;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.PolySchedule;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.linalg.schedule.StepSchedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class AttachTest {

    static Stream<Arguments> everyUpdater() {
        return Updaters.all();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("everyUpdater")
    void attach_freshNetwork_everyParameterTrainsAtFactorTimesItsOwnRate(String name, Supplier<IUpdater> updater) {
        for (Model net : new Model[] {Networks.stack(updater.get()), Networks.graph(updater.get())}) {
            TempBalanceListener listener = Networks.settings().build().attach(net);

            TempBalanceUpdate update = listener.history().last().get();
            double own = updater.get().getLearningRate(0, 0);
            for (String layer : new String[] {"first", "second", "third", "out"}) {
                double factor = update.layer(layer).get().factor();
                assertThat(Networks.rate(net, layer, "W")).isEqualTo(factor * own);
                assertThat(Networks.rate(net, layer, "b")).isEqualTo(factor * own);
                assertThat(update.layer(layer).get().rate()).isEqualTo(factor * own);
            }
            assertThat(Networks.rate(net, "norm", "gamma"))
                    .isEqualTo(update.layer("first").get().factor() * own);
            assertThat(Networks.factors(listener.history()).values())
                    .as("the linear map uses its whole range")
                    .contains(0.5, 1.5);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("everyUpdater")
    void detach_halfTrained_restoresUpdatersAndKeepsTheirState(String name, Supplier<IUpdater> updater) {
        for (boolean graph : new boolean[] {false, true}) {
            Model plain = graph ? Networks.graph(updater.get()) : Networks.stack(updater.get());
            Model tuned = graph ? Networks.graph(updater.get()) : Networks.stack(updater.get());
            for (Model net : new Model[] {plain, tuned}) {
                Networks.seed(1);
                Networks.fitBatches(net, 3);
            }

            Networks.ones().build().attach(tuned);
            for (Model net : new Model[] {plain, tuned}) {
                Networks.seed(2);
                Networks.fitBatches(net, 3);
            }
            TempBalance.detach(tuned);
            for (Model net : new Model[] {plain, tuned}) {
                Networks.seed(3);
                Networks.fitBatches(net, 3);
            }

            assertThat(Networks.json(tuned)).isEqualTo(Networks.json(plain));
            assertThat(Networks.blocks(tuned)).isEqualTo(Networks.blocks(plain));
            assertThat(Networks.bits(tuned.params())).isEqualTo(Networks.bits(plain.params()));
            assertSameState(tuned, plain);
        }
    }

    static void assertSameState(Model actual, Model expected) {
        assertThat(Networks.stateByParameter(actual).keySet())
                .isEqualTo(Networks.stateByParameter(expected).keySet());
        Networks.stateByParameter(expected).forEach((parameter, components) -> {
            assertThat(Networks.stateByParameter(actual).get(parameter))
                    .as(parameter)
                    .hasSameSizeAs(components);
            for (int c = 0; c < components.size(); c++) {
                assertThat(Networks.stateByParameter(actual).get(parameter).get(c))
                        .as(parameter + " component " + c)
                        .isEqualTo(components.get(c));
            }
        });
    }

    static Stream<ISchedule> schedules() {
        return Stream.of(
                new StepSchedule(ScheduleType.EPOCH, 0.1, 0.5, 2),
                new PolySchedule(ScheduleType.ITERATION, 0.1, 2, 100),
                new MapSchedule.Builder(ScheduleType.ITERATION)
                        .add(0, 0.1)
                        .add(3, 0.01)
                        .build(),
                new CycleSchedule(ScheduleType.ITERATION, 0.1, 20));
    }

    @ParameterizedTest
    @MethodSource("schedules")
    void attach_anySchedule_isFollowedTimesTheFactor(ISchedule own) {
        MultiLayerNetwork net = Networks.stack(new Adam(own));

        TempBalanceUpdate update =
                Networks.settings().build().attach(net).history().last().get();

        double factor = update.layer("second").get().factor();
        for (int iteration : new int[] {0, 2, 5, 11}) {
            assertThat(Networks.rate(net, "second", "W", iteration, iteration / 3))
                    .isEqualTo(factor * own.valueAt(iteration, iteration / 3));
        }
        TempBalance.detach(net);
        assertThat(Networks.rate(net, "second", "W", 5, 1)).isEqualTo(own.valueAt(5, 1));
    }

    @Test
    void attach_updatersThatCannotBeSteered_areRefusedWithTheReason() {
        assertRefused(new AdaDelta(), "AdaDelta has no learning rate; use an updater with one, such as Adam");
        assertRefused(new NoOp(), "NoOp has no learning rate; use an updater with one, such as Adam");

        assertThatThrownBy(() ->
                        Networks.settings().build().configure(Networks.stackConf(new AdaBelief(), DataType.FLOAT)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("AdaBelief cannot be initialised by Deeplearning4j 1.0.0-M2.1")
                .hasMessageContaining("use Adam");
    }

    private static void assertRefused(IUpdater updater, String reason) {
        MultiLayerNetwork net = Networks.stack(updater);
        String before = Networks.json(net);

        assertThatThrownBy(() -> Networks.settings().build().attach(net))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at least one layer to tune")
                .hasMessageContaining("second=" + reason);
        assertThat(Networks.json(net)).isEqualTo(before);
        assertThat(net.getListeners()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void detach_keepsTheListenersOfOthers(boolean graph) {
        Model net = graph ? Networks.graph(new Sgd(0.1)) : Networks.stack(new Sgd(0.1));
        CollectScoresIterationListener scores = new CollectScoresIterationListener();
        net.setListeners(scores);
        TempBalanceListener listener = Networks.settings().build().attach(net);
        Networks.fitBatches(net, 2);

        TempBalance.detach(net);
        Networks.fitBatches(net, 2);

        assertThat(scores.getScoreVsIter().getEffectiveIndexes().length).isEqualTo(4);
        assertThat(listener.history().updates()).hasSize(1);
    }

    @Test
    void detach_networkWithoutTempBalance_changesNothing() {
        MultiLayerNetwork net = Networks.stack(new Adam(1e-2));
        Networks.fitBatches(net, 2);
        String json = Networks.json(net);
        Object updater = net.getUpdater();

        TempBalance.detach(net);

        assertThat(Networks.json(net)).isEqualTo(json);
        assertThat(net.getUpdater()).isSameAs(updater);
    }

    @Test
    void attach_afterDetach_measuresAnew() {
        MultiLayerNetwork net = Networks.stack(new Adam(1e-2));
        Networks.settings().build().attach(net);
        Networks.fitBatches(net, 2);
        TempBalance.detach(net);

        TempBalanceListener again = Networks.settings().build().attach(net);

        assertThat(Networks.iterations(again.history())).containsExactly(2);
    }
}
