/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.distance;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import io.github.dl4jdynamics.spectral.report.SamplingSchedule;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.PolySchedule;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.linalg.schedule.StepSchedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** When the clock starts anew, and from which weights. */
class SegmentsTest {

    private static WeightDistanceBuilder everyUpdate() {
        return WeightDistanceListener.builder()
                .schedule(SamplingSchedule.everyIterations(1))
                .failFast(true);
    }

    private static List<String> reasons(WeightDistanceListener listener) {
        List<String> reasons = new ArrayList<>();
        listener.history().segments().forEach(segment -> reasons.add(segment.reason()));
        return reasons;
    }

    private static ISchedule tenthEvery(int updates) {
        return new StepSchedule(ScheduleType.ITERATION, 0.1, 0.1, updates);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void rateDrop_startsFromTheWeightsBeforeTheFirstUpdateAtTheNewRate(boolean graph) {
        Model net = Nets.net(graph, new Sgd(tenthEvery(5)));
        WeightDistanceListener listener = everyUpdate().build();
        net.setListeners(listener);

        Nets.fit(net, 5);
        double[] before = Nets.values(net.params());
        Nets.fit(net, 3);

        WeightDistanceHistory history = listener.history();
        assertThat(reasons(listener)).containsExactly("start of training", "the rate fell from 0.1 to 0.01");
        assertThat(history.segments().get(0).samples())
                .extracting(WeightDistanceSample::t)
                .containsExactly(0, 1, 2, 3, 4, 5);
        WeightDistanceSegment second = history.segments().get(1);
        assertThat(second.samples()).extracting(WeightDistanceSample::t).containsExactly(0, 1, 2, 3);
        assertThat(second.samples()).extracting(WeightDistanceSample::iteration).containsExactly(5, 6, 7, 8);
        assertThat(second.samples()).extracting(WeightDistanceSample::rate).containsOnly(0.1 * 0.1);
        assertThat(second.samples().get(0).distance()).isZero();
        assertThat(Nets.values(listener.start().get())).isEqualTo(before);
        assertThat(listener.updates()).isEqualTo(3);
    }

    @Test
    void decayToZero_startsNoSegment() {
        MultiLayerNetwork net = Nets.stack(new Sgd(new PolySchedule(ScheduleType.ITERATION, 0.1, 2, 12)));
        WeightDistanceListener listener = everyUpdate().build();
        net.setListeners(listener);

        Nets.fit(net, 13);

        assertThat(reasons(listener)).containsExactly("start of training");
    }

    @Test
    void rateSetByHand_startsASegment() {
        MultiLayerNetwork net = Nets.stack(new Sgd(0.1));
        WeightDistanceListener listener = everyUpdate().rateDropFactor(5).build();
        net.setListeners(listener);

        Nets.fit(net, 3);
        net.setLearningRate(0.025);
        Nets.fit(net, 3);
        net.setLearningRate(0.005);
        Nets.fit(net, 3);

        assertThat(reasons(listener)).containsExactly("start of training", "the rate fell from 0.025 to 0.005");
    }

    @Test
    void restartAtRateDropOff_isOneSegment() {
        MultiLayerNetwork net = Nets.stack(new Sgd(tenthEvery(2)));
        WeightDistanceListener listener = everyUpdate().restartAtRateDrop(false).build();
        net.setListeners(listener);

        Nets.fit(net, 6);

        assertThat(reasons(listener)).containsExactly("start of training");
        assertThat(listener.history().samples().get(6).rate())
                .isEqualTo(tenthEvery(2).valueAt(5, 0));
    }

    @Test
    void restartByHand_beginsWithTheNextUpdate() {
        MultiLayerNetwork net = Nets.stack(new Sgd(0.1));
        WeightDistanceListener listener = everyUpdate().build();
        net.setListeners(listener);

        Nets.fit(net, 2);
        double[] before = Nets.values(net.params());
        listener.restart();
        assertThatThrownBy(() -> listener.measure(net))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the clock must have started to measure a distance; it starts with the first update of the "
                        + "network");
        Nets.fit(net, 2);

        assertThat(reasons(listener)).containsExactly("start of training", "restart()");
        assertThat(Nets.values(listener.start().get())).isEqualTo(before);
    }

    /** Gives its parameters new memory, of another length if its configuration was changed. */
    @SuppressWarnings("overrides") // MultiLayerNetwork itself overrides varargs by an array
    private static final class Rebuilt extends MultiLayerNetwork {
        private static final long serialVersionUID = 1;

        Rebuilt(MultiLayerConfiguration conf) {
            super(conf);
        }

        void rebuild() {
            initCalled = false;
            flattenedParams = null;
            flattenedGradients = null;
            layers = null;
            solver = null;
            init();
        }
    }

    @Test
    void networkInitialisedAnew_startsASegment() {
        Rebuilt net = new Rebuilt(Nets.stackConf(new Sgd(0.1)));
        net.init();
        WeightDistanceListener listener = everyUpdate().build();
        net.setListeners(listener);

        Nets.fit(net, 2);
        net.rebuild();
        net.setListeners(listener);
        double[] before = Nets.values(net.params());
        Nets.fit(net, 2);

        assertThat(reasons(listener)).containsExactly("start of training", "the network's parameters were replaced");
        assertThat(Nets.values(listener.start().get())).isEqualTo(before);
    }

