/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca.nd4j;

import java.util.Arrays;

import org.bytedeco.javacpp.BytePointer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Whether two flat vectors of one type hold the same numbers, bit by bit. */
public final class VectorComparison {
    /** Bytes seen at once: a buffer cannot address more than 2 GiB. */
    private static final long PIECE = 1L << 30;

    private VectorComparison() {}

    /** Compares up to the first difference; in CPU memory no vector is allocated. */
    public static boolean areEqual(INDArray a, INDArray b) {
        if (a.length() != b.length()) {
            return false;
        }
        if (!isPlain(a) || !isPlain(b)) {
            return Arrays.equals(
                    a.reshape(a.length()).toDoubleVector(),
                    b.reshape(b.length()).toDoubleVector());
        }
        long bytes = a.length() * a.dataType().width();
        for (long from = 0; from < bytes; from += PIECE) {
            long length = Math.min(PIECE, bytes - from);
            if (!bytes(a, from, length).asBuffer().equals(bytes(b, from, length).asBuffer())) {
                return false;
            }
        }
        return true;
    }

    private static boolean isPlain(INDArray vector) {
        return vector.elementWiseStride() == 1 && Nd4j.getEnvironment().isCPU();
    }

    private static BytePointer bytes(INDArray vector, long from, long length) {
        BytePointer bytes = new BytePointer(vector.data().addressPointer());
        long start = bytes.position() + from;
        return bytes.position(start).limit(start + length);
    }
}
