/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.oracle;

import java.util.function.ToDoubleFunction;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.layers.FrozenLayer;
import org.deeplearning4j.nn.layers.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkNotNull;
import static com.google.common.base.Preconditions.checkState;

/**
 * Mean loss and mean gradient of a network over fixed data, at any parameter vector.
 *
 * <pre>{@code
 * L(theta) = 1/N sum_n loss_n(theta) [+ regularization]          g(theta) = dL / dtheta
 *
 * LossOracle oracle = LossOracle.builder(net).build();
 * oracle.moveTo(net.params());
 * INDArray gradient = oracle.zeros();
 * double loss = oracle.addGradient(data, 1.0, gradient);
 * }</pre>
 *
 * <p>Works on a private copy, so the network, its listeners, its inputs and the calling thread's random numbers are left
 * as they are. The copy is a plain function of its parameters: no dropout, weight noise or randomized activations (RReLU
 * has its mean slope), no clipped logarithms; frozen layers pass errors on to trained layers below them; recurrent
 * networks start from state zero and see whole sequences. Random numbers that a custom layer draws are the same at every
 * evaluation. The gradient is zero where the {@link #mask} does not count. DL4J-M2.1: the framework's own gradients of
 * SameDiff layers (attention, locally connected, capsules), and of all layers below one, are twice the derivative; these
 * are not.
 *
 * <p>N counts examples: losses of sequences are summed over their steps, as in Deeplearning4j's score. Masks are honoured.
 *
 * <p>Memory: two parameter vectors, and the activations of one batch. Cost: that of the framework's own forward and
 * backward passes, without the error of the input where the lowest layer is a dense one, and one pass over the parameters per
 * batch. For one thread at a time.
 *
 * @since 0.1
 */
public final class LossOracle {
    private final LossNetwork network;
    private final ParameterMask mask;
    private final FlatVectors sums;
    private final RegularizationTerms regularization;
    private final boolean constrained;
    private final boolean batchStatistics;
    private final String settings;

    @SuppressWarnings("try") // scopes are left by closing them
    private LossOracle(Builder builder) {
        Model net = builder.net;
        NoiseFreeConfiguration quiet = new NoiseFreeConfiguration(builder.normalization);
        try (MemoryWorkspace outside = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces();
                RandomState random = new RandomState()) {
            INDArray parameters = net.params().dup();
            int iteration;
            int epoch;
            if (net instanceof MultiLayerNetwork) {
                MultiLayerNetwork original = (MultiLayerNetwork) net;
                iteration = original.getIterationCount();
                epoch = original.getEpochCount();
                network = new MultiLayerLoss(quiet.of(original.getLayerWiseConfigurations()), parameters);
            } else {
                ComputationGraph original = (ComputationGraph) net;
                iteration = original.getConfiguration().getIterationCount();
                epoch = original.getConfiguration().getEpochCount();
                network = new GraphLoss(quiet.of(original.getConfiguration()), parameters);
            }
            mask = ParameterMask.of(net, builder.normalization == BatchNormalizationMode.RUNNING_STATISTICS);
            ParameterMask copied = ParameterMask.of(network.model());
            checkState(
                    mask.hasLayoutOf(copied),
                    "the private copy must have the parameters of the network, got %s instead of %s",
                    copied,
                    mask);
            sums = new FlatVectors(mask);
            regularization = builder.regularized ? new RegularizationTerms(net, mask, iteration, epoch) : null;
            network.gradient().assign(0);
        }
        constrained = isConstrained(net);
        batchStatistics = hasBatchStatistics(network.model());
        settings = "batchNormalization=" + builder.normalization + ", regularization="
                + (builder.regularized ? "included" : "left out");
    }

    /**
     * Starts a copy of a network.
     *
     * @param net an initialised {@code MultiLayerNetwork} or {@code ComputationGraph}; copied when the oracle is built
     * @return a builder
     * @throws IllegalArgumentException for any other model
     * @throws IllegalStateException if the network is not initialised
     */
    public static Builder builder(Model net) {
        return new Builder(net);
    }

    /** Which parameters count. */
    public ParameterMask mask() {
        return mask;
    }

    /** A new flat vector of zeros in the network's data type, outside any workspace. */
    @SuppressWarnings("try") // the workspace scope is left by closing it
    public INDArray zeros() {
        try (MemoryWorkspace outside = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            return Nd4j.zeros(network.parameters().dataType(), mask.length());
        }
    }

    /** The parameters at which the oracle is now; live, not to be changed. */
    public INDArray parameters() {
        return network.parameters();
    }

