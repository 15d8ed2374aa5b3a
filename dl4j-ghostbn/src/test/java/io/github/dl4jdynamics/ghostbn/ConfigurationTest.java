/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn;

import java.util.stream.Stream;

import io.github.dl4jdynamics.ghostbn.math.Grouping;
import io.github.dl4jdynamics.ghostbn.math.RunningRule;
import io.github.dl4jdynamics.ghostbn.math.SplitRule;
import io.github.dl4jdynamics.ghostbn.math.TailPolicy;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.CacheMode;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.constraint.MaxNormConstraint;
import org.deeplearning4j.nn.conf.constraint.NonNegativeConstraint;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.memory.LayerMemoryReport;
import org.deeplearning4j.nn.conf.memory.MemoryType;
import org.deeplearning4j.nn.conf.memory.MemoryUseMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;

import static org.assertj.core.api.Assertions.assertThat;

/** Settings survive all that happens to configurations. */
class ConfigurationTest {

    /** Nothing at its default. */
    private static GhostBatchNormalization.Builder unusual() {
        return GhostBatchNormalization.builder()
                .name("norm")
                .nIn(7)
                .nOut(7)
                .ghostBatchSize(12)
                .grouping(Grouping.STRIDED)
                .tailPolicy(TailPolicy.MERGE_LAST)
                .minimumValues(5)
                .runningRule(RunningRule.SCALED)
                .decay(0.7)
                .eps(1e-3)
                .minibatch(false)
                .gamma(1.5)
                .beta(-0.5)
                .useLogStd(false)
                .helperAllowFallback(false)
                .dataFormat(CNN2DFormat.NHWC)
                .dataFormat(RNNFormat.NWC)
                .dataFormat(Convolution3D.DataFormat.NDHWC)
                .updater(new Sgd(0.3))
                .gradientNormalization(GradientNormalization.ClipL2PerParamType)
                .gradientNormalizationThreshold(0.25)
                .constrainGamma(new NonNegativeConstraint())
                .constrainBeta(new MaxNormConstraint(2, 0))
                .dropOut(0.9);
    }

    static Stream<GhostBatchNormalization> layers() {
        return Stream.of(
                unusual().build(),
                unusual().lockGammaBeta(true).build(),
                unusual().constrainAllParameters(new NonNegativeConstraint()).build(),
                GhostBatchNormalization.builder().nIn(7).nOut(7).build(),
                new GhostBatchNormalization.Builder()
                        .nIn(7)
                        .nOut(7)
                        .ghostBatchSize(SplitRule.NEVER)
                        .build());
    }

    @Test
    void builder_hasTheSettingsItWasGiven() {
        GhostBatchNormalization layer = unusual().build();

        assertThat(layer.getLayerName()).isEqualTo("norm");
        assertThat(layer.getNIn()).isEqualTo(7);
        assertThat(layer.getNOut()).isEqualTo(7);
        assertThat(layer.getGhostBatchSize()).isEqualTo(12);
        assertThat(layer.getGrouping()).isEqualTo(Grouping.STRIDED);
        assertThat(layer.getTailPolicy()).isEqualTo(TailPolicy.MERGE_LAST);
        assertThat(layer.getMinimumValues()).isEqualTo(5);
        assertThat(layer.getRunningRule()).isEqualTo(RunningRule.SCALED);
        assertThat(layer.getDecay()).isEqualTo(0.7);
        assertThat(layer.getEps()).isEqualTo(1e-3);
        assertThat(layer.isMinibatch()).isFalse();
        assertThat(layer.getGamma()).isEqualTo(1.5);
        assertThat(layer.getBeta()).isEqualTo(-0.5);
        assertThat(layer.isUseLogStd()).isFalse();
        assertThat(layer.isCudnnAllowFallback()).isFalse();
        assertThat(layer.getCnn2DFormat()).isEqualTo(CNN2DFormat.NHWC);
        assertThat(layer.getRnnFormat()).isEqualTo(RNNFormat.NWC);
        assertThat(layer.getCnn3DFormat()).isEqualTo(Convolution3D.DataFormat.NDHWC);
        assertThat(layer.getIUpdater()).isEqualTo(new Sgd(0.3));
        assertThat(layer.getAffineGradientNormalization()).isEqualTo(GradientNormalization.ClipL2PerParamType);
        assertThat(layer.getGradientNormalization()).isEqualTo(GradientNormalization.None);
        assertThat(layer.getGradientNormalizationThreshold()).isEqualTo(0.25);
        assertThat(layer.getConstraints()).hasSize(2);
        assertThat(layer.getIDropout()).isNotNull();
    }

