/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.nd4j;

import java.util.Optional;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An array of rank 2 to 5 seen as [examples, channels, positions], with one stride for each: element (n, c, p) lies at
 * {@code n exampleStride + c channelStride + p positionStride} from its first. Positions count through the remaining
 * dimensions, the last fastest.
 */
final class ChannelView {
    private final int examples;
    private final int channels;
    private final int positions;
    private final long exampleStride;
    private final long channelStride;
    private final long positionStride;

    private ChannelView(INDArray array, int channelAxis, long positionStride) {
        this.examples = (int) array.size(0);
        this.channels = (int) array.size(channelAxis);
        this.positions = (int) (array.length() / array.size(0) / array.size(channelAxis));
        this.exampleStride = array.stride(0);
        this.channelStride = array.stride(channelAxis);
        this.positionStride = positionStride;
    }

    /**
     * The view of an array whose dimension 0 counts examples, or nothing if its positions have no common stride (a
     * window cut out of larger feature maps) or a stride is negative; a copy in 'c' order always has a view.
     */
    static Optional<ChannelView> of(INDArray array, int channelAxis) {
        long stride = 0;
        long expected = 0;
        for (int d = array.rank() - 1; d > 0; d--) {
            if (d == channelAxis || array.size(d) == 1) {
                continue;
            }
            if (stride == 0) {
                stride = array.stride(d);
            } else if (array.stride(d) != expected) {
                return Optional.empty();
            }
            expected = array.stride(d) * array.size(d);
        }
        boolean forward = stride >= 0 && array.stride(0) >= 0 && array.stride(channelAxis) >= 0;
        return forward ? Optional.of(new ChannelView(array, channelAxis, Math.max(1, stride))) : Optional.empty();
    }

    int examples() {
        return examples;
    }

    int channels() {
        return channels;
    }

    int positions() {
        return positions;
    }

    /** Distance of element (n, c, p) from the first. */
    long offset(int n, int c, int p) {
        return n * exampleStride + c * channelStride + p * positionStride;
    }

    long channelStride() {
        return channelStride;
    }

    long positionStride() {
        return positionStride;
    }

    /** Whether the channels of one position are neighbours in memory, as in dense layers and channels-last maps. */
    boolean hasNeighbouringChannels() {
        return channels > 1 && channelStride == 1;
    }

    /** Whether one stride leads through the positions of an example and on to those of the next. */
    boolean hasUniformValues() {
        return positions == 1 || exampleStride == positions * positionStride;
    }

    /** That stride. */
    long valueStride() {
        return positions == 1 ? exampleStride : positionStride;
    }

    /** Whether the positions of all examples, all channels each, follow each other without a gap. */
    boolean isPacked() {
        return channelStride == 1
                && (positions == 1 || positionStride == channels)
                && exampleStride == (long) positions * channels;
    }

    /** Number of elements from the first to the last, both included. */
    long span() {
        return 1 + offset(examples - 1, channels - 1, positions - 1);
    }
}
