/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.samediff;

import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Constant masks {@code [n, n]}.
 *
 * <p>DL4J-M2.1: {@code matrix_band_part} has no gradient; a product with a mask has.
 */
final class Triangles {

    private Triangles() {}

    static SDVariable identity(SameDiff sd, DataType type, int n) {
        return mask(sd, type, n, 1, 0);
    }

    static SDVariable upper(SameDiff sd, DataType type, int n) {
        return mask(sd, type, n, 1, 1);
    }

    static SDVariable strictUpperAndHalfDiagonal(SameDiff sd, DataType type, int n) {
        return mask(sd, type, n, 0.5, 1);
    }

    private static SDVariable mask(SameDiff sd, DataType type, int n, double diagonal, double above) {
        double[][] mask = new double[n][n];
        for (int i = 0; i < n; i++) {
            mask[i][i] = diagonal;
            for (int j = i + 1; j < n; j++) {
                mask[i][j] = above;
            }
        }
        return sd.constant(Nd4j.createFromArray(mask).castTo(type));
    }
}
