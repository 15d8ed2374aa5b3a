/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn;

import java.util.Collection;
import java.util.Map;
import java.util.Objects;

import io.github.dl4jdynamics.ghostbn.math.Grouping;
import io.github.dl4jdynamics.ghostbn.math.RunningRule;
import io.github.dl4jdynamics.ghostbn.math.SplitRule;
import io.github.dl4jdynamics.ghostbn.math.TailPolicy;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.LayerValidation;
import org.deeplearning4j.nn.conf.memory.LayerMemoryReport;
import org.deeplearning4j.nn.conf.memory.MemoryReport;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.annotation.JsonIgnore;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkNotNull;

/**
 * Batch normalization whose training statistics come from ghost batches, small groups of examples inside the batch.
 *
 * <pre>{@code
 * y = gamma (x - mu_k) / sqrt(v_k + eps) + beta      mu_k, v_k: mean and biased variance over ghost batch k
 * }</pre>
 *
 * <p>Large batches keep the regularizing noise of small ones. At inference nothing is split: running statistics
 * normalise a batch of any size. With a ghost batch size at or above the batch size, or {@link SplitRule#NEVER}, this is
 * plain batch normalization, faster.
 *
 * <p>Input: dense [N, C]; sequences [N, C, T] or [N, T, C]; images [N, C, H, W], [N, H, W, C] or flat; volumes
 * [N, C, D, H, W] or [N, D, H, W, C]. A mask weighs the steps in the statistics: masked ones count nothing (if they
 * are finite numbers), but are normalised with the others. FLOAT, DOUBLE, and HALF, whose statistics are computed in FLOAT.
 *
 * <p>Parameters, their names, order and initial values are those of {@link BatchNormalization}, so models go from one to
 * the other and back, see {@link GhostBatchNorms}. What differs on purpose, because the original is wrong there:
 *
 * <ul>
 *   <li>Locked gamma and beta always count; the original leaves them out unless both differ from 1 and 0.
 *   <li>{@code constrainGamma}, {@code constrainBeta} and {@code constrainAllParameters} constrain gamma and beta; the
 *       original ignores the first two, and lets the third change the running statistics.
 *   <li>Gradient normalization and clipping see gamma and beta alone; in the original they change the update of the
 *       running statistics too. (Time-distributed dense input in a {@code ComputationGraph}: the threshold applies to the
 *       mean over time steps, not over examples.)
 *   <li>A backward pass after an inference forward pass treats the running statistics as the constants they are; the
 *       original cannot train inside a {@code FrozenLayerWithBackprop}.
 *   <li>Sequences and volumes work; masks count.
 *   <li>Non-finite statistics do not enter the running ones. NaN or infinite inputs still give NaN outputs in their own
 *       channel and ghost batch.
 *   <li>A running variance stored as log10 of the deviation stops at -19 instead of underflowing to NaN.
 * </ul>
 *
 * <p>Cost: inputs are read and outputs written once in each direction; memory beyond them is three numbers per ghost
 * batch and channel. Batches of one value per channel give {@code y = beta}, as in the original.
 *
 * <p>Hoffer, Hubara, Soudry, "Train longer, generalize better", NeurIPS 2017, arXiv 1705.08741.
 *
 * @since 0.1.0
 */
public final class GhostBatchNormalization extends BatchNormalization {
    private static final long serialVersionUID = 1;

    private int ghostBatchSize = SplitRule.DEFAULT_GHOST_BATCH_SIZE;
    private Grouping grouping = Grouping.CONTIGUOUS;
    private TailPolicy tailPolicy = TailPolicy.BALANCED;
    private int minimumValues = SplitRule.DEFAULT_MINIMUM_VALUES;
    private RunningRule runningRule = RunningRule.AVERAGE_ONCE;
    private RNNFormat rnnFormat = RNNFormat.NCW;
    private Convolution3D.DataFormat cnn3DFormat = Convolution3D.DataFormat.NCDHW;
    private GradientNormalization affineGradientNormalization;

    /** All defaults; for deserialization. */
    public GhostBatchNormalization() {}

    GhostBatchNormalization(Builder builder) {
        builder.copyInherited(this);
        builder.copyPlain(this);
        setGhostBatchSize(builder.rule.ghostBatchSize());
        setGrouping(builder.rule.grouping());
        setTailPolicy(builder.rule.tailPolicy());
        setMinimumValues(builder.rule.minimumValues());
        setRunningRule(builder.runningRule);
    }

    /** A builder with {@link BatchNormalization}'s settings and those of the ghost batches. */
    public static Builder builder() {
        return new Builder();
    }

    /** How batches are split. */
    SplitRule splitRule() {
        return SplitRule.ofSize(ghostBatchSize)
                .grouping(grouping)
                .tailPolicy(tailPolicy)
                .minimumValues(minimumValues);
    }

    /** The dimension that counts channels in an input of this rank, 2 to 5. */
    int channelAxis(int rank) {
        boolean last = rank == 3 && rnnFormat == RNNFormat.NWC
                || rank == 4 && cnn2DFormat == CNN2DFormat.NHWC
                || rank == 5 && cnn3DFormat == Convolution3D.DataFormat.NDHWC;
        return last ? rank - 1 : 1;
    }

