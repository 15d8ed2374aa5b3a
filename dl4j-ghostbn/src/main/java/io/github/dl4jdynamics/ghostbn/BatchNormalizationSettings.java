/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import com.google.common.collect.ImmutableSet;
import org.deeplearning4j.nn.api.layers.LayerConstraint;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.params.BatchNormalizationParamInitializer;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * The settings of plain batch normalization under the names that {@link BatchNormalization.Builder} gives them.
 *
 * <p>DL4J-M2.1: that builder can be neither extended, since its methods return itself, nor handed over, since the
 * constructor that takes it is private.
 *
 * @param <T> the builder
 */
abstract class BatchNormalizationSettings<T extends BatchNormalizationSettings<T>> extends FeedForwardLayer.Builder<T> {
    private double decay = 0.9;
    private double eps = 1e-5;
    private boolean minibatch = true;
    private boolean lockGammaBeta;
    private double gamma = 1;
    private double beta;
    private boolean helperAllowFallback = true;
    private boolean useLogStd = true;
    private CNN2DFormat cnn2DFormat = CNN2DFormat.NCHW;
    private RNNFormat rnnFormat = RNNFormat.NCW;
    private Convolution3D.DataFormat cnn3DFormat = Convolution3D.DataFormat.NCDHW;
    private List<LayerConstraint> gammaConstraints = Collections.emptyList();
    private List<LayerConstraint> betaConstraints = Collections.emptyList();

    /**
     * Weight of the old value in the running statistics, 0 to 1. Default 0.9 (Deeplearning4j).
     *
     * @throws IllegalArgumentException if outside
     */
    public T decay(double decay) {
        checkArgument(
                decay >= 0 && decay <= 1,
                "decay of the running statistics must be from 0 to 1, got %s; it is the weight of the old value, 0.9 by "
                        + "default",
                decay);
        this.decay = decay;
        return self();
    }

    /**
     * Added to the variance before the root. Default 1e-5 (Deeplearning4j).
     *
     * @throws IllegalArgumentException if negative or not finite
     */
    public T eps(double eps) {
        checkArgument(
                eps >= 0 && eps < Double.POSITIVE_INFINITY,
                "eps must be finite and >= 0, got %s; it is added to the variance, 1e-5 by default",
                eps);
        this.eps = eps;
        return self();
    }

    /** Kept for compatibility; Deeplearning4j 1.0.0-M2.1 reads it nowhere. */
    public T minibatch(boolean minibatch) {
        this.minibatch = minibatch;
        return self();
    }

    /** Whether gamma and beta keep the values given here and are not parameters. Default false. */
    public T lockGammaBeta(boolean lockGammaBeta) {
        this.lockGammaBeta = lockGammaBeta;
        return self();
    }

    /** Initial gamma, or its value if locked. Default 1. */
    public T gamma(double gamma) {
        this.gamma = gamma;
        return self();
    }

    /** Initial beta, or its value if locked. Default 0. */
    public T beta(double beta) {
        this.beta = beta;
        return self();
    }

    /** Constraints on gamma, applied after each update. */
    public T constrainGamma(LayerConstraint... constraints) {
        gammaConstraints = List.of(constraints);
        return self();
    }

    /** Constraints on beta, applied after each update. */
    public T constrainBeta(LayerConstraint... constraints) {
        betaConstraints = List.of(constraints);
        return self();
    }

    /** Kept for models that go back to plain batch normalization; this layer has no helper to fall back from. */
    public T helperAllowFallback(boolean helperAllowFallback) {
        this.helperAllowFallback = helperAllowFallback;
        return self();
    }

    /** Whether the running variance is stored as log10 of the standard deviation. Default true (Deeplearning4j). */
    public T useLogStd(boolean useLogStd) {
        this.useLogStd = useLogStd;
        return self();
    }

    /** Layout of images. Default NCHW; an input type of the network overrides it. */
    public T dataFormat(CNN2DFormat format) {
        this.cnn2DFormat = format;
        return self();
    }

    /** Layout of sequences. Default NCW; an input type of the network overrides it. */
    public T dataFormat(RNNFormat format) {
        this.rnnFormat = format;
        return self();
    }

    /** Layout of volumes, to be set as on the {@link Convolution3D} before it. Default NCDHW. */
    public T dataFormat(Convolution3D.DataFormat format) {
        this.cnn3DFormat = format;
        return self();
    }

    /** The settings every layer with parameters has. */
    final void copyInherited(GhostBatchNormalization layer) {
        layer.setLayerName(getLayerName());
        layer.setIDropout(getIDropout());
        layer.setNIn(getNIn());
        layer.setNOut(getNOut());
        layer.setActivationFn(getActivationFn());
        layer.setWeightInitFn(getWeightInitFn());
        layer.setBiasInit(getBiasInit());
        layer.setGainInit(getGainInit());
        layer.setRegularization(getRegularization());
        layer.setRegularizationBias(getRegularizationBias());
        layer.setIUpdater(getIupdater());
        layer.setBiasUpdater(getBiasUpdater());
        layer.setGradientNormalization(getGradientNormalization());
        layer.setGradientNormalizationThreshold(getGradientNormalizationThreshold());
        layer.setWeightNoise(getWeightNoise());
    }

    /** The settings of batch normalization. */
    final void copyPlain(GhostBatchNormalization layer) {
        layer.setDecay(decay);
        layer.setEps(eps);
        layer.setMinibatch(minibatch);
        layer.setGamma(gamma);
        layer.setBeta(beta);
        layer.setLockGammaBeta(lockGammaBeta);
        layer.setCudnnAllowFallback(helperAllowFallback);
        layer.setUseLogStd(useLogStd);
        layer.setCnn2DFormat(cnn2DFormat);
        layer.setRnnFormat(rnnFormat);
        layer.setCnn3DFormat(cnn3DFormat);
        layer.setConstraints(lockGammaBeta ? null : constraints());
    }

    private List<LayerConstraint> constraints() {
        List<LayerConstraint> all = new ArrayList<>();
        String gammaKey = BatchNormalizationParamInitializer.GAMMA;
        String betaKey = BatchNormalizationParamInitializer.BETA;
        add(getAllParamConstraints(), ImmutableSet.of(gammaKey, betaKey), all);
        add(gammaConstraints, ImmutableSet.of(gammaKey), all);
        add(betaConstraints, ImmutableSet.of(betaKey), all);
        return all.isEmpty() ? null : all;
    }

    private static void add(List<LayerConstraint> constraints, Set<String> parameters, List<LayerConstraint> all) {
        if (constraints != null) {
            for (LayerConstraint constraint : constraints) {
                LayerConstraint bound = constraint.clone();
                bound.setParams(new HashSet<>(parameters));
                all.add(bound);
            }
        }
    }

    @SuppressWarnings("unchecked")
    private T self() {
        return (T) this;
    }
}
