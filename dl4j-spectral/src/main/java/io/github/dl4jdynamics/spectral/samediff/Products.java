/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.samediff;

import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * Matrix products with a gradient.
 *
 * <p>DL4J-M2.1: {@code matmul_bp} throws for a result with a single entry; products of that kind are made of
 * elementwise ops. Transposes are ops of their own, see {@link RowMajor}.
 */
final class Products {

    private Products() {}

    /** {@code A B}, where {@code B} has {@code rows} rows; if that is one, {@code A} has one column, {@code B} too. */
    static SDVariable of(SDVariable a, SDVariable b, int rows) {
        SameDiff sd = a.getSameDiff();
        return rows == 1 ? a.mul(b) : sd.mmul(a, b);
    }

    /** {@code A^T B}, both {@code [m, cols]}. */
    static SDVariable ofTransposed(SDVariable a, SDVariable b, int cols) {
        SameDiff sd = a.getSameDiff();
        return cols == 1 ? sd.sum(a.mul(b), true, 0) : sd.mmul(sd.transpose(a), b);
    }
}
