/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.github.dl4jdynamics.tempbalance.math.Guards;
import org.deeplearning4j.earlystopping.EarlyStoppingConfiguration;
import org.deeplearning4j.earlystopping.EarlyStoppingResult;
import org.deeplearning4j.earlystopping.saver.InMemoryModelSaver;
import org.deeplearning4j.earlystopping.scorecalc.DataSetLossCalculator;
import org.deeplearning4j.earlystopping.termination.MaxEpochsTerminationCondition;
import org.deeplearning4j.earlystopping.trainer.EarlyStoppingTrainer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.linalg.schedule.StepSchedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** Whatever Deeplearning4j saves, copies or rebuilds goes on where it stopped. */
class ResumeTest {

    private static TempBalance balance() {
        return Networks.settings()
                .smoothing(0.5)
                .guards(Guards.builder().maxChange(1.002).minSpread(0.1).build())
                .multiplier("second", 0.7)
                .build();
    }

    static Stream<Arguments> networks() {
        return Stream.of(
                network("stack Adam", () -> Networks.stack(new Adam(1e-2))),
                network(
                        "stack Nesterovs",
                        () -> Networks.stack(new Nesterovs(new StepSchedule(ScheduleType.EPOCH, 0.05, 0.5, 2), 0.9))),
                network("graph Adam", () -> Networks.graph(new Adam(1e-2))));
    }

