/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.weights;

import java.util.List;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.Lists;
import io.github.dl4jdynamics.spectral.math.MatrixGroup;
import io.github.dl4jdynamics.spectral.nd4j.Detached;
import io.github.dl4jdynamics.spectral.nd4j.MatrixView;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Copies a weight array out of the network once and cuts it into its matrices, out x in. */
final class Matrices {
    private final MatrixLayout layout;
    private final MatrixGroup group;
    private final long[] strides;
    private final Object numbers;

    private Matrices(WeightArray array) {
        this.layout = array.layout();
        this.group = array.group();
        INDArray values = array.values();
        // Dense weights lie in 'f' order, kernels in 'c' order; copying in the order they lie in is one block copy.
        char order = values.rank() == 2 && values.ordering() == 'f' ? 'f' : 'c';
        this.strides = strides(values.shape(), order);
        this.numbers =
                values.dataType() == DataType.DOUBLE ? Detached.doubles(values, order) : Detached.floats(values, order);
    }

    /** The matrices: gate by gate, or by kernel position with the last kernel axis fastest. */
    static List<MatrixView> of(WeightArray array) {
        Matrices matrices = new Matrices(array);
        return matrices.layout.kernelIsLast() ? matrices.interleavedPositions() : matrices.consecutive();
    }

    /** {@code [out, in, kernel]} or {@code [in, out, kernel]}: sorted by position in one pass. */
    private List<MatrixView> interleavedPositions() {
        boolean outFirst = layout.rowAxes()[0] == 0;
        int first = outFirst ? group.rows() : group.cols();
        int second = outFirst ? group.cols() : group.rows();
        List<MatrixView> slices = numbers instanceof double[]
                ? MatrixView.kernelSlices((double[]) numbers, first, second, group.count())
                : MatrixView.kernelSlices((float[]) numbers, first, second, group.count());
        return outFirst ? slices : ImmutableList.copyOf(Lists.transform(slices, MatrixView::transposed));
    }

    /** Gates, or kernel positions that come before the matrix axes: one matrix after the other. */
    private List<MatrixView> consecutive() {
        int[] rowAxes = layout.rowAxes();
        int rowStride = Math.toIntExact(strides[rowAxes[rowAxes.length - 1]]);
        int colStride = layout.colAxis() < 0 ? 1 : Math.toIntExact(strides[layout.colAxis()]);
        int step = layout.gates() > 1 ? group.rows() * rowStride : group.rows() * group.cols();
        ImmutableList.Builder<MatrixView> views = ImmutableList.builder();
        for (int matrix = 0; matrix < group.count(); matrix++) {
            views.add(
                    numbers instanceof double[]
                            ? MatrixView.strided(
                                    (double[]) numbers, matrix * step, rowStride, colStride, group.rows(), group.cols())
                            : MatrixView.strided(
                                    (float[]) numbers,
                                    matrix * step,
                                    rowStride,
                                    colStride,
                                    group.rows(),
                                    group.cols()));
        }
        return views.build();
    }

    private static long[] strides(long[] shape, char order) {
        long[] strides = new long[shape.length];
        long step = 1;
        for (int k = 0; k < shape.length; k++) {
            int axis = order == 'c' ? shape.length - 1 - k : k;
            strides[axis] = step;
            step *= shape[axis];
        }
        return strides;
    }
}
