/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j;

/**
 * Takes matrices to tridiagonal matrices with the eigenvalues of their Gram matrices, one after another in the same
 * workspace; for one thread.
 */
interface GramReduction extends AutoCloseable {

    /** A tridiagonal matrix with the eigenvalues of {@code W W^T} or {@code W^T W}, or null if that is not finite. */
    Tridiagonal reduce(MatrixView matrix);

    @Override
    default void close() {}
}
