/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.nd4j;

import io.github.dl4jdynamics.ghostbn.math.GhostSplit;
import io.github.dl4jdynamics.ghostbn.math.GroupMoments;
import io.github.dl4jdynamics.ghostbn.math.SplitRule;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Normalisation in the memory of the CPU backend: one block of channels of one ghost batch at a time is copied to the
 * heap, where it fits the cache, measured and normalised there, and copied to its place.
 *
 * <p>Each array is read or written once, unless a block exceeds a tile; then the inputs are read twice.
 */
final class CpuGhostNorm implements GhostNorm {
    /** How the work with fixed statistics is shared; nothing is measured, so nothing depends on it. */
    private static final SplitRule SHARES = SplitRule.ofSize(64);

    @Override
    public GroupMoments forward(
            INDArray x, INDArray y, int channelAxis, GhostSplit split, MaskWeights weights, Affine affine, double eps) {
        Memory input = Memory.toRead(x, channelAxis);
        Memory output = Memory.toWrite(y, channelAxis);
        GroupMoments moments = new GroupMoments(split.groups(), input.view().channels());
        new Tiling(input.view(), split, x.dataType()).forEachBlock((block, bench) -> {
            bench.moments().measure(block, input, weights, moments);
            Coefficients coefficients = bench.coefficients();
            coefficients.prepare(block, moments, block.group(), affine, eps);
            normalise(block, bench.tile(), input, output, coefficients, block.patches() == 1);
        });
        return moments;
    }

    @Override
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
        Memory input = Memory.toRead(x, channelAxis);
        Memory gradient = Memory.toRead(dy, channelAxis);
        Memory output = Memory.toWrite(dx, channelAxis);
        AffineGradient affineGradient =
                new AffineGradient(split.groups(), input.view().channels());
        new Tiling(input.view(), split, x.dataType()).forEachBlock((block, bench) -> {
            Coefficients coefficients = bench.coefficients();
            coefficients.prepare(block, moments, block.group(), affine, eps);
            coefficients.measureGradient(input, gradient, affineGradient);
            coefficients.letStatisticsDependOnInput(moments);
            backward(block, bench.tile(), input, gradient, output, weights, coefficients);
        });
        return affineGradient;
    }

    @Override
    public void normalise(INDArray x, INDArray y, int channelAxis, GroupMoments fixed, Affine affine, double eps) {
        Memory input = Memory.toRead(x, channelAxis);
        Memory output = Memory.toWrite(y, channelAxis);
        GhostSplit shares = SHARES.split(input.view().examples(), input.view().positions());
        new Tiling(input.view(), shares, x.dataType()).forEachBlock((block, bench) -> {
            Coefficients coefficients = bench.coefficients();
            coefficients.prepare(block, fixed, 0, affine, eps);
            normalise(block, bench.tile(), input, output, coefficients, false);
        });
    }

    @Override
    public AffineGradient normaliseBackward(
            INDArray x, INDArray dy, INDArray dx, int channelAxis, GroupMoments fixed, Affine affine, double eps) {
        Memory input = Memory.toRead(x, channelAxis);
        Memory gradient = Memory.toRead(dy, channelAxis);
        Memory output = Memory.toWrite(dx, channelAxis);
        GhostSplit shares = SHARES.split(input.view().examples(), input.view().positions());
        AffineGradient affineGradient =
                new AffineGradient(shares.groups(), input.view().channels());
        new Tiling(input.view(), shares, x.dataType()).forEachBlock((block, bench) -> {
            Coefficients coefficients = bench.coefficients();
            coefficients.prepare(block, fixed, 0, affine, eps);
            coefficients.measureGradient(input, gradient, affineGradient);
            backward(block, bench.tile(), input, gradient, output, null, coefficients);
        });
        return affineGradient;
    }

    private static void normalise(
            Block block, Tile tile, Memory input, Memory output, Coefficients coefficients, boolean loaded) {
        for (int i = 0; i < block.patches(); i++) {
            Patch patch = block.patch(i);
            if (!loaded) {
                tile.loadInput(input, patch);
            }
            coefficients.normalise(patch.length());
            tile.store(output, patch);
        }
    }

    private static void backward(
            Block block,
            Tile tile,
            Memory input,
            Memory gradient,
            Memory output,
            MaskWeights weights,
            Coefficients coefficients) {
        for (int i = 0; i < block.patches(); i++) {
            Patch patch = block.patch(i);
            if (block.patches() > 1) {
                tile.loadInput(input, patch);
                tile.loadGradient(gradient, patch);
            }
            if (weights != null) {
                tile.loadWeights(weights, input.view().positions(), patch);
            }
            coefficients.backward(weights != null, patch.length());
            tile.store(output, patch);
        }
    }
}
