/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.regime;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.AMSGrad;
import org.nd4j.linalg.learning.config.AdaBelief;
import org.nd4j.linalg.learning.config.AdaDelta;
import org.nd4j.linalg.learning.config.AdaGrad;
import org.nd4j.linalg.learning.config.AdaMax;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nadam;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.config.RmsProp;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.PolySchedule;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.linalg.schedule.StepSchedule;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.within;

class BatchRegimeTest {
    private static final BatchRegime LARGE = BatchRegime.of(4096);

    @Test
    void regime_ofTheGoldenVector_isReproduced() throws IOException {
        JsonNode vector;
        try (InputStream in = getClass().getResourceAsStream("/vectors/ghostbn-06-regime-and-monitors.json")) {
            vector = new ObjectMapper().readTree(in);
        }
        JsonNode inputs = vector.get("inputs");
        JsonNode expected = vector.get("expected");
        Map<Integer, Double> steps = new TreeMap<>();
        inputs.get("regime")
                .forEach(step -> steps.put(
                        step.get("epoch").asInt(), step.get("learning_rate").asDouble()));
        Map<Integer, Double> adapted = new TreeMap<>();
        expected.get("adapted_regime")
                .fields()
                .forEachRemaining(step -> adapted.put(
                        Integer.valueOf(step.getKey()), step.getValue().asDouble()));

        BatchRegime regime = BatchRegime.of(inputs.get("batch_size").asInt())
                .referenceBatch(inputs.get("reference_batch_size").asInt());

        assertThat(regime.learningRate(inputs.get("learning_rate").asDouble()))
                .isCloseTo(expected.get("scaled_learning_rate").asDouble(), within(1e-15));
        assertThat(regime.epochMultiplier())
                .isEqualTo(expected.get("epoch_multiplier").asInt());
        assertThat(regime.epochs(inputs.get("epochs").asInt()))
                .isEqualTo(expected.get("adapted_epochs").asInt());
        assertThat(regime.steps(steps).keySet()).containsExactlyElementsOf(adapted.keySet());
        adapted.forEach((epoch, rate) -> {
            assertThat(regime.steps(steps).get(epoch)).isCloseTo(rate, within(1e-15));
            assertThat(regime.schedule(steps).valueAt(0, epoch)).isCloseTo(rate, within(1e-15));
        });
    }

    @ParameterizedTest
    @CsvSource({"SQUARE_ROOT, 3", "LINEAR, 9", "NONE, 1"})
    void rateFactor_followsTheRule(RateScaling scaling, double factor) {
        BatchRegime regime = BatchRegime.of(1152).scaling(scaling);

        assertThat(regime.rateFactor()).isEqualTo(factor);
        assertThat(regime.learningRate(0.5)).isEqualTo(0.5 * factor);
        assertThat(regime.scaling()).isEqualTo(scaling);
    }

    @ParameterizedTest
    @CsvSource({
        "4096, 128, 32",
        "4097, 128, 33",
        "300, 128, 3",
        "128, 128, 1",
        "64, 128, 1",
        "2147483647, 1, 2147483647"
    })
    void epochMultiplier_isTheRatioRoundedUp(int batch, int reference, int multiplier) {
        assertThat(BatchRegime.of(batch).referenceBatch(reference).epochMultiplier())
                .isEqualTo(multiplier);
    }

    @Test
    void equalBatches_changeNothing() {
        BatchRegime same = BatchRegime.of(128);

        assertThat(same.learningRate(0.1)).isEqualTo(0.1);
        assertThat(same.epochs(200)).isEqualTo(200);
        assertThat(same.apply(new Adam(0.1))).isEqualTo(new Adam(0.1));
    }

    @Test
    void decayEpochs_areStretchedOneByOne() {
        assertThat(LARGE.decayEpochs(81, 122, 164)).containsExactly(2592, 3904, 5248);
        assertThat(LARGE.decayEpochs()).isEmpty();
        assertThat(LARGE.adaptEpochs(false).decayEpochs(81)).containsExactly(81);
    }

    @Test
    void schedule_inEpochs_isStretchedAndScaled() {
        ISchedule reference = new StepSchedule(ScheduleType.EPOCH, 0.1, 0.5, 10);

        ISchedule adapted = BatchRegime.of(512).schedule(reference);

        for (int epoch = 0; epoch < 200; epoch++) {
            assertThat(adapted.valueAt(77, epoch)).isEqualTo(2 * reference.valueAt(77, epoch / 4));
        }
    }

    @Test
    void schedule_inIterations_keepsItsTime() {
        ISchedule reference = new ExponentialSchedule(ScheduleType.ITERATION, 0.1, 0.9);

        ISchedule adapted = BatchRegime.of(512).schedule(reference);

        for (int iteration = 0; iteration < 50; iteration++) {
            assertThat(adapted.valueAt(iteration, 8)).isEqualTo(2 * reference.valueAt(iteration, 2));
        }
    }

