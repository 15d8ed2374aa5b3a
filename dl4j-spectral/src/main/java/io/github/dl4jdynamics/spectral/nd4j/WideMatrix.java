/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j;

/** A matrix turned so that it has at least as many columns (k) as rows (n): its smaller Gram matrix is n x n. */
final class WideMatrix {

    final int n;
    final int k;
    final int rowStride;
    final int colStride;
    private final MatrixView view;

    WideMatrix(MatrixView matrix) {
        view = matrix.rows() <= matrix.cols() ? matrix : matrix.transposed();
        n = view.rows();
        k = view.cols();
        rowStride = view.rowStride();
        colStride = view.colStride();
    }

    Object array() {
        return view.array();
    }

    int index(int row, int col) {
        return view.offset() + row * rowStride + col * colStride;
    }

    /** Flops of the Gram matrix and its reduction, the yardstick of task sizes. */
    double cost() {
        return (double) n * n * (k + 4.0 / 3.0 * n);
    }
}
