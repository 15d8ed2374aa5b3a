/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.regularization;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

import io.github.dl4jdynamics.spectral.nd4j.eigen.SpectralSolver;
import org.deeplearning4j.earlystopping.EarlyStoppingConfiguration;
import org.deeplearning4j.earlystopping.EarlyStoppingResult;
import org.deeplearning4j.earlystopping.saver.InMemoryModelSaver;
import org.deeplearning4j.earlystopping.scorecalc.DataSetLossCalculator;
import org.deeplearning4j.earlystopping.termination.MaxEpochsTerminationCondition;
import org.deeplearning4j.earlystopping.trainer.EarlyStoppingTrainer;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.FineTuneConfiguration;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.deeplearning4j.nn.weights.WeightInit;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.ViewIterator;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.linalg.schedule.StepSchedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

/** Copies, files, networks made from networks. */
class SpectralRegularizationLifeTest {

    private static SpectralRegularization everySetting() {
        return SpectralRegularization.kyFanNorm(0.1, 2)
                .coefficient(new StepSchedule(ScheduleType.EPOCH, 0.1, 0.5, 3))
                .period(4)
                .solver(SpectralSolver.EIGEN_LOSS)
                .exactStart(false)
                .residualLimit(Double.POSITIVE_INFINITY)
                .decoupled(true)
                .perKernelPosition(true)
                .build();
    }

