/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca.nd4j;

import java.util.Arrays;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Whether two flat vectors of one type hold the same numbers, exactly; NaN is the same as NaN. */
public final class VectorComparison {
    private VectorComparison() {}

    /** Compares piece by piece up to the first difference; allocates no vector. */
    public static boolean areEqual(INDArray a, INDArray b) {
        return a.length() == b.length() && (a.dataType() == DataType.DOUBLE ? doublesEqual(a, b) : floatsEqual(a, b));
    }

    private static boolean floatsEqual(INDArray a, INDArray b) {
        FloatReader readerOfA = FloatReader.of(a);
        FloatReader readerOfB = FloatReader.of(b);
        float[] pieceOfA = new float[StepPiece.SIZE];
        float[] pieceOfB = new float[StepPiece.SIZE];
        for (long position = 0; position < a.length(); position += StepPiece.SIZE) {
            int n = (int) Math.min(StepPiece.SIZE, a.length() - position);
            readerOfA.read(position, n, pieceOfA);
            readerOfB.read(position, n, pieceOfB);
            if (!Arrays.equals(pieceOfA, 0, n, pieceOfB, 0, n)) {
                return false;
            }
        }
        return true;
    }

    private static boolean doublesEqual(INDArray a, INDArray b) {
        DoubleReader readerOfA = DoubleReader.of(a);
        DoubleReader readerOfB = DoubleReader.of(b);
        double[] pieceOfA = new double[StepPiece.SIZE];
        double[] pieceOfB = new double[StepPiece.SIZE];
        for (long position = 0; position < a.length(); position += StepPiece.SIZE) {
            int n = (int) Math.min(StepPiece.SIZE, a.length() - position);
            readerOfA.read(position, n, pieceOfA);
            readerOfB.read(position, n, pieceOfB);
            if (!Arrays.equals(pieceOfA, 0, n, pieceOfB, 0, n)) {
                return false;
            }
        }
        return true;
    }
}
