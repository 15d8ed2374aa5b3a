/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.demo.data;

import java.util.Objects;

import static com.google.common.base.Preconditions.checkArgument;

/** Channels, height and width of an image; height and width in pixels. */
public final class ImageShape {
    private final int channels;
    private final int height;
    private final int width;

    private ImageShape(int channels, int height, int width) {
        this.channels = channels;
        this.height = height;
        this.width = width;
    }

    /**
     * A shape of an image.
     *
     * @throws IllegalArgumentException if a number is below 1 or an image would exceed 2^31 - 1 values
     */
    public static ImageShape of(int channels, int height, int width) {
        checkArgument(
                channels >= 1 && height >= 1 && width >= 1 && (double) channels * height * width <= Integer.MAX_VALUE,
                "channels, height and width of an image must be >= 1 and their product < 2^31, got %s x %s x %s",
                channels,
                height,
                width);
        return new ImageShape(channels, height, width);
    }

    /** Number of channels: 1 is grey, 3 red, green and blue. */
    public int channels() {
        return channels;
    }

    /** Number of rows. */
    public int height() {
        return height;
    }

    /** Number of columns. */
    public int width() {
        return width;
    }

    /** Values of one image: channels x height x width. */
    public int size() {
        return channels * height * width;
    }

    @Override
    public boolean equals(Object other) {
        if (!(other instanceof ImageShape)) {
            return false;
        }
        ImageShape that = (ImageShape) other;
        return channels == that.channels && height == that.height && width == that.width;
    }

    @Override
    public int hashCode() {
        return Objects.hash(channels, height, width);
    }

    @Override
    public String toString() {
        return channels + " x " + height + " x " + width;
    }
}