    @Test
    void defaults_areThoseOfPlainBatchNormalizationAndTheDocumentedOnes() {
        GhostBatchNormalization layer = GhostBatchNormalization.builder().build();
        BatchNormalization plain = new BatchNormalization();

        assertThat(layer.getDecay()).isEqualTo(plain.getDecay()).isEqualTo(0.9);
        assertThat(layer.getEps()).isEqualTo(plain.getEps()).isEqualTo(1e-5);
        assertThat(layer.getGamma()).isEqualTo(plain.getGamma());
        assertThat(layer.getBeta()).isEqualTo(plain.getBeta());
        assertThat(layer.isUseLogStd()).isEqualTo(plain.isUseLogStd()).isTrue();
        assertThat(layer.isLockGammaBeta()).isEqualTo(plain.isLockGammaBeta());
        assertThat(layer.isMinibatch()).isEqualTo(plain.isMinibatch());
        assertThat(layer.isCudnnAllowFallback()).isEqualTo(plain.isCudnnAllowFallback());
        assertThat(layer.getCnn2DFormat()).isEqualTo(plain.getCnn2DFormat());
        assertThat(layer.getConstraints()).isEqualTo(plain.getConstraints()).isNull();
        assertThat(layer.getGhostBatchSize()).isEqualTo(32);
        assertThat(layer.getMinimumValues()).isEqualTo(2);
        assertThat(layer.getGrouping()).isEqualTo(Grouping.CONTIGUOUS);
        assertThat(layer.getTailPolicy()).isEqualTo(TailPolicy.BALANCED);
        assertThat(layer.getRunningRule()).isEqualTo(RunningRule.AVERAGE_ONCE);
        assertThat(layer).isEqualTo(new GhostBatchNormalization()).hasSameHashCodeAs(new GhostBatchNormalization());
    }

    /** Plain batch normalization forgets useLogStd(false) here, before a network was made of the configuration. */
    @ParameterizedTest
    @MethodSource("layers")
    void stack_survivesJsonAndYaml(GhostBatchNormalization layer) {
        MultiLayerConfiguration conf = stack(layer);

        assertThat(MultiLayerConfiguration.fromJson(conf.toJson())).isEqualTo(conf);
        assertThat(MultiLayerConfiguration.fromYaml(conf.toYaml())).isEqualTo(conf);
        assertThat(MultiLayerConfiguration.fromJson(conf.toJson()).toJson()).isEqualTo(conf.toJson());
        assertThat(conf.clone()).isEqualTo(conf);
        assertThat(MultiLayerConfiguration.fromJson(conf.toJson()).getConf(1).getLayer())
                .isInstanceOf(GhostBatchNormalization.class)
                .isEqualTo(conf.getConf(1).getLayer())
                .hasToString(conf.getConf(1).getLayer().toString());
    }

    @Test
    void storedVariance_survivesJsonOfAConfigurationNeverInitialised_unlikePlain() {
        Layer plain =
                new BatchNormalization.Builder().nIn(7).nOut(7).useLogStd(false).build();

        MultiLayerConfiguration ghostConf =
                MultiLayerConfiguration.fromJson(stack(unusual().build()).toJson());
        MultiLayerConfiguration plainConf =
                MultiLayerConfiguration.fromJson(stack(plain).toJson());

        assertThat(((BatchNormalization) ghostConf.getConf(1).getLayer()).isUseLogStd())
                .isFalse();
        assertThat(((BatchNormalization) plainConf.getConf(1).getLayer()).isUseLogStd())
                .isTrue();
    }

    @ParameterizedTest
    @MethodSource("layers")
    void stack_survivesJsonAfterInitialisation(GhostBatchNormalization layer) {
        MultiLayerConfiguration conf = LiveNets.net(stack(layer)).getLayerWiseConfigurations();

        MultiLayerConfiguration restored = MultiLayerConfiguration.fromJson(conf.toJson());

        assertThat(restored).isEqualTo(conf);
        assertThat(((GhostBatchNormalization) restored.getConf(1).getLayer()).isUseLogStd())
                .isEqualTo(layer.isUseLogStd());
    }

    @ParameterizedTest
    @MethodSource("layers")
    void graph_survivesJsonAndYaml(GhostBatchNormalization layer) {
        ComputationGraphConfiguration conf = LiveNets.base(DataType.FLOAT)
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(InputType.feedForward(LiveNets.IN))
                .addLayer("dense", LiveNets.dense(7), "in")
                .addLayer("norm", layer, "dense")
                .addLayer("out", LiveNets.output(), "norm")
                .setOutputs("out")
                .build();

        assertThat(ComputationGraphConfiguration.fromJson(conf.toJson())).isEqualTo(conf);
        assertThat(ComputationGraphConfiguration.fromYaml(conf.toYaml())).isEqualTo(conf);
        assertThat(conf.clone()).isEqualTo(conf);
    }

