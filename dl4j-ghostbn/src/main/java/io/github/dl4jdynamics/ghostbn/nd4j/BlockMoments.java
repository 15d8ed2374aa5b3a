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
    private final Tile tile;
    private final Memory input;
    private final MaskWeights weights;
    private final double[] mean;
    private final double[] squares;
    private final double[] weight;

    BlockMoments(Block block, Tile tile, Memory input, MaskWeights weights) {
        this.block = block;
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
        int channels = block.channels();
        boolean weighted = weights != null;
        double[] patchWeight = new double[channels];
        if (weighted) {
            tile.sumWeights(length, patchWeight);
        } else {
            Arrays.fill(patchWeight, length / channels);
        }
        double[] patchMean = new double[channels];
        double[] centre = new double[channels];
        double[] patchSquares = new double[channels];
        tile.sumInputs(weighted, length, patchMean);
        for (int c = 0; c < channels; c++) {
            patchMean[c] = patchWeight[c] == 0 ? 0 : patchMean[c] / patchWeight[c];
            centre[c] = tile.nearest(patchMean[c]);
        }
        tile.squares(weighted, length, centre, patchSquares);
        for (int c = 0; c < channels; c++) {
            double rounding = patchMean[c] - centre[c];
            merge(c, patchMean[c], patchSquares[c] - patchWeight[c] * rounding * rounding, patchWeight[c]);
        }
    }

    private void merge(int c, double patchMean, double patchSquares, double patchWeight) {
        double total = weight[c] + patchWeight;
        if (patchWeight == 0) {
            return;
        }
        double distance = patchMean - mean[c];
        mean[c] += distance * patchWeight / total;
        squares[c] += Math.max(0, patchSquares) + distance * distance * weight[c] * patchWeight / total;
        weight[c] = total;
    }
}
