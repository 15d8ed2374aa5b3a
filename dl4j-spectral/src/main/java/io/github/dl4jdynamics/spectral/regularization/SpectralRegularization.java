/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.regularization;

import java.lang.ref.WeakReference;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;

import io.github.dl4jdynamics.spectral.nd4j.eigen.SpectralGradient;
import io.github.dl4jdynamics.spectral.nd4j.eigen.SpectralSolver;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.linalg.schedule.FixedSchedule;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect;
import org.nd4j.shade.jackson.annotation.JsonProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkNotNull;
import static com.google.common.base.Preconditions.checkState;

/**
 * A penalty on the singular values of weights, for Deeplearning4j's layers, that costs a fraction of a decomposition.
 *
 * <pre>{@code
 * loss + c phi(sigma(W))
 *
 * SpectralRegularization nuclear = SpectralRegularization.nuclearNorm(1e-4).period(10).build();
 * nuclear.attach(net);                                                      // every layer of a live network, or
 * new DenseLayer.Builder().nOut(256).regularization(List.of(nuclear))      // one layer of a configuration
 * }</pre>
 *
 * <p>The score that Deeplearning4j shows includes the penalty, and its gradient is that of the score: at a refresh of the
 * singular vectors up to the second order of what they are off by, and between refreshes of the tangent at the latest one. With {@link Builder#decoupled} the
 * gradient is instead taken off the weights after the updater, {@code W -= lr c G}, as weight decay is.
 *
 * <p>Which matrices: {@link #attach} knows each layer class (dense {@code [in, out]}; a convolution as out x (in kh kw), or
 * one matrix per kernel position; one matrix per gate of a recurrent layer; attention's projections). In a layer's builder an
 * array of rank 2 is one matrix, and one of higher rank is read as first axis x rest, which suits convolutions; attach others.
 *
 * <p>Settings and bindings are saved with the network's configuration. Singular vectors are not: after loading, they begin
 * again as at the start, by default with a decomposition, so that a run that is continued differs from one that was not by the
 * error of the vectors alone. One instance serves one network at a time, and begins again with another; copies of networks get
 * copies of it.
 *
 * <p>Li, Shi, Zhao and Lin, "Amortized Eigendecomposition for Neural Networks", NeurIPS 2024.
 *
 * @since 0.1
 */
@JsonAutoDetect(
        fieldVisibility = JsonAutoDetect.Visibility.NONE,
        getterVisibility = JsonAutoDetect.Visibility.NONE,
        isGetterVisibility = JsonAutoDetect.Visibility.NONE)
public final class SpectralRegularization implements Regularization {
    private static final long serialVersionUID = 1L;
    private static final Logger log = LoggerFactory.getLogger(SpectralRegularization.class);

    /** The score asked for last in this thread: Deeplearning4j asks all regularizations of a parameter one after the other. */
    private static final ThreadLocal<Asked> ASKED = new ThreadLocal<>();

    @JsonProperty("settings")
    private final PenaltySettings settings;

    /** Bindings by position in the network's flat vector. */
    @JsonProperty("bindings")
    private final TreeMap<Long, Binding> bindings;

    /** Parameters of the network it is attached to, of which those without a binding are left alone; 0 if it is not. */
    @JsonProperty("networkLength")
    private final long networkLength;

    private transient TreeMap<Long, PenalizedParameter> parameters = new TreeMap<>();

    /** The flat vector of the network whose parameters these are. */
    private transient WeakReference<DataBuffer> network;

    /** That of the network before. */
    private transient WeakReference<DataBuffer> networkBefore;

    private transient boolean saidShared;

    SpectralRegularization(
            @JsonProperty("settings") PenaltySettings settings,
            @JsonProperty("bindings") TreeMap<Long, Binding> bindings,
            @JsonProperty("networkLength") long networkLength) {
        this.settings = settings;
        this.networkLength = networkLength;
        this.bindings = bindings == null ? new TreeMap<>() : new TreeMap<>(bindings);
    }

    /** {@code c sum sigma_i}. */
    public static Builder nuclearNorm(double c) {
        return new Builder(PenaltyKind.NUCLEAR_NORM, 0, c);
    }

    /** {@code c (sigma_1 + ... + sigma_k)}. */
    public static Builder kyFanNorm(double c, int k) {
        return new Builder(PenaltyKind.KY_FAN_NORM, k, c);
    }

    /** {@code c sigma_1^2 / 2}. */
    public static Builder spectralNorm(double c) {
        return new Builder(PenaltyKind.SPECTRAL_NORM, 0, c);
    }

    /** {@code c (sum sigma_i^p)^(1/p)}. */
    public static Builder schattenNorm(double c, double p) {
        return new Builder(PenaltyKind.SCHATTEN_NORM, p, c);
    }

