/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Eigenvalues of a symmetric matrix with their orthonormal eigenvectors.
 *
 * @since 0.1.0
 */
public final class SymmetricEigen {

    private final double[] values;
    private final INDArray vectors;

    SymmetricEigen(double[] values, ColumnMajor vectors) {
        this.values = values;
        this.vectors = vectors.toArray();
    }

    /** Eigenvalues, ascending; a fresh copy. */
    public double[] values() {
        return values.clone();
    }

    /** Eigenvectors {@code [n, n]}: column {@code j} belongs to value {@code j}. Sign of each column is arbitrary. */
    public INDArray vectors() {
        return vectors;
    }
}