    /** A flat vector of the network's length and type that may be written to between two gradients, which are computed in it. */
    public INDArray scratch() {
        return network.gradient();
    }

    /**
     * Goes to a parameter vector.
     *
     * @param theta flat, of the network's length; copied
     * @throws IllegalArgumentException if the length differs
     */
    public void moveTo(INDArray theta) {
        checkLength(theta);
        network.parameters().assign(theta.reshape(mask.length()));
    }

    /**
     * Goes to a point of a segment: {@code (1 - s) from + s to}.
     *
     * @param from flat, of the network's length
     * @param to flat, of the network's length
     * @param s 0 at {@code from}, 1 at {@code to}
     * @throws IllegalArgumentException if a length differs
     */
    public void moveTo(INDArray from, INDArray to, double s) {
        checkLength(from);
        checkLength(to);
        INDArray theta = network.parameters();
        INDArray start = from == theta ? theta.dup() : from.reshape(mask.length());
        theta.assign(to.reshape(mask.length()));
        FlatVectors.scale(s, theta);
        FlatVectors.addScaled(start, 1 - s, theta);
    }

    /**
     * Projects the parameters where the oracle is as the framework does after an update; nothing in a network without
     * constraints.
     *
     * @param iterationNow 0-based, as the framework gives it
     * @param epochNow 0-based
     */
    public void applyConstraints(int iterationNow, int epochNow) {
        if (constrained) {
            network.applyConstraints(iterationNow, epochNow);
        }
    }

    /**
     * Whether the loss depends on how the data are cut into batches, as it does with batch normalization on batch
     * statistics.
     */
    public boolean dependsOnBatches() {
        return batchStatistics;
    }

    /** Whether the network has constraints. */
    public boolean isConstrained() {
        return constrained;
    }

    /**
     * Mean loss where the oracle is, by forward passes in training mode.
     *
     * @param data the rows to average over
     * @return the loss, NaN or infinite if the network's is
     * @throws IllegalArgumentException if the network cannot take the data
     * @throws IllegalStateException during a forward or backward pass of a network in this thread
     */
    @SuppressWarnings("try") // scopes are left by closing them
    public double loss(LossData data) {
        checkOutsideOfPasses();
        try (MemoryWorkspace outside = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces();
                RandomState random = new RandomState()) {
            double sum = 0;
            for (MultiDataSet batch : data.batches()) {
                sum += LossData.rows(batch) * evaluate(data, batch, network::score);
            }
            return sum / data.rows() + (regularization == null ? 0 : regularization.score(network.parameters()));
        }
    }

    /**
     * Mean loss and mean gradient where the oracle is: {@code sum += weight * g}.
     *
     * @param data the rows to average over
     * @param weight any number
     * @param sum flat vector of the network's length and type; left alone where the mask does not count
     * @return the loss, NaN or infinite if the network's is
     * @throws IllegalArgumentException if the length or type of {@code sum} differs or the network cannot take the data
     * @throws IllegalStateException during a forward or backward pass of a network in this thread
     */
    public double addGradient(LossData data, double weight, INDArray sum) {
        return accumulate(data, weight, sum, true);
    }

    /**
     * Mean loss and mean gradient where the oracle is: {@code mean = g}.
     *
     * @param data the rows to average over
     * @param mean flat vector of the network's length and type; left alone where the mask does not count
     * @return the loss, NaN or infinite if the network's is
     * @throws IllegalArgumentException if the length or type of {@code mean} differs or the network cannot take the data
     * @throws IllegalStateException during a forward or backward pass of a network in this thread
     */
    public double gradient(LossData data, INDArray mean) {
        return accumulate(data, 1, mean, false);
    }

    @SuppressWarnings("try") // scopes are left by closing them
    private double accumulate(LossData data, double weight, INDArray sum, boolean begun) {
        checkLength(sum);
        checkArgument(
                sum.rank() == 1 && sum.dataType() == network.parameters().dataType(),
                "gradients of this network are added to a vector of rank 1 and type %s, got rank %s and type %s; use zeros()",
                network.parameters().dataType(),
                sum.rank(),
                sum.dataType());
        checkOutsideOfPasses();
        try (MemoryWorkspace outside = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces();
                RandomState random = new RandomState()) {
            double loss = 0;
            boolean adding = begun;
            for (MultiDataSet batch : data.batches()) {
                loss += LossData.rows(batch) * evaluate(data, batch, network::differentiate);
                if (adding) {
                    sums.addCounted(network.gradient(), weight / data.rows(), sum);
                } else {
                    sums.assignCounted(network.gradient(), weight / data.rows(), sum);
                }
                adding = true;
            }
            if (regularization == null) {
                return loss / data.rows();
            }
            regularization.addGradient(network.parameters(), weight, sum);
            return loss / data.rows() + regularization.score(network.parameters());
        }
    }

