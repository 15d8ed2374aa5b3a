/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance;

import java.util.Map;
import java.util.Objects;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * Stochastic gradient descent with momentum as PyTorch does it: the learning rate stays out of the velocity.
 *
 * <pre>{@code
 * v      <- g                                  at the first step
 * v      <- momentum v + (1 - dampening) g     later
 * update  = learningRate (nesterov ? g + momentum v : v)
 * }</pre>
 *
 * <p>ND4J's {@link org.nd4j.linalg.learning.config.Nesterovs Nesterovs} keeps {@code learningRate * v} as its state. At
 * a constant rate both take the same steps (this class with {@code nesterov(true)}); when the rate changes, as under a
 * schedule or layer-wise rates, ND4J's old velocity goes on at the old rate for about {@code 1 / (1 - momentum)}
 * updates, while here a new rate acts at once. Published results of PyTorch code are reproduced with this class.
 *
 * <p>State: one number per parameter, starting at 0. The first step is recognised by an updater block whose whole
 * velocity is still 0, so it needs no state of its own, holds after saving and loading, and only matters with
 * dampening. Deviation: if every gradient of a block so far was exactly 0, PyTorch dampens its next one and this class
 * does not. PyTorch refuses {@code nesterov} together with dampening; here the formula above holds for every setting.
 *
 * <p>Cost: four elementwise passes over the block; {@code nesterov} and dampening each take a temporary array of the
 * block's size and one more pass, dampening one reduction besides.
 *
 * <p>L2 regularization of Deeplearning4j is added to the gradient before the updater, as {@code weight_decay} of
 * PyTorch's SGD is. The class name and the property names are written into saved models and never change.
 *
 * <p>Source: {@code torch.optim.SGD}; Sutskever et al., On the importance of initialization and momentum in deep
 * learning, ICML 2013, whose form with the rate inside the velocity is ND4J's.
 */
public final class MomentumSgd implements IUpdater {
    private static final long serialVersionUID = 1L;

    /** 0.1, as in ND4J's {@code Nesterovs} and in the image experiments of TempBalance. */
    public static final double DEFAULT_LEARNING_RATE = 0.1;

    /** 0.9, as in ND4J's {@code Nesterovs}; PyTorch's default is 0, plain SGD. */
    public static final double DEFAULT_MOMENTUM = 0.9;

    private double learningRate;
    private ISchedule learningRateSchedule;
    private final double momentum;
    private final double dampening;
    private final boolean nesterov;

    /** Heavy ball with the default rate and momentum. */
    public MomentumSgd() {
        this(DEFAULT_LEARNING_RATE, DEFAULT_MOMENTUM);
    }

    /**
     * Heavy ball at a fixed rate.
     *
     * @param learningRate finite and not negative
     * @param momentum in [0, 1)
     * @throws IllegalArgumentException if a value is out of its range
     */
    public MomentumSgd(double learningRate, double momentum) {
        this(learningRate, null, momentum, 0, false);
    }

    /**
     * Heavy ball with the default momentum.
     *
     * @param learningRateSchedule gives the rate of every iteration and epoch; not copied
     */
    public MomentumSgd(ISchedule learningRateSchedule) {
        this(learningRateSchedule, DEFAULT_MOMENTUM);
    }

    /**
     * Heavy ball with a rate schedule.
     *
     * @param learningRateSchedule gives the rate of every iteration and epoch; not copied
     * @param momentum in [0, 1)
     * @throws IllegalArgumentException if a value is missing or out of its range
     */
    public MomentumSgd(ISchedule learningRateSchedule, double momentum) {
        this(Double.NaN, learningRateSchedule, momentum, 0, false);
    }

    @JsonCreator
    private MomentumSgd(
            @JsonProperty("learningRate") double learningRate,
            @JsonProperty("learningRateSchedule") ISchedule learningRateSchedule,
            @JsonProperty("momentum") double momentum,
            @JsonProperty("dampening") double dampening,
            @JsonProperty("nesterov") boolean nesterov) {
        checkArgument(
                momentum >= 0 && momentum < 1,
                "momentum of MomentumSgd must lie in [0, 1), got %s; 0.9 is common",
                momentum);
        checkArgument(
                dampening >= 0 && dampening < 1,
                "dampening of MomentumSgd must lie in [0, 1), got %s; 0 is PyTorch's default",
                dampening);
        this.momentum = momentum;
        this.dampening = dampening;
        this.nesterov = nesterov;
        setLrAndSchedule(learningRate, learningRateSchedule);
    }

    /**
     * Starts from the defaults: rate 0.1, momentum 0.9, no dampening, no Nesterov look-ahead.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * The fixed rate.
     *
     * @return the rate used without a schedule; NaN if there is only a schedule
     */
    public double getLearningRate() {
        return learningRate;
    }

    /**
     * The rate schedule.
     *
     * @return the schedule, or null for a fixed rate
     */
    public ISchedule getLearningRateSchedule() {
        return learningRateSchedule;
    }

    /**
     * Share of the old velocity that is kept.
     *
     * @return in [0, 1)
     */
    public double getMomentum() {
        return momentum;
    }