    @Test
    void anotherNetwork_isLeftOutUntilRestart() {
        MultiLayerNetwork net = Nets.stack(new Sgd(0.1));
        MultiLayerNetwork other = Nets.stack(new Sgd(0.1));
        WeightDistanceListener listener = everyUpdate().build();
        net.setListeners(listener);
        other.setListeners(listener);

        try (Logs logs = new Logs()) {
            Nets.fit(net, 2);
            Nets.fit(other, 3);

            assertThat(logs.warnings()).hasSize(1).allSatisfy(line -> assertThat(line)
                    .startsWith("WeightDistanceListener follows the first network it saw"));
        }
        assertThat(listener.updates()).isEqualTo(2);
        assertThatThrownBy(() -> listener.measure(other))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("this listener follows another network; give each network a listener of its own");

        listener.restart();
        Nets.fit(other, 1);
        Nets.fit(net, 1);

        assertThat(reasons(listener)).containsExactly("start of training", "restart()");
        assertThat(listener.updates()).isEqualTo(1);
        assertThat(listener.history().segments().get(1).samples().get(1).iteration())
                .isEqualTo(4);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void restoredNetwork_goesOnFromAGivenStartVector(boolean counted, @TempDir Path folder) throws IOException {
        MultiLayerNetwork whole = Nets.stack(new Adam(0.01));
        WeightDistanceListener expected = everyUpdate().build();
        whole.setListeners(expected);
        Nd4j.getRandom().setSeed(1);
        Nets.fit(whole, 3);
        MultiLayerNetwork net = Nets.stack(new Adam(0.01));
        WeightDistanceListener first = everyUpdate().build();
        net.setListeners(first);
        Nd4j.getRandom().setSeed(1);
        Nets.fit(net, 3);

        File model = folder.resolve("net.zip").toFile();
        File start = folder.resolve("start.bin").toFile();
        net.save(model, true);
        Nd4j.saveBinary(first.start().get(), start);
        MultiLayerNetwork restored = MultiLayerNetwork.load(model, true);
        INDArray vector = Nd4j.readBinary(start);
        WeightDistanceListener resumed = counted
                ? everyUpdate().startingFrom(vector, first.updates()).build()
                : everyUpdate().startingFrom(vector).build();
        vector.assign(0);
        restored.setListeners(resumed);
        Nd4j.getRandom().setSeed(2);
        Nets.fit(restored, 3);
        Nd4j.getRandom().setSeed(2);
        Nets.fit(whole, 3);

        WeightDistanceHistory history = resumed.history();
        assertThat(reasons(resumed)).containsExactly("resumed from a given start vector");
        assertThat(history.samples()).extracting(WeightDistanceSample::t).containsExactly(3, 4, 5, 6);
        for (int i = 0; i < 4; i++) {
            assertThat(history.samples().get(i).distance())
                    .isEqualTo(expected.history().samples().get(3 + i).distance())
                    .isPositive();
        }
    }

    @Test
    void startVectorOfAnotherLength_isRefusedOrLeftOut() {
        INDArray wrong = Nd4j.zeros(10);
        MultiLayerNetwork net = Nets.stack(new Adam(0.01));
        net.setListeners(everyUpdate().startingFrom(wrong).build());

        assertThatThrownBy(() -> Nets.fit(net, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "the start vector must have as many elements as the network has parameters, %s, got 10; is "
                                + "it from another network?",
                        net.numParams());

        WeightDistanceListener soft =
                everyUpdate().failFast(false).startingFrom(wrong).build();
        net.setListeners(soft);
        try (Logs logs = new Logs()) {
            Nets.fit(net, 2);

            assertThat(logs.warnings())
                    .containsExactly("WeightDistance was given a start vector of 10 elements for a network of "
                            + net.numParams() + " parameters; it starts from the weights as they are now");
        }
        assertThat(reasons(soft)).containsExactly("start of training; the given start vector is of another length");
        assertThat(soft.history().samples()).hasSize(3);
    }

    @Test
    void settings_areChecked() {
        WeightDistanceBuilder builder = WeightDistanceListener.builder();

        assertThatThrownBy(() -> builder.rateDropFactor(1))
                .hasMessage("rateDropFactor must be > 1 and finite, got 1.0; 2 is a halving, restartAtRateDrop(false) "
                        + "ignores drops");
        assertThatThrownBy(() -> builder.timeBudget(0))
                .hasMessage("timeBudget must be > 0, got 0.0; 0.02 allows two percent");
        assertThatThrownBy(() -> builder.schedule(null))
                .hasMessage("schedule must not be null; SamplingSchedule.logarithmic(10) is the default");
        assertThatThrownBy(() -> builder.startingFrom(Nd4j.zeros(3), -1))
                .hasMessage("updates since the start vector must be >= 0, got -1; see updates()");
        assertThatThrownBy(() -> builder.startingFrom(null))
                .hasMessage("start vector must not be null; leave startingFrom out to start at the first update");
        assertThat(Arrays.asList(
                        builder.toString(), WeightDistanceListener.create().toString()))
                .containsOnly("WeightDistance{schedule=10 per decade of iterations, restartAtRateDrop=true, "
                        + "rateDropFactor=2.0, startingFrom=the first update, timeBudget=Infinity, failFast=false}");
    }
}
