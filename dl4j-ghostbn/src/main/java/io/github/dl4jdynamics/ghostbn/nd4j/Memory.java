/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.nd4j;

import java.nio.Buffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Optional;

import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The elements of an array where they lie, off the heap, with their strides. Valid as long as the array is. */
final class Memory {
    private final ChannelView view;
    private final Buffer elements;
    /** Held so that the memory is not freed under the buffer. */
    private final INDArray owner;

    private Memory(ChannelView view, INDArray array) {
        this.view = view;
        this.elements = elements(array, view.span());
        this.owner = array;
    }

    /** The memory of a FLOAT or DOUBLE array to read; an array with irregular strides is copied. */
    @SuppressWarnings("try")
    static Memory toRead(INDArray array, int channelAxis) {
        return of(array, channelAxis).orElseGet(() -> {
            try (MemoryWorkspace outside = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
                return of(array.dup('c'), channelAxis).orElseThrow();
            }
        });
    }

    /**
     * The memory of a FLOAT or DOUBLE array to write.
     *
     * @throws IllegalArgumentException if its strides are irregular
     */
    static Memory toWrite(INDArray array, int channelAxis) {
        return of(array, channelAxis)
                .orElseThrow(() -> new IllegalArgumentException("an array to write to must have one stride for all its "
                        + "positions, got shape " + Arrays.toString(array.shape()) + " with strides "
                        + Arrays.toString(array.stride()) + "; pass an array of its own, not a window"));
    }

    /** Whether a buffer can reach the last element of an array of so many elements without gaps. */
    static boolean holds(INDArray array) {
        return array.length() * array.dataType().width() <= Integer.MAX_VALUE;
    }

    private static Optional<Memory> of(INDArray array, int channelAxis) {
        int width = array.dataType().width();
        return ChannelView.of(array, channelAxis)
                .filter(view -> view.span() * width <= Integer.MAX_VALUE)
                .map(view -> new Memory(view, array));
    }

    ChannelView view() {
        return view;
    }

    /** An own cursor over the elements of a FLOAT array. */
    FloatBuffer floats() {
        return ((FloatBuffer) elements).duplicate();
    }

    /** An own cursor over the elements of a DOUBLE array. */
    DoubleBuffer doubles() {
        return ((DoubleBuffer) elements).duplicate();
    }

    private static Buffer elements(INDArray array, long span) {
        Pointer address = array.data().addressPointer();
        return array.dataType() == DataType.FLOAT
                ? new FloatPointer(address).capacity(span).asBuffer()
                : new DoublePointer(address).capacity(span).asBuffer();
    }
}
