/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j.eigen;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Properties of number types. */
final class Numbers {
    private Numbers() {}

    /** Frobenius norm of a dense matrix in 'f' order. */
    static double norm(INDArray matrix) {
        return Nd4j.getBlasWrapper().level1().nrm2(matrix.reshape('f', new long[] {matrix.length()}));
    }

    /** Whether a number is finite in a type. */
    static boolean isFinite(double number, DataType type) {
        return type == DataType.DOUBLE ? Double.isFinite(number) : Float.isFinite((float) number);
    }

    /** Distance from 1 to the next number. */
    static double epsilon(DataType type) {
        return type == DataType.DOUBLE ? Math.ulp(1.0) : Math.ulp(1f);
    }
}
