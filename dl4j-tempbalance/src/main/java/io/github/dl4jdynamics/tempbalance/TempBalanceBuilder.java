/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Sets;
import io.github.dl4jdynamics.spectral.math.EsdEstimator;
import io.github.dl4jdynamics.spectral.math.MedianFit;
import io.github.dl4jdynamics.spectral.math.SpectrumMetric;
import io.github.dl4jdynamics.spectral.math.TailFitter;
import io.github.dl4jdynamics.spectral.math.WholeMatrixEsd;
import io.github.dl4jdynamics.spectral.nd4j.GramSpectra;
import io.github.dl4jdynamics.spectral.report.SamplingSchedule;
import io.github.dl4jdynamics.spectral.weights.WeightKind;
import io.github.dl4jdynamics.tempbalance.math.Blocks;
import io.github.dl4jdynamics.tempbalance.math.ExclusionRules;
import io.github.dl4jdynamics.tempbalance.math.Guards;
import io.github.dl4jdynamics.tempbalance.math.LinearMap;
import io.github.dl4jdynamics.tempbalance.math.RateAllocator;
import io.github.dl4jdynamics.tempbalance.math.RateAssignment;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkNotNull;

/**
 * Settings of {@link TempBalance}; the defaults are those of {@link TempBalance#paper()}, sources with each setting.
 *
 * @since 0.1
 */
public final class TempBalanceBuilder {
    // Read by TempBalanceSettings, which holds a copy nobody changes.
    Set<WeightKind> kinds = WeightKind.REFERENCE;
    EsdEstimator esd = new WholeMatrixEsd();
    TailFitter fit = MedianFit.released();
    double zeroThreshold;
    GramSpectra solver = GramSpectra.defaults();
    SpectrumMetric metric = SpectrumMetric.ALPHA;
    ExclusionRules exclusions = ExclusionRules.tempBalance();
    Predicate<String> include = layer -> true;
    ImmutableSet<String> excluded = ImmutableSet.of();
    RateAssignment assignment = LinearMap.of(0.5, 1.5);
    RateAssignment decayAssignment = LinearMap.of(0.67, 3);
    Blocks blocks = Blocks.perLayer();
    Guards guards = Guards.none();
    double smoothing;
    Set<Target> targets = Sets.immutableEnumSet(Target.LEARNING_RATE);
    boolean followNorms = true;
    Map<String, String> normOverrides = ImmutableMap.of();
    Map<String, Double> multipliers = ImmutableMap.of();
    SamplingSchedule schedule = SamplingSchedule.everyEpochs(1);
    int iterationsPerEpoch;
    boolean hold;
    double unchanged;
    double timeBudget = Double.POSITIVE_INFINITY;
    Background background = Background.OFF;
    boolean failFast;

    TempBalanceBuilder() {}

    TempBalanceBuilder copy() {
        TempBalanceBuilder copy = new TempBalanceBuilder();
        copy.kinds = kinds;
        copy.esd = esd;
        copy.fit = fit;
        copy.zeroThreshold = zeroThreshold;
        copy.solver = solver;
        copy.metric = metric;
        copy.exclusions = exclusions;
        copy.include = include;
        copy.excluded = excluded;
        copy.assignment = assignment;
        copy.decayAssignment = decayAssignment;
        copy.blocks = blocks;
        copy.guards = guards;
        copy.smoothing = smoothing;
        copy.targets = targets;
        copy.followNorms = followNorms;
        copy.normOverrides = normOverrides;
        copy.multipliers = multipliers;
        copy.schedule = schedule;
        copy.iterationsPerEpoch = iterationsPerEpoch;
        copy.hold = hold;
        copy.unchanged = unchanged;
        copy.timeBudget = timeBudget;
        copy.background = background;
        copy.failFast = failFast;
        return copy;
    }

    /**
     * Kinds of weights that are scored. Default {@link WeightKind#REFERENCE}, what the released code analyses: dense,
     * 2D convolution with its depthwise and pointwise forms, attention. A layer with several weight arrays scores the
     * mean over them.
     */
    public TempBalanceBuilder kinds(Set<WeightKind> kinds) {
        checkArgument(
                !kinds.isEmpty(), "kinds of weights to score must not be empty; WeightKind.REFERENCE is the default");
        this.kinds = Sets.immutableEnumSet(kinds);
        return this;
    }

