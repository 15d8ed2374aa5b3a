/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** The ways in which the same matrix can lie in memory. */
enum Layout {
    ROW_MAJOR {
        @Override
        INDArray place(INDArray matrix) {
            return matrix.dup('c');
        }
    },
    COLUMN_MAJOR {
        @Override
        INDArray place(INDArray matrix) {
            return matrix.dup('f');
        }
    },
    TRANSPOSED {
        @Override
        INDArray place(INDArray matrix) {
            return matrix.transpose().dup('c').transpose();
        }
    },
    WINDOW_OF_LARGER {
        @Override
        INDArray place(INDArray matrix) {
            INDArray larger =
                    Nd4j.valueArrayOf(new long[] {matrix.rows() + 3, matrix.columns() + 5}, -77.0, matrix.dataType());
            INDArray window = larger.get(
                    NDArrayIndex.interval(2, 2 + matrix.rows()), NDArrayIndex.interval(4, 4 + matrix.columns()));
            return window.assign(matrix);
        }
    },
    EVERY_OTHER {
        @Override
        INDArray place(INDArray matrix) {
            INDArray larger =
                    Nd4j.valueArrayOf(new long[] {2L * matrix.rows(), 2L * matrix.columns()}, -77.0, matrix.dataType());
            INDArray view = larger.get(
                    NDArrayIndex.interval(0, 2, 2L * matrix.rows()),
                    NDArrayIndex.interval(0, 2, 2L * matrix.columns()));
            return view.assign(matrix);
        }
    },
    VIEW_OF_FLAT {
        @Override
        INDArray place(INDArray matrix) {
            INDArray flat = Nd4j.valueArrayOf(new long[] {matrix.length() + 7}, -77.0, matrix.dataType());
            INDArray view = flat.get(NDArrayIndex.interval(7, 7 + matrix.length()))
                    .reshape('f', matrix.rows(), matrix.columns());
            return view.assign(matrix);
        }
    };

    abstract INDArray place(INDArray matrix);

    INDArray of(double[][] rows, DataType type) {
        return place(Nd4j.createFromArray(rows).castTo(type));
    }
}
