/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j.eigen;

import java.util.Arrays;

import io.github.dl4jdynamics.spectral.nd4j.Detached;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Sums over the columns of matrices in 'f' order, in double. */
final class Columns {
    private Columns() {}

    /** {@code a_i . b_i} for each column. */
    static double[] products(INDArray a, INDArray b) {
        int rows = Math.toIntExact(a.size(0));
        double[] products = new double[Math.toIntExact(a.size(1))];
        if (a.dataType() == DataType.DOUBLE) {
            double[] x = Detached.doubles(a, 'f');
            double[] y = a == b ? x : Detached.doubles(b, 'f');
            for (int i = 0; i < products.length; i++) {
                double sum = 0;
                for (int j = i * rows; j < (i + 1) * rows; j++) {
                    sum += x[j] * y[j];
                }
                products[i] = sum;
            }
        } else {
            float[] x = Detached.floats(a, 'f');
            float[] y = a == b ? x : Detached.floats(b, 'f');
            for (int i = 0; i < products.length; i++) {
                double sum = 0;
                for (int j = i * rows; j < (i + 1) * rows; j++) {
                    sum += (double) x[j] * y[j];
                }
                products[i] = sum;
            }
        }
        return products;
    }

    /** Length of the longest column. */
    static double longest(INDArray a) {
        return Math.sqrt(Arrays.stream(products(a, a)).max().orElse(0));
    }
}
