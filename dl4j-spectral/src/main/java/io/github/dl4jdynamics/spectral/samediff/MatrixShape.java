/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.samediff;

import java.util.Arrays;

import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;

import static com.google.common.base.Preconditions.checkArgument;

/** Checks of the matrices of a graph. DL4J-M2.1: the shape of what an op puts out is unknown until the op has run. */
final class MatrixShape {

    private MatrixShape() {}

    static void checkType(SDVariable matrix, String user) {
        DataType type = matrix.dataType();
        checkArgument(
                type == DataType.FLOAT || type == DataType.DOUBLE,
                "matrix '%s' of %s must be FLOAT or DOUBLE, got %s; use castTo",
                matrix.name(),
                user,
                type);
    }

    /** The two dimensions, or a refusal. */
    static int[] known(SDVariable matrix, String user) {
        long[] shape = matrix.getShape();
        checkArgument(
                shape != null && shape.length == 2 && shape[0] >= 0 && shape[1] >= 0,
                "matrix '%s' of %s must have two known dimensions, got %s; where the shape is not known before the "
                        + "graph runs, give it as an argument",
                matrix.name(),
                user,
                shape == null ? "no shape" : Arrays.toString(shape));
        return new int[] {Math.toIntExact(shape[0]), Math.toIntExact(shape[1])};
    }

    /** Refuses a shape that the graph knows to be another. */
    static void checkGiven(SDVariable matrix, int rows, int cols, String user) {
        long[] shape = matrix.getShape();
        boolean agrees = shape == null
                || shape.length == 2 && (shape[0] < 0 || shape[0] == rows) && (shape[1] < 0 || shape[1] == cols);
        checkArgument(
                agrees,
                "matrix '%s' of %s must have the given shape [%s, %s], but is known to be %s; leave the argument out",
                matrix.name(),
                user,
                rows,
                cols,
                Arrays.toString(shape));
    }
}
