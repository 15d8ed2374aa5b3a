/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.math;

import java.util.BitSet;
import java.util.List;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

import static org.assertj.core.api.Assertions.assertThat;

class FarmsEsdPropertyTest {

    @Provide
    Arbitrary<FarmsEsd> estimators() {
        return Combinators.combine(
                        Arbitraries.integers().between(1, 40),
                        Arbitraries.doubles().between(0.2, 4),
                        Arbitraries.integers().between(2, 12),
                        Arbitraries.integers().between(0, 4),
                        Arbitraries.of(SmallMatrices.REFERENCE, SmallMatrices.CLAMP),
                        Arbitraries.of(ConvolutionWindows.class))
                .filter((rows, q, number, kind, small, conv) -> (int) (rows * q) >= 1)
                .as((rows, q, number, kind, small, conv) -> {
                    FarmsEsd.Builder builder = FarmsEsd.builder()
                            .windowRows(rows)
                            .aspectRatio(q)
                            .smallMatrices(small)
                            .convolutions(conv)
                            .coverFarEdge(kind % 2 == 1);
                    return (kind < 2
                                    ? builder.fixedGrid(number)
                                    : kind < 4 ? builder.slidingGrid(number) : builder.randomWindows(number, number))
                            .build();
                });
    }

    @Provide
    Arbitrary<MatrixGroup> groups() {
        return Combinators.combine(
                        Arbitraries.of(MatrixNature.class),
                        Arbitraries.integers().between(1, 3),
                        Arbitraries.integers().between(1, 60),
                        Arbitraries.integers().between(1, 60))
                .as(MatrixGroup::of);
    }

    @Property(tries = 1000)
    void divisions_anySettings_areDistinctWindowsOfOneSizeInsideTheMatrices(
            @ForAll("estimators") FarmsEsd farms, @ForAll("groups") MatrixGroup group) {
        List<List<Block>> divisions = farms.divisions(group);

        assertThat(divisions).isNotEmpty().doesNotHaveDuplicates();
        for (List<Block> division : divisions) {
            assertThat(division).isNotEmpty().doesNotHaveDuplicates();
            assertThat(group.ofWindows(division).count()).as("one size").isEqualTo(division.size());
            assertThat(division).allSatisfy(block -> {
                assertThat(block.matrix()).isLessThan(group.count());
                assertThat(block.window().row() + block.window().rows()).isLessThanOrEqualTo(group.rows());
                assertThat(block.window().col() + block.window().cols()).isLessThanOrEqualTo(group.cols());
            });
        }
    }

    @Property(tries = 300)
    void fixedGrid_windowThatFits_isThePythonLoop(
            @ForAll @IntRange(min = 1, max = 200) int side,
            @ForAll @IntRange(min = 1, max = 200) int window,
            @ForAll @IntRange(min = 2, max = 20) int operations) {
        int length = Math.min(side, window);
        int step = Math.max(1, Math.floorDiv(side - length, operations - 1));
        int count = Math.min(operations, Math.max(1, Math.floorDiv(side - length, step) + 1));
        int[] expected = new int[count];
        for (int i = 0; i < count; i++) {
            expected[i] = Math.min(i * step, side - length);
        }

        assertThat(new FixedGrid(operations).starts(side, length)).isEqualTo(expected);
    }

    @Property(tries = 300)
    void coverFarEdge_windowsThatMeet_coverEveryRowAndColumn(
            @ForAll @IntRange(min = 1, max = 120) int rows,
            @ForAll @IntRange(min = 1, max = 120) int cols,
            @ForAll @IntRange(min = 1, max = 40) int window,
            @ForAll @IntRange(min = 0, max = 5) int extra,
            @ForAll boolean sliding) {
        int enough = Math.max(rows, cols) / Math.min(window, Math.min(rows, cols)) + 2 + extra;
        FarmsEsd.Builder builder = FarmsEsd.builder().windowRows(window).coverFarEdge(true);
        FarmsEsd farms = sliding
                ? builder.slidingGrid(Math.min(window, Math.min(rows, cols))).build()
                : builder.fixedGrid(enough).build();

        BitSet coveredRows = new BitSet();
        BitSet coveredCols = new BitSet();
        for (Block block : farms.divisions(MatrixGroup.of(MatrixNature.LINEAR, 1, rows, cols))
                .get(0)) {
            Window w = block.window();
            coveredRows.set(w.row(), w.row() + w.rows());
            coveredCols.set(w.col(), w.col() + w.cols());
        }

        assertThat(coveredRows.cardinality()).isEqualTo(rows);
        assertThat(coveredCols.cardinality()).isEqualTo(cols);
    }
}
