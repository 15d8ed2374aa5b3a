/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance.math;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.google.common.collect.Lists;

import static com.google.common.base.Preconditions.checkNotNull;
import static com.google.common.base.Preconditions.checkState;

/**
 * One update of the layer-wise rates: scores in, factors out.
 *
 * <pre>{@code scores -> moving average -> mean per block -> assignment -> guards -> factor per layer}</pre>
 *
 * <p>A layer whose new score is NaN or infinite takes part in nothing: the other layers get exactly the factors they would
 * get without it. It keeps its moving average for later and gets the base rate, factor 1, or the factor of its block if
 * another member has a usable score. The change limit holds for such layers too.
 *
 * <p>Holds no state: the caller passes each layer's previous average and factor in. O(n log n) for n layers.
 */
public final class RateAllocator {

    private static final double BASE_RATE = 1;

    private final RateAssignment assignment;
    private final Blocks blocks;
    private final ExponentialMovingAverage average;
    private final Guards guards;

    private RateAllocator(Builder builder) {
        this.assignment = builder.assignment;
        this.blocks = builder.blocks;
        this.average = builder.average;
        this.guards = builder.guards;
    }

    /** Returns a builder with the settings of TempBalance. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Allocates the factors of all tuned layers.
     *
     * @param layers one entry per layer, names distinct; none gives an empty allocation
     * @throws IllegalArgumentException if a name occurs twice or the assignment refuses a score
     * @throws IllegalStateException if the assignment returns a factor that is not finite and {@code > 0}
     */
    public RateAllocation allocate(List<LayerScore> layers) {
        LayerNames.checkDistinct(Lists.transform(layers, LayerScore::layer));

        int n = layers.size();
        double[] smoothed = new double[n];
        double[] usable = new double[n];
        double[] standardErrors = new double[n];
        List<Optional<String>> keys = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            LayerScore layer = layers.get(i);
            smoothed[i] = average.next(layer.previousSmoothedScore(), layer.score());
            usable[i] = layer.isUsable() ? smoothed[i] : Double.NaN;
            standardErrors[i] = layer.standardError();
            keys.add(blocks.keyOf(layer.layer()));
        }

        BlockScores blockScores = new BlockScores(keys, usable, standardErrors);
        double[] assigned = blockScores.isEmpty() ? new double[0] : assign(blockScores.scores());
        double spreadWeight =
                blockScores.isEmpty() ? 1 : guards.spreadWeight(blockScores.scores(), blockScores.standardErrors());

        Map<String, Double> factorOfBlock = blockScores.byKey(assigned);
        List<RateAllocation.Layer> result = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            Optional<Double> factor = keys.get(i).map(factorOfBlock::get);
            result.add(guarded(layers.get(i), smoothed[i], keys.get(i), factor, spreadWeight));
        }
        return new RateAllocation(result, spreadWeight);
    }

    private double[] assign(double[] scores) {
        double[] factors = assignment.factors(scores.clone());
        checkState(
                factors.length == scores.length,
                "%s must return one factor per score, got %s for %s; correct its factors()",
                assignment,
                factors.length,
                scores.length);
        for (double factor : factors) {
            checkState(
                    factor > 0 && Double.isFinite(factor),
                    "factors of %s must be finite and > 0, got %s for the scores %s; correct its factors()",
                    assignment,
                    factor,
                    Arrays.toString(scores));
        }
        return factors;
    }

    private RateAllocation.Layer guarded(
            LayerScore layer, double smoothed, Optional<String> block, Optional<Double> ofBlock, double spreadWeight) {
        List<String> notes = new ArrayList<>();
        if (!block.isPresent()) {
            notes.add("in no block: base rate");
        } else if (!ofBlock.isPresent()) {
            notes.add("no usable score: base rate");
        } else if (!layer.isUsable()) {
            notes.add("no usable score: factor of block " + block.get());
        }
        double assigned = ofBlock.orElse(BASE_RATE);
        double shrunk = guards.shrink(assigned, spreadWeight);
        double clamped = guards.clamp(shrunk);
        if (clamped != shrunk) {
            notes.add("clamped from " + shrunk);
        }
        double factor = guards.limitChange(clamped, layer.previousFactor());
        if (factor != clamped) {
            notes.add("change limited, wanted " + clamped);
        }
        return new RateAllocation.Layer(layer, smoothed, block, assigned, factor, String.join("; ", notes));
    }

    @Override
    public String toString() {
        return "allocator(" + assignment + ", " + blocks + ", smoothing=" + average.beta() + ", " + guards + ")";
    }

    /** Builds a {@link RateAllocator}. */
    public static final class Builder {

        private RateAssignment assignment = LinearMap.of(0.5, 1.5);
        private Blocks blocks = Blocks.perLayer();
        private ExponentialMovingAverage average = ExponentialMovingAverage.of(0);
        private Guards guards = Guards.none();

        private Builder() {}

        /** Sets the function from scores to factors; default {@code LinearMap.of(0.5, 1.5)}, TempBalance's. */
        public Builder assignment(RateAssignment assignment) {
            this.assignment = checkNotNull(assignment, "assignment of the allocator must not be null");
            return this;
        }

        /** Sets which layers share a factor; default {@link Blocks#perLayer()}, as in TempBalance. */
        public Builder blocks(Blocks blocks) {
            this.blocks = checkNotNull(blocks, "blocks of the allocator must not be null");
            return this;
        }

        /**
         * Sets how much of the previous average stays when a new score comes in.
         *
         * <pre>{@code average = beta previous + (1 - beta) score}</pre>
         *
         * @param beta {@code 0 <= beta < 1}; default 0 = the new score alone, as in TempBalance
         * @throws IllegalArgumentException if out of range
         */
        public Builder smoothing(double beta) {
            this.average = ExponentialMovingAverage.of(beta);
            return this;
        }

        /** Sets the limits on the factors; default {@link Guards#none()}, as in TempBalance. */
        public Builder guards(Guards guards) {
            this.guards = checkNotNull(guards, "guards of the allocator must not be null");
            return this;
        }

        /** Returns the allocator. */
        public RateAllocator build() {
            return new RateAllocator(this);
        }
    }
}
