/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.regularization;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import io.github.dl4jdynamics.spectral.weights.MatrixPlace;
import io.github.dl4jdynamics.spectral.weights.WeightArray;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect;

import static com.google.common.base.Preconditions.checkState;

/** Which matrices a parameter array holds, as saved models keep it: five numbers for each, as in {@link MatrixPlace}. */
@JsonAutoDetect(
        fieldVisibility = JsonAutoDetect.Visibility.ANY,
        getterVisibility = JsonAutoDetect.Visibility.NONE,
        isGetterVisibility = JsonAutoDetect.Visibility.NONE)
final class Binding implements Serializable {
    private static final long serialVersionUID = 1L;

    private String name;
    private long length;
    private long[][] matrices;

    /** For reading. */
    Binding() {}

    private Binding(String name, long length, List<MatrixPlace> places) {
        this.name = name;
        this.length = length;
        this.matrices = places.stream()
                .map(p -> new long[] {p.offset(), p.rows(), p.cols(), p.rowStride(), p.colStride()})
                .toArray(long[][]::new);
    }

    static Binding of(WeightArray array, List<MatrixPlace> places) {
        return new Binding(array.toString(), Arrays.stream(array.shape()).reduce(1, (a, b) -> a * b), places);
    }

    /** Rank 2 as it is, higher ranks as first axis x rest. */
    static Binding ofShape(INDArray parameter) {
        String name = "parameter of shape " + Arrays.toString(parameter.shape());
        checkState(
                parameter.rank() >= 2,
                "a spectral regularization must know the shape of its parameter before the first update, got %s; compute the "
                        + "score first, or attach it to the network",
                name);
        if (parameter.rank() == 2) {
            return new Binding(
                    name,
                    parameter.length(),
                    List.of(new MatrixPlace(
                            0, parameter.size(0), parameter.size(1), parameter.stride(0), parameter.stride(1))));
        }
        checkState(
                parameter.ordering() == 'c',
                "an array of rank %s must be in 'c' order to be read as a matrix, got '%s'; attach the regularization to the "
                        + "network",
                parameter.rank(),
                parameter.ordering());
        long rest = parameter.length() / parameter.size(0);
        return new Binding(name, parameter.length(), List.of(new MatrixPlace(0, parameter.size(0), rest, rest, 1)));
    }

    void checkFits(INDArray parameter) {
        checkState(
                parameter.length() == length,
                "a spectral regularization bound to %s must be applied to %s numbers, got %s; attach it to the network anew "
                        + "after changing its layers, and give each network an instance of its own",
                name,
                length,
                parameter.length());
    }

    String name() {
        return name;
    }

    List<MatrixPlace> places() {
        List<MatrixPlace> places = new ArrayList<>();
        for (long[] m : matrices) {
            places.add(new MatrixPlace(m[0], m[1], m[2], m[3], m[4]));
        }
        return places;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Binding
                && ((Binding) other).length == length
                && Arrays.deepEquals(((Binding) other).matrices, matrices);
    }

    @Override
    public int hashCode() {
        return Arrays.deepHashCode(matrices);
    }
}