    /**
     * Share of the gradient that is left out of the velocity.
     *
     * @return in [0, 1)
     */
    public double getDampening() {
        return dampening;
    }

    /**
     * Whether the step looks ahead.
     *
     * @return true for {@code g + momentum v}, false for {@code v}
     */
    public boolean isNesterov() {
        return nesterov;
    }

    @Override
    public long stateSize(long numParams) {
        return numParams;
    }

    @Override
    public GradientUpdater<MomentumSgd> instantiate(INDArray viewArray, boolean initializeViewArray) {
        MomentumSgdUpdater updater = new MomentumSgdUpdater(this);
        INDArray row = viewArray.reshape(viewArray.length());
        updater.setStateViewArray(row, row.shape(), row.ordering(), initializeViewArray);
        return updater;
    }

    @Override
    public GradientUpdater<MomentumSgd> instantiate(Map<String, INDArray> updaterState, boolean initializeStateArrays) {
        MomentumSgdUpdater updater = new MomentumSgdUpdater(this);
        updater.setState(updaterState, initializeStateArrays);
        return updater;
    }

    @Override
    public double getLearningRate(int iteration, int epoch) {
        return learningRateSchedule == null ? learningRate : learningRateSchedule.valueAt(iteration, epoch);
    }

    @Override
    public boolean hasLearningRate() {
        return true;
    }

    /**
     * Changes the rate; acts at the next update if this very object is the one that the network's updater block holds.
     *
     * @param lr rate without a schedule; ignored, and may be NaN, with one
     * @param lrSchedule schedule, or null for the fixed rate
     * @throws IllegalArgumentException if there is neither a schedule nor a finite rate of at least 0
     */
    @Override
    public void setLrAndSchedule(double lr, ISchedule lrSchedule) {
        checkArgument(
                lrSchedule != null || (lr >= 0 && Double.isFinite(lr)),
                "learningRate of MomentumSgd must be finite and >= 0 if there is no schedule, got %s",
                lr);
        learningRate = lr;
        learningRateSchedule = lrSchedule;
    }

    @Override
    public MomentumSgd clone() {
        return new MomentumSgd(learningRate, learningRateSchedule, momentum, dampening, nesterov);
    }

    // Part of Deeplearning4j's contract: neighbouring parameters whose updaters are equal share a block.
    @Override
    public boolean equals(Object other) {
        if (!(other instanceof MomentumSgd)) {
            return false;
        }
        MomentumSgd that = (MomentumSgd) other;
        return Double.compare(learningRate, that.learningRate) == 0
                && Objects.equals(learningRateSchedule, that.learningRateSchedule)
                && Double.compare(momentum, that.momentum) == 0
                && Double.compare(dampening, that.dampening) == 0
                && nesterov == that.nesterov;
    }

    @Override
    public int hashCode() {
        return Objects.hash(learningRate, learningRateSchedule, momentum, dampening, nesterov);
    }

    @Override
    public String toString() {
        return "MomentumSgd(learningRate=" + learningRate + ", learningRateSchedule=" + learningRateSchedule
                + ", momentum=" + momentum + ", dampening=" + dampening + ", nesterov=" + nesterov + ")";
    }

    /** Collects the settings of a {@link MomentumSgd}. */
    public static final class Builder {
        private double learningRate = DEFAULT_LEARNING_RATE;
        private ISchedule learningRateSchedule;
        private double momentum = DEFAULT_MOMENTUM;
        private double dampening;
        private boolean nesterov;

        /** Starts from the defaults. */
        public Builder() {}

        /**
         * Fixed rate. Default 0.1, ND4J's {@code Nesterovs}.
         *
         * @param learningRate finite and not negative
         * @return this
         */
        public Builder learningRate(double learningRate) {
            this.learningRate = learningRate;
            return this;
        }

        /**
         * Rate by iteration and epoch. Default none.
         *
         * @param learningRateSchedule replaces the fixed rate; not copied
         * @return this
         */
        public Builder learningRateSchedule(ISchedule learningRateSchedule) {
            this.learningRateSchedule = learningRateSchedule;
            return this;
        }

        /**
         * Share of the old velocity that is kept. Default 0.9, ND4J's {@code Nesterovs}.
         *
         * @param momentum in [0, 1)
         * @return this
         */
        public Builder momentum(double momentum) {
            this.momentum = momentum;
            return this;
        }

        /**
         * Share of the gradient left out of the velocity, except at the first step. Default 0, PyTorch.
         *
         * @param dampening in [0, 1)
         * @return this
         */
        public Builder dampening(double dampening) {
            this.dampening = dampening;
            return this;
        }

        /**
         * Whether the step looks ahead. Default false, PyTorch.
         *
         * @param nesterov true for {@code g + momentum v}
         * @return this
         */
        public Builder nesterov(boolean nesterov) {
            this.nesterov = nesterov;
            return this;
        }

        /**
         * Checks the settings and makes the updater.
         *
         * @return the updater
         * @throws IllegalArgumentException if a value is out of its range
         */
        public MomentumSgd build() {
            return new MomentumSgd(learningRate, learningRateSchedule, momentum, dampening, nesterov);
        }
    }
}
