/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j.eigen;

import org.nd4j.linalg.api.ndarray.INDArray;

/** One way to bring an orthonormal basis nearer to the leading eigenvectors of a symmetric matrix. */
interface BasisStep {
    /**
     * Takes one step.
     *
     * @param a the matrix
     * @param product {@code A v}; may be changed
     * @param v the basis [n, k] in 'f' order, orthonormal before and after
     */
    void improve(SymmetricOperator a, INDArray product, INDArray v);

    /** Says that the basis was chosen anew by somebody else. */
    default void restart(INDArray v) {}
}
