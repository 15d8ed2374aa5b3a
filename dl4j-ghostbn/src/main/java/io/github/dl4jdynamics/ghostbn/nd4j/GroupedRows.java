/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.nd4j;

import java.util.ArrayList;
import java.util.List;

import io.github.dl4jdynamics.ghostbn.math.GhostSplit;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Arrays as [examples, channels, positions] in 'c' order with every ghost batch contiguous, cut into segments of
 * equally large groups.
 */
final class GroupedRows {
    private final GhostSplit split;
    private final int channelAxis;

    GroupedRows(GhostSplit split, int channelAxis) {
        this.split = split;
        this.channelAxis = channelAxis;
    }

    /** A view or copy of the array, its examples in the order of the groups. */
    INDArray of(INDArray array) {
        INDArray channelsSecond = array.permute(channelSecond(array.rank()));
        long positions = array.length() / array.size(0) / array.size(channelAxis);
        INDArray rows = channelsSecond.dup('c').reshape(array.size(0), array.size(channelAxis), positions);
        return inOrder(rows, groupOrder());
    }

    /** Weights as [examples, 1, positions], their examples in the order of the groups. */
    INDArray of(MaskWeights weights, INDArray like) {
        double[] values = weights.toArray();
        INDArray rows = Nd4j.createFromArray(values)
                .castTo(like.dataType())
                .reshape(split.examples(), 1, values.length / split.examples());
        return inOrder(rows, groupOrder());
    }

    /** Puts rows into an array of the original shape and order. */
    void write(INDArray rows, INDArray array) {
        int[] order = groupOrder();
        int[] back = new int[order.length];
        for (int i = 0; i < order.length; i++) {
            back[order[i]] = i;
        }
        INDArray target = array.permute(channelSecond(array.rank()));
        target.assign(inOrder(rows, back).reshape(target.shape()));
    }

    /** Maximal runs of groups of one size. */
    List<Segment> segments() {
        List<Segment> segments = new ArrayList<>();
        int row = 0;
        int first = 0;
        for (int k = 1; k <= split.groups(); k++) {
            if (k == split.groups() || split.size(k) != split.size(first)) {
                segments.add(new Segment(first, k - first, row, split.size(first)));
                row += (k - first) * split.size(first);
                first = k;
            }
        }
        return segments;
    }

    private INDArray inOrder(INDArray rows, int[] order) {
        if (split.step() == 1) {
            return rows;
        }
        INDArray matrix = rows.reshape(rows.size(0), rows.length() / rows.size(0));
        return Nd4j.pullRows(matrix, 1, order).reshape(rows.shape());
    }

    private int[] groupOrder() {
        int[] order = new int[split.examples()];
        int next = 0;
        for (int k = 0; k < split.groups(); k++) {
            for (int example : split.members(k)) {
                order[next++] = example;
            }
        }
        return order;
    }

    private int[] channelSecond(int rank) {
        int[] axes = new int[rank];
        axes[1] = channelAxis;
        int next = 2;
        for (int d = 1; d < rank; d++) {
            if (d != channelAxis) {
                axes[next++] = d;
            }
        }
        return axes;
    }

    /** Some groups of one size: rows {@code firstRow} and on. */
    static final class Segment {
        private final int firstGroup;
        private final int groups;
        private final int firstRow;
        private final int size;

        private Segment(int firstGroup, int groups, int firstRow, int size) {
            this.firstGroup = firstGroup;
            this.groups = groups;
            this.firstRow = firstRow;
            this.size = size;
        }

        int firstGroup() {
            return firstGroup;
        }

        int groups() {
            return groups;
        }

        int size() {
            return size;
        }

        /** The segment's rows as [groups, size, channels, positions]. */
        INDArray of(INDArray rows) {
            return window(rows).reshape('c', groups, size, rows.size(1), rows.size(2));
        }

        /** Overwrites the segment's rows. */
        void put(INDArray values, INDArray rows) {
            INDArray window = window(rows);
            window.assign(values.reshape('c', window.shape()));
        }

        private INDArray window(INDArray rows) {
            return rows.get(
                    NDArrayIndex.interval(firstRow, firstRow + (long) groups * size),
                    NDArrayIndex.all(),
                    NDArrayIndex.all());
        }
    }
}
