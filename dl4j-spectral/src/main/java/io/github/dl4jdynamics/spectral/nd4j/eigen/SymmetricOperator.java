/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j.eigen;

import org.nd4j.linalg.api.ndarray.INDArray;

/** A symmetric matrix A [n, n], known by its products. */
interface SymmetricOperator {
    /** {@code into = A v}, both [n, k]; {@code into} in 'f' order. */
    void multiply(INDArray v, INDArray into);

    /** {@code v^T A v}, [k, k], for v [n, k]; a new array. */
    INDArray project(INDArray v);

    /** A itself in DOUBLE, for an exact decomposition; may be a new array. */
    INDArray toDense();
}
