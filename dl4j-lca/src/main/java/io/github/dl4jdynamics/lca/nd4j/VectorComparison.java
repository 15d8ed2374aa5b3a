/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca.nd4j;

import org.nd4j.linalg.api.ndarray.INDArray;

/** Whether two flat vectors hold the same numbers, exactly; NaN is the same as NaN. */
public final class VectorComparison {
    private static final int PIECE = 4096;

    private VectorComparison() {}

    /** Compares piece by piece up to the first difference; allocates no vector. */
    public static boolean areEqual(INDArray a, INDArray b) {
        if (a.length() != b.length()) {
            return false;
        }
        VectorReader readerOfA = VectorReader.of(a);
        VectorReader readerOfB = VectorReader.of(b);
        double[] pieceOfA = new double[PIECE];
        double[] pieceOfB = new double[PIECE];
        for (long position = 0; position < a.length(); position += PIECE) {
            int n = (int) Math.min(PIECE, a.length() - position);
            readerOfA.read(position, n, pieceOfA);
            readerOfB.read(position, n, pieceOfB);
            for (int i = 0; i < n; i++) {
                if (pieceOfA[i] != pieceOfB[i] && !(Double.isNaN(pieceOfA[i]) && Double.isNaN(pieceOfB[i]))) {
                    return false;
                }
            }
        }
        return true;
    }
}
