/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.nd4j;

import io.github.dl4jdynamics.ghostbn.math.GroupMoments;

/**
 * The numbers that turn a block into its normalised values, or its gradient, in one pass:
 *
 * <pre>{@code
 * y  = (x - centre) scale + shift          scale = gamma s    shift = beta + (centre - mu) scale
 * dx = dy a + w ((x - centre) b + c)       a = gamma s    b = -gamma s^3 sum dy (x-mu) / W    c = (centre - mu) b - a sum dy / W
 * }</pre>
 *
 * <p>The centre is the mean rounded to the type of the array; mu, s and W are those of the block's group and channel.
 */
final class Coefficients {
    private final Block block;
    private final Tile tile;
    private final int channels;
    private final double[] offCentre;
    private final double[] deviations;
    private final double[] scale;
    private final double[] b;
    private final double[] c;
    private final double[] centre;
    private final double[] shift;
    private final double[] gradientSums;
    private final double[] gradientProducts;

    /** For the statistics of this group of the moments. */
    Coefficients(Block block, Tile tile, GroupMoments moments, int group, Affine affine, double eps) {
        this.block = block;
        this.tile = tile;
        this.channels = block.channels();
        this.offCentre = new double[channels];
        this.deviations = new double[channels];
        this.scale = new double[channels];
        this.gradientSums = new double[channels];
        this.gradientProducts = new double[channels];
        this.b = new double[channels];
        this.c = new double[channels];
        this.centre = new double[channels];
        this.shift = affine.betas(block.firstChannel(), channels);
        int first = block.firstChannel();
        double[] gamma = affine.gammas(first, channels);
        moments.copyMeans(group, first, offCentre);
        tile.nearest(offCentre, centre);
        moments.inverseDeviations(group, first, eps, deviations);
        for (int i = 0; i < channels; i++) {
            offCentre[i] = centre[i] - offCentre[i];
            scale[i] = gamma[i] * deviations[i];
            shift[i] += offCentre[i] * scale[i];
        }
    }

    /** Normalises the first values of the tile. */
    void normalise(int length) {
        tile.normalise(length, centre, scale, shift);
    }

    /** Adds up the gradients over the block, and leaves its last patch on the tile. */
    void measureGradient(Memory input, Memory gradient, AffineGradient affineGradient) {
        double[] patchSums = new double[channels];
        double[] patchProducts = new double[channels];
        for (int i = 0; i < block.patches(); i++) {
            Patch patch = block.patch(i);
            tile.loadInput(input, patch);
            tile.loadGradient(gradient, patch);
            tile.sumGradients(patch.length(), patchSums);
            tile.products(patch.length(), centre, patchProducts);
            for (int c = 0; c < channels; c++) {
                gradientSums[c] += patchSums[c];
                gradientProducts[c] += patchProducts[c];
            }
        }
        double[] gammaGradient = patchProducts;
        for (int i = 0; i < channels; i++) {
            gradientProducts[i] += offCentre[i] * gradientSums[i];
            gammaGradient[i] = gradientProducts[i] * deviations[i];
        }
        affineGradient.set(block.group(), block.firstChannel(), gammaGradient, gradientSums);
    }

    /** Adds to the gradient what flows through mean and variance; without it they count as constants. */
    void letStatisticsDependOnInput(GroupMoments moments) {
        double[] share = new double[channels];
        moments.copyInverseWeights(block.group(), block.firstChannel(), share);
        for (int i = 0; i < channels; i++) {
            double scaledShare = scale[i] * share[i];
            b[i] = -scaledShare * deviations[i] * deviations[i] * gradientProducts[i];
            c[i] = offCentre[i] * b[i] - scaledShare * gradientSums[i];
        }
    }

    /** Turns the first values of the tile into their gradients. */
    void backward(boolean weighted, int length) {
        tile.backward(weighted, length, centre, scale, b, c);
    }
}
