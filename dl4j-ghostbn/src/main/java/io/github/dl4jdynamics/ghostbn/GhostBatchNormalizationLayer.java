/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn;

import java.util.Arrays;

import io.github.dl4jdynamics.ghostbn.math.GhostSplit;
import io.github.dl4jdynamics.ghostbn.math.GroupMoments;
import io.github.dl4jdynamics.ghostbn.math.RunningUpdate;
import io.github.dl4jdynamics.ghostbn.nd4j.Affine;
import io.github.dl4jdynamics.ghostbn.nd4j.AffineGradient;
import io.github.dl4jdynamics.ghostbn.nd4j.GhostNorm;
import io.github.dl4jdynamics.ghostbn.nd4j.GhostNorms;
import io.github.dl4jdynamics.ghostbn.nd4j.MaskWeights;
import org.deeplearning4j.exception.DL4JInvalidInputException;
import org.deeplearning4j.nn.api.MaskState;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.BaseLayer;
import org.deeplearning4j.nn.params.BatchNormalizationParamInitializer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The layer at work: splits, measures and normalises the batch, and hands the change of the running statistics to the
 * updater as the gradients of {@code mean} and {@code log10stdev} (or {@code var}).
 *
 * <p>Between the passes it keeps the statistics of the ghost batches, not the normalised values, which the backward pass
 * computes again from the input.
 */
final class GhostBatchNormalizationLayer extends BaseLayer<GhostBatchNormalization> {
    private static final long serialVersionUID = 1;
    private static final String GAMMA = BatchNormalizationParamInitializer.GAMMA;
    private static final String BETA = BatchNormalizationParamInitializer.BETA;

    /** What the last forward pass normalised with. */
    private transient GroupMoments moments;

    private transient GhostSplit split;
    private transient MaskWeights weights;
    private transient boolean trained;
    private int networkBatchSize;

    GhostBatchNormalizationLayer(NeuralNetConfiguration conf, DataType dataType) {
        super(conf, dataType);
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaceMgr) {
        assertInputSet(false);
        INDArray x = computable(checked(input));
        int axis = layerConf().channelAxis(x.rank());
        INDArray output = workspaceMgr.createUninitialized(ArrayType.ACTIVATIONS, dataType, x.shape(), 'c');
        INDArray y = output.dataType() == x.dataType() ? output : Nd4j.createUninitialized(x.dataType(), x.shape());
        GhostNorm norm = GhostNorms.of(x);
        FlatParameters parameters = parameters();
        trained = training;
        if (training) {
            divide(x, axis);
            moments = norm.forward(
                    x, y, axis, split, weights, affine(parameters), layerConf().getEps());
        } else {
            moments = GroupMoments.fixed(parameters.mean(), runningVariance(parameters));
            norm.normalise(x, y, axis, moments, affine(parameters), layerConf().getEps());
        }
        return y == output ? output : output.assign(y);
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaceMgr) {
        assertInputSet(true);
        INDArray x = computable(input);
        INDArray dy = computable(epsilon);
        int axis = layerConf().channelAxis(x.rank());
        INDArray output = workspaceMgr.createUninitialized(ArrayType.ACTIVATION_GRAD, dataType, x.shape(), 'c');
        INDArray dx = output.dataType() == x.dataType() ? output : Nd4j.createUninitialized(x.dataType(), x.shape());
        GhostNorm norm = GhostNorms.of(x);
        double eps = layerConf().getEps();
        FlatParameters parameters = parameters();
        AffineGradient affineGradient = trained
                ? norm.backward(x, dy, dx, axis, split, weights, moments, affine(parameters), eps)
                : norm.normaliseBackward(x, dy, dx, axis, moments, affine(parameters), eps);
        return new Pair<>(gradient(affineGradient, parameters), dx == output ? output : output.assign(dx));
    }

    /** The statistics are parameters with ready-made updates as gradients, which no batch size divides. */
    @Override
    public boolean updaterDivideByMinibatch(String parameter) {
        return GAMMA.equals(parameter) || BETA.equals(parameter);
    }

    @Override
    public void setInputMiniBatchSize(int size) {
        networkBatchSize = size;
    }

    @Override
    public int getInputMiniBatchSize() {
        return networkBatchSize > 0 ? networkBatchSize : super.getInputMiniBatchSize();
    }

