/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import io.github.dl4jdynamics.ghostbn.math.RunningRule;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.earlystopping.EarlyStoppingConfiguration;
import org.deeplearning4j.earlystopping.EarlyStoppingResult;
import org.deeplearning4j.earlystopping.saver.InMemoryModelSaver;
import org.deeplearning4j.earlystopping.scorecalc.DataSetLossCalculator;
import org.deeplearning4j.earlystopping.termination.MaxEpochsTerminationCondition;
import org.deeplearning4j.earlystopping.trainer.EarlyStoppingTrainer;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.FineTuneConfiguration;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.deeplearning4j.nn.weights.WeightInit;
import org.deeplearning4j.parallelism.ParallelWrapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** What others make of networks: frozen, tuned, stopped, averaged, exchanged. */
class TransferTest {
    private static final DataType TYPE = DataType.FLOAT;

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void parametersOfPlainLayers_serveGhostOnesAndBack(boolean locked) {
        MultiLayerNetwork plain = LiveNets.net(
                LiveNets.base(TYPE),
                InputType.feedForward(LiveNets.IN),
                new BatchNormalization.Builder().lockGammaBeta(locked).build(),
                LiveNets.output());
        MultiLayerNetwork ghost = LiveNets.net(
                LiveNets.base(TYPE),
                InputType.feedForward(LiveNets.IN),
                LiveNets.ghost(4).lockGammaBeta(locked).build(),
                LiveNets.output());
        INDArray x = LiveNets.random(TYPE, 9, 7, LiveNets.IN);
        assertThat(ghost.paramTable().keySet())
                .containsExactlyElementsOf(plain.paramTable().keySet());
        assertSame(ghost.params(), plain.params());

        LiveNets.fit(plain, TYPE, 1, 2); // single values have a running variance too
        LiveNets.fit(ghost, TYPE, 1, 2);
        assertThat(LiveNets.values(ghost.params())).containsExactly(LiveNets.values(plain.params()), within(1e-5));
        LiveNets.fit(plain, TYPE, 10, 3);
        ghost.setParams(plain.params());
        assertThat(LiveNets.values(ghost.output(x))).containsExactly(LiveNets.values(plain.output(x)), within(1e-5));
        LiveNets.fit(ghost, TYPE, 10, 3);
        plain.setParams(ghost.params());
        assertThat(LiveNets.values(ghost.output(x))).containsExactly(LiveNets.values(plain.output(x)), within(1e-5));
    }

    @Test
    void frozenLayer_keepsItsStatisticsAndUsesThem() {
        MultiLayerNetwork net = LiveNets.net(
                LiveNets.base(TYPE),
                InputType.feedForward(LiveNets.IN),
                new FrozenLayer.Builder().layer(LiveNets.ghost(2).build()).build(),
                LiveNets.dense(3),
                LiveNets.output());
        net.setParam("0_mean", Nd4j.createFromArray(0.5f, 0.5f, 0.5f, 0.5f));
        double[] before = LiveNets.param(net, "0_mean");
        INDArray x = LiveNets.random(TYPE, 1, 10, LiveNets.IN);

        LiveNets.fit(net, TYPE, 10, 3);

        assertThat(LiveNets.param(net, "0_mean")).isEqualTo(before);
        double s = 1 / Math.sqrt(1 + 1e-5);
        assertThat(LiveNets.values(net.feedForward(x, true).get(1)))
                .containsExactly(LiveNets.values(x.sub(0.5).mul(s)), within(1e-6));
        assertThat(MultiLayerConfiguration.fromJson(
                        net.getLayerWiseConfigurations().toJson()))
                .isEqualTo(net.getLayerWiseConfigurations());
        assertSame(LiveNets.copy(net).params(), net.params());
    }

