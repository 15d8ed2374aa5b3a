/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn;

import io.github.dl4jdynamics.ghostbn.math.RunningRule;
import io.github.dl4jdynamics.ghostbn.math.SplitRule;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;

/** One layer's settings, carried between plain and ghost batch normalization. */
final class GhostBatchNormsSettings {
    private GhostBatchNormsSettings() {}

    static GhostBatchNormalization ghost(BatchNormalization layer, SplitRule rule, RunningRule runningRule) {
        GhostBatchNormalization ghost = new GhostBatchNormalization();
        carry(layer, ghost);
        ghost.setGhostBatchSize(rule.ghostBatchSize());
        ghost.setGrouping(rule.grouping());
        ghost.setTailPolicy(rule.tailPolicy());
        ghost.setMinimumValues(rule.minimumValues());
        ghost.setRunningRule(runningRule);
        if (layer instanceof GhostBatchNormalization) {
            ghost.setRnnFormat(((GhostBatchNormalization) layer).getRnnFormat());
            ghost.setCnn3DFormat(((GhostBatchNormalization) layer).getCnn3DFormat());
        }
        return ghost;
    }

    static BatchNormalization plain(GhostBatchNormalization layer) {
        BatchNormalization plain = new BatchNormalization();
        carry(layer, plain);
        return plain;
    }

    private static void carry(BatchNormalization from, BatchNormalization to) {
        to.setLayerName(from.getLayerName());
        to.setIDropout(from.getIDropout());
        to.setConstraints(from.getConstraints());
        to.setActivationFn(from.getActivationFn());
        to.setWeightInitFn(from.getWeightInitFn());
        to.setBiasInit(from.getBiasInit());
        to.setGainInit(from.getGainInit());
        to.setRegularization(from.getRegularization());
        to.setRegularizationBias(from.getRegularizationBias());
        to.setIUpdater(from.getIUpdater());
        to.setBiasUpdater(from.getBiasUpdater());
        to.setWeightNoise(from.getWeightNoise());
        to.setGradientNormalization(gradientNormalization(from));
        to.setGradientNormalizationThreshold(from.getGradientNormalizationThreshold());
        to.setNIn(from.getNIn());
        to.setNOut(from.getNOut());
        to.setTimeDistributedFormat(from.getTimeDistributedFormat());
        to.setDecay(from.getDecay());
        to.setEps(from.getEps());
        to.setMinibatch(from.isMinibatch());
        to.setGamma(from.getGamma());
        to.setBeta(from.getBeta());
        to.setLockGammaBeta(from.isLockGammaBeta());
        to.setCudnnAllowFallback(from.isCudnnAllowFallback());
        to.setUseLogStd(from.isUseLogStd());
        to.setCnn2DFormat(from.getCnn2DFormat());
    }

    private static GradientNormalization gradientNormalization(BatchNormalization layer) {
        return layer instanceof GhostBatchNormalization
                ? ((GhostBatchNormalization) layer).getAffineGradientNormalization()
                : layer.getGradientNormalization();
    }
}
