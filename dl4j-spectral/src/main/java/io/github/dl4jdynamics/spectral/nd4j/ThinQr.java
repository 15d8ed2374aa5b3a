/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Thin QR factors of a matrix {@code [m, n]}, {@code k = min(m, n)}.
 *
 * @since 0.1.0
 */
public final class ThinQr {

    private final INDArray q;
    private final INDArray r;

    private ThinQr(INDArray q, INDArray r) {
        this.q = q;
        this.r = r;
    }

    /** Takes factors of any signs and changes them in place to the one convention. */
    static ThinQr withPositiveDiagonal(ColumnMajor q, ColumnMajor r) {
        for (int i = 0; i < r.rows(); i++) {
            if (r.get(i, i) < 0) {
                for (int j = i; j < r.cols(); j++) {
                    r.set(i, j, -r.get(i, j));
                }
                for (int k = 0; k < q.rows(); k++) {
                    q.set(k, i, -q.get(k, i));
                }
            }
        }
        return new ThinQr(q.toArray(), r.toArray());
    }

    /** Orthonormal columns, {@code [m, k]}. */
    public INDArray q() {
        return q;
    }

    /** Upper triangular (upper trapezoidal if {@code m < n}), {@code [k, n]}, no diagonal entry negative. */
    public INDArray r() {
        return r;
    }
}
