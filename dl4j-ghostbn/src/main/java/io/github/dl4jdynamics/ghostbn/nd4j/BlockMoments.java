/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.nd4j;

import java.util.Arrays;

import io.github.dl4jdynamics.ghostbn.math.GroupMoments;

/**
 * Means and variances of the channels of a block: two passes over each patch on the heap, the patches put together by
 * the pairwise formula of Chan, Golub and LeVeque (1979):
 *
 * <pre>{@code
 * d = mean_b - mean_a      mean = mean_a + d W_b / W      S = S_a + S_b + d^2 W_a W_b / W      W = W_a + W_b
 * }</pre>
 */
final class BlockMoments {
    private final Block block;
    private final Lanes lanes;
    private final Tile tile;
    private final Memory input;
    private final MaskWeights weights;
    private final double[] mean;
    private final double[] squares;
    private final double[] weight;

    BlockMoments(Block block, Tile tile, Memory input, MaskWeights weights) {
        this.block = block;
        this.lanes = block.lanes();
        this.tile = tile;
        this.input = input;
        this.weights = weights;
        this.mean = new double[block.channels()];
        this.squares = new double[block.channels()];
        this.weight = new double[block.channels()];
    }

    /** Leaves the last patch on the tile, which is the whole block if it has one patch. */
    void measure(GroupMoments moments) {
        for (int i = 0; i < block.patches(); i++) {
            Patch patch = block.patch(i);
            tile.loadInput(input, patch);
            if (weights != null) {
                tile.loadWeights(weights, input.view().positions(), patch);
            }
            add(patch.length());
        }
        for (int c = 0; c < block.channels(); c++) {
            double variance = weight[c] == 0 ? 0 : squares[c] / weight[c];
            moments.set(block.group(), block.firstChannel() + c, mean[c], variance, weight[c]);
        }
    }

    private void add(int length) {
        boolean weighted = weights != null;
        double[] patchWeight = patchWeight(length);
        double[] sums = new double[lanes.count()];
        tile.sumInputs(weighted, length, lanes.count(), sums);
        double[] patchMean = lanes.gather(sums);
        double[] centre = new double[patchMean.length];
        for (int c = 0; c < centre.length; c++) {
            patchMean[c] = patchWeight[c] == 0 ? 0 : patchMean[c] / patchWeight[c];
            centre[c] = tile.nearest(patchMean[c]);
        }
        double[] laneSquares = new double[lanes.count()];
        tile.squares(weighted, length, lanes.count(), lanes.spread(centre), laneSquares);
        double[] patchSquares = lanes.gather(laneSquares);
        for (int c = 0; c < centre.length; c++) {
            double rounding = patchMean[c] - centre[c];
            merge(c, patchMean[c], Math.max(0, patchSquares[c] - patchWeight[c] * rounding * rounding), patchWeight[c]);
        }
    }

    private double[] patchWeight(int length) {
        double[] totals = new double[lanes.count()];
        if (weights != null) {
            tile.sumWeights(length, lanes.count(), totals);
            return lanes.gather(totals);
        }
        double[] counts = new double[block.channels()];
        Arrays.fill(counts, length / block.channels());
        return counts;
    }

    private void merge(int c, double patchMean, double patchSquares, double patchWeight) {
        double total = weight[c] + patchWeight;
        if (patchWeight == 0) {
            return;
        }
        double distance = patchMean - mean[c];
        mean[c] += distance * patchWeight / total;
        squares[c] += patchSquares + distance * distance * weight[c] * patchWeight / total;
        weight[c] = total;
    }
}
