/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.math;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static java.util.stream.Collectors.toList;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class FarmsEsdTest {

    private static MatrixGroup linear(int rows, int cols) {
        return MatrixGroup.of(MatrixNature.LINEAR, 1, rows, cols);
    }

    private static MatrixGroup convolution(int rows, int cols) {
        return MatrixGroup.of(MatrixNature.CONVOLUTION, 9, rows, cols);
    }

    private static List<Window> windows(FarmsEsd farms, MatrixGroup group) {
        List<List<Block>> divisions = farms.divisions(group);
        assertThat(divisions).hasSize(1);
        return divisions.get(0).stream().map(Block::window).collect(toList());
    }

    private static List<Integer> rowStarts(FarmsEsd farms, MatrixGroup group) {
        return windows(farms, group).stream().map(Window::row).distinct().collect(toList());
    }

    @Test
    void reference_settings_areThoseOfTheExperiments() {
        assertThat(FarmsEsd.reference())
                .hasToString("FarmsEsd{windowRows=100, aspectRatio=1.0, sampling=fixed grid of 9 per dimension,"
                        + " smallMatrices=REFERENCE, convolutions=DIVISIONS}");
        assertThat(FarmsEsd.builder().build()).asString().contains("smallMatrices=CLAMP");
    }

    @Test
    void fixedGrid_largeMatrix_stopsShortOfTheFarEdgeAsReleased() {
        List<Window> windows = windows(FarmsEsd.reference(), linear(512, 2048));

        assertThat(windows).hasSize(81);
        assertThat(rowStarts(FarmsEsd.reference(), linear(512, 2048)))
                .containsExactly(0, 51, 102, 153, 204, 255, 306, 357, 408);
        assertThat(windows.get(1)).isEqualTo(Window.of(0, 243, 100, 100));
        assertThat(windows.get(80)).isEqualTo(Window.of(408, 1944, 100, 100));
    }

    @Test
    void fixedGrid_littleRoom_takesEveryStartOnce() {
        assertThat(rowStarts(FarmsEsd.reference(), linear(103, 100))).containsExactly(0, 1, 2, 3);
        assertThat(windows(FarmsEsd.reference(), linear(100, 100))).containsExactly(Window.whole(100, 100));
    }

    @Test
    void coverFarEdge_grids_endThere() {
        FarmsEsd fixed = FarmsEsd.builder().coverFarEdge(true).build();
        FarmsEsd sliding = FarmsEsd.builder().coverFarEdge(true).slidingGrid(30).build();

        assertThat(rowStarts(fixed, linear(512, 512))).containsExactly(0, 51, 103, 154, 206, 257, 309, 360, 412);
        assertThat(rowStarts(fixed, linear(103, 100))).containsExactly(0, 1, 2, 3);
        assertThat(rowStarts(fixed, linear(100, 100))).containsExactly(0);
        assertThat(rowStarts(sliding, linear(170, 100))).containsExactly(0, 30, 60, 70);
        assertThat(rowStarts(sliding, linear(160, 100))).containsExactly(0, 30, 60);
    }

    @Test
    void slidingGrid_largeMatrix_startsEveryStep() {
        FarmsEsd farms = FarmsEsd.builder()
                .windowRows(20)
                .aspectRatio(1.5)
                .slidingGrid(10)
                .build();

        assertThat(rowStarts(farms, linear(45, 60))).containsExactly(0, 10, 20);
        assertThat(windows(farms, linear(45, 60))).hasSize(12).contains(Window.of(20, 30, 20, 30));
    }

    @Test
    void aspectRatio_window_truncatesTheColumnsAsPythonDoes() {
        FarmsEsd farms = FarmsEsd.builder().aspectRatio(0.29).build();

        assertThat(windows(farms, linear(100, 100)).get(0).cols()).isEqualTo(28);
    }

    @ParameterizedTest
    @CsvSource({"24, 16, 8", "31, 30, 1", "12, 0, 12", "16, 0, 16", "32, 0, 32"})
    void smallMatrices_reference_isThePythonSlice(int rows, int start, int length) {
        FarmsEsd farms = FarmsEsd.builder()
                .windowRows(32)
                .smallMatrices(SmallMatrices.REFERENCE)
                .build();

        assertThat(windows(farms, linear(rows, 32))).containsExactly(Window.of(start, 0, length, 32));
    }

    @Test
    void smallMatrices_referenceWithOneShortSide_stillGridsTheOther() {
        FarmsEsd farms = FarmsEsd.builder()
                .windowRows(32)
                .fixedGrid(3)
                .smallMatrices(SmallMatrices.REFERENCE)
                .build();

        assertThat(windows(farms, linear(24, 40)))
                .containsExactly(Window.of(16, 0, 8, 32), Window.of(16, 4, 8, 32), Window.of(16, 8, 8, 32));
    }

    @Test
    void smallMatrices_referenceSliding_takesTheWholeSide() {
        FarmsEsd farms = FarmsEsd.builder()
                .windowRows(32)
                .slidingGrid(10)
                .smallMatrices(SmallMatrices.REFERENCE)
                .build();

        assertThat(windows(farms, linear(24, 40))).containsExactly(Window.of(0, 0, 24, 32));
    }

    @Test
    void smallMatrices_clamp_shrinksTheWindow() {
        FarmsEsd square = FarmsEsd.builder().windowRows(32).fixedGrid(2).build();
        FarmsEsd wide = FarmsEsd.builder().windowRows(32).aspectRatio(1.5).build();
        FarmsEsd slim = FarmsEsd.builder().windowRows(32).aspectRatio(0.1).build();

        assertThat(windows(square, linear(24, 40))).containsExactly(Window.of(0, 0, 24, 24), Window.of(0, 16, 24, 24));
        assertThat(windows(wide, linear(60, 20))).allSatisfy(w -> {
            assertThat(w.rows()).isEqualTo(20);
            assertThat(w.cols()).isEqualTo(20);
        });
        assertThat(windows(slim, linear(60, 5)).get(0)).isEqualTo(Window.of(0, 0, 5, 1));
    }

    @Test
    void smallMatrices_strict_refusesTheLayer() {
        FarmsEsd farms = FarmsEsd.builder()
                .windowRows(32)
                .aspectRatio(1.5)
                .smallMatrices(SmallMatrices.STRICT)
                .build();

        assertThat(windows(farms, linear(32, 48))).containsExactly(Window.whole(32, 48));
        assertThatThrownBy(() -> farms.divisions(linear(32, 47)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("FARMS window of 32 x 48 must not be larger than the layer's matrices, got LINEAR 1 of"
                        + " 32 x 47; lower windowRows, use SmallMatrices.CLAMP or leave out the layer");
    }

    @Test
    void randomWindows_sameShape_areTheSameOnEveryCall() {
        MatrixGroup group = MatrixGroup.of(MatrixNature.RECURRENT, 2, 300, 200);
        FarmsEsd farms = FarmsEsd.builder().randomWindows(20, 7).build();

        List<Block> blocks = farms.divisions(group).get(0);
        List<Block> again = FarmsEsd.builder()
                .randomWindows(20, 7)
                .build()
                .divisions(MatrixGroup.of(MatrixNature.LINEAR, 1, 300, 200))
                .get(0);

        assertThat(blocks).hasSize(40).doesNotHaveDuplicates();
        assertThat(farms.divisions(group).get(0)).isEqualTo(blocks);
        assertThat(again).as("whatever the group's size").isEqualTo(blocks.subList(0, 20));
    }

    @Test
    void randomWindows_otherSeedShapeOrMatrix_areOthers() {
        FarmsEsd farms = FarmsEsd.builder().randomWindows(20, 7).build();
        List<Window> windows = windows(farms, linear(300, 200));

        List<Window> otherSeed = windows(FarmsEsd.builder().randomWindows(20, 8).build(), linear(300, 200));
        List<Window> otherShape = windows(farms, linear(200, 300));
        List<Block> gates = farms.divisions(MatrixGroup.of(MatrixNature.RECURRENT, 2, 300, 200))
                .get(0);

        assertThat(otherSeed).isNotEqualTo(windows);
        assertThat(otherShape.stream().map(Window::transposed).collect(toList()))
                .isNotEqualTo(windows);
        assertThat(gates.subList(20, 40).stream().map(Block::window).collect(toList()))
                .isNotEqualTo(windows);
    }

    @Test
    void randomWindows_fewPlaces_takesEachOnce() {
        FarmsEsd farms = FarmsEsd.builder().randomWindows(20, 7).build();

        assertThat(windows(farms, linear(101, 102)))
                .containsExactly(
                        Window.of(0, 0, 100, 100),
                        Window.of(0, 1, 100, 100),
                        Window.of(0, 2, 100, 100),
                        Window.of(1, 0, 100, 100),
                        Window.of(1, 1, 100, 100),
                        Window.of(1, 2, 100, 100));
    }

    @ParameterizedTest
    @CsvSource({"64, 16, 4", "16, 64, 4", "70, 16, 4", "16, 16, 1", "64, 1, 64"})
    void convolution_divisions_cutTheLongerSide(int rows, int cols, int divisions) {
        List<List<Block>> blocks = FarmsEsd.reference().divisions(convolution(rows, cols));

        int side = Math.min(rows, cols);
        assertThat(blocks).hasSize(divisions);
        for (int k = 0; k < divisions; k++) {
            Window window = rows >= cols ? Window.of(k * side, 0, side, side) : Window.of(0, k * side, side, side);
            assertThat(blocks.get(k)).extracting(Block::window).hasSize(9).containsOnly(window);
            assertThat(blocks.get(k)).extracting(Block::matrix).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0.5, 16, 8",
        "0.75, 16, 12",
        "1, 16, 16",
        "1.25, 12, 16",
        "1.5, 10, 16",
        "100, 1, 16",
        "0.001, 16, 1",
        "0.29, 16, 4"
    })
    void convolution_anyAspectRatio_keepsTheLongerWindowSideAtTheShortSide(double q, int rows, int cols) {
        List<List<Block>> blocks =
                FarmsEsd.builder().aspectRatio(q).windowRows(2000).build().divisions(convolution(48, 16));
        List<List<Block>> turned =
                FarmsEsd.builder().aspectRatio(q).windowRows(2000).build().divisions(convolution(16, 48));

        assertThat(blocks).hasSize(3);
        assertThat(blocks.get(2).get(0).window()).isEqualTo(Window.of(2 * rows, 0, rows, cols));
        assertThat(turned.get(2).get(0).window()).isEqualTo(Window.of(0, 2 * rows, cols, rows));
    }

    @Test
    void convolution_quotientRoundedUpByDivision_isFlooredAsPythonDoes() {
        // 10 / (1 / 0.9) rounds to 9, but nine times the double 1 / 0.9 exceeds 10: Python's 10 // (1 / 0.9) is 8.
        List<List<Block>> blocks = FarmsEsd.builder().aspectRatio(0.9).build().divisions(convolution(10, 10));

        assertThat(blocks.get(0).get(0).window()).isEqualTo(Window.of(0, 0, 10, 8));
    }

    @Test
    void convolution_pooled_isOneDivisionOfTheSameWindows() {
        FarmsEsd pooled =
                FarmsEsd.builder().convolutions(ConvolutionWindows.POOLED).build();

        List<List<Block>> divisions = FarmsEsd.reference().divisions(convolution(64, 16));

        assertThat(pooled.divisions(convolution(64, 16)))
                .containsExactly(divisions.stream().flatMap(List::stream).collect(toList()));
    }

    @Test
    void convolution_linearWindows_gridsEverySlice() {
        FarmsEsd farms = FarmsEsd.builder()
                .windowRows(8)
                .fixedGrid(3)
                .convolutions(ConvolutionWindows.LINEAR)
                .build();

        List<Block> blocks = farms.divisions(convolution(16, 12)).get(0);

        assertThat(blocks).hasSize(9 * 9);
        assertThat(blocks.subList(9, 18)).extracting(Block::matrix).containsOnly(1);
        assertThat(blocks.get(80)).isEqualTo(Block.of(8, Window.of(8, 4, 8, 8)));
    }

    @ParameterizedTest
    @EnumSource(names = {"RECURRENT", "EMBEDDING"})
    void divisions_otherNatures_followTheLinearLayers(MatrixNature nature) {
        List<List<Block>> divisions = FarmsEsd.reference().divisions(MatrixGroup.of(nature, 1, 300, 400));

        assertThat(divisions).isEqualTo(FarmsEsd.reference().divisions(linear(300, 400)));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
    void aspectRatio_notPositive_isRefused(double q) {
        assertThatThrownBy(() -> FarmsEsd.builder().aspectRatio(q))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("aspectRatio Q of FARMS must be > 0 and finite, got " + q + "; 1 makes square windows");
    }

    @Test
    void settings_impossible_areRefused() {
        assertThatThrownBy(() -> FarmsEsd.builder().windowRows(0))
                .hasMessage("windowRows of FARMS must be >= 1, got 0; the paper uses 100");
        assertThatThrownBy(() -> FarmsEsd.builder().fixedGrid(1))
                .hasMessage("operations per dimension of the FARMS grid must be >= 2, got 1"
                        + " (the step divides by one less); use randomWindows(1, seed) for a single window");
        assertThatThrownBy(() -> FarmsEsd.builder().slidingGrid(0))
                .hasMessage("sliding step of FARMS must be >= 1, got 0; the released class' default is 10");
        assertThatThrownBy(() -> FarmsEsd.builder().randomWindows(0, 1))
                .hasMessage("number of random windows of FARMS must be >= 1, got 0;"
                        + " 81 is as many as the default grid has");
        assertThatThrownBy(
                        () -> FarmsEsd.builder().windowRows(3).aspectRatio(0.3).build())
                .hasMessage("FARMS window must have >= 1 column, got (int) (3 rows * Q 0.3) = 0;"
                        + " raise windowRows or aspectRatio");
        assertThatThrownBy(() -> FarmsEsd.builder()
                        .randomWindows(5, 1)
                        .coverFarEdge(true)
                        .build())
                .hasMessage("coverFarEdge of FARMS must be false with random windows, got true;"
                        + " they reach the far edge anyway, use a grid to be sure of it");
    }
}