    /** What is pooled into a layer's spectrum. Default whole matrices, as in TempBalance. */
    public TempBalanceBuilder esd(EsdEstimator esd) {
        this.esd = checkNotNull(esd, "esd must not be null; FarmsEsd.reference() and WholeMatrixEsd are there");
        return this;
    }

    /** How the tail is fitted. Default the median fit over the upper half, {@code xmin_mid} of the released code. */
    public TempBalanceBuilder fit(TailFitter fit) {
        this.fit = checkNotNull(fit, "fit must not be null; MedianFit.released() is the default");
        return this;
    }

    /** Eigenvalues at or below this are left out before the fit. Default 0 keeps all, as released; SciML uses 1e-5. */
    public TempBalanceBuilder zeroThreshold(double zeroThreshold) {
        checkArgument(
                zeroThreshold >= 0 && !Double.isInfinite(zeroThreshold),
                "zeroThreshold must be finite and >= 0, got %s; 1e-5 is the usual value, 0 keeps all eigenvalues",
                zeroThreshold);
        this.zeroThreshold = zeroThreshold;
        return this;
    }

    /** Eigenvalue solver: precision, back end, threads. Default double precision, fastest back end, all cores. */
    public TempBalanceBuilder solver(GramSpectra solver) {
        this.solver = checkNotNull(solver, "solver must not be null; see GramSpectra.defaults()");
        return this;
    }

    /** The number that decides the rate. Default alpha; spectral norm, alpha hat and stable rank are ablated in the papers. */
    public TempBalanceBuilder metric(SpectrumMetric metric) {
        this.metric = checkNotNull(metric, "metric must not be null; SpectrumMetric.ALPHA is the default");
        return this;
    }

    /** First, last and small layers. Default: first, last and fewer than 50 eigenvalues keep the base rate. */
    public TempBalanceBuilder exclusions(ExclusionRules exclusions) {
        this.exclusions = checkNotNull(exclusions, "exclusions must not be null; see ExclusionRules.tempBalance()");
        return this;
    }

    /** Layers that may be tuned, by name. Default all. Does not move what counts as first and last. */
    public TempBalanceBuilder include(Predicate<String> include) {
        this.include = checkNotNull(include, "include must not be null; name -> true includes all layers");
        return this;
    }

    /** Layers that keep the base rate, besides those named before; an unknown name is refused when attaching. */
    public TempBalanceBuilder exclude(String... layers) {
        excluded = Sets.union(excluded, ImmutableSet.copyOf(layers)).immutableCopy();
        return this;
    }

    /** Scores to rate factors. Default linear from 0.5 to 1.5. */
    public TempBalanceBuilder assignment(RateAssignment assignment) {
        this.assignment =
                checkNotNull(assignment, "assignment must not be null; LinearMap.of(0.5, 1.5) is the default");
        return this;
    }

    /** Scores to weight-decay factors. Default linear from 0.67 to 3, as in AlphaDecay; used with its {@link Target}. */
    public TempBalanceBuilder decayAssignment(RateAssignment assignment) {
        this.decayAssignment =
                checkNotNull(assignment, "decayAssignment must not be null; LinearMap.of(0.67, 3) is the default");
        return this;
    }

    /** What the factors act on. Default the learning rate. */
    public TempBalanceBuilder targets(Target... targets) {
        checkArgument(targets.length > 0, "targets must not be empty; Target.LEARNING_RATE is the default");
        this.targets = Sets.immutableEnumSet(Arrays.asList(targets));
        return this;
    }

    /** Scores per layer (default) or per block, by name pattern or function. */
    public TempBalanceBuilder blocks(Blocks blocks) {
        this.blocks = checkNotNull(blocks, "blocks must not be null; Blocks.perLayer() is the default");
        return this;
    }

    /** Limits on the factors. Default none, as released. */
    public TempBalanceBuilder guards(Guards guards) {
        this.guards = checkNotNull(guards, "guards must not be null; Guards.none() is the default");
        return this;
    }

    /** Weight of the previous smoothed score in the next, in [0, 1). Default 0, no smoothing, as released. */
    public TempBalanceBuilder smoothing(double beta) {
        RateAllocator.builder().smoothing(beta);
        this.smoothing = beta;
        return this;
    }

    /** Whether a batch normalization takes the rate of the nearest weighted layer upstream. Default true. */
    public TempBalanceBuilder followNorms(boolean follow) {
        this.followNorms = follow;
        return this;
    }

