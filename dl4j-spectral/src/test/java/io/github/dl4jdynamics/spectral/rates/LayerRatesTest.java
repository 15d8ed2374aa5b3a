/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.rates;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;

import com.google.common.collect.ImmutableMap;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.nn.updater.MultiLayerUpdater;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
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
import org.nd4j.linalg.schedule.ScheduleType;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class LayerRatesTest {

    static Stream<Arguments> everyUpdaterAndType() {
        return Stream.<Supplier<IUpdater>>of(
                        () -> new Sgd(0.05),
                        () -> new Nesterovs(0.05, 0.9),
                        () -> new Adam(new ExponentialSchedule(ScheduleType.ITERATION, 1e-2, 0.97)),
                        () -> new RmsProp(1e-2),
                        () -> new AMSGrad(1e-2),
                        () -> new AdaGrad(1e-2),
                        () -> new AdaMax(1e-2),
                        () -> new Nadam(1e-2))
                .flatMap(updater -> Stream.of(DataType.FLOAT, DataType.DOUBLE)
                        .map(type -> Arguments.of(updater.get().getClass().getSimpleName(), updater, type)));
    }

    @ParameterizedTest(name = "{0} {2}")
    @MethodSource("everyUpdaterAndType")
    void install_midTrainingAtFactorOne_trainsBitIdentically(String name, Supplier<IUpdater> updater, DataType type) {
        MultiLayerNetwork plain = Nets.dense(updater.get(), type);
        MultiLayerNetwork tuned = Nets.dense(updater.get(), type);
        train(plain, 0, 3, type);
        train(tuned, 0, 3, type);

        LayerRates.install(tuned);
        int blocksWhileTuned =
                ((MultiLayerUpdater) tuned.getUpdater()).getUpdaterBlocks().size();
        train(plain, 3, 4, type);
        train(tuned, 3, 4, type);

        assertThat(blocksWhileTuned)
                .isGreaterThan(((MultiLayerUpdater) plain.getUpdater())
                        .getUpdaterBlocks()
                        .size());
        assertThat(bits(tuned.params())).isEqualTo(bits(plain.params()));
        assertSameState((MultiLayerUpdater) tuned.getUpdater(), (MultiLayerUpdater) plain.getUpdater());

        LayerRates.remove(tuned);
        train(plain, 7, 3, type);
        train(tuned, 7, 3, type);

        assertThat(bits(tuned.params())).isEqualTo(bits(plain.params()));
        assertThat(tuned.getLayerWiseConfigurations().toJson())
                .isEqualTo(plain.getLayerWiseConfigurations().toJson());
        assertThat(bits(tuned.updaterState())).isEqualTo(bits(plain.updaterState()));
    }

    @Test
    void install_onGraphAtFactorOne_trainsBitIdentically() {
        ComputationGraph plain = Nets.graph(new Adam(1e-2), DataType.FLOAT);
        ComputationGraph tuned = Nets.graph(new Adam(1e-2), DataType.FLOAT);
        trainGraph(plain, 0, 3);
        trainGraph(tuned, 0, 3);

        LayerFactors rates = LayerRates.install(tuned);
        trainGraph(plain, 3, 4);
        trainGraph(tuned, 3, 4);

        assertThat(rates.layers()).containsExactly("first", "norm", "second", "out");
        assertThat(bits(tuned.params())).isEqualTo(bits(plain.params()));
        assertSameState(tuned.getUpdater(), plain.getUpdater());
    }

    @Test
    void set_oneLayerToZero_stopsExactlyThatLayer() {
        MultiLayerNetwork net = Nets.dense(new Sgd(0.1), DataType.FLOAT);
        LayerFactors rates = LayerRates.install(net);
        train(net, 0, 2, DataType.FLOAT);
        Map<String, double[]> before = copies(net);

        rates.set("layer2", FactorUpdate.of(0, 2, 0));
        train(net, 2, 3, DataType.FLOAT);

        assertThat(bits(net.getParam("2_W"))).isEqualTo(before.get("2_W"));
        assertThat(bits(net.getParam("2_b"))).isEqualTo(before.get("2_b"));
        assertThat(bits(net.getParam("0_W"))).isNotEqualTo(before.get("0_W"));
        assertThat(bits(net.getParam("1_gamma"))).isNotEqualTo(before.get("1_gamma"));
        assertThat(bits(net.getParam("3_W"))).isNotEqualTo(before.get("3_W"));
    }

    @Test
    void set_halfFactorWithSgd_equalsTheHalvedRate() {
        MultiLayerNetwork halved = Nets.dense(new Sgd(0.1), DataType.DOUBLE);
        LayerFactors rates = LayerRates.install(halved);
        rates.layers().forEach(layer -> rates.set(layer, FactorUpdate.of(0.5, 0, 0)));
        MultiLayerNetwork plain = Nets.dense(new Sgd(0.05), DataType.DOUBLE);

        train(halved, 0, 5, DataType.DOUBLE);
        train(plain, 0, 5, DataType.DOUBLE);

        assertThat(bits(halved.params())).isEqualTo(bits(plain.params()));
    }

    @Test
    void set_held_freezesTheOwnScheduleUntilTheNextChange() {
        MultiLayerNetwork net =
                Nets.dense(new Sgd(new ExponentialSchedule(ScheduleType.ITERATION, 0.1, 0.5)), DataType.FLOAT);
        LayerFactors rates = LayerRates.install(net);

        rates.set("layer0", FactorUpdate.of(2, 1, 0).held());
        rates.set("layer2", FactorUpdate.of(2, 1, 0));

        assertThat(rates.schedule("layer0").valueAt(1, 0)).isEqualTo(2 * 0.05);
        assertThat(rates.schedule("layer0").valueAt(3, 0)).isEqualTo(2 * 0.05);
        assertThat(rates.schedule("layer2").valueAt(3, 0)).isEqualTo(2 * 0.0125);
    }

    @Test
    void install_wrappedRecurrentLayers_actsNowAndIsSaved() throws Exception {
        MultiLayerNetwork net = Nets.recurrent(new Sgd(1e-1));
        for (int step = 0; step < 2; step++) {
            net.fit(Nets.sequences(step));
        }
        LayerFactors rates = LayerRates.install(net);
        assertThat(rates.layers()).containsExactly("layer0", "layer1", "layer2");
        Map<String, double[]> before = copies(net);

        rates.set("layer0", FactorUpdate.of(0, 2, 0));
        rates.set("layer1", FactorUpdate.of(0, 2, 0));
        net.fit(Nets.sequences(2));

        for (String parameter : Arrays.asList("0_fW", "0_fRW", "0_fb", "0_bW", "0_bRW", "0_bb", "1_W", "1_RW", "1_b")) {
            assertThat(bits(net.getParam(parameter))).as(parameter).isEqualTo(before.get(parameter));
        }
        assertThat(bits(net.getParam("2_W"))).isNotEqualTo(before.get("2_W"));

        MultiLayerNetwork restored = restore(net);
        Map<String, double[]> restoredBefore = copies(restored);
        restored.fit(Nets.sequences(3));
        assertThat(bits(restored.getParam("0_fW"))).isEqualTo(restoredBefore.get("0_fW"));
        assertThat(bits(restored.getParam("1_RW"))).isEqualTo(restoredBefore.get("1_RW"));
        assertThat(bits(restored.getParam("2_W"))).isNotEqualTo(restoredBefore.get("2_W"));
    }

    @Test
    void install_withBiasUpdater_scalesBothByTheSameFactor() {
        MultiLayerConfiguration conf = Nets.denseConf(new Sgd(0.1), DataType.FLOAT);
        ((BaseLayer) conf.getConf(2).getLayer()).setBiasUpdater(new Adam(0.03));
        MultiLayerNetwork net = new MultiLayerNetwork(conf);
        net.init();

        LayerRates.install(net).set("layer2", FactorUpdate.of(0.5, 0, 0));

        BaseLayer layer = (BaseLayer) net.getLayer(2).conf().getLayer();
        assertThat(layer.getUpdaterByParam("W").getLearningRate(0, 0)).isEqualTo(0.05);
        assertThat(layer.getUpdaterByParam("b").getLearningRate(0, 0)).isEqualTo(0.015);
    }

    @Test
    void modelZip_keepsFactorsScoresAndState() throws Exception {
        MultiLayerNetwork net = Nets.dense(new Adam(1e-2), DataType.FLOAT);
        LayerFactors rates = LayerRates.install(net);
        rates.set("layer0", FactorUpdate.of(1.0 / 3, 4, 1).withScore(2.75));
        rates.set("layer2", FactorUpdate.of(0.25, 4, 1).held());
        train(net, 0, 3, DataType.FLOAT);

        MultiLayerNetwork restored = restore(net);
        LayerFactorSchedule first = LayerRates.of(restored).schedule("layer0");

        assertThat(first.factor()).isEqualTo(1.0 / 3);
        assertThat(first.score()).isEqualTo(2.75);
        assertThat(first.updatedAtIteration()).isEqualTo(4);
        assertThat(first.updatedAtEpoch()).isEqualTo(1);
        assertThat(restored.getLayerWiseConfigurations().toJson())
                .isEqualTo(net.getLayerWiseConfigurations().toJson());
        Nd4j.getRandom().setSeed(5);
        train(net, 3, 3, DataType.FLOAT);
        Nd4j.getRandom().setSeed(5);
        train(restored, 3, 3, DataType.FLOAT);
        assertThat(bits(restored.params())).isEqualTo(bits(net.params()));
    }

    @Test
    void configuration_installedBeforeInit_trainsBitIdenticallyToThePlainOne() {
        MultiLayerConfiguration conf = Nets.denseConf(new Adam(1e-2), DataType.FLOAT);
        LayerRates.install(conf);
        MultiLayerNetwork tuned = new MultiLayerNetwork(MultiLayerConfiguration.fromJson(conf.toJson()));
        tuned.init();
        MultiLayerNetwork plain = Nets.dense(new Adam(1e-2), DataType.FLOAT);
        tuned.setParams(plain.params());
        Nd4j.getRandom().setSeed(3);
        train(plain, 0, 4, DataType.FLOAT);
        Nd4j.getRandom().setSeed(3);
        train(tuned, 0, 4, DataType.FLOAT);

        assertThat(bits(tuned.params())).isEqualTo(bits(plain.params()));
        assertThat(LayerRates.of(tuned).layers()).containsExactly("layer0", "layer1", "layer2", "layer3");
    }

    @Test
    void install_frozenLayers_areLeftAloneWithTheReason() {
        MultiLayerNetwork net = new TransferLearning.Builder(Nets.dense(new Adam(1e-2), DataType.FLOAT))
                .setFeatureExtractor(0)
                .build();

        LayerFactors rates = LayerRates.install(net);

        assertThat(rates.layers()).containsExactly("layer1", "layer2", "layer3");
        assertThat(rates.refused()).containsEntry("layer0", "frozen");
        train(net, 0, 2, DataType.FLOAT);
        assertThat(Double.isFinite(net.score())).isTrue();
    }

    @Test
    void install_updatersWithoutARate_areRefusedWithTheReason() {
        assertThat(LayerRates.install(Nets.dense(new AdaDelta(), DataType.FLOAT))
                        .refused())
                .containsEntry("layer0", "AdaDelta has no learning rate; use an updater with one, such as Adam");
        assertThat(LayerRates.install(Nets.dense(new NoOp(), DataType.FLOAT)).refused())
                .containsEntry("layer3", "NoOp has no learning rate; use an updater with one, such as Adam");
        assertThat(LayerRates.install(Nets.denseConf(new AdaBelief(), DataType.FLOAT))
                        .refused()
                        .get("layer0"))
                .contains("AdaBelief cannot be initialised by Deeplearning4j 1.0.0-M2.1");
    }

    @Test
    void install_layersWithoutParameters_areNeitherSteeredNorRefused() {
        MultiLayerNetwork net = Nets.withDropoutLayer(new Adam(1e-2));

        LayerFactors rates = LayerRates.install(net);

        assertThat(rates.layers()).containsExactly("layer0", "layer2");
        assertThat(rates.refused()).isEmpty();
    }

    @Test
    void install_refusedHalfway_changesNothing() {
        MultiLayerNetwork net = Nets.dense(new Adam(1e-2), DataType.FLOAT);
        LayerRates.multiply(net, ImmutableMap.of("layer2", 0.1));
        // As after transfer learning: the first layers have new updaters, the later ones still their multipliers.
        ((BaseLayer) net.getLayer(0).conf().getLayer()).setIUpdater(new Adam(1e-2));
        String before = net.getLayerWiseConfigurations().toJson();

        assertThatThrownBy(() -> LayerRates.install(net)).isInstanceOf(IllegalStateException.class);

        assertThat(net.getLayerWiseConfigurations().toJson()).isEqualTo(before);
    }

    @Test
    void install_networkThatIsNotInitialised_saysToCallInit() {
        MultiLayerNetwork net = new MultiLayerNetwork(Nets.denseConf(new Adam(1e-2), DataType.FLOAT));
        ComputationGraph graph = new ComputationGraph(Nets.graphConf(new Adam(1e-2), DataType.FLOAT));

        for (Runnable call : Arrays.<Runnable>asList(() -> LayerRates.install(net), () -> LayerRates.remove(graph))) {
            assertThatThrownBy(call::run)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("the network must be initialised to have layer-wise settings; call init() first");
        }
    }

    @Test
    void install_cloneWithAListenerOfItsOwn_getsItsOwnSchedulesAndState() {
        MultiLayerNetwork net = Nets.dense(new Adam(1e-2), DataType.FLOAT);
        LayerFactors original = LayerRates.install(net, new Attendance("one"));
        train(net, 0, 2, DataType.FLOAT);
        original.set("layer2", FactorUpdate.of(0.25, 2, 0).withScore(3.5));

        MultiLayerNetwork copy = net.clone();
        LayerFactors copied = LayerRates.install(copy, new Attendance("other"));
        assertThat(copied.schedule("layer2").factor()).isEqualTo(0.25);
        assertThat(copied.schedule("layer2").score()).isEqualTo(3.5);
        assertSameState((MultiLayerUpdater) copy.getUpdater(), (MultiLayerUpdater) net.getUpdater());
        copied.set("layer2", FactorUpdate.of(4, 2, 0));

        assertThat(original.schedule("layer2").factor()).isEqualTo(0.25);
        assertThat(LayerRates.of(copy).schedule("layer2").factor()).isEqualTo(4);
        assertThat(LayerRates.of(net).schedule("layer2")).isSameAs(original.schedule("layer2"));
    }

    @Test
    void install_again_keepsTheSchedules() {
        MultiLayerNetwork net = Nets.dense(new Adam(1e-2), DataType.FLOAT);
        Attendance listener = new Attendance("listener");
        LayerFactors first = LayerRates.install(net, listener);
        Object updater = net.getUpdater();

        LayerFactors second = LayerRates.install(net, listener);
        LayerFactors third = LayerRates.install(net);

        assertThat(second.schedule("layer2")).isSameAs(first.schedule("layer2")).isSameAs(third.schedule("layer2"));
        assertThat(net.getUpdater()).as("nothing to rebuild").isSameAs(updater);
    }

    private static void train(MultiLayerNetwork net, int from, int steps, DataType type) {
        Nd4j.getRandom().setSeed(99 + from);
        for (int step = from; step < from + steps; step++) {
            net.fit(Nets.batch(step, type));
        }
    }

    private static void trainGraph(ComputationGraph net, int from, int steps) {
        Nd4j.getRandom().setSeed(99 + from);
        for (int step = from; step < from + steps; step++) {
            net.fit(Nets.batch(step, DataType.FLOAT));
        }
    }

    private static Map<String, double[]> copies(MultiLayerNetwork net) {
        Map<String, double[]> copies = new HashMap<>();
        net.paramTable().forEach((name, value) -> copies.put(name, bits(value)));
        return copies;
    }

    /** Exact values: INDArray.equals forgives 1e-5. */
    private static double[] bits(INDArray array) {
        return array == null ? new double[0] : array.dup().data().asDouble();
    }

    private static MultiLayerNetwork restore(MultiLayerNetwork net) throws Exception {
        ByteArrayOutputStream zip = new ByteArrayOutputStream();
        ModelSerializer.writeModel(net, zip, true);
        return ModelSerializer.restoreMultiLayerNetwork(new ByteArrayInputStream(zip.toByteArray()), true);
    }

    private static void assertSameState(BaseMultiLayerUpdater<?> one, BaseMultiLayerUpdater<?> other) {
        Map<Integer, INDArray[]> expected = UpdaterStates.byParameterOffset(other);
        Map<Integer, INDArray[]> actual = UpdaterStates.byParameterOffset(one);
        assertThat(actual.keySet()).isEqualTo(expected.keySet());
        actual.forEach((offset, components) -> {
            assertThat(components).hasSameSizeAs(expected.get(offset));
            for (int c = 0; c < components.length; c++) {
                assertThat(bits(components[c])).isEqualTo(bits(expected.get(offset)[c]));
            }
        });
        int parameters = 0;
        for (UpdaterBlock block : one.getUpdaterBlocks()) {
            parameters += block.getLayersAndVariablesInBlock().size();
        }
        assertThat(actual).hasSize(parameters);
    }
}