    private static Arguments network(String name, Supplier<Model> network) {
        return Arguments.of(name, network);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("networks")
    void savedAndRestored_continuesBitIdentically(String name, Supplier<Model> network) {
        Model straight = network.get();
        TempBalanceListener wholeHistory = balance().attach(straight);
        Model saved = network.get();
        balance().attach(saved);
        for (Model net : new Model[] {straight, saved}) {
            Networks.seed(1);
            Networks.fitEpochs(net, 3, 3);
        }

        Model restored = Networks.restored(saved);
        TempBalanceListener secondHalf = balance().attach(restored);
        for (Model net : new Model[] {straight, restored}) {
            Networks.seed(2);
            Networks.fitEpochs(net, 3, 3);
        }

        assertThat(Networks.iterations(secondHalf.history())).containsExactly(12, 15, 18);
        assertThat(secondHalf.history().updates())
                .extracting(update -> update.layer("third").get().smoothedScore())
                .isEqualTo(wholeHistory.history().updates().subList(4, 7).stream()
                        .map(update -> update.layer("third").get().smoothedScore())
                        .collect(java.util.stream.Collectors.toList()));
        assertThat(Networks.factors(secondHalf.history())).isEqualTo(Networks.factors(wholeHistory.history()));
        assertThat(Networks.bits(restored.params())).isEqualTo(Networks.bits(straight.params()));
        AttachTest.assertSameState(restored, straight);
        assertThat(Networks.json(restored)).isEqualTo(Networks.json(straight));
    }

    @Test
    void smoothingAndChangeLimit_reallyActInTheseRuns() {
        MultiLayerNetwork net = Networks.stack(new Adam(1e-2));
        TempBalanceListener listener = balance().attach(net);

        Networks.fitEpochs(net, 3, 2);

        TempBalanceUpdate first = listener.history().updates().get(0);
        TempBalanceUpdate last = listener.history().last().get();
        assertThat(last.layer("third").get().smoothedScore())
                .isNotEqualTo(last.layer("third").get().score());
        assertThat(listener.history().updates()).anySatisfy(update -> assertThat(update.layers())
                .anySatisfy(layer -> assertThat(layer.note()).contains("change limited")));
        double change = last.layer("second").get().factor()
                / first.layer("second").get().factor();
        assertThat(change)
                .as("the multiplier is not part of what the limit sees")
                .isBetween(1 / (1.002 * 1.002) - 1e-12, 1.002 * 1.002 + 1e-12);
    }

    @Test
    void earlyStopping_measuresPerEpochAndItsBestModelTrainsOn() throws Exception {
        MultiLayerNetwork net = Networks.stack(new Adam(1e-2));
        TempBalanceListener listener = Networks.settings().build().attach(net);
        EarlyStoppingConfiguration<MultiLayerNetwork> stopping = new EarlyStoppingConfiguration.Builder<
                        MultiLayerNetwork>()
                .epochTerminationConditions(new MaxEpochsTerminationCondition(3))
                .scoreCalculator(new DataSetLossCalculator(Networks.epoch(2), true))
                .modelSaver(new InMemoryModelSaver<>())
                .build();

        EarlyStoppingResult<MultiLayerNetwork> result =
                new EarlyStoppingTrainer(stopping, net, Networks.epoch(4)).fit();

        assertThat(result.getTerminationReason())
                .isEqualTo(EarlyStoppingResult.TerminationReason.EpochTerminationCondition);
        assertThat(Networks.iterations(listener.history(net))).containsExactly(0, 4, 8, 12);

        MultiLayerNetwork best = result.getBestModel();
        double rateOfTheOther = Networks.rate(net, "third", "W");
        TempBalanceListener next = Networks.settings().build().attach(best);
        Networks.fitEpochs(best, 2, 1);
        assertThat(next.history().updates()).hasSize(1);
        assertThat(Networks.rate(net, "third", "W")).isEqualTo(rateOfTheOther);

        TempBalance.detach(best);
        assertThat(Networks.json(best)).doesNotContain("dl4jdynamics");
        assertThat(Networks.json(net)).contains("dl4jdynamics");
    }

    @Test
    void savedByAListenerInOnEpochEnd_holdsTheNewFactorsIfItComesAfterOurs() {
        for (boolean after : new boolean[] {true, false}) {
            MultiLayerNetwork net = Networks.stack(new Adam(1e-2));
            TempBalanceListener ours = Networks.settings().build().listener();
            List<Double> saved = new ArrayList<>();
            TrainingListener saver = new BaseTrainingListener() {
                @Override
                public void onEpochEnd(Model model) {
                    saved.add(Networks.rate(Networks.restored(model), "second", "W") / 1e-2);
                }
            };
            net.setListeners(after ? List.of(ours, saver) : List.of(saver, ours));

            Networks.fitEpochs(net, 3, 1);

            List<TempBalanceUpdate> updates = ours.history().updates();
            assertThat(saved.get(0))
                    .isCloseTo(updates.get(after ? 1 : 0).layer("second").get().factor(), within(1e-12));
            assertThat(updates.get(0).layer("second").get().factor())
                    .isNotCloseTo(updates.get(1).layer("second").get().factor(), within(1e-9));
        }
    }

    @Test
    void frozenLayers_keepOutAndAreListed() {
        MultiLayerNetwork net = new TransferLearning.Builder(Networks.stack(new Adam(1e-2)))
                .setFeatureExtractor(1)
                .build();
        double[] before = Networks.bits(net.getLayer(0).getParam("W"));
        TempBalanceListener listener =
                Networks.settings().everyIterations(1).build().attach(net);

        Networks.fitBatches(net, 2);

        TempBalanceUpdate last = listener.history().last().get();
        assertThat(last.layers())
                .extracting(TempBalanceUpdate.Layer::name)
                .containsExactly("first", "norm", "second", "third", "out");
        assertThat(last.layer("first").get().note()).isEqualTo("frozen");
        assertThat(last.layer("norm").get().note()).isEqualTo("frozen");
        assertThat(last.layer("first").get().factor()).isNaN();
        assertThat(last.layer("second").get().factor()).isNotNaN().isNotEqualTo(1);
        assertThat(Networks.bits(net.getLayer(0).getParam("W"))).isEqualTo(before);

        MultiLayerNetwork restored = Networks.restored(net);
        TempBalanceListener again = Networks.settings().build().attach(restored);
        Networks.fitEpochs(restored, 2, 1);
        assertThat(again.history().last().get().layer("first").get().note()).isEqualTo("frozen");
        assertThat(Networks.bits(restored.getLayer(0).getParam("W"))).isEqualTo(before);
    }
}