    @Override
    public void clear() {
        super.clear();
        moments = null;
        split = null;
        weights = null;
    }

    @Override
    public boolean hasBias() {
        return false;
    }

    @Override
    public boolean isPretrainLayer() {
        return false;
    }

    @Override
    public Type type() {
        return Type.NORMALIZATION;
    }

    private INDArray checked(INDArray x) {
        long channels = layerConf().getNOut();
        if (x.rank() < 2 || x.rank() > 5) {
            throw new DL4JInvalidInputException("input of a GhostBatchNormalization layer must have rank 2 (dense), 3 "
                    + "(sequences), 4 (images) or 5 (volumes), got shape " + Arrays.toString(x.shape())
                    + "; add a preprocessor, or set the input type of the network " + layerId());
        }
        int axis = layerConf().channelAxis(x.rank());
        if (x.size(axis) != channels) {
            throw new DL4JInvalidInputException("input of a GhostBatchNormalization layer must have " + channels
                    + " channels in dimension " + axis + ", got shape " + Arrays.toString(x.shape())
                    + "; check nIn and the data format (channels first or last) " + layerId());
        }
        if (x.isEmpty()) {
            throw new DL4JInvalidInputException(
                    "input of a GhostBatchNormalization layer must have >= 1 example, got shape "
                            + Arrays.toString(x.shape()) + "; drop empty batches " + layerId());
        }
        return x;
    }

    private void divide(INDArray x, int axis) {
        try {
            // A passive mask counts where it fits: an LSTM hands its own on so, for it leaves zeros in the masked
            // steps.
            boolean stale =
                    maskState == MaskState.Passthrough && maskArray != null && !MaskWeights.fits(maskArray, x, axis);
            weights = MaskWeights.of(stale ? null : maskArray, x, axis).orElse(null);
            split = layerConf().splitRule().split((int) x.size(0), x.length() / x.size(0) / x.size(axis));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(e.getMessage() + " " + layerId(), e);
        }
    }

    /** In the network's type, or FLOAT where that is a half: 11 bits are too few to add up a batch with. */
    private INDArray computable(INDArray array) {
        return array.castTo(dataType == DataType.DOUBLE ? DataType.DOUBLE : DataType.FLOAT);
    }

    private FlatParameters parameters() {
        return FlatParameters.read(params(), (int) layerConf().getNOut());
    }

    private Affine affine(FlatParameters parameters) {
        if (!layerConf().isLockGammaBeta()) {
            return Affine.of(parameters.gamma(), parameters.beta());
        }
        double[] gamma = new double[(int) layerConf().getNOut()];
        double[] beta = gamma.clone();
        Arrays.fill(gamma, layerConf().getGamma());
        Arrays.fill(beta, layerConf().getBeta());
        return Affine.of(gamma, beta);
    }

    private double[] runningVariance(FlatParameters parameters) {
        double[] variance = parameters.spread();
        if (layerConf().isUseLogStd()) {
            Arrays.setAll(variance, c -> Math.pow(10, 2 * variance[c]));
        }
        return variance;
    }

    private Gradient gradient(AffineGradient affineGradient, FlatParameters parameters) {
        FlatParameters gradients =
                FlatParameters.zeros(gradientsFlattened, (int) layerConf().getNOut());
        if (!layerConf().isLockGammaBeta()) {
            double[] gamma = affineGradient.gamma();
            double[] beta = affineGradient.beta();
            gradientNormalization().apply(gamma, beta);
            gradients.setAffine(gamma, beta);
        }
        if (trained) {
            RunningUpdate update =
                    RunningUpdate.of(layerConf().getRunningRule(), layerConf().getDecay());
            gradients.setStatistics(
                    update.ofMean(moments, parameters.mean()),
                    layerConf().isUseLogStd()
                            ? update.ofLogDeviation(moments, parameters.spread())
                            : update.ofVariance(moments, parameters.spread()));
        }
        gradients.write(gradientsFlattened);
        Gradient gradient = new DefaultGradient();
        gradientViews.forEach(gradient::setGradientFor);
        return gradient;
    }

    private AffineGradientNormalization gradientNormalization() {
        return new AffineGradientNormalization(
                layerConf().getAffineGradientNormalization(),
                layerConf().getGradientNormalizationThreshold(),
                conf.isMiniBatch() ? getInputMiniBatchSize() : 1);
    }
}
