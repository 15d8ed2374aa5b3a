/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.distance;

import io.github.dl4jdynamics.spectral.report.SamplingSchedule;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.earlystopping.EarlyStoppingConfiguration;
import org.deeplearning4j.earlystopping.EarlyStoppingResult;
import org.deeplearning4j.earlystopping.scorecalc.DataSetLossCalculator;
import org.deeplearning4j.earlystopping.termination.MaxEpochsTerminationCondition;
import org.deeplearning4j.earlystopping.trainer.EarlyStoppingTrainer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.parallelism.ParallelWrapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.linalg.schedule.StepSchedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The listener changes nothing, stops nothing, and lives with whoever runs the training. */
class PurityAndFailureTest {

    private static WeightDistanceBuilder everyUpdate() {
        return WeightDistanceListener.builder().schedule(SamplingSchedule.everyIterations(1));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void training_isBitIdenticalWithTheListener(boolean graph) {
        StepSchedule drops = new StepSchedule(ScheduleType.ITERATION, 0.01, 0.1, 4);
        Model plain = Nets.net(graph, new Adam(drops));
        Model observed = Nets.net(graph, new Adam(drops));
        WeightDistanceListener listener = everyUpdate().failFast(true).build();

        Nd4j.getRandom().setSeed(7);
        Nets.fitEpochs(plain, 3, 2);
        Nets.fit(plain, 3);
        Nd4j.getRandom().setSeed(7);
        observed.setListeners(listener);
        Nets.fitEpochs(observed, 3, 2);
        Nets.fit(observed, 3);

        assertThat(listener.history().segments()).hasSize(3);
        assertThat(listener.history().samples()).hasSize(9 + 3);
        assertThat(Nets.values(observed.params())).isEqualTo(Nets.values(plain.params()));
        assertThat(Nets.values(updaterState(observed))).isEqualTo(Nets.values(updaterState(plain)));
    }

    private static INDArray updaterState(Model net) {
        return net instanceof MultiLayerNetwork
                ? ((MultiLayerNetwork) net).updaterState()
                : ((org.deeplearning4j.nn.graph.ComputationGraph) net).updaterState();
    }

    /** Refuses to show its parameters while a listener at work asks for them. */
    @SuppressWarnings("overrides") // MultiLayerNetwork itself overrides varargs by an array
    private static final class Unwilling extends MultiLayerNetwork {
        private static final long serialVersionUID = 1;
        private boolean unwilling;
        private boolean outOfMemory = true;

        Unwilling(MultiLayerConfiguration conf) {
            super(conf);
        }

        @Override
        public INDArray params() {
            if (unwilling && !outOfMemory) {
                throw new IllegalStateException("unwilling");
            }
            if (unwilling) {
                throw new OutOfMemoryError("Physical memory usage is too high");
            }
            return super.params();
        }

        /** Unwilling while the listener stands between these two, at the update with this 0-based number. */
        void listeners(WeightDistanceListener listener, int failing) {
            setListeners(
                    new BaseTrainingListener() {
                        @Override
                        public void onGradientCalculation(Model model) {
                            unwilling = failing < 0;
                        }

                        @Override
                        public void iterationDone(Model model, int iteration, int epoch) {
                            unwilling = iteration == failing;
                        }
                    },
                    listener,
                    new BaseTrainingListener() {
                        @Override
                        public void onGradientCalculation(Model model) {
                            unwilling = false;
                        }

                        @Override
                        public void iterationDone(Model model, int iteration, int epoch) {
                            unwilling = false;
                        }
                    });
        }
    }

    private static Unwilling unwilling() {
        Unwilling net = new Unwilling(Nets.stackConf(new Adam(0.01)));
        net.init();
        return net;
    }

    @Test
    void failingSample_isMarkedAndLeftOutOfTheFit() {
        Unwilling net = unwilling();
        WeightDistanceListener listener = everyUpdate().build();
        net.listeners(listener, 2);

        try (Logs logs = new Logs()) {
            Nets.fit(net, 6);

            assertThat(logs.warnings())
                    .containsExactly("WeightDistance could not measure; training goes on. Logged once.");
        }

        WeightDistanceHistory history = listener.history();
        assertThat(history.segments()).hasSize(1);
        WeightDistanceSample failed = history.samples().get(3);
        assertThat(failed.isMeasured()).isFalse();
        assertThat(failed.t()).isEqualTo(3);
        assertThat(failed.distance()).isNaN();
        assertThat(failed.layerDistances()).isEmpty();
        assertThat(failed.note()).isEqualTo("failed: java.lang.OutOfMemoryError: Physical memory usage is too high");
        assertThat(history.samples()).hasSize(7);
        assertThat(history.fit(0).points()).isEqualTo(5);
        assertThat(history.segments().get(0).fit("out").points()).isEqualTo(5);
        assertThat(history.toString()).contains("failed: java.lang.OutOfMemoryError");
    }

    @Test
    void failingStart_isMarkedAndTriedAgainAfterRestart() {
        Unwilling net = unwilling();
        WeightDistanceListener listener = everyUpdate().build();
        net.listeners(listener, -1);

        try (Logs logs = new Logs()) {
            Nets.fit(net, 3);

            assertThat(logs.warnings()).hasSize(1);
        }

        assertThat(net.getIterationCount()).isEqualTo(3);
        assertThat(listener.history().fit(0).isFitted()).isFalse();
        assertThat(listener.history().samples())
                .allSatisfy(sample -> assertThat(sample.isMeasured()).isFalse());

        net.setListeners(listener);
        listener.restart();
        Nets.fit(net, 4);

        assertThat(listener.history().segments().get(1).fit().isFitted()).isTrue();
    }

    @Test
    void failFast_stopsTraining() {
        Unwilling net = unwilling();
        net.outOfMemory = false; // for which Deeplearning4j writes a crash dump
        net.listeners(everyUpdate().failFast(true).build(), 2);

        assertThatThrownBy(() -> Nets.fit(net, 6))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("unwilling");
        assertThat(net.getIterationCount()).isEqualTo(2);
    }

    @Test
    void timeBudget_leavesSamplesOutAndSaysSoOnce() {
        MultiLayerNetwork net = Nets.stack(new Adam(0.01));
        WeightDistanceListener listener = everyUpdate().timeBudget(1e-12).build();
        net.setListeners(listener);

        Nets.fit(net, 6);

        assertThat(listener.history().samples()).hasSize(3);
        assertThat(listener.history().samples().get(2).note()).startsWith("skipped: time budget, 1 measurement in ");
        assertThat(listener.history().samples().get(2).t()).isEqualTo(6);
    }

    @Test
    void divergedWeights_haveNoFit() {
        MultiLayerNetwork net = Nets.stack(new Adam(0.01));
        WeightDistanceListener listener = everyUpdate().failFast(true).build();
        net.setListeners(listener);
        Nets.fit(net, 4);

        net.getLayer(3).getParam("W").assign(Double.NaN);
        Nets.fit(net, 1);

        assertThat(listener.history().samples().get(5).distance()).isNaN();
        assertThat(listener.history().fit(0).reason().get()).startsWith("the distance at t = 5.0 is NaN");
    }

    @Test
    void earlyStopping_isCountedThrough() {
        MultiLayerNetwork net = Nets.stack(new Adam(0.01));
        WeightDistanceListener listener = everyUpdate().failFast(true).build();
        net.setListeners(listener);
        ListDataSetIterator<DataSet> data = Nets.epoch(3);

        EarlyStoppingResult<MultiLayerNetwork> result = new EarlyStoppingTrainer(
                        new EarlyStoppingConfiguration.Builder<MultiLayerNetwork>()
                                .epochTerminationConditions(new MaxEpochsTerminationCondition(2))
                                .scoreCalculator(new DataSetLossCalculator(Nets.epoch(1), true))
                                .build(),
                        net,
                        data)
                .fit();

        assertThat(result.getTerminationReason())
                .isEqualTo(EarlyStoppingResult.TerminationReason.EpochTerminationCondition);
        assertThat(listener.updates()).isEqualTo(6);
        assertThat(listener.history().segments()).hasSize(1);
    }

    @Test
    @Timeout(60)
    void parallelWrapper_followsOneReplica() {
        MultiLayerNetwork net = Nets.stack(new Adam(0.01));
        WeightDistanceListener listener = everyUpdate().build();
        net.setListeners(listener);

        ParallelWrapper wrapper = new ParallelWrapper.Builder<>(net)
                .workers(2)
                .prefetchBuffer(0)
                .averagingFrequency(1)
                .trainingMode(ParallelWrapper.TrainingMode.AVERAGING)
                .build();
        try (Logs logs = new Logs()) {
            wrapper.fit(Nets.epoch(12));

            assertThat(logs.warnings()).hasSize(1);
        } finally {
            wrapper.shutdown();
        }

        WeightDistanceHistory history = listener.history();
        assertThat(history.segments())
                .as("averaging writes into the same memory")
                .hasSize(1);
        assertThat(history.samples()).extracting(WeightDistanceSample::t).containsExactly(0, 1, 2, 3, 4, 5, 6);
        assertThat(history.samples())
                .allSatisfy(sample -> assertThat(sample.isMeasured()).isTrue());
    }
}