    @Test
    void transferLearning_keepsWhatItShould() {
        MultiLayerNetwork net = stack();
        LiveNets.fit(net, TYPE, 10, 3);

        MultiLayerNetwork tuned = new TransferLearning.Builder(net)
                .fineTuneConfiguration(new FineTuneConfiguration.Builder()
                        .updater(new Sgd(0.1))
                        .gradientNormalization(GradientNormalization.ClipElementWiseAbsoluteValue)
                        .gradientNormalizationThreshold(0.01)
                        .build())
                .setFeatureExtractor(1)
                .nOutReplace(2, 8, WeightInit.XAVIER)
                .nOutReplace(3, 8, WeightInit.ONES)
                .build();
        double[] frozen = LiveNets.param(tuned, "1_mean");
        LiveNets.fit(tuned, TYPE, 10, 3);

        assertThat(frozen).isEqualTo(LiveNets.param(net, "1_mean"));
        assertThat(LiveNets.param(tuned, "1_mean")).isEqualTo(frozen);
        assertThat(tuned.getLayer(3).conf().getLayer()).isInstanceOf(GhostBatchNormalization.class);
        GhostBatchNormalization second =
                (GhostBatchNormalization) tuned.getLayer(3).conf().getLayer();
        assertThat(second.getNOut()).isEqualTo(8);
        assertThat(second.getGhostBatchSize()).isEqualTo(4);
        assertThat(second.getAffineGradientNormalization())
                .isEqualTo(GradientNormalization.ClipElementWiseAbsoluteValue);
        assertThat(LiveNets.param(tuned, "3_mean")).hasSize(8).doesNotContain(0);
    }

    @Test
    void earlyStopping_returnsANetworkThatWorks() {
        List<DataSet> batches = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            batches.add(LiveNets.batch(TYPE, 8, i));
        }
        List<DataSet> examples = DataSet.merge(batches).asList();
        EarlyStoppingResult<MultiLayerNetwork> result = new EarlyStoppingTrainer(
                        new EarlyStoppingConfiguration.Builder<MultiLayerNetwork>()
                                .epochTerminationConditions(new MaxEpochsTerminationCondition(3))
                                .scoreCalculator(
                                        new DataSetLossCalculator(new ListDataSetIterator<>(examples, 8), true))
                                .modelSaver(new InMemoryModelSaver<>())
                                .build(),
                        stack(),
                        new ListDataSetIterator<>(examples, 8))
                .fit();

        assertThat(result.getTotalEpochs()).isEqualTo(3);
        MultiLayerNetwork twin = stack();
        twin.fit(new ListDataSetIterator<>(examples, 8), result.getBestModelEpoch() + 1);
        assertSame(result.getBestModel().params(), twin.params());
    }

    /** DL4J-M2.1: a run now and then, of networks without this layer too, is disturbed by a race; it is repeated. */
    @ParameterizedTest
    @EnumSource(RunningRule.class)
    @Timeout(60)
    void parallelWorkers_averageTheirRunningStatistics(RunningRule rule) {
        DataSet a = LiveNets.batch(TYPE, 8, 1);
        DataSet b = LiveNets.batch(TYPE, 8, 2);
        MultiLayerNetwork first = parallel(rule);
        MultiLayerNetwork second = parallel(rule);
        first.fit(a);
        second.fit(b);
        double[] expected = LiveNets.values(first.params().add(second.params()).divi(2));

        double[] actual = new double[0];
        for (int run = 0; run < 6 && !isClose(actual, expected); run++) {
            MultiLayerNetwork net = parallel(rule);
            ParallelWrapper wrapper = new ParallelWrapper.Builder<>(net)
                    .workers(2)
                    .prefetchBuffer(0)
                    .averagingFrequency(1)
                    .trainingMode(ParallelWrapper.TrainingMode.AVERAGING)
                    .build();
            wrapper.fit(
                    new ListDataSetIterator<>(DataSet.merge(Arrays.asList(a, b)).asList(), 8));
            wrapper.shutdown();
            actual = LiveNets.values(net.params());
        }

        assertThat(actual).containsExactly(expected, within(1e-6));
        assertThat(LiveNets.values(first.getParam("1_mean").add(second.getParam("1_mean"))))
                .doesNotContain(0);
    }

    private static boolean isClose(double[] actual, double[] expected) {
        boolean close = actual.length == expected.length;
        for (int i = 0; i < expected.length && close; i++) {
            close = Math.abs(actual[i] - expected[i]) <= 1e-6;
        }
        return close;
    }

    private static MultiLayerNetwork parallel(RunningRule rule) {
        return LiveNets.net(
                LiveNets.base(TYPE).updater(new Sgd(0.1)),
                InputType.feedForward(LiveNets.IN),
                LiveNets.dense(6),
                LiveNets.ghost(4).runningRule(rule).build(),
                LiveNets.output());
    }

    private static MultiLayerNetwork stack() {
        return LiveNets.net(LiveNets.stack(LiveNets.base(TYPE), 4));
    }

    private static void assertSame(INDArray actual, INDArray expected) {
        assertThat(LiveNets.values(actual)).isEqualTo(LiveNets.values(expected));
    }
}
