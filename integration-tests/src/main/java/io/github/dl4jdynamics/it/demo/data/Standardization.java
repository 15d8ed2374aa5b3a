/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.demo.data;

/**
 * Maps bytes to numbers of mean 0 and variance 1 per channel, with the statistics of the training images.
 *
 * <pre>{@code x = (p / 255 - mean[c]) / deviation[c]}</pre>
 */
final class Standardization {
    private static final int LEVELS = 256;

    private final float[][] values;

    private Standardization(float[][] values) {
        this.values = values;
    }

    /** Statistics of these images; a channel of one single value maps to 0. */
    static Standardization of(PixelImages images) {
        int channels = images.shape().channels();
        int area = images.shape().size() / channels;
        long[][] histogram = new long[channels][LEVELS];
        byte[] pixels = images.pixels();
        for (int i = 0; i < pixels.length; i++) {
            histogram[i / area % channels][Byte.toUnsignedInt(pixels[i])]++;
        }
        float[][] values = new float[channels][];
        for (int c = 0; c < channels; c++) {
            values[c] = standardized(histogram[c]);
        }
        return new Standardization(values);
    }

    private static float[] standardized(long[] histogram) {
        double count = 0;
        double sum = 0;
        double sumOfSquares = 0;
        for (int level = 0; level < LEVELS; level++) {
            count += histogram[level];
            sum += (double) histogram[level] * level;
            sumOfSquares += (double) histogram[level] * level * level;
        }
        double mean = sum / count;
        double deviation = Math.sqrt(Math.max(0, sumOfSquares / count - mean * mean));
        float[] values = new float[LEVELS];
        for (int level = 0; level < LEVELS; level++) {
            values[level] = deviation > 0 ? (float) ((level - mean) / deviation) : 0;
        }
        return values;
    }

    /** The number for a byte of a channel. */
    float of(int channel, byte pixel) {
        return values[channel][Byte.toUnsignedInt(pixel)];
    }
}