    @Override
    public Layer instantiate(
            NeuralNetConfiguration conf,
            Collection<TrainingListener> listeners,
            int layerIndex,
            INDArray layerParamsView,
            boolean initializeParams,
            DataType networkDataType) {
        LayerValidation.assertNOutSet("GhostBatchNormalization", getLayerName(), layerIndex, getNOut());
        GhostBatchNormalizationLayer layer = new GhostBatchNormalizationLayer(conf, networkDataType);
        layer.setListeners(listeners);
        layer.setIndex(layerIndex);
        layer.setParamsViewArray(layerParamsView);
        Map<String, INDArray> parameters = initializer().init(conf, layerParamsView, initializeParams);
        layer.setParamTable(parameters);
        layer.setConf(conf);
        return layer;
    }

    @Override
    public void setNIn(InputType inputType, boolean override) {
        super.setNIn(inputType, override);
        if (inputType instanceof InputType.InputTypeConvolutional) {
            setCnn2DFormat(((InputType.InputTypeConvolutional) inputType).getFormat());
        } else if (inputType instanceof InputType.InputTypeRecurrent) {
            setRnnFormat(((InputType.InputTypeRecurrent) inputType).getFormat());
        }
        // DL4J-M2.1: the output types of most layers of volumes say NDHWC whatever their layout; it is not read from
        // there.
    }

    @Override
    public LayerMemoryReport getMemoryReport(InputType inputType) {
        long updaterState = isLockGammaBeta() ? 0 : getIUpdater().stateSize(2 * nOut);
        return new LayerMemoryReport.Builder(
                        layerName, GhostBatchNormalization.class, inputType, getOutputType(-1, inputType))
                .standardMemory(initializer().numParams(this), updaterState)
                .workingMemory(0, 0, 0, 0)
                .cacheMemory(MemoryReport.CACHE_MODE_ALL_ZEROS, MemoryReport.CACHE_MODE_ALL_ZEROS)
                .build();
    }

    /**
     * Null while nothing is set, so that the network's setting is taken over, else {@code None}: the layer normalises the
     * gradients of gamma and beta itself, since the updater would change the running statistics too. What is set is
     * {@link #getAffineGradientNormalization()}.
     */
    @Override
    @JsonIgnore
    public GradientNormalization getGradientNormalization() {
        return affineGradientNormalization == null ? null : GradientNormalization.None;
    }

    @Override
    @JsonIgnore
    public void setGradientNormalization(GradientNormalization gradientNormalization) {
        this.affineGradientNormalization = gradientNormalization;
    }

    /** How the layer normalises the gradients of gamma and beta. */
    public GradientNormalization getAffineGradientNormalization() {
        return affineGradientNormalization;
    }

    /** As {@link #setGradientNormalization}, under the name it is saved by. */
    public void setAffineGradientNormalization(GradientNormalization affineGradientNormalization) {
        this.affineGradientNormalization = affineGradientNormalization;
    }

    /**
     * Sets whether the running variance is stored as log10 of the standard deviation; once false it stays false.
     *
     * <p>DL4J-M2.1: deserialization sets true on every configuration that was never initialised, whatever it says.
     */
    @Override
    public void setUseLogStd(boolean useLogStd) {
        super.setUseLogStd(useLogStd && isUseLogStd());
    }

    /** Examples (not values) per ghost batch; default 32. */
    public int getGhostBatchSize() {
        return ghostBatchSize;
    }

    /**
     * Sets the examples per ghost batch.
     *
     * @throws IllegalArgumentException if below 1
     */
    public void setGhostBatchSize(int ghostBatchSize) {
        checkArgument(
                ghostBatchSize >= 1,
                "ghostBatchSize of layer '%s' must be >= 1 example, got %s; leave it at %s, or use "
                        + "SplitRule.NEVER for no splitting",
                layerName,
                ghostBatchSize,
                SplitRule.DEFAULT_GHOST_BATCH_SIZE);
        this.ghostBatchSize = ghostBatchSize;
    }

    /** Which examples form a ghost batch; default contiguous. */
    public Grouping getGrouping() {
        return grouping;
    }

    /** Sets which examples form a ghost batch. */
    public void setGrouping(Grouping grouping) {
        this.grouping = checkNotNull(
                grouping, "grouping of layer '%s' must be CONTIGUOUS or STRIDED, got null; leave it out", layerName);
    }

    /** What becomes of examples left over; default balanced. */
    public TailPolicy getTailPolicy() {
        return tailPolicy;
    }

    /** Sets what becomes of examples left over. */
    public void setTailPolicy(TailPolicy tailPolicy) {
        this.tailPolicy = checkNotNull(
                tailPolicy, "tailPolicy of layer '%s' must not be null; leave it out for BALANCED", layerName);
    }

    /** Least number of values per ghost batch and channel; default 2. */
    public int getMinimumValues() {
        return minimumValues;
    }