    private double evaluate(LossData data, MultiDataSet batch, ToDoubleFunction<MultiDataSet> pass) {
        network.check(batch);
        try {
            return pass.applyAsDouble(batch);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(
                    String.format(
                            "the network must be able to evaluate batch %d of the loss data, got features %s and labels %s: "
                                    + "%s%s",
                            data.batches().indexOf(batch),
                            LossData.shapes(batch.getFeatures()),
                            LossData.shapes(batch.getLabels()),
                            e,
                            LossData.rows(batch) > 1
                                    ? ""
                                    : "; batch normalization of one row with its own statistics is not possible"),
                    e);
        }
    }

    /** The private copy opens workspaces of the same names as the network in training. */
    private static void checkOutsideOfPasses() {
        for (MemoryWorkspace workspace : Nd4j.getWorkspaceManager().getAllWorkspacesForCurrentThread()) {
            checkState(
                    !workspace.isScopeActive() || !workspace.getId().startsWith("WS_"),
                    "a LossOracle must not be evaluated during a pass of a network, got workspace %s open; evaluate it in "
                            + "iterationDone or onGradientCalculation, not in onForwardPass or onBackwardPass",
                    workspace.getId());
        }
    }

    private void checkLength(INDArray vector) {
        checkArgument(
                vector.length() == mask.length(),
                "a parameter vector of this network must have %s elements, got %s",
                mask.length(),
                vector.length());
    }

    private static Layer[] layers(Model net) {
        return net instanceof MultiLayerNetwork
                ? ((MultiLayerNetwork) net).getLayers()
                : ((ComputationGraph) net).getLayers();
    }

    private static boolean hasBatchStatistics(Model copy) {
        for (Layer layer : layers(copy)) {
            boolean frozen = layer instanceof FrozenLayer || layer instanceof FrozenLayerWithBackprop;
            Object conf = layer.conf() == null ? null : layer.conf().getLayer();
            if (!frozen && conf instanceof BatchNormalization && !(conf instanceof FixedNormalization)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isConstrained(Model net) {
        for (Layer layer : layers(net)) {
            if (layer.conf() != null
                    && layer.conf().getLayer() != null
                    && LayerWrappers.isConstrained(layer.conf().getLayer())) {
                return true;
            }
        }
        return false;
    }

    @Override
    public String toString() {
        return settings;
    }

    /** Settings of a {@link LossOracle}. */
    public static final class Builder {
        private final Model net;
        private BatchNormalizationMode normalization = BatchNormalizationMode.BATCH_STATISTICS;
        private boolean regularized;

        private Builder(Model net) {
            checkArgument(
                    net instanceof MultiLayerNetwork || net instanceof ComputationGraph,
                    "a LossOracle is of a MultiLayerNetwork or a ComputationGraph, got %s",
                    net == null ? "null" : net.getClass().getName());
            checkState(
                    net instanceof MultiLayerNetwork
                            ? ((MultiLayerNetwork) net).isInitCalled()
                            : ((ComputationGraph) net).getVertices() != null,
                    "the network of a LossOracle must be initialised; call init() first");
            this.net = net;
        }

        /**
         * What batch normalization normalizes with. Default {@link BatchNormalizationMode#BATCH_STATISTICS}, as in the
         * reference code of loss change allocation.
         *
         * @param mode batch or running statistics
         * @return this
         */
        public Builder batchNormalization(BatchNormalizationMode mode) {
            normalization = checkNotNull(mode, "batchNormalization must not be null; BATCH_STATISTICS is the default");
            return this;
        }

        /**
         * Whether the loss includes the network's regularization (L1, L2, weight decay, custom ones), as the score of
         * Deeplearning4j does, and that of SameDiff layers, which its score forgets. Default false, as in the reference code of loss change allocation. Coefficients that
         * follow a schedule stay as they are when the oracle is built.
         *
         * @param included true for the regularized loss
         * @return this
         */
        public Builder regularization(boolean included) {
            regularized = included;
            return this;
        }

        /**
         * Makes the private copy.
         *
         * @return the oracle, at the network's present parameters
         */
        public LossOracle build() {
            return new LossOracle(this);
        }
    }
}
