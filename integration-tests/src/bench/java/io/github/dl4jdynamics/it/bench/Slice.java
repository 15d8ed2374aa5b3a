/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.bench;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A matrix ready for LAPACK in native memory, row after row with the shorter side as rows. */
final class Slice {
    final int n;
    final int k;
    final DoublePointer doubles;
    final FloatPointer floats;

    private Slice(double[][] matrix) {
        boolean tall = matrix.length > matrix[0].length;
        n = Math.min(matrix.length, matrix[0].length);
        k = Math.max(matrix.length, matrix[0].length);
        double[] flat = new double[n * k];
        float[] narrow = new float[n * k];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < k; j++) {
                flat[i * k + j] = tall ? matrix[j][i] : matrix[i][j];
                narrow[i * k + j] = (float) flat[i * k + j];
            }
        }
        doubles = new DoublePointer(flat);
        floats = new FloatPointer(narrow);
    }

    /** All kernel slices of a network, largest first. */
    static List<Slice> of(ComputationGraph net) {
        List<Slice> slices = new ArrayList<>();
        net.paramTable().forEach((name, array) -> {
            if (name.endsWith("_W")) {
                matrices(array).forEach(matrix -> slices.add(new Slice(matrix)));
            }
        });
        return largestFirst(slices);
    }

    /** Square windows on the grid of the released FARMS, for linear layers and for slices alike, largest first. */
    static List<Slice> windows(ComputationGraph net, int rows, int operations) {
        List<Slice> slices = new ArrayList<>();
        net.paramTable().forEach((name, array) -> {
            if (name.endsWith("_W")) {
                for (double[][] matrix : matrices(array)) {
                    int n = Math.min(rows, Math.min(matrix.length, matrix[0].length));
                    for (int i : starts(matrix.length, n, operations)) {
                        for (int j : starts(matrix[0].length, n, operations)) {
                            slices.add(new Slice(window(matrix, i, j, n)));
                        }
                    }
                }
            }
        });
        return largestFirst(slices);
    }

    private static int[] starts(int length, int n, int operations) {
        int step = Math.max(1, (length - n) / (operations - 1));
        int count = Math.min(operations, Math.max(1, (length - n) / step + 1));
        int[] starts = new int[count];
        for (int i = 0; i < count; i++) {
            starts[i] = Math.min(i * step, length - n);
        }
        return starts;
    }

    /** The divisions of the released FARMS convolution path at Q = 1. */
    static List<Slice> divisions(ComputationGraph net) {
        List<Slice> slices = new ArrayList<>();
        net.paramTable().forEach((name, array) -> {
            if (name.endsWith("_W") && array.rank() == 4) {
                for (double[][] matrix : matrices(array)) {
                    int n = Math.min(matrix.length, matrix[0].length);
                    boolean wide = matrix.length < matrix[0].length;
                    for (int d = 0; d < Math.max(matrix.length, matrix[0].length) / n; d++) {
                        slices.add(new Slice(wide ? window(matrix, 0, d * n, n) : window(matrix, d * n, 0, n)));
                    }
                }
            } else if (name.endsWith("_W")) {
                matrices(array).forEach(matrix -> slices.add(new Slice(window(matrix, 0, 0, 10))));
            }
        });
        return largestFirst(slices);
    }

    private static double[][] window(double[][] matrix, int row, int col, int n) {
        double[][] window = new double[n][n];
        for (int i = 0; i < n; i++) {
            System.arraycopy(matrix[row + i], col, window[i], 0, n);
        }
        return window;
    }

    private static List<double[][]> matrices(INDArray array) {
        List<double[][]> matrices = new ArrayList<>();
        if (array.rank() == 2) {
            matrices.add(array.transpose().toDoubleMatrix());
            return matrices;
        }
        for (int h = 0; h < array.size(2); h++) {
            for (int w = 0; w < array.size(3); w++) {
                double[][] matrix = new double[(int) array.size(0)][(int) array.size(1)];
                for (int i = 0; i < matrix.length; i++) {
                    for (int j = 0; j < matrix[i].length; j++) {
                        matrix[i][j] = array.getDouble(i, j, h, w);
                    }
                }
                matrices.add(matrix);
            }
        }
        return matrices;
    }

    private static List<Slice> largestFirst(List<Slice> slices) {
        slices.sort(Comparator.comparingDouble(slice -> -(double) slice.n * slice.n * (slice.k + 4.0 / 3 * slice.n)));
        return slices;
    }
}
