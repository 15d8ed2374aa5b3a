/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca.nd4j;

import java.nio.FloatBuffer;

import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Pieces of a flat vector as floats: read from where it lies in CPU memory, by copies elsewhere and in other types; written
 * only to where it lies.
 */
final class FloatElements {
    private final INDArray vector;
    private final FloatBuffer elements;

    private FloatElements(INDArray vector, FloatBuffer elements) {
        this.vector = vector;
        this.elements = elements;
    }

    static FloatElements of(INDArray vector) {
        return new FloatElements(
                vector,
                isDirect(vector)
                        ? new FloatPointer(vector.data().addressPointer())
                                .capacity(vector.length())
                                .asBuffer()
                        : null);
    }

    /** Whether pieces are read and written where they lie, without an operation of ND4J. */
    static boolean isDirect(INDArray vector) {
        return vector.dataType() == DataType.FLOAT
                && Nd4j.getEnvironment().isCPU()
                && vector.elementWiseStride() == 1
                && vector.length() <= Integer.MAX_VALUE / Float.BYTES;
    }

    void read(long from, int n, float[] into) {
        if (elements != null) {
            elements.position((int) from);
            elements.get(into, 0, n);
        } else {
            float[] piece = vector.get(NDArrayIndex.interval(from, from + n))
                    .castTo(DataType.FLOAT)
                    .toFloatVector();
            System.arraycopy(piece, 0, into, 0, n);
        }
    }

    void write(long from, int n, float[] values) {
        elements.position((int) from);
        elements.put(values, 0, n);
    }
}
