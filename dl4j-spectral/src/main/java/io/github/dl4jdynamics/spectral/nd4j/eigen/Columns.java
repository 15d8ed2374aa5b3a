/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j.eigen;

import java.lang.ref.Reference;
import java.util.Arrays;

import io.github.dl4jdynamics.spectral.nd4j.Detached;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Sums over the columns of matrices, in double. */
final class Columns {
    private Columns() {}

    /** {@code a_i . b_i} for each column. */
    static double[] products(INDArray a, INDArray b) {
        boolean direct = isDense(a)
                && isDense(b)
                && a.dataType() == DataType.FLOAT
                && Nd4j.getEnvironment().isCPU();
        return direct ? ofFloats(a, b) : ofDoubles(a, b);
    }

    private static boolean isDense(INDArray a) {
        return a.ordering() == 'f' && a.stride(0) == 1 && (a.size(1) == 1 || a.stride(1) == a.size(0));
    }

    /** Column by column, so that no matrix is copied to the heap. */
    private static double[] ofFloats(INDArray a, INDArray b) {
        int rows = Math.toIntExact(a.size(0));
        double[] products = new double[Math.toIntExact(a.size(1))];
        FloatPointer pointerOfA = new FloatPointer(a.data().addressPointer());
        FloatPointer pointerOfB = new FloatPointer(b.data().addressPointer());
        long startOfA = pointerOfA.position();
        long startOfB = pointerOfB.position();
        float[] x = new float[rows];
        float[] y = a == b ? x : new float[rows];
        for (int i = 0; i < products.length; i++) {
            pointerOfA.position(startOfA + (long) i * rows).get(x);
            if (a != b) {
                pointerOfB.position(startOfB + (long) i * rows).get(y);
            }
            products[i] = product(x, y);
        }
        Reference.reachabilityFence(a); // ND4J frees the memory of an array that nobody refers to
        Reference.reachabilityFence(b);
        return products;
    }

    /** Four sums, so that an addition need not wait for the one before. */
    private static double product(float[] x, float[] y) {
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        int i = 0;
        for (; i + 3 < x.length; i += 4) {
            s0 += (double) x[i] * y[i];
            s1 += (double) x[i + 1] * y[i + 1];
            s2 += (double) x[i + 2] * y[i + 2];
            s3 += (double) x[i + 3] * y[i + 3];
        }
        for (; i < x.length; i++) {
            s0 += (double) x[i] * y[i];
        }
        return s0 + s1 + (s2 + s3);
    }

    private static double[] ofDoubles(INDArray a, INDArray b) {
        int rows = Math.toIntExact(a.size(0));
        double[] products = new double[Math.toIntExact(a.size(1))];
        double[] x = Detached.doubles(a, 'f');
        double[] y = a == b ? x : Detached.doubles(b, 'f');
        for (int i = 0; i < products.length; i++) {
            for (int j = i * rows; j < (i + 1) * rows; j++) {
                products[i] += x[j] * y[j];
            }
        }
        return products;
    }

    /** Lengths of the columns; those of no more than a share of the longest count as zero. */
    static double[] lengths(INDArray a, double negligible) {
        double[] lengths = Arrays.stream(products(a, a)).map(Math::sqrt).toArray();
        double least = negligible * Arrays.stream(lengths).max().orElse(0);
        return Arrays.stream(lengths).map(length -> length > least ? length : 0).toArray();
    }

    /**
     * {@code ||A V - V D|| / ||A V||} with {@code D = diag(V^T A V)}; NaN unless A V is finite.
     *
     * @param along {@code v_i . A v_i}
     * @param squares {@code ||A v_i||^2}
     */
    static double residual(double[] along, double[] squares) {
        double all = 0;
        double off = 0;
        for (int i = 0; i < along.length; i++) {
            all += squares[i];
            off += Math.max(0, squares[i] - along[i] * along[i]);
        }
        if (!Double.isFinite(all)) {
            return Double.NaN;
        }
        return all == 0 ? 0 : Math.sqrt(off / all);
    }

    /**
     * Leading columns, each times its factor: all up to the last whose factor is not zero.
     *
     * @param a in 'f' order
     * @param room for as many columns, in 'f' order
     * @return a view of the room; the first column at least
     */
    static INDArray scaled(INDArray a, double[] factors, INDArray room) {
        int rows = Math.toIntExact(a.size(0));
        int used = factors.length;
        while (used > 1 && factors[used - 1] == 0) {
            used--;
        }
        double[] column = new double[rows];
        MatrixMemory from = MatrixMemory.of(a);
        MatrixMemory to = MatrixMemory.of(room);
        for (int i = 0; i < used; i++) {
            from.read(i, 0, rows, column);
            for (int j = 0; j < rows; j++) {
                column[j] *= factors[i];
            }
            to.write(i, 0, rows, column, 0);
        }
        to.flush();
        return leading(room, used);
    }

    /** A view of the first columns. */
    static INDArray leading(INDArray a, long count) {
        return a.get(NDArrayIndex.all(), NDArrayIndex.interval(0, count));
    }
}
