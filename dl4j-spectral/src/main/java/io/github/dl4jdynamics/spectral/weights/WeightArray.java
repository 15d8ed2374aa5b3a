/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.weights;

import java.util.Arrays;

import com.google.common.collect.ImmutableList;
import io.github.dl4jdynamics.spectral.math.MatrixGroup;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One weight array of a network that can be read as matrices.
 *
 * @since 0.1
 */
public final class WeightArray {
    private final String layer;
    private final String parameter;
    private final INDArray values;
    private final MatrixLayout layout;

    WeightArray(String layer, String parameter, INDArray values, MatrixLayout layout) {
        this.layer = layer;
        this.parameter = parameter;
        this.values = values;
        this.layout = layout;
    }

    /** Layer name, or vertex name in a graph. */
    public String layer() {
        return layer;
    }

    /** Parameter name as in the layer's parameter table, for example {@code W} or {@code fRW}. */
    public String parameter() {
        return parameter;
    }

    /** What the weights do. */
    public WeightKind kind() {
        return layout.kind();
    }

    /** Shape as Deeplearning4j stores it. */
    public long[] shape() {
        return values.shape();
    }

    /** The matrices the array holds, out x in. */
    public MatrixGroup group() {
        return layout.group(values.shape());
    }

    /** Position of the array in the network's flat parameter vector. */
    public long offset() {
        return values.offset();
    }

    /** Where the matrices of {@link #group()} lie within the array. */
    public ImmutableList<MatrixPlace> places() {
        MatrixGroup group = group();
        int[] strides =
                Arrays.stream(values.stride()).mapToInt(Math::toIntExact).toArray();
        int step = layout.step(strides, group);
        ImmutableList.Builder<MatrixPlace> places = ImmutableList.builder();
        for (int i = 0; i < group.count(); i++) {
            places.add(new MatrixPlace(
                    (long) i * step, group.rows(), group.cols(), layout.rowStride(strides), layout.colStride(strides)));
        }
        return places.build();
    }

    /** Live view of the network's parameters: reading only. */
    INDArray values() {
        return values;
    }

    MatrixLayout layout() {
        return layout;
    }

    @Override
    public String toString() {
        return layer + "." + parameter + " " + Arrays.toString(shape());
    }
}
