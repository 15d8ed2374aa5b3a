/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca.nd4j;

import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;

import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Reads pieces of a flat vector as doubles: from where it lies in CPU memory, by copies elsewhere. */
abstract class VectorReader {

    static VectorReader of(INDArray vector) {
        boolean direct = Nd4j.getEnvironment().isCPU()
                && vector.elementWiseStride() == 1
                && vector.length() * vector.dataType().width() <= Integer.MAX_VALUE;
        if (direct && vector.dataType() == DataType.FLOAT) {
            return new Floats(vector);
        }
        return direct && vector.dataType() == DataType.DOUBLE ? new Doubles(vector) : new Copies(vector);
    }

    /** Reads {@code n} elements from position {@code from}, 0-based. */
    abstract void read(long from, int n, double[] into);

    private static final class Floats extends VectorReader {
        /** Held so that the memory is not freed under the buffer. */
        private final INDArray owner;

        private final FloatBuffer elements;
        private float[] piece = new float[0];

        Floats(INDArray vector) {
            owner = vector;
            elements = new FloatPointer(owner.data().addressPointer())
                    .capacity(owner.length())
                    .asBuffer();
        }

        @Override
        void read(long from, int n, double[] into) {
            if (piece.length < n) {
                piece = new float[n];
            }
            elements.position((int) from);
            elements.get(piece, 0, n);
            for (int i = 0; i < n; i++) {
                into[i] = piece[i];
            }
        }
    }

    private static final class Doubles extends VectorReader {
        /** Held so that the memory is not freed under the buffer. */
        private final INDArray owner;

        private final DoubleBuffer elements;

        Doubles(INDArray vector) {
            owner = vector;
            elements = new DoublePointer(owner.data().addressPointer())
                    .capacity(owner.length())
                    .asBuffer();
        }

        @Override
        void read(long from, int n, double[] into) {
            elements.position((int) from);
            elements.get(into, 0, n);
        }
    }

    private static final class Copies extends VectorReader {
        private final INDArray vector;

        Copies(INDArray vector) {
            this.vector = vector;
        }

        @Override
        void read(long from, int n, double[] into) {
            double[] piece = vector.get(NDArrayIndex.interval(from, from + n))
                    .castTo(DataType.DOUBLE)
                    .toDoubleVector();
            System.arraycopy(piece, 0, into, 0, n);
        }
    }
}
