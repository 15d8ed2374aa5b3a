/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.nd4j;

import io.github.dl4jdynamics.ghostbn.math.GhostSplit;

/** Some channels of one ghost batch, in as many patches as it takes for each to fit a tile. */
final class Block {
    private final GhostSplit split;
    private final int group;
    private final int firstChannel;
    private final int channels;
    private final int values;
    private final int valuesPerPatch;

    Block(ChannelView view, GhostSplit split, int group, int firstChannel, int channels) {
        this.split = split;
        this.group = group;
        this.firstChannel = firstChannel;
        this.channels = channels;
        this.values = split.size(group) * view.positions();
        this.valuesPerPatch = Math.min(values, Tile.CAPACITY / channels);
    }

    int group() {
        return group;
    }

    int firstChannel() {
        return firstChannel;
    }

    int channels() {
        return channels;
    }

    /** Values of each channel. */
    int values() {
        return values;
    }

    int patches() {
        return (values + valuesPerPatch - 1) / valuesPerPatch;
    }

    Patch patch(int index) {
        int from = index * valuesPerPatch;
        int to = Math.min(values, from + valuesPerPatch);
        return new Patch(split, group, firstChannel, channels, from, to);
    }
}
