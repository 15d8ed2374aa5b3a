/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j.eigen;

import java.lang.ref.Reference;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;

import io.github.dl4jdynamics.spectral.nd4j.Detached;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Numbers of a dense matrix in 'f' order as doubles, in runs: where they lie in CPU memory, else by way of a copy. Of FLOAT
 * or DOUBLE.
 */
abstract class MatrixMemory {

    /** Memory of a matrix; good until it is written to by somebody else. */
    static MatrixMemory of(INDArray matrix) {
        if (!Nd4j.getEnvironment().isCPU() || matrix.length() > Integer.MAX_VALUE / Double.BYTES) {
            return new Copy(matrix);
        }
        return matrix.dataType() == DataType.FLOAT ? new Floats(matrix) : new Doubles(matrix);
    }

    /** Reads {@code n} neighbouring numbers of a column into the same places of an array, from {@code row} on. */
    abstract void read(long column, int row, int n, double[] into);

    /** Writes the other way round. */
    abstract void write(long column, int row, int n, double[] from, int at);

    /** Says that nothing more will be written. */
    void flush() {}

    private static final class Floats extends MatrixMemory {
        private final INDArray matrix;
        private final FloatBuffer numbers;
        private final int rows;
        private final float[] run;

        Floats(INDArray matrix) {
            this.matrix = matrix;
            numbers = new FloatPointer(matrix.data().addressPointer())
                    .capacity(matrix.length())
                    .asBuffer();
            rows = (int) matrix.size(0);
            run = new float[rows];
        }

        @Override
        void read(long column, int row, int n, double[] into) {
            numbers.position((int) column * rows + row);
            numbers.get(run, row, n);
            Reference.reachabilityFence(matrix); // ND4J frees the memory of an array that nobody refers to
            for (int i = row; i < row + n; i++) {
                into[i] = run[i];
            }
        }

        @Override
        void write(long column, int row, int n, double[] from, int at) {
            for (int i = 0; i < n; i++) {
                run[i] = (float) from[at + i];
            }
            numbers.position((int) column * rows + row);
            numbers.put(run, 0, n);
            Reference.reachabilityFence(matrix);
        }
    }

    private static final class Doubles extends MatrixMemory {
        private final INDArray matrix;
        private final DoubleBuffer numbers;
        private final int rows;

        Doubles(INDArray matrix) {
            this.matrix = matrix;
            numbers = new DoublePointer(matrix.data().addressPointer())
                    .capacity(matrix.length())
                    .asBuffer();
            rows = (int) matrix.size(0);
        }

        @Override
        void read(long column, int row, int n, double[] into) {
            numbers.position((int) column * rows + row);
            numbers.get(into, row, n);
            Reference.reachabilityFence(matrix);
        }

        @Override
        void write(long column, int row, int n, double[] from, int at) {
            numbers.position((int) column * rows + row);
            numbers.put(from, at, n);
            Reference.reachabilityFence(matrix);
        }
    }

    private static final class Copy extends MatrixMemory {
        private final INDArray matrix;
        private final int rows;
        private final double[] numbers;

        Copy(INDArray matrix) {
            this.matrix = matrix;
            rows = (int) matrix.size(0);
            numbers = Detached.doubles(matrix, 'f');
        }

        @Override
        void read(long column, int row, int n, double[] into) {
            System.arraycopy(numbers, (int) column * rows + row, into, row, n);
        }

        @Override
        void write(long column, int row, int n, double[] from, int at) {
            System.arraycopy(from, at, numbers, (int) column * rows + row, n);
        }

        @Override
        void flush() {
            matrix.assign(Nd4j.create(numbers, matrix.shape(), 'f').castTo(matrix.dataType()));
        }
    }
}
