/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.rates;

import java.nio.file.Path;
import java.util.List;

import com.google.common.testing.EqualsTester;
import com.google.common.testing.SerializableTester;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.MultiLayerUpdater;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.databind.ObjectMapper;

import static org.assertj.core.api.Assertions.assertThat;

/** What every schedule must do to live inside a Deeplearning4j network. */
interface ScheduleContract {
    /** The schedule under test. */
    ISchedule subject();

    /** Schedules that differ from the subject, and from each other, in one setting. */
    List<ISchedule> others();

    /** The subject as it stands in a saved model. */
    String json();

    @Test
    default void json_ofTheSubject_isTheFileFormat() throws Exception {
        ObjectMapper mapper = NeuralNetConfiguration.mapper();

        String written = mapper.writeValueAsString(subject());

        assertThat(mapper.readTree(written)).isEqualTo(mapper.readTree(json()));
        assertSameSchedule(mapper.readValue(json(), ISchedule.class));
    }

    @Test
    default void json_insideAConfiguration_roundTrips() {
        MultiLayerConfiguration written = configuration(new Adam(subject()));

        MultiLayerConfiguration read = MultiLayerConfiguration.fromJson(written.toJson());

        assertThat(read).isEqualTo(written);
        assertSameSchedule(scheduleOf(read));
    }

    @Test
    default void modelSerializer_afterTraining_roundTripsAndContinuesAlike(@TempDir Path folder) throws Exception {
        MultiLayerNetwork network = network(new Adam(subject()));
        step(network);
        ModelSerializer.writeModel(network, folder.resolve("model.zip").toFile(), true);

        MultiLayerNetwork restored = ModelSerializer.restoreMultiLayerNetwork(
                folder.resolve("model.zip").toFile(), true);

        assertSameSchedule(scheduleOf(restored.getLayerWiseConfigurations()));
        step(network);
        step(restored);
        assertThat(restored.params().equalsWithEps(network.params(), 0)).isTrue();
    }

    @Test
    default void updater_withTheSchedule_stepsAtItsRate() {
        MultiLayerNetwork network = network(new Sgd(subject()));

        for (int iteration = 0; iteration < 4; iteration++) {
            MultiLayerNetwork fixed = network(new Sgd(subject().valueAt(iteration, 0)));
            fixed.setParams(network.params());
            step(network);
            step(fixed);

            assertThat(network.params().equalsWithEps(fixed.params(), 0)).isTrue();
        }
    }

    @Test
    default void updaterBlocks_ofEqualSchedules_areMerged() {
        MultiLayerUpdater updater =
                (MultiLayerUpdater) network(new Adam(subject())).getUpdater();

        assertThat(updater.getUpdaterBlocks()).hasSize(1);
    }

    @Test
    default void clone_isAnEqualCopy() {
        ISchedule copy = subject().clone();

        assertThat(copy).isNotSameAs(subject());
        assertSameSchedule(copy);
    }

    @Test
    default void equals_comparesEverySetting() {
        EqualsTester tester =
                new EqualsTester().addEqualityGroup(subject(), subject().clone());
        others().forEach(other -> tester.addEqualityGroup(other, other.clone()));

        tester.testEquals();
    }

    @Test
    default void javaSerialization_roundTrips() {
        assertSameSchedule(SerializableTester.reserializeAndAssert(subject()));
    }

    @Test
    default void valueAt_overALongTime_isFiniteAndNotNegative() {
        for (int t = 0; t < 1_000; t++) {
            assertThat(subject().valueAt(7 * t, t)).isGreaterThanOrEqualTo(0).isFinite();
        }
        assertThat(subject().valueAt(Integer.MAX_VALUE, Integer.MAX_VALUE))
                .isGreaterThanOrEqualTo(0)
                .isFinite();
    }

    @Test
    default void toString_namesTheClass() {
        assertThat(subject()).asString().startsWith(subject().getClass().getSimpleName() + "(");
    }

    private void assertSameSchedule(ISchedule read) {
        assertThat(read).isEqualTo(subject()).hasSameHashCodeAs(subject());
        for (int t = 0; t < 300; t++) {
            assertThat(read.valueAt(11 * t, t)).isEqualTo(subject().valueAt(11 * t, t));
        }
    }

    private static MultiLayerConfiguration configuration(IUpdater updater) {
        return new NeuralNetConfiguration.Builder()
                .seed(1)
                .dataType(DataType.DOUBLE)
                .updater(updater)
                .list()
                .layer(new DenseLayer.Builder().nIn(3).nOut(4).build())
                .layer(new OutputLayer.Builder().nIn(4).nOut(2).build())
                .build();
    }

    private static MultiLayerNetwork network(IUpdater updater) {
        MultiLayerNetwork network = new MultiLayerNetwork(configuration(updater));
        network.init();
        return network;
    }

    private static void step(MultiLayerNetwork network) {
        network.fit(
                Nd4j.linspace(DataType.DOUBLE, 0, 0.1, 6).reshape(2, 3),
                Nd4j.eye(2).castTo(DataType.DOUBLE));
    }

    private static ISchedule scheduleOf(MultiLayerConfiguration configuration) {
        IUpdater updater = configuration.getConf(0).getLayer().getUpdaterByParam("W");
        return ((Adam) updater).getLearningRateSchedule();
    }
}