    @Test
    void json_keepsSettingsAndBindings() {
        MultiLayerNetwork net = Nets.plain(DataType.FLOAT, new Sgd(0.1), 1, everySetting());
        SpectralRegularization.conditionNumber(1e-3).build().attach(net, "second");
        net.fit(Nets.batch(DataType.FLOAT, 10, 1));

        MultiLayerConfiguration read = MultiLayerConfiguration.fromJson(
                net.getLayerWiseConfigurations().toJson());

        MultiLayerNetwork restored = new MultiLayerNetwork(read);
        restored.init();
        for (int layer = 0; layer < 2; layer++) {
            SpectralRegularization before = Nets.on(net, layer, "W");
            SpectralRegularization after = Nets.on(restored, layer, "W");
            assertThat(after).isEqualTo(before).isNotSameAs(before).hasSameHashCodeAs(before);
            assertThat(after).hasToString(before.toString());
            assertThat(after.applyStep()).isEqualTo(before.applyStep());
            assertThat(after.bindings()).isEqualTo(before.bindings()).hasSize(1);
            assertThat(after.parameters()).isEmpty();
        }
        assertThat(read.toJson()).isEqualTo(net.getLayerWiseConfigurations().toJson());
        assertThat(read.toYaml())
                .isEqualTo(MultiLayerConfiguration.fromYaml(read.toYaml()).toYaml());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void savedNetwork_goesOnByTheErrorOfTheVectorsAlone(boolean attached) throws IOException {
        SpectralRegularization nuclear =
                SpectralRegularization.nuclearNorm(0.02).build();
        MultiLayerNetwork net = attached
                ? Nets.plain(DataType.DOUBLE, new Adam(0.01), 2)
                : Nets.plain(DataType.DOUBLE, new Adam(0.01), 2, nuclear);
        if (attached) {
            nuclear.attach(net);
        }
        for (int i = 0; i < 10; i++) {
            net.fit(Nets.batch(DataType.DOUBLE, 10, i));
        }
        ByteArrayOutputStream zip = new ByteArrayOutputStream();
        ModelSerializer.writeModel(net, zip, true);
        MultiLayerNetwork restored =
                ModelSerializer.restoreMultiLayerNetwork(new ByteArrayInputStream(zip.toByteArray()), true);
        assertThat(Nets.on(restored, 0, "W")).isEqualTo(Nets.on(net, 0, "W"));
        assertThat(restored.score(Nets.batch(DataType.DOUBLE, 10, 60)))
                .isCloseTo(net.score(Nets.batch(DataType.DOUBLE, 10, 60)), within(1e-3));
        for (int i = 10; i < 20; i++) {
            net.fit(Nets.batch(DataType.DOUBLE, 10, i));
            restored.fit(Nets.batch(DataType.DOUBLE, 10, i));
        }

        assertThat(restored.params().distance2(net.params()))
                .isLessThan(1e-2 * net.params().norm2Number().doubleValue());
        assertThat(Nets.on(restored, 0, "W").parameters()).containsKey(0L);
    }

    @Test
    void clone_hasStateOfItsOwn() {
        MultiLayerNetwork net = Nets.plain();
        MultiLayerNetwork alone = Nets.plain();
        SpectralRegularization.nuclearNorm(0.1).build().attach(net);
        SpectralRegularization.nuclearNorm(0.1).build().attach(alone);
        for (int i = 0; i < 5; i++) {
            net.fit(Nets.batch(DataType.DOUBLE, 10, i));
            alone.fit(Nets.batch(DataType.DOUBLE, 10, i));
        }

        MultiLayerNetwork clone = net.clone();
        clone.setParams(Nets.plain(DataType.DOUBLE, new Sgd(0.1), 77).params());
        for (int i = 5; i < 10; i++) {
            clone.fit(Nets.batch(DataType.DOUBLE, 10, i));
            net.fit(Nets.batch(DataType.DOUBLE, 10, i));
            alone.fit(Nets.batch(DataType.DOUBLE, 10, i));
        }

        assertThat(net.params().toDoubleVector()).containsExactly(alone.params().toDoubleVector());
        assertThat(Nets.on(clone, 0, "W")).isNotSameAs(Nets.on(net, 0, "W")).isEqualTo(Nets.on(net, 0, "W"));
    }

    /** Deeplearning4j makes networks of one configuration share its objects, and with them its iteration counter. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void networksOfOneConfiguration_doNotDisturbEachOther(int period) {
        SpectralRegularization nuclear =
                SpectralRegularization.nuclearNorm(0.1).period(period).build();
        MultiLayerConfiguration shared =
                Nets.plain(DataType.DOUBLE, new Sgd(0.1), 5, nuclear).getLayerWiseConfigurations();
        MultiLayerNetwork one = new MultiLayerNetwork(shared);
        one.init();
        one.fit(Nets.batch(DataType.DOUBLE, 10, 1));
        MultiLayerNetwork other = new MultiLayerNetwork(shared);
        other.init();
        other.setParams(Nets.plain(DataType.DOUBLE, new Sgd(0.1), 99).params().mul(2));
        DataSet data = Nets.batch(DataType.DOUBLE, 10, 2);
        double first = Nets.nuclearNorm(one, "first");
        double second = Nets.nuclearNorm(other, "first");

        assertThat(score(one)).isCloseTo(first, within(1e-2 * first));
        assertThat(score(other)).isCloseTo(second, within(1e-2 * second));
        assertThat(score(one)).isCloseTo(first, within(1e-2 * first));
        other.fit(data);
        one.fit(data);
        assertThat(score(one)).isCloseTo(Nets.nuclearNorm(one, "first"), within(1e-2 * first));
        assertThat(score(other)).isCloseTo(Nets.nuclearNorm(other, "first"), within(1e-2 * second));
    }

    /** The penalty of the first layer. */
    private static double score(MultiLayerNetwork net) {
        return net.getLayer(0).calcRegularizationScore(true) / 0.1;
    }

    @Test
    void earlyStopping_keepsThePenalty() {
        MultiLayerNetwork net = Nets.plain(DataType.DOUBLE, new Sgd(0.1), 5);
        SpectralRegularization.nuclearNorm(0.1).build().attach(net);
        List<DataSet> data = List.of(Nets.batch(DataType.DOUBLE, 10, 1), Nets.batch(DataType.DOUBLE, 10, 2));
        EarlyStoppingConfiguration<MultiLayerNetwork> configuration = new EarlyStoppingConfiguration.Builder<
                        MultiLayerNetwork>()
                .modelSaver(new InMemoryModelSaver<>())
                .scoreCalculator(new DataSetLossCalculator(iterator(data), true))
                .epochTerminationConditions(new MaxEpochsTerminationCondition(4))
                .build();

        EarlyStoppingResult<MultiLayerNetwork> result =
                new EarlyStoppingTrainer(configuration, net, iterator(data)).fit();

        MultiLayerNetwork silent = Nets.plain(DataType.DOUBLE, new Sgd(0.1), 5);
        SpectralRegularization.nuclearNorm(0.1).build().attach(silent);
        for (int epoch = 0; epoch < 4; epoch++) {
            silent.fit(iterator(data));
        }
        assertThat(net.params().toDoubleVector())
                .containsExactly(silent.params().toDoubleVector());
        assertThat(Nets.on(result.getBestModel(), 0, "W")).isEqualTo(Nets.on(net, 0, "W"));
        result.getBestModel().fit(data.get(0));
    }

    private static org.nd4j.linalg.dataset.api.iterator.DataSetIterator iterator(List<DataSet> data) {
        return new ViewIterator(DataSet.merge(data), 10);
    }

    @Test
    void detach_givesBackTheRunWithout() {
        MultiLayerNetwork net = Nets.plain();
        MultiLayerNetwork free = Nets.plain();
        String before = net.getLayerWiseConfigurations().toJson();
        SpectralRegularization.nuclearNorm(0.1).build().attach(net);
        SpectralRegularization.stableRank(0.1).build().attach(net, "second");
        net.score(Nets.batch(DataType.DOUBLE, 10, 1));

        assertThat(SpectralRegularization.detach(net)).isTrue();
        assertThat(SpectralRegularization.detach(net)).isFalse();

        assertThat(net.getLayerWiseConfigurations().toJson()).isEqualTo(before);
        for (int i = 0; i < 3; i++) {
            net.fit(Nets.batch(DataType.DOUBLE, 10, i));
            free.fit(Nets.batch(DataType.DOUBLE, 10, i));
        }
        assertThat(net.params().toDoubleVector()).containsExactly(free.params().toDoubleVector());
        assertThat(net.score()).isEqualTo(free.score());
    }

    /** Equal penalties on one parameter in one iteration are no mistake where the first was taken off. */
    @Test
    void attachAfterDetach_withoutAnUpdateBetween_works() {
        MultiLayerNetwork net = Nets.plain();
        SpectralRegularization nuclear = SpectralRegularization.nuclearNorm(0.1).build();
        DataSet data = Nets.batch(DataType.DOUBLE, 10, 1);
        nuclear.attach(net, "first");
        double score = net.score(data);

        SpectralRegularization.detach(net);
        nuclear.attach(net, "first");

        assertThat(net.score(data)).isEqualTo(score);
        net.fit(data);
    }

    @Test
    void transferLearning_withAnotherOutput_keepsThePenaltiesOfTheRest() {
        MultiLayerNetwork net = Nets.plain();
        SpectralRegularization.nuclearNorm(0.1).build().attach(net, "first", "second");
        net.fit(Nets.batch(DataType.DOUBLE, 10, 1));

        MultiLayerNetwork changed = new TransferLearning.Builder(net)
                .fineTuneConfiguration(new FineTuneConfiguration.Builder()
                        .updater(new Sgd(0.1))
                        .build())
                .removeOutputLayer()
                .addLayer(new org.deeplearning4j.nn.conf.layers.OutputLayer.Builder()
                        .nIn(6)
                        .nOut(Nets.CLASSES)
                        .name("new")
                        .activation(org.nd4j.linalg.activations.Activation.SOFTMAX)
                        .build())
                .build();

        DataSet data = Nets.batch(DataType.DOUBLE, 10, 1);
        double score = changed.score(data);
        double norm = Nets.nuclearNorm(changed, "first", "second");
        changed.fit(data);
        SpectralRegularization.detach(changed);
        assertThat(score).isGreaterThan(0.1 * norm);
        assertThat(Nets.nuclearNorm(changed, "first", "second")).isNotEqualTo(norm);
    }

    /** A layer that grew moves those behind it: their bindings are no longer true. */
    @Test
    void transferLearning_withAnEarlierLayerChanged_isRefusedWithTheRemedy() {
        for (String penalized : new String[] {"first", "second", "out"}) {
            MultiLayerNetwork net = Nets.plain();
            SpectralRegularization.nuclearNorm(0.1).build().attach(net, penalized);
            net.fit(Nets.batch(DataType.DOUBLE, 10, 1));

            MultiLayerNetwork changed = new TransferLearning.Builder(net)
                    .nOutReplace(0, 15, WeightInit.XAVIER)
                    .build();

            assertThatIllegalStateException()
                    .as(penalized)
                    .isThrownBy(() -> changed.fit(Nets.batch(DataType.DOUBLE, 10, 1)))
                    .withMessageContaining("attach it to the network anew after changing its layers");
            SpectralRegularization.detach(changed);
            SpectralRegularization.nuclearNorm(0.1).build().attach(changed, penalized);
            changed.fit(Nets.batch(DataType.DOUBLE, 10, 1));
        }
    }

    /** In a layer's builder the shape is learned from the score, and learned anew. */
    @Test
    void transferLearning_ofALayerWithAPenaltyOfItsBuilder_works() {
        SpectralRegularization nuclear = SpectralRegularization.nuclearNorm(0.1).build();
        MultiLayerNetwork net = Nets.plain(DataType.DOUBLE, new Sgd(0.1), 5, nuclear);
        net.fit(Nets.batch(DataType.DOUBLE, 10, 1));

        MultiLayerNetwork changed = new TransferLearning.Builder(net)
                .nOutReplace(0, 15, WeightInit.XAVIER)
                .build();
        changed.fit(Nets.batch(DataType.DOUBLE, 10, 1));

        assertThat(changed.getLayer(0).calcRegularizationScore(true))
                .isCloseTo(0.1 * Nets.nuclearNorm(changed.getLayer(0).getParam("W")), within(1e-2));
    }

    /** Deeplearning4j copies the list of the network's builder into each layer twice. */
    @Test
    void listOfTheNetworkBuilder_isRefusedWithTheRemedy() {
        SpectralRegularization nuclear = SpectralRegularization.nuclearNorm(0.1).build();
        MultiLayerNetwork net = Nets.sequence(
                Nets.settings(DataType.DOUBLE, new Sgd(0.1), 1).regularization(new ArrayList<>(List.of(nuclear))),
                InputType.feedForward(Nets.IN),
                Nets.dense("first", 5),
                Nets.output());
        for (MultiLayerNetwork doubled : List.of(net, net.clone())) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> doubled.fit(Nets.batch(DataType.DOUBLE, 10, 1)))
                    .withMessageContaining("set it on layers, or attach it to the network");
        }
    }

    @Test
    void oneInstance_servesSeveralLayersAndSeveralNetworks() {
        SpectralRegularization nuclear = exactNuclearNorm();
        MultiLayerNetwork one = twoLayers(nuclear, 1);
        MultiLayerNetwork other = twoLayers(nuclear, 2);
        MultiLayerNetwork alone = twoLayers(exactNuclearNorm(), 1);
        for (int i = 0; i < 5; i++) {
            one.fit(Nets.batch(DataType.DOUBLE, 10, i));
            other.fit(Nets.batch(DataType.DOUBLE, 10, i));
            alone.fit(Nets.batch(DataType.DOUBLE, 10, i));
        }
        INDArray difference = one.params().sub(alone.params());

        assertThat(difference.norm2Number().doubleValue())
                .isLessThan(1e-9 * alone.params().norm2Number().doubleValue());
        assertThat(nuclear.parameters()).hasSize(2);
    }

    /** Without a memory, so that it does not matter whom else it serves. */
    private static SpectralRegularization exactNuclearNorm() {
        return SpectralRegularization.nuclearNorm(0.1)
                .solver(SpectralSolver.EXACT)
                .build();
    }

    private static MultiLayerNetwork twoLayers(SpectralRegularization penalty, long seed) {
        return Nets.sequence(
                Nets.settings(DataType.DOUBLE, new Sgd(0.1), seed),
                InputType.feedForward(Nets.IN),
                Nets.dense("first", 7, penalty),
                Nets.dense("second", 7, penalty),
                Nets.output());
    }
}
