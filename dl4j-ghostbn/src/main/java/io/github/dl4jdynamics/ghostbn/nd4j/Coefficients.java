/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.nd4j;

import java.util.Arrays;

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
    private final Tile tile;
    private Block block;
    private double[] centre = {};
    private double[] offCentre = {};
    private double[] deviations = {};
    private double[] scale = {};
    private double[] shift = {};
    private double[] b = {};
    private double[] c = {};
    private double[] gradientSums = {};
    private double[] gradientProducts = {};
    private double[] patchSums = {};
    private double[] patchProducts = {};

    /** For blocks on this tile, one after another. */
    Coefficients(Tile tile) {
        this.tile = tile;
    }

    /** Turns to a block and the statistics of one group of the moments. */
    void prepare(Block block, GroupMoments moments, int group, Affine affine, double eps) {
        this.block = block;
        resize(block.channels());
        int first = block.firstChannel();
        moments.copyMeans(group, first, offCentre);
        tile.nearest(offCentre, centre);
        moments.inverseDeviations(group, first, eps, deviations);
        affine.copyGammas(first, scale);
        affine.copyBetas(first, shift);
        for (int i = 0; i < scale.length; i++) {
            offCentre[i] = centre[i] - offCentre[i];
            scale[i] *= deviations[i];
            shift[i] += offCentre[i] * scale[i];
        }
        Arrays.fill(b, 0);
        Arrays.fill(c, 0);
    }

    /** Normalises the first values of the tile. */
    void normalise(int length) {
        tile.normalise(length, centre, scale, shift);
    }

    /** Adds up the gradients over the block, and leaves its last patch on the tile. */
    void measureGradient(Memory input, Memory gradient, AffineGradient affineGradient) {
        Arrays.fill(gradientSums, 0);
        Arrays.fill(gradientProducts, 0);
        for (int i = 0; i < block.patches(); i++) {
            Patch patch = block.patch(i);
            tile.loadInput(input, patch);
            tile.loadGradient(gradient, patch);
            tile.sumGradients(patch.length(), patchSums);
            tile.products(patch.length(), centre, patchProducts);
            for (int c = 0; c < scale.length; c++) {
                gradientSums[c] += patchSums[c];
                gradientProducts[c] += patchProducts[c];
            }
        }
        double[] gammaGradient = patchProducts;
        for (int i = 0; i < scale.length; i++) {
            gradientProducts[i] += offCentre[i] * gradientSums[i];
            gammaGradient[i] = gradientProducts[i] * deviations[i];
        }
        affineGradient.set(block.group(), block.firstChannel(), gammaGradient, gradientSums);
    }

    /** Adds to the gradient what flows through mean and variance; without it they count as constants. */
    void letStatisticsDependOnInput(GroupMoments moments) {
        double[] share = patchSums;
        moments.copyInverseWeights(block.group(), block.firstChannel(), share);
        for (int i = 0; i < scale.length; i++) {
            double scaledShare = scale[i] * share[i];
            b[i] = -scaledShare * deviations[i] * deviations[i] * gradientProducts[i];
            c[i] = offCentre[i] * b[i] - scaledShare * gradientSums[i];
        }
    }

    /** Turns the first values of the tile into their gradients. */
    void backward(boolean weighted, int length) {
        tile.backward(weighted, length, centre, scale, b, c);
    }

    private void resize(int channels) {
        if (scale.length != channels) {
            centre = new double[channels];
            offCentre = new double[channels];
            deviations = new double[channels];
            scale = new double[channels];
            shift = new double[channels];
            b = new double[channels];
            c = new double[channels];
            gradientSums = new double[channels];
            gradientProducts = new double[channels];
            patchSums = new double[channels];
            patchProducts = new double[channels];
        }
    }
}
