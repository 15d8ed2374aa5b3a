/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.math;

import java.util.Arrays;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkElementIndex;

/**
 * The division of a batch into ghost batches: which examples, 0-based, share their statistics.
 *
 * <p>Every example belongs to exactly one group, and no group is empty. Immutable; O(number of groups) memory.
 *
 * @since 0.1.0
 */
public final class GhostSplit {
    private final int examples;
    private final int groups;
    private final int groupSize;
    private final boolean strided;

    private GhostSplit(int examples, int groups, int groupSize, boolean strided) {
        this.examples = examples;
        this.groups = groups;
        this.groupSize = groupSize;
        this.strided = strided;
    }

    /** One group of all examples: plain batch normalization. */
    public static GhostSplit whole(int examples) {
        checkExamples(examples);
        return new GhostSplit(examples, 1, examples, false);
    }

    /**
     * Splits a batch.
     *
     * @param examples number of examples in the batch, at least 1
     * @param rule ghost batch size, grouping and tail policy
     * @param valuesPerExample values of one channel that an example holds (positions of its feature map; 1 if dense)
     * @throws IllegalArgumentException under {@link TailPolicy#ERROR}, if the ghost batch size does not divide the batch
     */
    static GhostSplit of(int examples, SplitRule rule, long valuesPerExample) {
        checkExamples(examples);
        int smallest = (int) Math.min(examples, -Math.floorDiv(-rule.minimumValues(), valuesPerExample));
        int ghostSize = Math.max(rule.ghostBatchSize(), smallest);
        int groups = rule.tailPolicy().groups(examples, ghostSize);
        if (rule.grouping() == Grouping.STRIDED) {
            int strided = Math.max(1, Math.min(groups, examples / smallest));
            return new GhostSplit(examples, strided, 0, true);
        }
        int groupSize = Math.max(smallest, rule.tailPolicy().groupSize(examples, ghostSize));
        // Whole groups, then a tail; a tail too small to have statistics of its own joins the group before it.
        int whole = Math.max(1, examples / groupSize);
        int tail = examples - whole * groupSize;
        boolean ownTail = groups > whole && tail >= smallest;
        return new GhostSplit(examples, ownTail ? whole + 1 : whole, groupSize, false);
    }

    /** Number of examples in the batch. */
    public int examples() {
        return examples;
    }

    /** Number of groups. */
    public int groups() {
        return groups;
    }

    /** Number of examples in group k, 0-based. */
    public int size(int k) {
        checkElementIndex(k, groups, "ghost batch");
        if (strided) {
            return (examples - k + groups - 1) / groups;
        }
        return k < groups - 1 ? groupSize : examples - (groups - 1) * groupSize;
    }

    /** First example of group k, 0-based. */
    public int first(int k) {
        return strided ? k : k * groupSize;
    }

    /** Distance from one example of a group to its next. */
    public int step() {
        return strided ? groups : 1;
    }

    /** The examples of group k, in their order in the batch. */
    public int[] members(int k) {
        int[] members = new int[size(k)];
        Arrays.setAll(members, i -> first(k) + i * step());
        return members;
    }

    @Override
    public String toString() {
        int[] sizes = new int[groups];
        Arrays.setAll(sizes, this::size);
        return (strided ? "strided " : "contiguous ") + Arrays.toString(sizes);
    }

    private static void checkExamples(int examples) {
        checkArgument(examples >= 1, "a batch to split must have >= 1 examples, got %s; drop empty batches", examples);
    }
}
