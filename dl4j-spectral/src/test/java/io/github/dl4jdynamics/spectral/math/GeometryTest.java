/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.math;

import java.util.List;

import com.google.common.testing.EqualsTester;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Matrix groups, windows and blocks. */
class GeometryTest {

    private final MatrixGroup group = MatrixGroup.of(MatrixNature.CONVOLUTION, 9, 8, 6);

    @Test
    void group_shape_givesItsSidesAndEigenvalues() {
        assertThat(group.nature()).isEqualTo(MatrixNature.CONVOLUTION);
        assertThat(group.count()).isEqualTo(9);
        assertThat(group.rows()).isEqualTo(8);
        assertThat(group.cols()).isEqualTo(6);
        assertThat(group.shortSide()).isEqualTo(6);
        assertThat(group.longSide()).isEqualTo(8);
        assertThat(group.eigenvalueCount()).isEqualTo(54);
        assertThat(group).hasToString("CONVOLUTION 9 of 8 x 6");
    }

    @Test
    void group_empty_isRefused() {
        assertThatThrownBy(() -> MatrixGroup.of(MatrixNature.LINEAR, 1, 0, 4))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "a matrix group must have >= 1 matrix of >= 1 x 1, got 1 of 0 x 4; leave out empty weights");
    }

    @Test
    void ofWindows_division_isTheGroupThatIsPooled() {
        List<Block> division = List.of(Block.of(0, Window.of(0, 0, 5, 3)), Block.of(4, Window.of(2, 1, 5, 3)));

        assertThat(group.ofWindows(division)).isEqualTo(MatrixGroup.of(MatrixNature.CONVOLUTION, 2, 5, 3));
        assertThatThrownBy(() -> group.ofWindows(List.of()))
                .hasMessage("a division of CONVOLUTION 9 of 8 x 6 must have >= 1 window, got 0");
        assertThatThrownBy(() -> group.ofWindows(
                        List.of(Block.of(0, Window.of(0, 0, 5, 3)), Block.of(0, Window.of(0, 0, 3, 5)))))
                .hasMessage("the windows of one division of CONVOLUTION 9 of 8 x 6 must have one size,"
                        + " got 5 x 3 at (0, 0) and 3 x 5 at (0, 0)");
    }

    @Test
    void window_transposed_swapsRowsAndColumns() {
        assertThat(Window.of(1, 2, 3, 4).transposed()).isEqualTo(Window.of(2, 1, 4, 3));
        assertThat(Window.whole(3, 4)).isEqualTo(Window.of(0, 0, 3, 4));
    }

    @Test
    void window_impossible_isRefused() {
        assertThatThrownBy(() -> Window.of(-1, 0, 1, 1)).hasMessage("a window must start at >= (0, 0), got (-1, 0)");
        assertThatThrownBy(() -> Window.of(0, 0, 0, 1)).hasMessage("a window must have >= 1 x 1 elements, got 0 x 1");
        assertThatThrownBy(() -> Block.of(-1, Window.whole(1, 1)))
                .hasMessage("matrix index of a block must be >= 0, got -1");
    }

    @Test
    void equality_isThatOfTheNumbers() {
        new EqualsTester()
                .addEqualityGroup(group, MatrixGroup.of(MatrixNature.CONVOLUTION, 9, 8, 6))
                .addEqualityGroup(MatrixGroup.of(MatrixNature.LINEAR, 9, 8, 6))
                .addEqualityGroup(MatrixGroup.of(MatrixNature.CONVOLUTION, 9, 6, 8))
                .addEqualityGroup(MatrixGroup.of(MatrixNature.CONVOLUTION, 8, 8, 6))
                .addEqualityGroup(Window.of(1, 2, 3, 4), Window.of(1, 2, 3, 4))
                .addEqualityGroup(Window.of(2, 1, 3, 4))
                .addEqualityGroup(Window.of(1, 2, 4, 3))
                .addEqualityGroup(Block.of(0, Window.whole(2, 2)), Block.of(0, Window.whole(2, 2)))
                .addEqualityGroup(Block.of(1, Window.whole(2, 2)))
                .testEquals();
    }

    @Test
    void wholeMatrixEsd_anyGroup_isOneDivisionOfWholeMatrices() {
        List<List<Block>> divisions = new WholeMatrixEsd().divisions(MatrixGroup.of(MatrixNature.RECURRENT, 4, 5, 3));

        Window whole = Window.whole(5, 3);
        assertThat(divisions)
                .containsExactly(
                        List.of(Block.of(0, whole), Block.of(1, whole), Block.of(2, whole), Block.of(3, whole)));
    }
}
