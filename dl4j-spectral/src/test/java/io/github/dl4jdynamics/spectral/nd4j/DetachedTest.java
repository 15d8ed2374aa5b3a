/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

class DetachedTest {

    private static final double[][] ROWS = {{1, -2, 3}, {4, 5.5, -6}};
    private static final double[] BY_ROWS = {1, -2, 3, 4, 5.5, -6};
    private static final double[] BY_COLUMNS = {1, 4, -2, 5.5, 3, -6};

    static Stream<Arguments> typesAndLayouts() {
        return Stream.of(DataType.DOUBLE, DataType.FLOAT, DataType.FLOAT16, DataType.BFLOAT16)
                .flatMap(type -> Arrays.stream(Layout.values()).map(layout -> Arguments.of(type, layout)));
    }

    @ParameterizedTest
    @MethodSource("typesAndLayouts")
    void copies_ofAnyViewAndType_comeInTheOrderAskedFor(DataType type, Layout layout) {
        INDArray array = layout.of(ROWS, type);

        assertThat(Detached.doubles(array, 'c')).containsExactly(BY_ROWS);
        assertThat(Detached.doubles(array, 'f')).containsExactly(BY_COLUMNS);
        assertThat(widened(Detached.floats(array, 'c'))).containsExactly(BY_ROWS);
        assertThat(widened(Detached.floats(array, 'f'))).containsExactly(BY_COLUMNS);
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"BYTE", "SHORT", "INT", "LONG", "UBYTE", "BOOL"})
    void copies_ofOtherTypes_convert(DataType type) {
        INDArray array = Nd4j.createFromArray(new int[] {1, 0, 1}).castTo(type);

        assertThat(Detached.doubles(array, 'c')).containsExactly(1, 0, 1);
        assertThat(Detached.floats(array, 'c')).containsExactly(1, 0, 1);
    }

    @Test
    void copies_ofHigherRanks_matchElementwiseReads() {
        INDArray array = Nd4j.arange(2 * 3 * 4 * 5).castTo(DataType.FLOAT).reshape('c', 2, 3, 4, 5);
        for (INDArray view : List.of(
                array,
                array.permute(2, 0, 3, 1),
                array.get(NDArrayIndex.all(), NDArrayIndex.point(1), NDArrayIndex.interval(1, 3), NDArrayIndex.all()),
                array.dup('f'),
                array.slice(1))) {
            double[] expected = new double[(int) view.length()];
            Arrays.setAll(expected, i -> view.getDouble(index(view, i)));

            assertThat(widened(Detached.floats(view, 'c'))).containsExactly(expected);
            assertThat(Detached.doubles(view, 'c')).containsExactly(expected);
        }
    }

    /** Index of the i-th element in row-major order. */
    private static long[] index(INDArray array, int i) {
        long[] index = new long[array.rank()];
        long rest = i;
        for (int k = array.rank() - 1; k >= 0; k--) {
            index[k] = rest % array.size(k);
            rest /= array.size(k);
        }
        return index;
    }

    @Test
    void copies_ofScalarsVectorsAndEmpty_haveTheirLength() {
        assertThat(Detached.doubles(Nd4j.scalar(2.5), 'c')).containsExactly(2.5);
        assertThat(Detached.floats(Nd4j.createFromArray(1f, 2f).reshape(2, 1), 'f'))
                .containsExactly(1, 2);
        assertThat(Detached.doubles(Nd4j.create(DataType.FLOAT, 0, 4), 'c')).isEmpty();
        assertThat(Detached.floats(Nd4j.empty(DataType.DOUBLE), 'c')).isEmpty();
    }

    @Test
    void floats_ofDoubles_areRounded() {
        assertThat(Detached.floats(Nd4j.createFromArray(0.1, 1e300), 'c'))
                .containsExactly(0.1f, Float.POSITIVE_INFINITY);
    }

    @Test
    void doubles_ofFloats_areExact() {
        assertThat(Detached.doubles(Nd4j.createFromArray(0.1f), 'c')).containsExactly(0.1f);
    }

    @Test
    void copy_changedAfterwards_leavesTheArrayAlone() {
        INDArray array = Nd4j.createFromArray(1f, 2f);

        Detached.floats(array, 'c')[0] = 99;

        assertThat(array.getFloat(0)).isEqualTo(1f);
    }

    @Test
    void copy_insideAWorkspace_usesNoneOfIt() {
        WorkspaceConfiguration configuration =
                WorkspaceConfiguration.builder().initialSize(1L << 20).build();

        try (MemoryWorkspace workspace =
                Nd4j.getWorkspaceManager().getAndActivateWorkspace(configuration, "DETACHED")) {
            INDArray array = Nd4j.createFromArray(ROWS);
            long used = workspace.getPrimaryOffset();

            assertThat(widened(Detached.floats(array.transpose(), 'f'))).containsExactly(BY_ROWS);
            assertThat(workspace.getPrimaryOffset()).isEqualTo(used);
        }
    }

    @Test
    void isContiguous_ignoresStridesOfDimensionsOfOne() {
        INDArray larger = Nd4j.arange(12).castTo(DataType.DOUBLE).reshape('c', 3, 4);

        assertThat(Detached.isContiguous(larger, 'c')).isTrue();
        assertThat(Detached.isContiguous(larger, 'f')).isFalse();
        INDArray row = larger.get(NDArrayIndex.interval(1, 2), NDArrayIndex.all());
        INDArray column = larger.get(NDArrayIndex.all(), NDArrayIndex.interval(1, 2));
        assertThat(Detached.isContiguous(row, 'c')).isTrue();
        assertThat(Detached.isContiguous(row, 'f')).isTrue();
        assertThat(Detached.isContiguous(column, 'c')).isFalse();
        assertThat(Detached.doubles(row, 'f')).containsExactly(new double[] {4, 5, 6, 7}, within(0.0));
        assertThat(Detached.doubles(column, 'f')).containsExactly(new double[] {1, 5, 9}, within(0.0));
    }

    @Test
    void order_otherThanCOrF_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Detached.floats(Nd4j.scalar(1f), 'a'))
                .withMessage("order of a copy must be 'c' or 'f', got 'a'");
    }

    private static double[] widened(float[] floats) {
        double[] doubles = new double[floats.length];
        Arrays.setAll(doubles, i -> floats[i]);
        return doubles;
    }
}
