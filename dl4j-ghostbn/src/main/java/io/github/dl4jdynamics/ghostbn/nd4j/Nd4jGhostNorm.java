/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.nd4j;

import io.github.dl4jdynamics.ghostbn.math.GhostSplit;
import io.github.dl4jdynamics.ghostbn.math.GroupMoments;
import io.github.dl4jdynamics.ghostbn.nd4j.GroupedRows.Segment;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Normalisation by ND4J's operations, for any backend: groups of one size are a dimension of their own, [groups, size,
 * channels, positions], and reductions run over size and positions.
 *
 * <p>At most two rounds of operations if the groups are contiguous, as all but the last have one size. Working memory:
 * about five times the input.
 */
final class Nd4jGhostNorm implements GhostNorm {
    private static final int[] VALUES = {1, 3};

    @Override
    @SuppressWarnings("try")
    public GroupMoments forward(
            INDArray x, INDArray y, int channelAxis, GhostSplit split, MaskWeights weights, Affine affine, double eps) {
        try (MemoryWorkspace outside = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            GroupedRows grouped = new GroupedRows(split, channelAxis);
            INDArray rows = grouped.of(x);
            INDArray mask = weights == null ? null : grouped.of(weights, x);
            GroupMoments moments = new GroupMoments(split.groups(), (int) rows.size(1));
            for (Segment segment : grouped.segments()) {
                INDArray values = segment.of(rows);
                measure(values, mask == null ? null : segment.of(mask), segment, moments);
                SegmentStatistics statistics = new SegmentStatistics(segment, moments, affine, eps, x.dataType());
                segment.put(statistics.normalise(values), rows);
            }
            grouped.write(rows, y);
            return moments;
        }
    }

    @Override
    @SuppressWarnings("try")
    public AffineGradient backward(
            INDArray x,
            INDArray dy,
            INDArray dx,
            int channelAxis,
            GhostSplit split,
            MaskWeights weights,
            GroupMoments moments,
            Affine affine,
            double eps) {
        try (MemoryWorkspace outside = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            GroupedRows grouped = new GroupedRows(split, channelAxis);
            INDArray rows = grouped.of(x);
            INDArray gradients = grouped.of(dy);
            INDArray mask = weights == null ? null : grouped.of(weights, x);
            AffineGradient affineGradient = new AffineGradient(split.groups(), (int) rows.size(1));
            for (Segment segment : grouped.segments()) {
                SegmentStatistics statistics = new SegmentStatistics(segment, moments, affine, eps, x.dataType());
                INDArray gradient = segment.of(gradients);
                INDArray normal = statistics.normal(segment.of(rows));
                INDArray dGamma = gradient.mul(normal).sum(true, VALUES);
                INDArray dBeta = gradient.sum(true, VALUES);
                record(dGamma, dBeta, segment, affineGradient);
                INDArray share = statistics.inverseWeight();
                INDArray throughStatistics = normal.muli(dGamma.mul(share)).addi(dBeta.mul(share));
                if (mask != null) {
                    throughStatistics.muli(segment.of(mask));
                }
                segment.put(gradient.sub(throughStatistics).muli(statistics.scale()), gradients);
            }
            grouped.write(gradients, dx);
            return affineGradient;
        }
    }

    @Override
    @SuppressWarnings("try")
    public void normalise(INDArray x, INDArray y, int channelAxis, GroupMoments fixed, Affine affine, double eps) {
        try (MemoryWorkspace outside = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            GroupedRows grouped = new GroupedRows(GhostSplit.whole((int) x.size(0)), channelAxis);
            Segment whole = grouped.segments().get(0);
            INDArray rows = grouped.of(x);
            SegmentStatistics statistics = new SegmentStatistics(whole, fixed, affine, eps, x.dataType());
            whole.put(statistics.normalise(whole.of(rows)), rows);
            grouped.write(rows, y);
        }
    }

    @Override
    @SuppressWarnings("try")
    public AffineGradient normaliseBackward(
            INDArray x, INDArray dy, INDArray dx, int channelAxis, GroupMoments fixed, Affine affine, double eps) {
        try (MemoryWorkspace outside = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            GroupedRows grouped = new GroupedRows(GhostSplit.whole((int) x.size(0)), channelAxis);
            Segment whole = grouped.segments().get(0);
            INDArray gradients = grouped.of(dy);
            INDArray gradient = whole.of(gradients);
            SegmentStatistics statistics = new SegmentStatistics(whole, fixed, affine, eps, x.dataType());
            INDArray normal = statistics.normal(whole.of(grouped.of(x)));
            AffineGradient affineGradient = new AffineGradient(1, (int) gradients.size(1));
            record(gradient.mul(normal).sum(true, VALUES), gradient.sum(true, VALUES), whole, affineGradient);
            whole.put(gradient.mul(statistics.scale()), gradients);
            grouped.write(gradients, dx);
            return affineGradient;
        }
    }

    private static void measure(INDArray values, INDArray mask, Segment segment, GroupMoments moments) {
        INDArray weight = mask == null
                ? Nd4j.valueArrayOf(
                        new long[] {segment.groups(), 1, 1, 1},
                        (double) segment.size() * values.size(3),
                        values.dataType())
                : mask.sum(true, VALUES);
        // A group without weight has sums of 0; any divisor but 0 makes its statistics 0.
        INDArray divisor = weight.add(weight.eq(0).castTo(weight.dataType()));
        INDArray estimate = weighted(values, mask).sum(true, VALUES).div(divisor);
        INDArray distance = values.sub(estimate);
        // A backend may add up in the type of the array: what the first estimate misses, the second pass finds.
        INDArray missed = weighted(distance, mask).sum(true, VALUES).div(divisor);
        INDArray mean = estimate.add(missed);
        distance.subi(missed);
        INDArray variance =
                weighted(distance.muli(distance), mask).sum(true, VALUES).div(divisor);
        for (int k = 0; k < segment.groups(); k++) {
            for (int c = 0; c < values.size(2); c++) {
                moments.set(
                        segment.firstGroup() + k,
                        c,
                        mean.getDouble(k, 0, c, 0),
                        variance.getDouble(k, 0, c, 0),
                        weight.getDouble(k, 0, 0, 0));
            }
        }
    }

    private static INDArray weighted(INDArray values, INDArray mask) {
        return mask == null ? values : values.mul(mask);
    }

    private static void record(INDArray dGamma, INDArray dBeta, Segment segment, AffineGradient gradient) {
        for (int k = 0; k < segment.groups(); k++) {
            for (int c = 0; c < dGamma.size(2); c++) {
                gradient.set(segment.firstGroup() + k, c, dGamma.getDouble(k, 0, c, 0), dBeta.getDouble(k, 0, c, 0));
            }
        }
    }
}
