/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.weights;

import java.util.List;

import com.google.common.collect.ImmutableList;
import io.github.dl4jdynamics.spectral.math.MatrixGroup;
import io.github.dl4jdynamics.spectral.nd4j.Detached;
import io.github.dl4jdynamics.spectral.nd4j.MatrixView;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Copies a weight array out of the network once and cuts it into its matrices, out x in. */
final class Matrices {

    private Matrices() {}

    /** The matrices: gate by gate, or by kernel position with the last kernel axis fastest. */
    static List<MatrixView> of(WeightArray array) {
        INDArray values = array.values();
        // Dense weights lie in 'f' order, kernels in 'c' order; copying in the order they lie in is one block copy.
        char order = values.rank() == 2 && values.ordering() == 'f' ? 'f' : 'c';
        boolean wide = values.dataType() == DataType.DOUBLE;
        Object numbers = wide ? Detached.doubles(values, order) : Detached.floats(values, order);
        int[] strides = strides(values.shape(), order);
        MatrixGroup group = array.group();
        int rowStride = array.layout().rowStride(strides);
        int colStride = array.layout().colStride(strides);
        int step = array.layout().step(strides, group);
        ImmutableList.Builder<MatrixView> views = ImmutableList.builderWithExpectedSize(group.count());
        for (int matrix = 0; matrix < group.count(); matrix++) {
            int offset = matrix * step;
            views.add(
                    wide
                            ? MatrixView.strided(
                                    (double[]) numbers, offset, rowStride, colStride, group.rows(), group.cols())
                            : MatrixView.strided(
                                    (float[]) numbers, offset, rowStride, colStride, group.rows(), group.cols()));
        }
        return views.build();
    }

    private static int[] strides(long[] shape, char order) {
        int[] strides = new int[shape.length];
        long step = 1;
        for (int k = 0; k < shape.length; k++) {
            int axis = order == 'c' ? shape.length - 1 - k : k;
            strides[axis] = Math.toIntExact(step);
            step *= shape[axis];
        }
        return strides;
    }
}
