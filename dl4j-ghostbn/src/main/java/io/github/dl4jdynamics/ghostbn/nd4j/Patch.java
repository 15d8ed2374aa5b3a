/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.nd4j;

import io.github.dl4jdynamics.ghostbn.math.GhostSplit;

/**
 * A part of one ghost batch that is copied to the heap and worked on at once: some values of some channels.
 *
 * <p>The values of a group are counted through its examples and, within each, their positions. On the heap a patch of
 * one channel is just its values; in a patch of several, the channels of one value are neighbours, as they are in memory.
 */
final class Patch {
    private final GhostSplit split;
    private final int group;
    private final int firstChannel;
    private final int channels;
    private final int from;
    private final int to;

    Patch(GhostSplit split, int group, int firstChannel, int channels, int from, int to) {
        this.split = split;
        this.group = group;
        this.firstChannel = firstChannel;
        this.channels = channels;
        this.from = from;
        this.to = to;
    }

    /** Copies a run of elements between memory and heap. */
    interface Copy {
        void run(int offset, int stride, int heap, int length);
    }

    /** Number of elements on the heap. */
    int length() {
        return (to - from) * channels;
    }

    /** Takes the patch through an array in as few runs as its strides allow. */
    void transfer(ChannelView view, Copy copy) {
        if (channels > 1) {
            transferRows(view, copy);
        } else {
            transferChannel(view, copy);
        }
    }

    /** Example and position of every value, in heap order. */
    void fillWeights(MaskWeights mask, int positions, WeightSink sink) {
        for (int i = from; i < to; i++) {
            double weight = mask.get(example(i / positions), i % positions);
            for (int c = 0; c < channels; c++) {
                sink.set((i - from) * channels + c, weight);
            }
        }
    }

    /** Takes the weights of a mask to the heap. */
    interface WeightSink {
        void set(int heap, double weight);
    }

    private int example(int indexInGroup) {
        return split.first(group) + indexInGroup * split.step();
    }

    private void transferChannel(ChannelView view, Copy copy) {
        int positions = view.positions();
        boolean uniform = view.hasUniformValues() && (split.step() == 1 || positions == 1);
        if (uniform) {
            int stride = (int) view.valueStride() * split.step();
            int offset = (int) view.offset(split.first(group), firstChannel, 0) + from * stride;
            copy.run(offset, stride, 0, to - from);
            return;
        }
        int position = from % positions;
        long offset = view.offset(example(from / positions), firstChannel, 0);
        long nextExample = view.offset(split.step(), 0, 0);
        for (int value = from; value < to; ) {
            int length = Math.min(positions - position, to - value);
            int start = (int) (offset + position * view.positionStride());
            copy.run(start, (int) view.positionStride(), value - from, length);
            value += length;
            position = 0;
            offset += nextExample;
        }
    }

    private void transferRows(ChannelView view, Copy copy) {
        int positions = view.positions();
        if (view.isPacked() && channels == view.channels() && split.step() == 1) {
            int offset = (int) view.offset(split.first(group), 0, 0) + from * channels;
            copy.run(offset, 1, 0, length());
            return;
        }
        int stride = (int) view.channelStride();
        for (int value = from; value < to; value++) {
            int offset = (int) view.offset(example(value / positions), firstChannel, value % positions);
            copy.run(offset, stride, (value - from) * channels, channels);
        }
    }
}
