/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.math;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class GhostSplitTest {

    @Property(tries = 1000)
    void groups_partitionTheBatch(
            @ForAll @IntRange(min = 1, max = 300) int examples,
            @ForAll @IntRange(min = 1, max = 70) int size,
            @ForAll Grouping grouping,
            @ForAll TailPolicy policy,
            @ForAll @IntRange(min = 1, max = 20) int minimum,
            @ForAll @IntRange(min = 1, max = 9) int values) {
        SplitRule rule =
                SplitRule.ofSize(size).grouping(grouping).tailPolicy(policy).minimumValues(minimum);
        if (isRefused(rule, examples, values)) {
            return;
        }

        GhostSplit split = rule.split(examples, values);

        int[] owners = new int[examples];
        for (int k = 0; k < split.groups(); k++) {
            int[] members = split.members(k);
            assertThat(members).hasSize(split.size(k)).isSorted().isNotEmpty();
            assertThat(members[0]).isEqualTo(split.first(k));
            for (int i = 1; i < members.length; i++) {
                assertThat(members[i] - members[i - 1]).isEqualTo(split.step());
            }
            Arrays.stream(members).forEach(m -> owners[m]++);
        }
        assertThat(owners).containsOnly(1);
        assertThat(split.examples()).isEqualTo(examples);
    }

    @Property(tries = 1000)
    void groups_holdTheLeastNumberOfValues(
            @ForAll @IntRange(min = 1, max = 300) int examples,
            @ForAll @IntRange(min = 1, max = 70) int size,
            @ForAll Grouping grouping,
            @ForAll TailPolicy policy,
            @ForAll @IntRange(min = 1, max = 20) int minimum,
            @ForAll @IntRange(min = 1, max = 9) int values) {
        SplitRule rule =
                SplitRule.ofSize(size).grouping(grouping).tailPolicy(policy).minimumValues(minimum);
        if (isRefused(rule, examples, values)) {
            return;
        }

        GhostSplit split = rule.split(examples, values);

        for (int k = 0; k < split.groups() && split.groups() > 1; k++) {
            assertThat(split.size(k) * values).isGreaterThanOrEqualTo(minimum);
        }
    }

    @Property(tries = 1000)
    void strided_hasSizesThatDifferByAtMostOne(
            @ForAll @IntRange(min = 1, max = 300) int examples,
            @ForAll @IntRange(min = 1, max = 70) int size,
            @ForAll TailPolicy policy) {
        SplitRule rule = SplitRule.ofSize(size).grouping(Grouping.STRIDED).tailPolicy(policy);
        if (isRefused(rule, examples, 1)) {
            return;
        }

        GhostSplit split = rule.split(examples, 1);

        int[] sizes = sizes(split);
        assertThat(Arrays.stream(sizes).max().getAsInt()
                        - Arrays.stream(sizes).min().getAsInt())
                .isBetween(0, 1);
    }

    @Property(tries = 1000)
    void contiguous_agreesWithChunkingByHand(
            @ForAll @IntRange(min = 1, max = 300) int examples,
            @ForAll @IntRange(min = 1, max = 70) int size,
            @ForAll TailPolicy policy) {
        SplitRule rule = SplitRule.ofSize(size).tailPolicy(policy).minimumValues(1);
        if (isRefused(rule, examples, 1)) {
            return;
        }

        assertThat(members(rule.split(examples, 1))).isEqualTo(chunks(examples, size, policy));
    }

    /** Dealt out one example after the other. */
    private static List<List<Integer>> chunks(int examples, int size, TailPolicy policy) {
        int length = size;
        if (policy == TailPolicy.BALANCED) {
            int groups = (int) Math.ceil(examples / (double) size);
            length = (int) Math.ceil(examples / (double) groups);
        }
        List<List<Integer>> chunks = new ArrayList<>();
        for (int i = 0; i < examples; i++) {
            if (i % length == 0) {
                chunks.add(new ArrayList<>());
            }
            chunks.get(chunks.size() - 1).add(i);
        }
        List<Integer> last = chunks.get(chunks.size() - 1);
        if (policy == TailPolicy.MERGE_LAST && chunks.size() > 1 && last.size() < size) {
            chunks.remove(last);
            chunks.get(chunks.size() - 1).addAll(last);
        }
        return chunks;
    }

    @ParameterizedTest
    @CsvSource({
        "9, 4, CONTIGUOUS, REMAINDER, 1, 1, 'contiguous [4, 4, 1]'",
        "9, 4, CONTIGUOUS, REMAINDER, 2, 1, 'contiguous [4, 5]'",
        "9, 4, CONTIGUOUS, REMAINDER, 2, 2, 'contiguous [4, 4, 1]'",
        "9, 4, CONTIGUOUS, BALANCED, 2, 1, 'contiguous [3, 3, 3]'",
        "9, 4, CONTIGUOUS, MERGE_LAST, 2, 1, 'contiguous [4, 5]'",
        "8, 4, CONTIGUOUS, ERROR, 2, 1, 'contiguous [4, 4]'",
        "3, 4, CONTIGUOUS, ERROR, 2, 1, 'contiguous [3]'",
        "10, 4, CONTIGUOUS, BALANCED, 2, 1, 'contiguous [4, 4, 2]'",
        "5, 1, CONTIGUOUS, BALANCED, 2, 1, 'contiguous [2, 3]'",
        "6, 4, CONTIGUOUS, BALANCED, 4, 1, 'contiguous [6]'",
        "9, 4, CONTIGUOUS, BALANCED, 4, 1, 'contiguous [4, 5]'",
        "5, 1, CONTIGUOUS, BALANCED, 1, 1, 'contiguous [1, 1, 1, 1, 1]'",
        "5, 1, CONTIGUOUS, BALANCED, 2, 6, 'contiguous [1, 1, 1, 1, 1]'",
        "5, 1, CONTIGUOUS, BALANCED, 100, 6, 'contiguous [5]'",
        "1, 1, CONTIGUOUS, REMAINDER, 2, 1, 'contiguous [1]'",
        "1, 32, STRIDED, BALANCED, 2, 1, 'strided [1]'",
        "9, 4, STRIDED, BALANCED, 2, 1, 'strided [3, 3, 3]'",
        "10, 4, STRIDED, REMAINDER, 2, 1, 'strided [4, 3, 3]'",
        "9, 4, STRIDED, MERGE_LAST, 2, 1, 'strided [5, 4]'",
        "3, 1, STRIDED, REMAINDER, 2, 1, 'strided [3]'",
    })
    void limits_areAsDescribed(
            int examples, int size, Grouping grouping, TailPolicy policy, int minimum, long values, String expected) {
        SplitRule rule =
                SplitRule.ofSize(size).grouping(grouping).tailPolicy(policy).minimumValues(minimum);

        assertThat(rule.split(examples, values)).hasToString(expected);
    }

    @ParameterizedTest
    @EnumSource(TailPolicy.class)
    void sizeAtOrAboveTheBatch_isOneGroup(TailPolicy policy) {
        for (int size : new int[] {7, 8, 1000, SplitRule.NEVER - 1, SplitRule.NEVER}) {
            for (Grouping grouping : Grouping.values()) {
                GhostSplit split = SplitRule.ofSize(size)
                        .tailPolicy(policy)
                        .grouping(grouping)
                        .split(7, 3);

                assertThat(members(split)).containsExactly(List.of(0, 1, 2, 3, 4, 5, 6));
            }
        }
    }

    @Test
    void whole_isOneGroupOfEverything() {
        assertThat(members(GhostSplit.whole(3))).containsExactly(List.of(0, 1, 2));
    }

    @Test
    void hugeMinimum_isOneGroup() {
        GhostSplit split = SplitRule.ofSize(2).minimumValues(Integer.MAX_VALUE).split(10, 1);

        assertThat(split.groups()).isEqualTo(1);
        assertThat(SplitRule.ofSize(2).split(10, Long.MAX_VALUE).groups()).isEqualTo(5);
    }

    @Test
    void errorPolicy_namesSizeAndBatchAndRemedy() {
        assertThatThrownBy(
                        () -> SplitRule.ofSize(4).tailPolicy(TailPolicy.ERROR).split(10, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "ghost batch size 4 must divide the batch size under the tail policy ERROR, got a batch of 10 "
                                + "examples; drop the incomplete batch, or choose BALANCED, MERGE_LAST or REMAINDER");
    }

    @Test
    void badArguments_areRefusedWithARemedy() {
        assertThatThrownBy(() -> SplitRule.ofSize(0)).hasMessageContainingAll(">= 1", "got 0", "32", "NEVER");
        assertThatThrownBy(() -> SplitRule.ofSize(4).minimumValues(0)).hasMessageContainingAll(">= 1", "got 0", "2");
        assertThatThrownBy(() -> SplitRule.ofSize(4).grouping(null)).hasMessageContaining("leave it out");
        assertThatThrownBy(() -> SplitRule.ofSize(4).tailPolicy(null)).hasMessageContaining("leave it out");
        assertThatThrownBy(() -> SplitRule.ofSize(4).split(0, 1)).hasMessageContainingAll(">= 1", "got 0", "drop");
        assertThatThrownBy(() -> GhostSplit.whole(0)).hasMessageContainingAll(">= 1", "got 0", "drop");
        assertThatThrownBy(() -> SplitRule.ofSize(4).split(8, 1).size(2)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void rule_isAValue() {
        SplitRule rule = SplitRule.ofSize(8)
                .grouping(Grouping.STRIDED)
                .tailPolicy(TailPolicy.ERROR)
                .minimumValues(3);

        assertThat(rule)
                .isEqualTo(SplitRule.ofSize(8)
                        .minimumValues(3)
                        .tailPolicy(TailPolicy.ERROR)
                        .grouping(Grouping.STRIDED))
                .hasSameHashCodeAs(SplitRule.ofSize(8)
                        .minimumValues(3)
                        .tailPolicy(TailPolicy.ERROR)
                        .grouping(Grouping.STRIDED))
                .isNotEqualTo(rule.minimumValues(4))
                .isNotEqualTo(rule.grouping(Grouping.CONTIGUOUS))
                .isNotEqualTo(rule.tailPolicy(TailPolicy.BALANCED))
                .hasToString("groups of 8, STRIDED, tail ERROR, >= 3 values");
        assertThat(SplitRule.ofSize(SplitRule.NEVER)).hasToString("whole batch");
    }

    private static boolean isRefused(SplitRule rule, int examples, int values) {
        if (rule.tailPolicy() != TailPolicy.ERROR) {
            return false;
        }
        int smallest = Math.min(examples, (rule.minimumValues() + values - 1) / values);
        int size = Math.max(rule.ghostBatchSize(), smallest);
        return examples > size && examples % size != 0;
    }

    private static int[] sizes(GhostSplit split) {
        return IntStream.range(0, split.groups()).map(split::size).toArray();
    }

    private static List<List<Integer>> members(GhostSplit split) {
        List<List<Integer>> groups = new ArrayList<>();
        for (int k = 0; k < split.groups(); k++) {
            List<Integer> members = new ArrayList<>();
            Arrays.stream(split.members(k)).forEach(members::add);
            groups.add(members);
        }
        return groups;
    }
}
