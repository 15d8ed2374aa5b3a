/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j;

import java.lang.ref.Reference;
import java.util.Arrays;
import java.util.function.Consumer;

import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.concurrency.AffinityManager;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * Copies of {@code INDArray}s on the Java heap, whatever their type, view, strides or workspace.
 *
 * <p>An array that is contiguous in the order asked for and of the type asked for is one block copy; any other takes
 * one more pass of ND4J's, outside the workspaces that are open. The array itself never changes. Elements come in
 * row-major ('c') or column-major ('f') order of the array's shape; an empty array gives an empty copy.
 *
 * @since 0.1.0
 */
public final class Detached {

    private Detached() {}

    /**
     * The elements as {@code float}s, in the given order; wider types are rounded.
     *
     * @param order 'c' (last index fastest) or 'f' (first index fastest)
     * @throws IllegalArgumentException if the order is another, or if the array has more than 2^31 - 1 elements
     */
    public static float[] floats(INDArray array, char order) {
        float[] copy = new float[checkedLength(array, order)];
        if (copy.length > 0) {
            copy(array, order, DataType.FLOAT, address -> new FloatPointer(address).get(copy));
        }
        return copy;
    }

    /**
     * The elements as {@code double}s, in the given order; integers beyond 2^53 are rounded.
     *
     * @param order 'c' (last index fastest) or 'f' (first index fastest)
     * @throws IllegalArgumentException if the order is another, or if the array has more than 2^31 - 1 elements
     */
    public static double[] doubles(INDArray array, char order) {
        double[] copy = new double[checkedLength(array, order)];
        if (copy.length > 0) {
            copy(array, order, DataType.DOUBLE, address -> new DoublePointer(address).get(copy));
        }
        return copy;
    }

    /** Whether the elements lie side by side in memory in this order. */
    static boolean isContiguous(INDArray array, char order) {
        int rank = array.rank();
        long expected = 1;
        for (int k = 0; k < rank; k++) {
            int dimension = order == 'c' ? rank - 1 - k : k;
            // A dimension of one element is never stepped over, so its stride may be anything.
            if (array.size(dimension) != 1 && array.stride(dimension) != expected) {
                return false;
            }
            expected *= array.size(dimension);
        }
        return true;
    }

    @SuppressWarnings("try")
    private static void copy(INDArray array, char order, DataType type, Consumer<Pointer> reader) {
        try (MemoryWorkspace outside = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            INDArray typed = array.dataType() == type ? array : array.castTo(type);
            INDArray dense = isContiguous(typed, order) ? typed : typed.dup(order);
            Nd4j.getExecutioner().commit();
            Nd4j.getAffinityManager().ensureLocation(dense, AffinityManager.Location.HOST);
            reader.accept(dense.data().addressPointer());
            Reference.reachabilityFence(dense); // ND4J frees the memory of an array that nobody refers to
        }
    }

    private static int checkedLength(INDArray array, char order) {
        checkArgument(order == 'c' || order == 'f', "order of a copy must be 'c' or 'f', got '%s'", order);
        checkArgument(
                array.length() <= Integer.MAX_VALUE,
                "array of shape %s has %s elements, a copy on the heap can hold 2^31 - 1; copy it in parts",
                Arrays.toString(array.shape()),
                array.length());
        return Math.toIntExact(array.length());
    }
}
