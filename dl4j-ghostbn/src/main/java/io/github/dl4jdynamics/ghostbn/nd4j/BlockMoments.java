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
    private final int channels;
    private double[] mean;
    private double[] squares;
    private double[] weight;

    BlockMoments(Block block, Tile tile, Memory input, MaskWeights weights) {
        this.block = block;
        this.tile = tile;
        this.input = input;
        this.weights = weights;
        this.channels = block.channels();
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
        for (int c = 0; c < channels; c++) {
            squares[c] = Math.max(0, squares[c]);
        }
        divide(squares, weight, block.values());
        moments.set(block.group(), block.firstChannel(), mean, squares, weight);
    }

    private void add(int length) {
        double[] patchWeight = new double[channels];
        if (weights == null) {
            Arrays.fill(patchWeight, length / channels);
        } else {
            tile.sumWeights(length, patchWeight);
        }
        double[] patchMean = new double[channels];
        double[] centre = new double[channels];
        double[] patchSquares = new double[channels];
        tile.sumInputs(weights != null, length, patchMean);
        divide(patchMean, patchWeight, length / channels);
        tile.nearest(patchMean, centre);
        tile.squares(weights != null, length, centre, patchSquares);
        for (int c = 0; c < channels; c++) {
            double rounding = patchMean[c] - centre[c];
            patchSquares[c] -= patchWeight[c] * rounding * rounding;
        }
        if (mean == null) {
            mean = patchMean;
            squares = patchSquares;
            weight = patchWeight;
        } else {
            merge(patchMean, patchSquares, patchWeight);
        }
    }

    /** Sums to averages; the count is that of all channels if there is no mask. */
    private void divide(double[] sums, double[] sumOfWeights, int count) {
        if (weights == null) {
            double share = 1.0 / count;
            for (int c = 0; c < channels; c++) {
                sums[c] *= share;
            }
        } else {
            for (int c = 0; c < channels; c++) {
                sums[c] = sumOfWeights[c] == 0 ? 0 : sums[c] / sumOfWeights[c];
            }
        }
    }

    private void merge(double[] patchMean, double[] patchSquares, double[] patchWeight) {
        for (int c = 0; c < channels; c++) {
            double total = weight[c] + patchWeight[c];
            if (patchWeight[c] > 0) {
                double distance = patchMean[c] - mean[c];
                mean[c] += distance * patchWeight[c] / total;
                squares[c] += patchSquares[c] + distance * distance * weight[c] * patchWeight[c] / total;
                weight[c] = total;
            }
        }
    }
}