    /**
     * Lets one normalization follow the layer named, instead of the nearest upstream; "" keeps its own rate. Also for
     * normalizations of custom classes; a layer that is scored itself follows none and is refused when attaching.
     */
    public TempBalanceBuilder normFollows(String norm, String layer) {
        normOverrides = ImmutableMap.<String, String>builder()
                .putAll(normOverrides)
                .put(norm, layer)
                .buildKeepingLast();
        return this;
    }

    /**
     * A constant the layer's factor is multiplied with (discriminative fine-tuning), and with it that of the norms that
     * follow the layer. Default 1; 0 stops the layer, but see {@link io.github.dl4jdynamics.spectral.rates.LayerFactors#set}.
     */
    public TempBalanceBuilder multiplier(String layer, double multiplier) {
        checkArgument(
                multiplier >= 0 && !Double.isInfinite(multiplier),
                "multiplier of layer '%s' must be finite and >= 0, got %s; 1 leaves its rate to the spectrum alone",
                layer,
                multiplier);
        multipliers = ImmutableMap.<String, Double>builder()
                .putAll(multipliers)
                .put(layer, multiplier)
                .buildKeepingLast();
        return this;
    }

    /** Measures before training and after every n-th epoch. Default n = 1, as released. */
    public TempBalanceBuilder everyEpochs(int n) {
        return schedule(SamplingSchedule.everyEpochs(n));
    }

    /** Measures before training and then every n iterations. */
    public TempBalanceBuilder everyIterations(int n) {
        return schedule(SamplingSchedule.everyIterations(n));
    }

    /**
     * When to measure, with {@link SamplingSchedule#startingAfter} for a warm-up during which all factors are 1, and
     * {@link SamplingSchedule#stoppingAfter} after which they stay as they are. The end of a warm-up is measured too, so
     * that the first iteration after it trains at the new rates.
     */
    public TempBalanceBuilder schedule(SamplingSchedule schedule) {
        this.schedule =
                checkNotNull(schedule, "schedule must not be null; SamplingSchedule.everyEpochs(1) is the default");
        return this;
    }

    /**
     * Iterations that make an epoch where the network is trained by {@code fit(DataSet)}, which never ends one. Default
     * unknown: a schedule over epochs then goes by the network's epoch counter, which the caller has to move, and warns.
     * {@code ParallelWrapper} trains that way too; there it is the number of batches per worker.
     */
    public TempBalanceBuilder iterationsPerEpoch(int iterations) {
        checkArgument(
                iterations >= 1,
                "iterationsPerEpoch must be >= 1, got %s; it is the number of batches in the training data",
                iterations);
        this.iterationsPerEpoch = iterations;
        return this;
    }

    /**
     * Whether rates stay constant from one measurement to the next (also after the last) instead of following the base
     * schedule: the "stage" rule of TempBalance's language models. Default false.
     */
    public TempBalanceBuilder holdBetweenMeasurements(boolean hold) {
        this.hold = hold;
        return this;
    }

    /**
     * Reuses a layer's spectrum while its weights changed by less than this fraction of their norm since it was measured.
     * Default 0 measures always. Costs a copy of the scored weights.
     */
    public TempBalanceBuilder skipUnchanged(double relativeChange) {
        checkArgument(
                relativeChange >= 0 && relativeChange < 1,
                "relative change of skipUnchanged must be in [0, 1), got %s; 0 measures always, 0.01 is one percent",
                relativeChange);
        this.unchanged = relativeChange;
        return this;
    }

    /**
     * Most time the measurements may take, as a fraction of training time; those beyond it are left out and marked in the
     * history. Default unlimited.
     */
    public TempBalanceBuilder timeBudget(double fraction) {
        checkArgument(fraction > 0, "timeBudget must be > 0, got %s; 0.02 allows two percent", fraction);
        this.timeBudget = fraction;
        return this;
    }

    /** Measures a snapshot on another thread. Default {@link Background#OFF}. */
    public TempBalanceBuilder background(Background background) {
        this.background = checkNotNull(background, "background must not be null; Background.OFF is the default");
        return this;
    }

    /** Lets an error of a measurement stop training instead of being logged and marked. Default false; for tests. */
    public TempBalanceBuilder failFast(boolean failFast) {
        this.failFast = failFast;
        return this;
    }

    /**
     * The immutable settings.
     *
     * @throws IllegalArgumentException for settings that contradict each other
     */
    public TempBalance build() {
        checkArgument(
                !(background.isOn() && unchanged > 0),
                "skipUnchanged and background must not be used together: the training thread would compare weights it "
                        + "should not wait for; drop one");
        return new TempBalance(new TempBalanceSettings(this));
    }
}
