/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class MatrixViewTest {

    private static final double[] TWELVE = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};

    @Test
    void of_readsRowAfterRow() {
        MatrixView doubles = MatrixView.of(TWELVE, 3, 4);
        MatrixView floats = MatrixView.of(floats(TWELVE), 3, 4);

        assertThat(doubles.rows()).isEqualTo(3);
        assertThat(doubles.cols()).isEqualTo(4);
        assertThat(doubles.get(0, 3)).isEqualTo(3);
        assertThat(doubles.get(2, 1)).isEqualTo(9);
        assertThat(floats.get(2, 1)).isEqualTo(9);
        assertThat(doubles).hasToString("MatrixView[3 x 4]");
    }

    @Test
    void strided_readsEveryOther() {
        MatrixView view = MatrixView.strided(TWELVE, 1, 6, 2, 2, 3);

        assertThat(rows(view)).isDeepEqualTo(new double[][] {{1, 3, 5}, {7, 9, 11}});
        assertThat(rows(MatrixView.strided(floats(TWELVE), 1, 6, 2, 2, 3)))
                .isDeepEqualTo(new double[][] {{1, 3, 5}, {7, 9, 11}});
    }

    @Test
    void view_showsLaterChangesOfItsArray() {
        double[] array = TWELVE.clone();
        MatrixView view = MatrixView.of(array, 3, 4);

        array[5] = 77;

        assertThat(view.get(1, 1)).isEqualTo(77);
    }

    @Test
    void window_ofAWindow_countsFromItsCorner() {
        MatrixView view = MatrixView.of(TWELVE, 3, 4).window(1, 1, 2, 3).window(1, 0, 1, 2);

        assertThat(rows(view)).isDeepEqualTo(new double[][] {{9, 10}});
    }

    @Test
    void transposed_exchangesRowsAndColumns() {
        MatrixView view = MatrixView.of(TWELVE, 3, 4).window(0, 1, 2, 3).transposed();

        assertThat(rows(view)).isDeepEqualTo(new double[][] {{1, 5}, {2, 6}, {3, 7}});
        assertThat(rows(view.window(1, 0, 2, 1))).isDeepEqualTo(new double[][] {{2}, {3}});
    }

    @Test
    void kernelSlices_areTheMatricesOfEachPosition() {
        int out = 5;
        int in = 3;
        int k = 4;
        double[] weights = IntStream.range(0, out * in * k).asDoubleStream().toArray();

        for (List<MatrixView> slices : List.of(
                MatrixView.kernelSlices(weights, out, in, k), MatrixView.kernelSlices(floats(weights), out, in, k))) {
            assertThat(slices).hasSize(k);
            for (int position = 0; position < k; position++) {
                MatrixView naive = MatrixView.strided(weights, position, in * k, k, out, in);
                assertThat(rows(slices.get(position))).isDeepEqualTo(rows(naive));
            }
            MatrixView window = slices.get(2).window(1, 1, 3, 2);
            assertThat(window.get(2, 1)).isEqualTo(weights[(3 * in + 2) * k + 2]);
        }
    }

    @Test
    void kernelSlices_copyNothing() {
        double[] weights = TWELVE.clone();

        MatrixView second = MatrixView.kernelSlices(weights, 2, 3, 2).get(1);
        weights[7] = -1;

        assertThat(rows(second)).isDeepEqualTo(new double[][] {{1, 3, 5}, {-1, 9, 11}});
    }

    @ParameterizedTest
    @EnumSource(Layout.class)
    void copyOf_anyLayout_holdsTheSameMatrix(Layout layout) {
        double[][] expected = {{1, 2, 3}, {4, 5, 6}};

        for (DataType type : List.of(DataType.DOUBLE, DataType.FLOAT, DataType.BFLOAT16)) {
            INDArray array = layout.of(expected, type);
            MatrixView view = MatrixView.copyOf(array);

            assertThat(rows(view)).isDeepEqualTo(expected);
            assertThat(view.array()).isInstanceOf(type == DataType.DOUBLE ? double[].class : float[].class);
        }
    }

    @Test
    void copyOf_integers_areDoubles() {
        MatrixView view = MatrixView.copyOf(Nd4j.createFromArray(new int[][] {{1, 1 << 30}}));

        assertThat(rows(view)).isDeepEqualTo(new double[][] {{1, 1 << 30}});
    }

    @Test
    void copyOf_otherRanksAndEmpty_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MatrixView.copyOf(Nd4j.ones(2, 2, 2)))
                .withMessage(
                        "array of a MatrixView must be a matrix (rank 2) with at least one entry, got shape [2, 2, 2]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MatrixView.copyOf(Nd4j.create(DataType.FLOAT, 0, 2)))
                .withMessageContaining("got shape [0, 2]");
    }

    @Test
    void factories_refuseWrongSizes() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MatrixView.of(TWELVE, 3, 5))
                .withMessage("array of a 3 x 5 matrix must have rows * cols numbers, at least one, got 12");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MatrixView.of(new float[0], 0, 5))
                .withMessage("array of a 0 x 5 matrix must have rows * cols numbers, at least one, got 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MatrixView.strided(TWELVE, 1, 4, 1, 3, 4))
                .withMessage("last entry of a 3 x 4 matrix must lie inside its array of 12 numbers, but has index 12");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MatrixView.strided(TWELVE, 0, 1 << 30, 1 << 30, 3, 4))
                .withMessageContaining("has index 5368709120");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MatrixView.strided(floats(TWELVE), 0, -1, 1, 3, 4))
                .withMessage("offset and strides of a matrix must not be negative, got offset 0, row stride -1,"
                        + " column stride 1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MatrixView.strided(TWELVE, 0, 1, 1, 3, 0))
                .withMessage("matrix must have at least one entry, got 3 x 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MatrixView.kernelSlices(TWELVE, 2, 2, 2))
                .withMessage("weights of kernel slices must be [out, in, k] = [2, 2, 2], got 12 numbers");
    }

    @Test
    void window_beyondTheMatrix_isRefused() {
        MatrixView matrix = MatrixView.of(TWELVE, 3, 4);

        for (int[] w :
                new int[][] {{0, 0, 4, 1}, {2, 0, 2, 1}, {0, 3, 1, 2}, {-1, 0, 1, 1}, {0, 0, 0, 1}, {0, 0, 1, 0}}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> matrix.window(w[0], w[1], w[2], w[3]))
                    .withMessage(
                            "window of %s x %s at (%s, %s) must lie inside the matrix of 3 x 4",
                            w[2], w[3], w[0], w[1]);
        }
    }

    @Test
    void get_outside_isRefused() {
        MatrixView window = MatrixView.of(TWELVE, 3, 4).window(0, 0, 2, 2);

        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> window.get(2, 0));
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> window.get(0, -1));
    }

    private static double[][] rows(MatrixView view) {
        double[][] rows = new double[view.rows()][view.cols()];
        for (int i = 0; i < view.rows(); i++) {
            int row = i;
            Arrays.setAll(rows[i], j -> view.get(row, j));
        }
        return rows;
    }

    private static float[] floats(double[] doubles) {
        float[] floats = new float[doubles.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) doubles[i];
        }
        return floats;
    }
}
