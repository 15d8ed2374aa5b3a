/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.oracle;

import java.util.Arrays;
import java.util.stream.IntStream;

import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.BaseLayer;
import org.deeplearning4j.nn.params.BatchNormalizationParamInitializer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.broadcast.BroadcastAddOp;
import org.nd4j.linalg.api.ops.impl.broadcast.BroadcastMulOp;
import org.nd4j.linalg.api.ops.impl.broadcast.BroadcastSubOp;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * Runtime of {@link FixedNormalization}.
 *
 * <pre>{@code
 * y      = gamma (x - m) / s + beta              s = sqrt(v + eps)
 * dx     = dy gamma / s                          dbeta = sum dy        dgamma = sum dy (x - m) / s
 * dm     = -gamma / s dbeta                      dv = -gamma dgamma / (2 s^2)
 * dlog10 = dv 2 ln(10) v                         where v = 10^(2 log10stdev)
 * }</pre>
 *
 * <p>Sums are over examples and positions. For [N, C], [N, C, H, W] and [N, H, W, C], and for sequences [N, T, C] in the
 * format NHWC. DL4J-M2.1: sequences in the format NCHW are normalized along their examples, of which there have to be C.
 */
final class FixedNormalizationLayer extends BaseLayer<BatchNormalization> {
    private static final long serialVersionUID = 1L;
    private static final double TWO_LN_10 = 2 * Math.log(10);

    FixedNormalizationLayer(NeuralNetConfiguration conf, DataType type) {
        super(conf, type);
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
        assertInputSet(false);
        INDArray x = regular(input.castTo(dataType));
        INDArray scale = scale();
        INDArray shift = beta().subi(scale.mul(mean()));
        INDArray y = workspaces.createUninitialized(ArrayType.ACTIVATIONS, dataType, x.shape(), x.ordering());
        Nd4j.getExecutioner().exec(new BroadcastMulOp(x, scale, y, channelAxis(x)));
        Nd4j.getExecutioner().exec(new BroadcastAddOp(y, shift, y, channelAxis(y)));
        return y;
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
        assertInputSet(true);
        INDArray x = regular(input.castTo(dataType));
        INDArray dy = regular(epsilon.castTo(dataType));
        int axis = channelAxis(x);
        int[] others = others(axis, x.rank());
        INDArray s = deviation();
        INDArray centered = Nd4j.createUninitialized(dataType, x.shape(), x.ordering());
        Nd4j.getExecutioner().exec(new BroadcastSubOp(x, mean(), centered, axis));
        INDArray dBeta = dy.sum(others);
        INDArray dGamma = centered.muli(dy).sum(others).divi(s);
        INDArray dVariance = dGamma.mul(gamma()).divi(s).divi(s).muli(-0.5);

        Gradient gradient = new DefaultGradient();
        put(gradient, BatchNormalizationParamInitializer.GAMMA, dGamma);
        put(gradient, BatchNormalizationParamInitializer.BETA, dBeta);
        put(
                gradient,
                BatchNormalizationParamInitializer.GLOBAL_MEAN,
                dBeta.mul(scale()).negi());
        put(gradient, BatchNormalizationParamInitializer.GLOBAL_VAR, dVariance);
        put(
                gradient,
                BatchNormalizationParamInitializer.GLOBAL_LOG_STD,
                dVariance.mul(variance()).muli(TWO_LN_10));
        INDArray dx = workspaces.createUninitialized(ArrayType.ACTIVATION_GRAD, dataType, dy.shape(), dy.ordering());
        Nd4j.getExecutioner().exec(new BroadcastMulOp(dy, scale(), dx, axis));
        return new Pair<>(gradient, dx);
    }

    private void put(Gradient gradient, String key, INDArray value) {
        INDArray view = gradientViews.get(key);
        if (view != null) {
            view.assign(value.reshape(view.shape()));
            gradient.setGradientFor(key, view);
        }
    }

    private int channelAxis(INDArray x) {
        boolean channelsLast = layerConf().getCnn2DFormat() == CNN2DFormat.NHWC;
        int axis = x.rank() == 2 ? 1 : channelsLast ? x.rank() - 1 : x.rank() - 3;
        checkArgument(
                x.rank() >= 2 && x.rank() <= 4 && x.size(axis) == layerConf().getNOut(),
                "input of layer '%s' must have shape [N, C], [N, C, H, W], with dataFormat(NHWC) [N, H, W, C] or [N, T, C], "
                        + "and C = %s to be normalized with running statistics, got %s",
                conf.getLayer().getLayerName(),
                layerConf().getNOut(),
                Arrays.toString(x.shape()));
        return axis;
    }

    private static int[] others(int axis, int rank) {
        return IntStream.range(0, rank).filter(d -> d != axis).toArray();
    }

    /** DL4J-M2.1: broadcasting is wrong on arrays whose strides are permuted. */
    private static INDArray regular(INDArray array) {
        return array.dup('c');
    }

    private INDArray scale() {
        return gamma().divi(deviation());
    }

    private INDArray deviation() {
        return Transforms.sqrt(variance().addi(layerConf().getEps()), false);
    }

    private INDArray variance() {
        INDArray variance = params.get(BatchNormalizationParamInitializer.GLOBAL_VAR);
        return variance != null
                ? flat(variance)
                : Transforms.exp(
                        flat(params.get(BatchNormalizationParamInitializer.GLOBAL_LOG_STD))
                                .muli(TWO_LN_10),
                        false);
    }

    private INDArray mean() {
        return flat(params.get(BatchNormalizationParamInitializer.GLOBAL_MEAN));
    }

    private INDArray gamma() {
        return affine(BatchNormalizationParamInitializer.GAMMA, layerConf().getGamma());
    }

    private INDArray beta() {
        return affine(BatchNormalizationParamInitializer.BETA, layerConf().getBeta());
    }

    private INDArray affine(String key, double locked) {
        return layerConf().isLockGammaBeta()
                ? Nd4j.valueArrayOf(new long[] {layerConf().getNOut()}, locked, dataType)
                : flat(params.get(key));
    }

    private static INDArray flat(INDArray perChannel) {
        return perChannel.dup().reshape(perChannel.length());
    }

    @Override
    public Type type() {
        return Type.NORMALIZATION;
    }

    @Override
    public boolean isPretrainLayer() {
        return false;
    }

    @Override
    public boolean updaterDivideByMinibatch(String key) {
        return true;
    }
}
