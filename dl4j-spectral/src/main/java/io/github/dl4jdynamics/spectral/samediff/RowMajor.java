/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.samediff;

import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * A matrix in row-major order, whatever the order of the variable's array.
 *
 * <p>DL4J-M2.1: the array cache of SameDiff sessions answers a request for a column-major output with a row-major array
 * of that shape, relabels it and leaves its strides: results are wrong from then on, in this op or in a later one that
 * gets the array. An op's output is column-major if its input is, or if {@code mmul} has transposed arguments; so no
 * op here has either, and no constant is column-major.
 */
final class RowMajor {

    private RowMajor() {}

    static SDVariable of(SDVariable matrix, int rows, int cols) {
        SameDiff sd = matrix.getSameDiff();
        return sd.reshape(sd.reshape(matrix, (long) rows * cols), rows, cols);
    }
}