    @Test
    void everySetting_countsInEquality() {
        GhostBatchNormalization layer = unusual().build();

        assertThat(unusual().build()).isEqualTo(layer).hasSameHashCodeAs(layer);
        assertThat(Stream.of(
                                unusual().ghostBatchSize(13),
                                unusual().grouping(Grouping.CONTIGUOUS),
                                unusual().tailPolicy(TailPolicy.BALANCED),
                                unusual().minimumValues(6),
                                unusual().runningRule(RunningRule.SEQUENTIAL),
                                unusual().decay(0.71),
                                unusual().eps(1e-4),
                                unusual().gamma(1),
                                unusual().useLogStd(true),
                                unusual().dataFormat(CNN2DFormat.NCHW),
                                unusual().dataFormat(RNNFormat.NCW),
                                unusual().dataFormat(Convolution3D.DataFormat.NCDHW),
                                unusual().gradientNormalization(GradientNormalization.ClipL2PerLayer),
                                unusual().gradientNormalizationThreshold(0.5),
                                unusual().updater(new Adam(0.3)),
                                unusual().name("other"))
                        .map(GhostBatchNormalization.Builder::build))
                .noneMatch(layer::equals);
        assertThat((Object) new BatchNormalization()).isNotEqualTo(new GhostBatchNormalization());
        assertThat((Object) new GhostBatchNormalization()).isNotEqualTo(new BatchNormalization());
    }

    @Test
    void clone_isIndependent() {
        GhostBatchNormalization layer = unusual().build();
        GhostBatchNormalization clone = layer.clone();

        assertThat(clone).isEqualTo(layer).isNotSameAs(layer);
        clone.setGhostBatchSize(99);
        clone.setAffineGradientNormalization(GradientNormalization.None);
        assertThat(layer).isEqualTo(unusual().build());
    }

    @Test
    void networkSettings_areTakenOverUnlessTheLayerHasItsOwn() {
        NeuralNetConfiguration.Builder base = LiveNets.base(DataType.FLOAT)
                .gradientNormalization(GradientNormalization.RenormalizeL2PerLayer)
                .gradientNormalizationThreshold(3);
        Layer plain = LiveNets.ghost(4).build();
        Layer own = LiveNets.ghost(4)
                .gradientNormalization(GradientNormalization.ClipL2PerLayer)
                .gradientNormalizationThreshold(0.5)
                .build();
        MultiLayerConfiguration conf =
                LiveNets.conf(base, InputType.feedForward(LiveNets.IN), plain, own, LiveNets.output());

        GhostBatchNormalization first =
                (GhostBatchNormalization) conf.getConf(0).getLayer();
        GhostBatchNormalization second =
                (GhostBatchNormalization) conf.getConf(1).getLayer();
        assertThat(first.getAffineGradientNormalization()).isEqualTo(GradientNormalization.RenormalizeL2PerLayer);
        assertThat(first.getGradientNormalizationThreshold()).isEqualTo(3);
        assertThat(second.getAffineGradientNormalization()).isEqualTo(GradientNormalization.ClipL2PerLayer);
        assertThat(second.getGradientNormalizationThreshold()).isEqualTo(0.5);
    }

    @Test
    void emptyGradientNormalization_leavesTheNetworksSettingToCome() {
        assertThat(LiveNets.ghost(4).build().getGradientNormalization()).isNull();
        assertThat(unusual().build().getGradientNormalization()).isEqualTo(GradientNormalization.None);
    }

    @Test
    void channelAxis_followsTheLayout() {
        GhostBatchNormalization last = unusual().build();
        GhostBatchNormalization second = new GhostBatchNormalization();

        assertThat(new int[] {last.channelAxis(2), last.channelAxis(3), last.channelAxis(4), last.channelAxis(5)})
                .containsExactly(1, 2, 3, 4);
        assertThat(new int[] {second.channelAxis(2), second.channelAxis(3), second.channelAxis(4), second.channelAxis(5)
                })
                .containsOnly(1);
    }

    @ParameterizedTest
    @CsvSource({"false, 28, 28", "true, 14, 0"})
    void memoryReport_countsParametersAndUpdaterState(boolean locked, int parameters, int updaterState) {
        GhostBatchNormalization layer = GhostBatchNormalization.builder()
                .nIn(7)
                .nOut(7)
                .lockGammaBeta(locked)
                .updater(new Adam())
                .build();

        LayerMemoryReport report = layer.getMemoryReport(InputType.feedForward(7));

        assertThat(bytes(report, MemoryType.PARAMETERS)).isEqualTo(4 * parameters);
        assertThat(bytes(report, MemoryType.UPDATER_STATE)).isEqualTo(4 * updaterState);
    }

    private static long bytes(LayerMemoryReport report, MemoryType type) {
        return report.getMemoryBytes(type, 1, MemoryUseMode.TRAINING, CacheMode.NONE, DataType.FLOAT);
    }

    @Test
    void text_saysWhatIsSplitHow() {
        assertThat(unusual().build().toString())
                .startsWith("GhostBatchNormalization")
                .contains("groups of 12, STRIDED, tail MERGE_LAST, >= 5 values", "running statistics SCALED");
    }

    private static MultiLayerConfiguration stack(Layer layer) {
        return LiveNets.conf(
                LiveNets.base(DataType.FLOAT),
                InputType.feedForward(LiveNets.IN),
                LiveNets.dense(7),
                layer,
                LiveNets.output());
    }
}
