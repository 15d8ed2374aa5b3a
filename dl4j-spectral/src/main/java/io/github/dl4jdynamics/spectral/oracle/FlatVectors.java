/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.oracle;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Sums of flat vectors of rank 1, of all their elements or of those that a {@link ParameterMask} counts; by BLAS where it
 * knows the type.
 */
final class FlatVectors {
    private final ParameterMask mask;

    FlatVectors(ParameterMask mask) {
        this.mask = mask;
    }

    /** {@code sum += weight * summand} where the mask counts. */
    void addCounted(INDArray summand, double weight, INDArray sum) {
        for (long[] range : mask.ranges()) {
            addScaled(part(summand, range), weight, part(sum, range));
        }
    }

    /** {@code to = weight * from} where the mask counts. */
    void assignCounted(INDArray from, double weight, INDArray to) {
        for (long[] range : mask.ranges()) {
            scale(weight, part(to, range).assign(part(from, range)));
        }
    }

    private INDArray part(INDArray vector, long[] range) {
        return range[1] - range[0] == mask.length() ? vector : vector.get(NDArrayIndex.interval(range[0], range[1]));
    }

    /** {@code vector *= factor}. */
    static void scale(double factor, INDArray vector) {
        if (isOfBlas(vector)) {
            Nd4j.getBlasWrapper().level1().scal(vector.length(), factor, vector);
        } else {
            vector.muli(factor);
        }
    }

    /** {@code sum += weight * summand}. */
    static void addScaled(INDArray summand, double weight, INDArray sum) {
        if (isOfBlas(sum)) {
            Nd4j.getBlasWrapper().level1().axpy(sum.length(), weight, summand, sum);
        } else {
            sum.addi(summand.mul(weight));
        }
    }

    private static boolean isOfBlas(INDArray vector) {
        return vector.dataType() == DataType.FLOAT || vector.dataType() == DataType.DOUBLE;
    }
}