    /** {@code c ||W||_F^2 / sigma_1^2}. */
    public static Builder stableRank(double c) {
        return new Builder(PenaltyKind.STABLE_RANK, 0, c);
    }

    /** {@code c (||W||_F^2 - sigma_1^2 - ... - sigma_k^2) / 2}. */
    public static Builder tailEnergy(double c, int k) {
        return new Builder(PenaltyKind.TAIL_ENERGY, k, c);
    }

    /** {@code c ln(sigma_1 / sigma_n)}. */
    public static Builder conditionNumber(double c) {
        return new Builder(PenaltyKind.CONDITION_NUMBER, 0, c);
    }

    /**
     * Adds a copy of this to every layer of a live network that has weight matrices, from the next update on.
     *
     * @param net an initialised {@code MultiLayerNetwork} or {@code ComputationGraph}
     * @param layers names of the layers (graph: vertices) to penalize; none for all but embeddings
     * @throws IllegalArgumentException for an unknown layer, or one without weight matrices
     * @throws IllegalStateException if a layer has an equal penalty already
     */
    public void attach(Model net, String... layers) {
        new Attachment(net).add(this, List.of(layers));
    }

    /** Takes all spectral regularizations off a network; returns whether there were any. */
    public static boolean detach(Model net) {
        ASKED.remove();
        return new Attachment(net).removeAll();
    }

    /** What is penalized, and how. */
    PenaltySettings settings() {
        return settings;
    }

    /** A copy bound to parameters of a network that has so many. */
    SpectralRegularization boundTo(TreeMap<Long, Binding> others, long length) {
        return new SpectralRegularization(settings, others, length);
    }

    @Override
    public ApplyStep applyStep() {
        return settings.decoupled ? ApplyStep.POST_UPDATER : ApplyStep.BEFORE_UPDATER;
    }

    @Override
    public void apply(INDArray param, INDArray gradView, double lr, int iteration, int epoch) {
        double factor = settings.coefficient.valueAt(iteration, epoch) * (settings.decoupled ? lr : 1);
        if (factor != 0 && isPenalized(param)) {
            parameter(param).addGradient(param, gradView, factor, iteration);
        }
    }

    @Override
    public double score(INDArray param, int iteration, int epoch) {
        Asked.checkDistinct(ASKED.get(), this, param, iteration);
        ASKED.set(new Asked(this, param, iteration));
        double factor = settings.coefficient.valueAt(iteration, epoch);
        return factor == 0 || !isPenalized(param)
                ? 0
                : factor * parameter(param).score(param, iteration);
    }

    private boolean isPenalized(INDArray param) {
        boolean bound = networkLength == 0 || bindings.containsKey(param.offset());
        checkState(
                bound || vector(param).length() == networkLength,
                "a spectral regularization attached to a network of %s parameters must stay with it, got one of %s; attach it to"
                        + " the network anew after changing its layers",
                networkLength,
                vector(param).length());
        return bound;
    }

    private PenalizedParameter parameter(INDArray param) {
        // Deeplearning4j lets networks made of one configuration share its objects.
        DataBuffer before = network == null ? null : network.get();
        if (before != vector(param)) {
            sayShared(before, vector(param));
            network = new WeakReference<>(vector(param));
            parameters = new TreeMap<>();
        }
        return parameters.computeIfAbsent(param.offset(), offset -> {
            Binding binding = binding(param);
            remark(binding, param);
            return new PenalizedParameter(
                    binding.name(), settings.period, param.dataType(), binding.places(), settings.gradient());
        });
    }

    /** Two networks in turn make each other begin anew at every update. */
    private void sayShared(DataBuffer before, DataBuffer now) {
        boolean back = networkBefore != null && networkBefore.get() == now;
        if (back && !saidShared) {
            saidShared = true;
            log.warn(
                    "one spectral regularization, '{}', serves two networks in turn and begins with a decomposition each time;"
                            + " give each network an instance of its own",
                    this);
        }
        networkBefore = new WeakReference<>(before);
    }

    private void remark(Binding binding, INDArray param) {
        String remark = binding.places().stream()
                .map(place -> settings.remark(Math.min(place.rows(), place.cols())))
                .filter(text -> !text.isEmpty())
                .findFirst()
                .orElse("");
        if (!remark.isEmpty()) {
            log.warn("{} under {}: {}", binding.name(), settings.kind.with(settings.parameter), remark);
        }
        if (settings.perKernelPosition && networkLength == 0 && param.rank() > 2) {
            log.warn(
                    "{} is penalized as one matrix, first axis x rest: in a layer's builder perKernelPosition has no effect;"
                            + " attach the regularization to the network",
                    binding.name());
        }
    }

