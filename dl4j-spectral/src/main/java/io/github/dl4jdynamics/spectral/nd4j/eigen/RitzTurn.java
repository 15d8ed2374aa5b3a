/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j.eigen;

import io.github.dl4jdynamics.spectral.nd4j.DenseKernels;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Some columns of a basis turned among themselves to the Ritz vectors of their span (Parlett, "The Symmetric Eigenvalue
 * Problem", ch. 11).
 *
 * <pre>{@code
 * V_S^T A V_S = Q Lambda Q^T,     V_S <- V_S Q
 * }</pre>
 */
final class RitzTurn {
    private RitzTurn() {}

    /**
     * Turns them; the largest Ritz value's vector takes the first place among them.
     *
     * @param columns S, 0-based and ascending
     * @param basis V, [n, n] in 'f' order
     * @param projected {@code V^T A V}, of which the lower triangle is read
     */
    static void of(int[] columns, INDArray basis, INDArray projected, DenseKernels kernels) {
        int k = columns.length;
        int rows = Math.toIntExact(basis.size(0));
        INDArray q = Nd4j.create(basis.dataType(), new long[] {k, k}, 'f');
        Bases.fillWithLeading(q, kernels.symmetricEigen(block(columns, projected)));
        INDArray before = Nd4j.create(basis.dataType(), new long[] {rows, k}, 'f');
        copy(basis, columns, before, upTo(k));
        INDArray turned = Nd4j.gemm(before, q, before.ulike().dup('f'), false, false, 1, 0);
        copy(turned, upTo(k), basis, columns);
    }

    /** The lower triangle of the rows and columns S. */
    private static INDArray block(int[] columns, INDArray projected) {
        int n = Math.toIntExact(projected.size(0));
        int k = columns.length;
        INDArray block = Nd4j.create(projected.dataType(), new long[] {k, k}, 'f');
        MatrixMemory from = MatrixMemory.of(projected);
        MatrixMemory to = MatrixMemory.of(block);
        double[] column = new double[n];
        double[] chosen = new double[k];
        for (int j = 0; j < k; j++) {
            from.read(columns[j], columns[j], n - columns[j], column);
            for (int i = j; i < k; i++) {
                chosen[i] = column[columns[i]];
            }
            to.write(j, j, k - j, chosen, j);
        }
        to.flush();
        return block;
    }

    private static void copy(INDArray from, int[] sources, INDArray to, int[] targets) {
        int rows = Math.toIntExact(from.size(0));
        double[] column = new double[rows];
        MatrixMemory reader = MatrixMemory.of(from);
        MatrixMemory writer = MatrixMemory.of(to);
        for (int i = 0; i < sources.length; i++) {
            reader.read(sources[i], 0, rows, column);
            writer.write(targets[i], 0, rows, column, 0);
        }
        writer.flush();
    }

    private static int[] upTo(int k) {
        int[] places = new int[k];
        for (int i = 0; i < k; i++) {
            places[i] = i;
        }
        return places;
    }
}