    /**
     * Sets the least number of values per ghost batch and channel.
     *
     * @throws IllegalArgumentException if below 1
     */
    public void setMinimumValues(int minimumValues) {
        checkArgument(
                minimumValues >= 1,
                "minimumValues of layer '%s' must be >= 1 per ghost batch and channel, got %s; %s keeps groups of one "
                        + "value away",
                layerName,
                minimumValues,
                SplitRule.DEFAULT_MINIMUM_VALUES);
        this.minimumValues = minimumValues;
    }

    /** How ghost batches move the running statistics; default {@link RunningRule#AVERAGE_ONCE}. */
    public RunningRule getRunningRule() {
        return runningRule;
    }

    /** Sets how ghost batches move the running statistics. */
    public void setRunningRule(RunningRule runningRule) {
        this.runningRule = checkNotNull(
                runningRule, "runningRule of layer '%s' must not be null; leave it out for AVERAGE_ONCE", layerName);
    }

    /** Layout of sequences; taken from the input type where there is one. */
    public RNNFormat getRnnFormat() {
        return rnnFormat;
    }

    /** Sets the layout of sequences. */
    public void setRnnFormat(RNNFormat rnnFormat) {
        this.rnnFormat = rnnFormat;
    }

    /** Layout of volumes; as for the convolutions around it, the layer's own setting counts, not the input type. */
    public Convolution3D.DataFormat getCnn3DFormat() {
        return cnn3DFormat;
    }

    /** Sets the layout of volumes. */
    public void setCnn3DFormat(Convolution3D.DataFormat cnn3DFormat) {
        this.cnn3DFormat = cnn3DFormat;
    }

    @Override
    public GhostBatchNormalization clone() {
        return (GhostBatchNormalization) super.clone();
    }

    /** By all settings: layers with equal configurations may share what a framework caches for them. */
    @Override
    public boolean equals(Object other) {
        if (!(other instanceof GhostBatchNormalization) || !super.equals(other)) {
            return false;
        }
        GhostBatchNormalization that = (GhostBatchNormalization) other;
        return splitRule().equals(that.splitRule())
                && runningRule == that.runningRule
                && rnnFormat == that.rnnFormat
                && cnn3DFormat == that.cnn3DFormat
                && affineGradientNormalization == that.affineGradientNormalization;
    }

    @Override
    protected boolean canEqual(Object other) {
        return other instanceof GhostBatchNormalization;
    }

    @Override
    public int hashCode() {
        return Objects.hash(super.hashCode(), splitRule(), runningRule);
    }

    @Override
    public String toString() {
        return "Ghost" + super.toString() + "[" + splitRule() + ", running statistics " + runningRule + "]";
    }

    /**
     * Settings of a layer: those of {@link BatchNormalization.Builder} under the same names, and those of the ghost
     * batches.
     */
    @SuppressWarnings("unchecked") // build() is generic in the layer in Deeplearning4j's builders
    public static final class Builder extends BatchNormalizationSettings<Builder> {
        private SplitRule rule = SplitRule.ofSize(SplitRule.DEFAULT_GHOST_BATCH_SIZE);
        private RunningRule runningRule = RunningRule.AVERAGE_ONCE;

        /** All defaults. */
        public Builder() {}

        /**
         * Examples (not values) per ghost batch. Default 32 (Composer; the paper's code uses 128).
         *
         * @param ghostBatchSize at least 1; {@link SplitRule#NEVER} for the statistics of the whole batch
         * @throws IllegalArgumentException if below 1
         */
        public Builder ghostBatchSize(int ghostBatchSize) {
            rule = SplitRule.ofSize(ghostBatchSize)
                    .grouping(rule.grouping())
                    .tailPolicy(rule.tailPolicy())
                    .minimumValues(rule.minimumValues());
            return this;
        }

        /** Which examples form a ghost batch. Default {@link Grouping#CONTIGUOUS} (the paper's code). */
        public Builder grouping(Grouping grouping) {
            rule = rule.grouping(grouping);
            return this;
        }

        /** What becomes of examples left over. Default {@link TailPolicy#BALANCED} (Composer, TabNet). */
        public Builder tailPolicy(TailPolicy tailPolicy) {
            rule = rule.tailPolicy(tailPolicy);
            return this;
        }

        /**
         * Least number of values (examples times positions) per ghost batch and channel; smaller groups join their
         * neighbour. Default 2 (ours): one value has no variance.
         *
         * @throws IllegalArgumentException if below 1
         */
        public Builder minimumValues(int minimumValues) {
            rule = rule.minimumValues(minimumValues);
            return this;
        }

        /** How ghost batches move the running statistics. Default {@link RunningRule#AVERAGE_ONCE} (TensorFlow). */
        public Builder runningRule(RunningRule runningRule) {
            this.runningRule = checkNotNull(runningRule, "runningRule must not be null; leave it out for AVERAGE_ONCE");
            return this;
        }

        @Override
        public GhostBatchNormalization build() {
            return new GhostBatchNormalization(this);
        }
    }
}