    /** Learns the shape anew where it is known, since the layers may have changed since it was saved. */
    private Binding binding(INDArray param) {
        if (networkLength == 0 && (param.rank() > 1 || !bindings.containsKey(param.offset()))) {
            bindings.put(param.offset(), Binding.ofShape(param));
        }
        Binding binding = bindings.get(param.offset());
        binding.checkFits(param);
        return binding;
    }

    /** What all views of one network's parameters have in common. */
    private static DataBuffer vector(INDArray param) {
        DataBuffer original = param.data().originalDataBuffer();
        return original == null ? param.data() : original;
    }

    /** The parameters that were penalized so far, by their position in the flat vector. */
    TreeMap<Long, PenalizedParameter> parameters() {
        return parameters == null ? new TreeMap<>() : parameters;
    }

    TreeMap<Long, Binding> bindings() {
        return bindings;
    }

    @Override
    public SpectralRegularization clone() {
        return new SpectralRegularization(settings, bindings, networkLength);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SpectralRegularization
                && ((SpectralRegularization) other).settings.equals(settings)
                && ((SpectralRegularization) other).bindings.equals(bindings);
    }

    @Override
    public int hashCode() {
        return Objects.hash(settings);
    }

    @Override
    public String toString() {
        return settings.toString();
    }

    /** Who was asked for the score of which parameter. Keeps neither alive. */
    private static final class Asked {
        private final WeakReference<SpectralRegularization> who;
        private final WeakReference<DataBuffer> vector;
        private final long offset;
        private final int iteration;

        Asked(SpectralRegularization who, INDArray param, int iteration) {
            this.who = new WeakReference<>(who);
            this.vector = new WeakReference<>(vector(param));
            this.offset = param.offset();
            this.iteration = iteration;
        }

        static void checkDistinct(Asked before, SpectralRegularization now, INDArray param, int iteration) {
            SpectralRegularization other = before == null ? null : before.who.get();
            checkState(
                    other == null
                            || other == now
                            || before.iteration != iteration
                            || before.vector.get() != vector(param)
                            || before.offset != param.offset()
                            || !other.settings.equals(now.settings),
                    "a layer must have a spectral regularization once, got '%s' twice; Deeplearning4j lists a regularization of"
                            + " the network's builder twice: set it on layers, or attach it to the network",
                    now);
        }
    }

    /** Settings of a {@link SpectralRegularization}. */
    public static final class Builder {
        private final PenaltySettings settings = new PenaltySettings();

        private Builder(PenaltyKind kind, double parameter, double c) {
            settings.kind = kind;
            settings.parameter = parameter;
            kind.with(parameter);
            checkArgument(
                    c >= 0 && Double.isFinite(c),
                    "coefficient of the %s must be finite and not negative, got %s",
                    kind,
                    c);
            settings.coefficient = new FixedSchedule(c);
        }

        /** A coefficient that changes, in place of the fixed one. */
        public Builder coefficient(ISchedule schedule) {
            settings.coefficient = checkNotNull(schedule, "coefficient schedule must not be null");
            return this;
        }

        /**
         * Iterations from one refresh of the singular vectors to the next.
         *
         * @param iterations at least 1, the default
         */
        public Builder period(int iterations) {
            checkArgument(iterations >= 1, "refresh period must be at least 1, got %s", iterations);
            settings.period = iterations;
            return this;
        }

        /** How singular vectors are found; default {@link SpectralSolver#ORTHOGONAL_ITERATION}. */
        public Builder solver(SpectralSolver solver) {
            settings.solver = checkNotNull(solver, "solver must not be null");
            return this;
        }

        /** Whether to begin with a decomposition, the default, or with random vectors. */
        public Builder exactStart(boolean exact) {
            settings.exactStart = exact;
            return this;
        }

        /** Residual of the vectors beyond which they are computed anew; see {@link SpectralGradient.Builder}. */
        public Builder residualLimit(double limit) {
            checkArgument(limit > 0, "residual limit must be positive, got %s", limit);
            settings.residualLimit = limit;
            return this;
        }

        /** Whether the gradient bypasses the updater, as weight decay does; default no. */
        public Builder decoupled(boolean decoupled) {
            settings.decoupled = decoupled;
            return this;
        }

        /** Whether {@link #attach} takes a convolution as one matrix per kernel position; default no, as out x rest. */
        public Builder perKernelPosition(boolean positions) {
            settings.perKernelPosition = positions;
            return this;
        }

        /**
         * Builds.
         *
         * @throws IllegalArgumentException if the solver cannot serve the penalty
         */
        public SpectralRegularization build() {
            settings.check();
            return new SpectralRegularization(settings.copy(), null, 0);
        }
    }
}
