/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.demo.data;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * Random changes of training images that keep their class: small shifts, with the edge pixels repeated, and mirroring.
 *
 * <p>Default of {@link ImageData#trainBatches} is {@link #none()}.
 */
public final class Augmentation {
    private static final Augmentation NONE = new Augmentation(0, false);

    private final int maxShift;
    private final boolean mirror;

    private Augmentation(int maxShift, boolean mirror) {
        this.maxShift = maxShift;
        this.mirror = mirror;
    }

    /** Leaves images as they are. */
    public static Augmentation none() {
        return NONE;
    }

    /** Shifts by up to {@code maxShift} pixels in each direction, uniformly. */
    public static Augmentation shifts(int maxShift) {
        checkArgument(maxShift >= 1, "maxShift must be >= 1 pixel, got %s; none() leaves images as they are", maxShift);
        return new Augmentation(maxShift, false);
    }

    /** Also swaps left and right in half of the images: right for photographs, wrong for digits. */
    public Augmentation andMirror() {
        return new Augmentation(maxShift, true);
    }

    /** Draws one change: for each pixel of a channel, the index of the pixel that moves there. */
    int[] sources(ImageShape shape, Draws draws) {
        int down = draws.below(2 * maxShift + 1) - maxShift;
        int right = draws.below(2 * maxShift + 1) - maxShift;
        boolean mirrored = mirror && draws.below(2) == 1;
        int[] sources = new int[shape.height() * shape.width()];
        for (int i = 0; i < sources.length; i++) {
            int row = clamp(i / shape.width() + down, shape.height());
            int column = clamp(i % shape.width() + right, shape.width());
            sources[i] = row * shape.width() + (mirrored ? shape.width() - 1 - column : column);
        }
        return sources;
    }

    private static int clamp(int index, int size) {
        return Math.max(0, Math.min(size - 1, index));
    }

    @Override
    public String toString() {
        return "shifts up to " + maxShift + " pixels" + (mirror ? ", mirrored" : "");
    }
}
