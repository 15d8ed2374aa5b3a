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
    private final Tile tile;
    private boolean masked;
    private double[] mean = {};
    private double[] squares = {};
    private double[] weight = {};
    private double[] patchMean = {};
    private double[] patchSquares = {};
    private double[] patchWeight = {};
    private double[] centre = {};

    /** For blocks on this tile, one after another. */
    BlockMoments(Tile tile) {
        this.tile = tile;
    }

    /** Leaves the last patch on the tile, which is the whole block if it has one patch. */
    void measure(Block block, Memory input, MaskWeights weights, GroupMoments moments) {
        resize(block.channels());
        masked = weights != null;
        for (int i = 0; i < block.patches(); i++) {
            Patch patch = block.patch(i);
            tile.loadInput(input, patch);
            if (masked) {
                tile.loadWeights(weights, input.view().positions(), patch);
            }
            measurePatch(patch.length());
            if (i == 0) {
                takePatch();
            } else {
                merge();
            }
        }
        for (int c = 0; c < squares.length; c++) {
            squares[c] = Math.max(0, squares[c]);
        }
        divide(squares, weight, block.values());
        moments.set(block.group(), block.firstChannel(), mean, squares, weight);
    }

    private void measurePatch(int length) {
        int channels = mean.length;
        if (masked) {
            tile.sumWeights(length, patchWeight);
        } else {
            Arrays.fill(patchWeight, length / channels);
        }
        tile.sumInputs(masked, length, patchMean);
        divide(patchMean, patchWeight, length / channels);
        tile.nearest(patchMean, centre);
        tile.squares(masked, length, centre, patchSquares);
        for (int c = 0; c < channels; c++) {
            double rounding = patchMean[c] - centre[c];
            patchSquares[c] -= patchWeight[c] * rounding * rounding;
        }
    }

    private void takePatch() {
        System.arraycopy(patchMean, 0, mean, 0, mean.length);
        System.arraycopy(patchSquares, 0, squares, 0, mean.length);
        System.arraycopy(patchWeight, 0, weight, 0, mean.length);
    }

    private void merge() {
        for (int c = 0; c < mean.length; c++) {
            double total = weight[c] + patchWeight[c];
            if (patchWeight[c] > 0) {
                double distance = patchMean[c] - mean[c];
                mean[c] += distance * patchWeight[c] / total;
                squares[c] += patchSquares[c] + distance * distance * weight[c] * patchWeight[c] / total;
                weight[c] = total;
            }
        }
    }

    /** Sums to averages; the count is that of all channels if there is no mask. */
    private void divide(double[] sums, double[] sumOfWeights, int count) {
        if (masked) {
            for (int c = 0; c < sums.length; c++) {
                sums[c] = sumOfWeights[c] == 0 ? 0 : sums[c] / sumOfWeights[c];
            }
        } else {
            double share = 1.0 / count;
            for (int c = 0; c < sums.length; c++) {
                sums[c] *= share;
            }
        }
    }

    private void resize(int channels) {
        if (mean.length != channels) {
            mean = new double[channels];
            squares = new double[channels];
            weight = new double[channels];
            patchMean = new double[channels];
            patchSquares = new double[channels];
            patchWeight = new double[channels];
            centre = new double[channels];
        }
    }
}