    @Test
    void schedules_withoutAdaptedEpochs_runThroughTheSameExamples() {
        ISchedule byEpoch = new ExponentialSchedule(ScheduleType.EPOCH, 0.1, 0.9);
        ISchedule byIteration = new ExponentialSchedule(ScheduleType.ITERATION, 0.1, 0.999);
        BatchRegime regime = BatchRegime.of(512).referenceBatch(192).adaptEpochs(false);

        assertThat(regime.epochMultiplier()).isEqualTo(1);
        assertThat(regime.schedule(byEpoch).valueAt(5, 7)).isEqualTo(regime.rateFactor() * byEpoch.valueAt(5, 7));
        for (int iteration = 0; iteration < 50; iteration++) {
            assertThat(regime.schedule(byIteration).valueAt(iteration, 0))
                    .isEqualTo(regime.rateFactor() * byIteration.valueAt(iteration * 512 / 192, 0));
        }
        assertThat(regime.schedule(byIteration).valueAt(Integer.MAX_VALUE, 0)).isEqualTo(0);
    }

    static Stream<IUpdater> fixed() {
        return Stream.concat(scheduled(), Stream.of(new AdaGrad(0.1)));
    }

    /** AdaGrad loses its schedule when cloned. */
    static Stream<IUpdater> scheduled() {
        return Stream.of(
                new Sgd(0.1),
                new Nesterovs(0.1, 0.8),
                new Adam(0.1, 0.8, 0.99, 1e-7),
                new RmsProp(0.1),
                new AMSGrad(0.1),
                new AdaMax(0.1),
                new AdaBelief(0.1),
                new Nadam(0.1));
    }

    @ParameterizedTest
    @MethodSource("fixed")
    void apply_toAFixedRate_changesTheRateAlone(IUpdater reference) {
        IUpdater before = reference.clone();

        IUpdater adapted = BatchRegime.of(512).apply(reference);

        assertThat(adapted.getLearningRate(3, 4)).isEqualTo(0.2);
        assertThat(reference).isEqualTo(before);
        adapted.setLrAndSchedule(0.1, null);
        assertThat(adapted).isEqualTo(before);
    }

    @ParameterizedTest
    @MethodSource("scheduled")
    void apply_toASchedule_keepsIt(IUpdater reference) throws IOException {
        ISchedule schedule = new MapSchedule(ScheduleType.EPOCH, Map.of(0, 0.5, 3, 0.05));
        reference.setLrAndSchedule(Double.NaN, schedule);

        IUpdater adapted = BatchRegime.of(512).apply(reference);

        assertThat(adapted.getLearningRate(9, 11)).isEqualTo(1.0);
        assertThat(adapted.getLearningRate(9, 12)).isEqualTo(0.1);
        assertThat(adapted.getClass()).isEqualTo((Object) reference.getClass());
        assertThat(adapted.clone()).isEqualTo(adapted).hasSameHashCodeAs(adapted);
        assertThat(BatchRegime.of(1024).apply(reference)).isNotEqualTo(adapted);
        ObjectMapper mapper = new ObjectMapper();
        assertThat(mapper.readValue(mapper.writeValueAsString(adapted), IUpdater.class))
                .isEqualTo(adapted);
    }

    @Test
    void schedule_clonedOrSerialized_isEqual() throws IOException {
        ISchedule adapted = LARGE.schedule(new PolySchedule(ScheduleType.ITERATION, 0.1, 2, 100));

        ObjectMapper mapper = new ObjectMapper();
        assertThat(adapted.clone()).isEqualTo(adapted).isNotSameAs(adapted).hasSameHashCodeAs(adapted);
        assertThat(mapper.readValue(mapper.writeValueAsString(adapted), ISchedule.class))
                .isEqualTo(adapted);
        assertThat(adapted)
                .isNotEqualTo(LARGE.schedule(new PolySchedule(ScheduleType.ITERATION, 0.1, 2, 101)))
                .isNotEqualTo(LARGE.adaptEpochs(false).schedule(new PolySchedule(ScheduleType.ITERATION, 0.1, 2, 100)))
                .isNotEqualTo(
                        LARGE.scaling(RateScaling.NONE).schedule(new PolySchedule(ScheduleType.ITERATION, 0.1, 2, 100)))
                .isNotEqualTo("a schedule");
        assertThat(adapted.toString()).contains("epochs / 32", "iterations * 1 / 1", "PolySchedule");
    }

