/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.math;

import java.util.Objects;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkNotNull;

/**
 * How batches are divided into ghost batches: size, grouping, tail and the least a group may hold.
 *
 * @since 0.1.0
 */
public final class SplitRule {
    /** A ghost batch size that no batch reaches: the statistics of the whole batch. */
    public static final int NEVER = Integer.MAX_VALUE;

    /** 32, the default of Composer; the paper's code and TabNet use 128. */
    public static final int DEFAULT_GHOST_BATCH_SIZE = 32;

    /** 2 (ours): a single value has no variance, and its output would be beta whatever it is. */
    public static final int DEFAULT_MINIMUM_VALUES = 2;

    private final int ghostBatchSize;
    private final Grouping grouping;
    private final TailPolicy tailPolicy;
    private final int minimumValues;

    private SplitRule(int ghostBatchSize, Grouping grouping, TailPolicy tailPolicy, int minimumValues) {
        this.ghostBatchSize = ghostBatchSize;
        this.grouping = grouping;
        this.tailPolicy = tailPolicy;
        this.minimumValues = minimumValues;
    }

    /**
     * Contiguous groups of this many examples, with a balanced tail and at least 2 values per group and channel.
     *
     * @throws IllegalArgumentException if the size is below 1
     */
    public static SplitRule ofSize(int ghostBatchSize) {
        checkArgument(
                ghostBatchSize >= 1,
                "ghost batch size must be >= 1 example, got %s; leave it at %s, or SplitRule.NEVER for no splitting",
                ghostBatchSize,
                DEFAULT_GHOST_BATCH_SIZE);
        return new SplitRule(ghostBatchSize, Grouping.CONTIGUOUS, TailPolicy.BALANCED, DEFAULT_MINIMUM_VALUES);
    }

    /** The same with another grouping. */
    public SplitRule grouping(Grouping grouping) {
        checkNotNull(grouping, "grouping must be CONTIGUOUS or STRIDED, got null; leave it out for CONTIGUOUS");
        return new SplitRule(ghostBatchSize, grouping, tailPolicy, minimumValues);
    }

    /** The same with another tail policy. */
    public SplitRule tailPolicy(TailPolicy tailPolicy) {
        checkNotNull(tailPolicy, "tail policy must not be null; leave it out for BALANCED");
        return new SplitRule(ghostBatchSize, grouping, tailPolicy, minimumValues);
    }

    /**
     * The same with another least number of values (examples times positions) per group and channel; groups that
     * would have fewer are made larger or join their neighbour.
     *
     * @throws IllegalArgumentException if below 1
     */
    public SplitRule minimumValues(int minimumValues) {
        checkArgument(
                minimumValues >= 1,
                "minimum values per ghost batch and channel must be >= 1, got %s; %s keeps groups of one value away",
                minimumValues,
                DEFAULT_MINIMUM_VALUES);
        return new SplitRule(ghostBatchSize, grouping, tailPolicy, minimumValues);
    }

    /**
     * Splits one batch.
     *
     * @param examples number of examples in the batch
     * @param valuesPerExample values of one channel that an example holds (positions of its feature map; 1 if dense)
     * @throws IllegalArgumentException if there is no example, or under {@link TailPolicy#ERROR} if the ghost batch
     *     size does not divide the batch
     */
    public GhostSplit split(int examples, long valuesPerExample) {
        return GhostSplit.of(examples, this, valuesPerExample);
    }

    /** Examples (not values) per ghost batch. */
    public int ghostBatchSize() {
        return ghostBatchSize;
    }

    /** Which examples form a group. */
    public Grouping grouping() {
        return grouping;
    }

    /** What becomes of left-over examples. */
    public TailPolicy tailPolicy() {
        return tailPolicy;
    }

    /** Least number of values per group and channel. */
    public int minimumValues() {
        return minimumValues;
    }

    @Override
    public boolean equals(Object other) {
        if (!(other instanceof SplitRule)) {
            return false;
        }
        SplitRule that = (SplitRule) other;
        return ghostBatchSize == that.ghostBatchSize
                && grouping == that.grouping
                && tailPolicy == that.tailPolicy
                && minimumValues == that.minimumValues;
    }

    @Override
    public int hashCode() {
        return Objects.hash(ghostBatchSize, grouping, tailPolicy, minimumValues);
    }

    @Override
    public String toString() {
        return ghostBatchSize == NEVER
                ? "whole batch"
                : "groups of " + ghostBatchSize + ", " + grouping + ", tail " + tailPolicy + ", >= " + minimumValues
                        + " values";
    }
}
