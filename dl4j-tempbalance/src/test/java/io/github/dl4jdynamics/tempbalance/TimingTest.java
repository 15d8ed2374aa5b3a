/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance;

import java.util.ArrayList;
import java.util.List;

import io.github.dl4jdynamics.spectral.report.SamplingSchedule;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** When rates change; {@code iterations} are those of the first update that used the new rates. */
class TimingTest {

    private static TempBalanceListener attached(Model net, SamplingSchedule schedule) {
        return Networks.settings().schedule(schedule).build().attach(net);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void everyEpochs_measuresBeforeTrainingAndAtTheirEnds(boolean graph) {
        Model net = graph ? Networks.graph(new Sgd(0.1)) : Networks.stack(new Sgd(0.1));
        TempBalanceListener everyEpoch = attached(net, SamplingSchedule.everyEpochs(1));

        Networks.fitEpochs(net, 3, 3);

        assertThat(Networks.iterations(everyEpoch.history())).containsExactly(0, 3, 6, 9);
        assertThat(everyEpoch.history().updates())
                .extracting(TempBalanceUpdate::epoch)
                .containsExactly(0, 1, 2, 3);
    }

    @Test
    void everyEpochs_two_measuresEverySecond() {
        MultiLayerNetwork net = Networks.stack(new Sgd(0.1));
        TempBalanceListener listener = attached(net, SamplingSchedule.everyEpochs(2));

        Networks.fitEpochs(net, 2, 5);

        assertThat(Networks.iterations(listener.history())).containsExactly(0, 4, 8);
    }

    @Test
    void everyIterations_countsAcrossEpochsAndBatches() {
        MultiLayerNetwork net = Networks.stack(new Sgd(0.1));
        TempBalanceListener listener = attached(net, SamplingSchedule.everyIterations(3));

        Networks.fitEpochs(net, 2, 2);
        Networks.fitBatches(net, 4);

        assertThat(Networks.iterations(listener.history())).containsExactly(0, 3, 6);
    }

    @Test
    void attach_halfTrained_measuresAtOnceAndThenByTheCounters() {
        MultiLayerNetwork net = Networks.stack(new Sgd(0.1));
        Networks.fitBatches(net, 4);

        TempBalanceListener listener = attached(net, SamplingSchedule.everyIterations(3));
        Networks.fitBatches(net, 4);

        assertThat(Networks.iterations(listener.history())).containsExactly(4, 6);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void fitDataSet_withIterationsPerEpoch_endsEpochsByCount(boolean graph) {
        Model net = graph ? Networks.graph(new Sgd(0.1)) : Networks.stack(new Sgd(0.1));
        TempBalanceListener listener =
                Networks.settings().iterationsPerEpoch(3).build().attach(net);

        try (Logs logs = new Logs()) {
            Networks.fitBatches(net, 7);

            assertThat(logs.warnings()).isEmpty();
        }
        assertThat(Networks.iterations(listener.history())).containsExactly(0, 3, 6);
    }

    @Test
    void fitDataSet_withIterationsPerEpoch_countsForWarmUpToo() {
        MultiLayerNetwork late = Networks.stack(new Sgd(0.1));
        Networks.fitBatches(late, 7);

        TempBalanceListener listener = Networks.settings()
                .iterationsPerEpoch(3)
                .schedule(SamplingSchedule.everyEpochs(1).startingAfter(2))
                .build()
                .attach(late);

        assertThat(Networks.iterations(listener.history())).containsExactly(7);
    }

    @Test
    void fitDataSet_withoutIterationsPerEpoch_warnsOnceAndKeepsTheRates() {
        MultiLayerNetwork net = Networks.stack(new Sgd(0.1));
        TempBalanceListener listener = Networks.settings().build().attach(net);

        try (Logs logs = new Logs()) {
            Networks.fitBatches(net, 5);

            assertThat(logs.warnings())
                    .containsExactly(
                            "the network is trained by fit(DataSet), which ends no epoch, and rates are measured at epoch "
                                    + "ends: they change only when the network's epoch counter is moved. Set "
                                    + "iterationsPerEpoch(..) or everyIterations(..).");
        }
        assertThat(Networks.iterations(listener.history())).containsExactly(0);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void fitDataSet_callerMovesTheEpochCounter_measuresBeforeTheFirstIterationOfTheNewEpoch(boolean graph) {
        Model net = graph ? Networks.graph(new Sgd(0.1)) : Networks.stack(new Sgd(0.1));
        TempBalanceListener listener =
                Networks.settings().everyEpochs(2).build().attach(net);

        for (int epoch = 0; epoch < 4; epoch++) {
            setEpoch(net, epoch);
            Networks.fitBatches(net, 2);
        }
        setEpoch(net, 9); // past the ends of epochs 5 and 7
        Networks.fitBatches(net, 2);
        setEpoch(net, 0); // training begins anew
        Networks.fitBatches(net, 2);

        assertThat(Networks.iterations(listener.history())).containsExactly(0, 4, 8);
        assertThat(listener.history().updates())
                .extracting(TempBalanceUpdate::epoch)
                .containsExactly(0, 2, 9);
    }

    private static void setEpoch(Model net, int epoch) {
        if (net instanceof MultiLayerNetwork) {
            ((MultiLayerNetwork) net).setEpochCount(epoch);
        } else {
            ((ComputationGraph) net).getConfiguration().setEpochCount(epoch);
        }
    }

    @Test
    void startingAfter_epochs_allFactorsAreOneUntilTheirEnd() {
        MultiLayerNetwork net = Networks.stack(new Sgd(0.1));
        TempBalanceListener listener =
                attached(net, SamplingSchedule.everyEpochs(2).startingAfter(2));
        List<Double> rates = new ArrayList<>();
        net.addListeners(new BaseTrainingListener() {
            @Override
            public void onEpochStart(org.deeplearning4j.nn.api.Model model) {
                rates.add(Networks.rate(model, "second", "W"));
            }
        });

        Networks.fitEpochs(net, 2, 5);

        assertThat(Networks.iterations(listener.history())).containsExactly(4, 8);
        assertThat(rates.subList(0, 2)).containsExactly(0.1, 0.1);
        assertThat(rates.get(2))
                .isEqualTo(0.1
                        * listener.history()
                                .updates()
                                .get(0)
                                .layer("second")
                                .get()
                                .factor());
        assertThat(rates.get(3)).isEqualTo(rates.get(2)).isNotEqualTo(0.1);
    }

    @Test
    void startingAfter_iterations_measuresAtThatIteration() {
        MultiLayerNetwork net = Networks.stack(new Sgd(0.1));
        TempBalanceListener listener =
                attached(net, SamplingSchedule.everyIterations(2).startingAfter(3));

        Networks.fitBatches(net, 6);

        assertThat(Networks.iterations(listener.history())).containsExactly(3, 5);
    }

    @Test
    void stoppingAfter_factorsStayAndTheBaseScheduleGoesOn() {
        MultiLayerNetwork net = Networks.stack(new Sgd(new ExponentialSchedule(ScheduleType.ITERATION, 0.1, 0.9)));
        TempBalanceListener listener =
                attached(net, SamplingSchedule.everyEpochs(1).stoppingAfter(2));

        Networks.fitEpochs(net, 2, 4);

        assertThat(Networks.iterations(listener.history())).containsExactly(0, 2, 4);
        double factor = Networks.factors(listener.history()).get("second");
        assertThat(Networks.rate(net, "second", "W")).isEqualTo(factor * (0.1 * Math.pow(0.9, 8)));
    }

    @Test
    void never_measuresNothing_untilAskedByHand() {
        MultiLayerNetwork net = Networks.stack(new Sgd(0.1));
        TempBalanceListener listener = attached(net, SamplingSchedule.never());
        Networks.fitEpochs(net, 2, 2);
        assertThat(listener.history().updates()).isEmpty();
        assertThat(Networks.rate(net, "second", "W")).isEqualTo(0.1);

        listener.update(net);

        assertThat(Networks.iterations(listener.history())).containsExactly(4);
    }

    @Test
    void holdBetweenMeasurements_freezesTheRateWhereTheDefaultFollowsTheSchedule() {
        ExponentialSchedule own = new ExponentialSchedule(ScheduleType.ITERATION, 0.1, 0.5);
        MultiLayerNetwork held = Networks.stack(new Sgd(own));
        MultiLayerNetwork followed = Networks.stack(new Sgd(own));
        TempBalanceListener holding = Networks.settings()
                .holdBetweenMeasurements(true)
                .everyIterations(3)
                .build()
                .attach(held);
        TempBalanceListener following =
                Networks.settings().everyIterations(3).build().attach(followed);

        Networks.fitBatches(held, 4);
        Networks.fitBatches(followed, 4);

        double factor = Networks.factors(holding.history()).get("second");
        assertThat(Networks.iterations(holding.history())).containsExactly(0, 3);
        assertThat(Networks.rate(held, "second", "W", 3, 0)).isEqualTo(factor * own.valueAt(3, 0));
        assertThat(Networks.rate(held, "second", "W", 5, 0)).isEqualTo(factor * own.valueAt(3, 0));
        assertThat(holding.history().last().get().layer("second").get().rate()).isEqualTo(factor * own.valueAt(3, 0));
        assertThat(Networks.rate(followed, "second", "W", 5, 0))
                .isEqualTo(Networks.factors(following.history()).get("second") * own.valueAt(5, 0));
    }

    @Test
    void firstUpdate_usesTheRatesMeasuredBeforeTraining() {
        MultiLayerNetwork plain = Networks.stack(new Sgd(0.1), DataType.DOUBLE);
        MultiLayerNetwork tuned = Networks.stack(new Sgd(0.1), DataType.DOUBLE);
        TempBalanceListener listener = Networks.settings().build().attach(tuned);
        double[] before = Networks.bits(plain.getParam("3_W"));

        Networks.seed(1);
        Networks.fitBatches(plain, 1);
        Networks.seed(1);
        Networks.fitBatches(tuned, 1);

        double factor = Networks.factors(listener.history()).get("third");
        assertThat(factor).isNotEqualTo(1);
        double[] plainStep = Networks.bits(plain.getParam("3_W"));
        double[] tunedStep = Networks.bits(tuned.getParam("3_W"));
        for (int i = 0; i < before.length; i++) {
            assertThat(tunedStep[i] - before[i]).isCloseTo(factor * (plainStep[i] - before[i]), within(1e-15));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void restoredNetwork_doesNotMeasureAgainAndContinues(boolean plainListener) {
        MultiLayerNetwork net = Networks.stack(new Adam(1e-2));
        TempBalanceListener before = Networks.settings().build().attach(net);
        Networks.fitEpochs(net, 3, 1);

        MultiLayerNetwork restored = Networks.restored(net);
        TempBalanceListener listener;
        if (plainListener) {
            listener = Networks.settings().build().listener();
            restored.setListeners(listener);
        } else {
            listener = Networks.settings().build().attach(restored);
        }
        assertThat(Networks.rate(restored, "second", "W"))
                .isEqualTo(1e-2 * Networks.factors(before.history()).get("second"));
        Networks.fitEpochs(restored, 3, 1);

        assertThat(Networks.iterations(listener.history())).containsExactly(6);
    }

    @Test
    void transferredNetwork_whoseCountersBeginAnew_isMeasuredBeforeTraining() {
        MultiLayerNetwork net = Networks.stack(new Adam(1e-2));
        Networks.settings().build().attach(net);
        Networks.fitEpochs(net, 3, 1);
        MultiLayerNetwork transferred = new TransferLearning.Builder(net)
                .nOutReplace(4, 4, org.deeplearning4j.nn.weights.WeightInit.XAVIER)
                .build();

        TempBalanceListener listener = Networks.settings().build().attach(transferred);

        assertThat(Networks.iterations(listener.history())).containsExactly(0);
        assertThat(listener.history().last().get().layer("out").get().factor())
                .isEqualTo(Networks.rate(transferred, "out", "W") / 1e-2);
    }
}