    @Test
    void network_withAnAdaptedSchedule_trainsByItAndSurvivesSaving() throws IOException {
        Nesterovs reference = new Nesterovs(new MapSchedule(ScheduleType.ITERATION, Map.of(0, 0.05, 2, 0.005)), 0.9);
        MultiLayerConfiguration conf = Networks.conf(BatchRegime.of(512).apply(reference))
                .list()
                .layer(Networks.dense(4).nIn(Networks.IN).build())
                .layer(Networks.output().nIn(4).build())
                .build();
        MultiLayerNetwork net = Networks.initialised(conf);
        MultiLayerNetwork twin = net.clone();
        twin.setLearningRate(new MapSchedule(ScheduleType.ITERATION, Map.of(0, 0.1, 2, 0.01)));

        for (DataSet batch : Networks.batches(4, 6)) {
            net.fit(batch);
            twin.fit(batch);
        }
        ByteArrayOutputStream zip = new ByteArrayOutputStream();
        ModelSerializer.writeModel(net, zip, true);
        MultiLayerNetwork restored =
                ModelSerializer.restoreMultiLayerNetwork(new ByteArrayInputStream(zip.toByteArray()), true);

        assertThat(Networks.bits(net.params())).containsExactly(Networks.bits(twin.params()));
        assertThat(MultiLayerConfiguration.fromJson(conf.toJson())).isEqualTo(conf);
        assertThat(((BaseMultiLayerUpdater<?>) net.getUpdater()).getUpdaterBlocks())
                .as("layers with equal updaters stay together")
                .hasSize(1);
        assertThat(restored.getLearningRate(0)).isEqualTo(0.01);
        restored.fit(Networks.batch(9, 6));
        twin.fit(Networks.batch(9, 6));
        assertThat(Networks.bits(restored.params())).containsExactly(Networks.bits(twin.params()));
    }

    @Test
    void regimes_compareByValue() {
        assertThat(LARGE)
                .isEqualTo(BatchRegime.of(4096).referenceBatch(128))
                .hasSameHashCodeAs(BatchRegime.of(4096).referenceBatch(128))
                .isNotEqualTo(LARGE.referenceBatch(256))
                .isNotEqualTo(BatchRegime.of(4095))
                .isNotEqualTo(LARGE.scaling(RateScaling.LINEAR))
                .isNotEqualTo(LARGE.adaptEpochs(false))
                .isNotEqualTo("a regime");
        assertThat(LARGE.referenceBatch(256))
                .hasToString("BatchRegime(batchSize=4096, referenceBatch=256, scaling=SQUARE_ROOT, adaptEpochs=true)");
        assertThat(LARGE.batchSize()).isEqualTo(4096);
        assertThat(LARGE.referenceBatch()).isEqualTo(128);
        assertThat(LARGE.adaptEpochs()).isTrue();
    }

    @Test
    void badSettings_areRefusedByName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BatchRegime.of(0))
                .withMessage("batchSize of the batch regime must be >= 1, got 0; it counts the examples of one update");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LARGE.referenceBatch(-1))
                .withMessage(
                        "referenceBatch of the batch regime must be >= 1, got -1; it counts the examples of one update");
        assertThatNullPointerException()
                .isThrownBy(() -> LARGE.scaling(null))
                .withMessage("scaling of the batch regime must not be null; RateScaling.NONE keeps the rate");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LARGE.learningRate(Double.NaN))
                .withMessage("learning rate to scale must be finite and >= 0, got NaN; give the rate of the reference"
                        + " batch");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LARGE.decayEpochs(81, -1))
                .withMessage("number of epochs to adapt must be >= 0, got -1; give the epochs of the reference batch");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LARGE.epochs(100_000_000))
                .withMessage("adapted number of epochs must fit an int, got 100000000 times 32; use a larger"
                        + " referenceBatch or fewer epochs");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LARGE.schedule(Map.of(10, 0.1)))
                .withMessage("step schedule to adapt must have a rate from epoch 0 on, got steps at [10]; add the"
                        + " initial rate under 0");
        assertThatNullPointerException()
                .isThrownBy(() -> LARGE.schedule((ISchedule) null))
                .withMessage("schedule to adapt must not be null; use learningRate(..) for a fixed rate");
        assertThatNullPointerException()
                .isThrownBy(() -> LARGE.apply(null))
                .withMessage("updater to adapt must not be null; for example new Nesterovs(0.1, 0.9)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LARGE.apply(new NoOp()))
                .withMessage(
                        "updater to adapt must have a learning rate, got NoOp; use one that has, such as Nesterovs");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LARGE.apply(new AdaDelta()))
                .withMessageContaining("got AdaDelta");
        IUpdater forgetful = new AdaGrad(new PolySchedule(ScheduleType.EPOCH, 0.1, 2, 100), 1e-6);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LARGE.apply(forgetful))
                .withMessage("updater to adapt must keep its rate when cloned, got AdaGrad, which loses its schedule;"
                        + " use a fixed rate with it, or another updater");
    }
}
