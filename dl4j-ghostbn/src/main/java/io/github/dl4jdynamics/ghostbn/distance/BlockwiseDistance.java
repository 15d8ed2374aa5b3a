/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.distance;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Squared Euclidean distances between ranges of two flat vectors, in double, through two blocks of scratch memory. */
final class BlockwiseDistance implements AutoCloseable {
    /** 8 MiB per block: few kernel launches on a device, little memory on a host. */
    private static final long BLOCK = 1 << 20;

    private final INDArray a;
    private final INDArray b;
    private final INDArray left;
    private final INDArray right;

    /** Both of one length and rank 1; types may differ. */
    BlockwiseDistance(INDArray a, INDArray b) {
        this.a = a;
        this.b = b;
        long block = Math.max(1, Math.min(BLOCK, a.length()));
        left = Nd4j.create(DataType.DOUBLE, block);
        right = Nd4j.create(DataType.DOUBLE, block);
    }

    double squared(long from, long to) {
        double sum = 0;
        for (long start = from; start < to; start += BLOCK) {
            long end = Math.min(to, start + BLOCK);
            INDArray difference = part(left, 0, end - start).assign(part(a, start, end));
            difference.subi(part(right, 0, end - start).assign(part(b, start, end)));
            double norm = difference.norm2Number().doubleValue();
            sum += norm * norm;
        }
        return sum;
    }

    private static INDArray part(INDArray vector, long from, long to) {
        return vector.get(NDArrayIndex.interval(from, to));
    }

    @Override
    public void close() {
        left.close();
        right.close();
    }
}
