/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.github.dl4jdynamics.ghostbn.math.RunningRule;
import io.github.dl4jdynamics.ghostbn.math.SplitRule;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.constraint.MaxNormConstraint;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.weightnoise.DropConnect;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInitXavier;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.impl.ActivationCube;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.learning.regularization.L2Regularization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class GhostBatchNormsSettingsTest {

    @Test
    void everySetting_differsFromItsDefaultInTheExample() throws IllegalAccessException {
        Map<String, Object> example = fields(example());
        Map<String, Object> defaults = fields(new BatchNormalization());

        assertThat(example.keySet()).isEqualTo(defaults.keySet()).hasSizeGreaterThan(20);
        example.forEach((name, value) -> assertThat(value).as(name).isNotEqualTo(defaults.get(name)));
    }

    @Test
    void everySetting_goesToGhostAndBack() throws IllegalAccessException {
        BatchNormalization example = example();

        GhostBatchNormalization ghost = GhostBatchNormsSettings.ghost(example, SplitRule.ofSize(4), RunningRule.SCALED);
        Map<String, Object> carried = fields(ghost);
        Map<String, Object> expected = fields(example);
        carried.remove("gradientNormalization");
        expected.remove("gradientNormalization");

        assertThat(carried).isEqualTo(expected);
        assertThat(ghost.getAffineGradientNormalization()).isEqualTo(GradientNormalization.ClipL2PerLayer);
        assertThat(ghost.getGradientNormalization()).isEqualTo(GradientNormalization.None);
        assertThat(fields(GhostBatchNormsSettings.plain(ghost))).isEqualTo(fields(example));
    }

    @Test
    void renewedGhost_keepsItsFormats() {
        GhostBatchNormalization first =
                GhostBatchNormsSettings.ghost(example(), SplitRule.ofSize(4), RunningRule.SCALED);
        first.setRnnFormat(RNNFormat.NWC);
        first.setCnn3DFormat(Convolution3D.DataFormat.NDHWC);

        GhostBatchNormalization second = GhostBatchNormsSettings.ghost(first, SplitRule.ofSize(8), RunningRule.SCALED);

        assertThat(second).isNotEqualTo(first);
        second.setGhostBatchSize(4);
        assertThat(second).isEqualTo(first);
    }

    @Test
    void constraintsOfAGhostLayer_actInThePlainOne() {
        MultiLayerNetwork ghost = GhostBatchNormsNets.stack(GhostBatchNormalization.builder()
                .name("bn")
                .constrainGamma(new MaxNormConstraint(0.5, 0))
                .build());
        MultiLayerNetwork plain = GhostBatchNorms.plain().convert(ghost);

        GhostBatchNormsNets.fit(plain, 0, 1);

        assertThat(plain.getLayer(1).getParam("gamma").norm2Number().doubleValue())
                .isCloseTo(0.5, within(1e-4));
        assertThat(plain.getLayer(1).getParam("log10stdev").norm2Number().doubleValue())
                .isNotZero();
    }

    private static BatchNormalization example() {
        MaxNormConstraint constraint = new MaxNormConstraint(2, Set.of("gamma"), 0);
        BatchNormalization layer = new BatchNormalization();
        layer.setLayerName("bn");
        layer.setIDropout(new Dropout(0.3));
        layer.setConstraints(List.of(constraint));
        layer.setActivationFn(new ActivationCube());
        layer.setWeightInitFn(new WeightInitXavier());
        layer.setBiasInit(0.1);
        layer.setGainInit(0.2);
        layer.setRegularization(List.of(new L2Regularization(0.3)));
        layer.setRegularizationBias(List.of(new L2Regularization(0.4)));
        layer.setIUpdater(new Adam(0.5));
        layer.setBiasUpdater(new Sgd(0.6));
        layer.setWeightNoise(new DropConnect(0.7));
        layer.setGradientNormalization(GradientNormalization.ClipL2PerLayer);
        layer.setGradientNormalizationThreshold(0.8);
        layer.setNIn(3);
        layer.setNOut(4);
        layer.setTimeDistributedFormat(RNNFormat.NWC);
        layer.setDecay(0.85);
        layer.setEps(1e-4);
        layer.setMinibatch(false);
        layer.setGamma(2);
        layer.setBeta(3);
        layer.setLockGammaBeta(true);
        layer.setCudnnAllowFallback(false);
        layer.setUseLogStd(false);
        layer.setCnn2DFormat(CNN2DFormat.NHWC);
        return layer;
    }

    /** What the framework's classes declare, so that a setting it adds is not forgotten. */
    private static Map<String, Object> fields(BatchNormalization layer) throws IllegalAccessException {
        Map<String, Object> values = new LinkedHashMap<>();
        for (Class<?> type = BatchNormalization.class; type != Object.class; type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers()) && !field.isSynthetic()) {
                    field.setAccessible(true);
                    values.put(field.getName(), field.get(layer));
                }
            }
        }
        return values;
    }
}
