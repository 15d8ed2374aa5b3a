/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.demo.data;

import java.util.Locale;
import java.util.stream.Stream;

import com.google.common.collect.ImmutableList;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * Procedural colour images of ten shapes and textures, 3 x 32 x 32: data for a demo that downloads nothing.
 *
 * <p>Place, size, tilt, aspect and colours are random and drawn alike for all classes, over a mottled ground with
 * litter and pixel noise, so no pixel and no colour tells the class. Everything is a function of the seed and the
 * image's index: the first 500 images are the same whether 500 or 5,000 are made, on every JDK and platform.
 * About 0.1 ms per image.
 */
public final class ShapeImages {
    private static final ImageShape SHAPE = ImageShape.of(Scene.CHANNELS, Scene.SIDE, Scene.SIDE);
    private static final Motif[] MOTIFS = Motif.values();
    private static final ImmutableList<String> CLASS_NAMES = Stream.of(MOTIFS)
            .map(motif -> motif.name().toLowerCase(Locale.ROOT))
            .collect(ImmutableList.toImmutableList());

    /** Index of the first image of each split, and of the first label order: streams of draws that never meet. */
    private static final long TRAIN = 0;

    private static final long TEST = 1L << 32;
    private static final long LABELS = 1L << 33;

    private ShapeImages() {}

    /**
     * Draws disjoint training and test images.
     *
     * <p>Classes take turns in a random order, so both splits are balanced to within one image per class and shuffled.
     *
     * @param trainSize number of training images, at least 10
     * @param testSize number of test images, at least 10
     * @param seed of everything random
     */
    public static ImageData generate(int trainSize, int testSize, long seed) {
        return ImageData.of(
                "procedural shapes, seed " + seed,
                draw("trainSize", trainSize, seed, TRAIN),
                draw("testSize", testSize, seed, TEST));
    }

    private static PixelImages draw(String name, int size, long seed, long first) {
        checkArgument(
                size >= MOTIFS.length && size <= Integer.MAX_VALUE / SHAPE.size(),
                "%s of the procedural shapes must be between %s (one image per class) and %s, got %s",
                name,
                MOTIFS.length,
                Integer.MAX_VALUE / SHAPE.size(),
                size);
        byte[] pixels = new byte[size * SHAPE.size()];
        int[] labels = new int[size];
        int[] turn = {};
        for (int i = 0; i < size; i++) {
            if (i % MOTIFS.length == 0) {
                turn = Draws.of(seed, LABELS + first + i).permutation(MOTIFS.length);
            }
            labels[i] = turn[i % MOTIFS.length];
            Scene.paint(MOTIFS[labels[i]], Draws.of(seed, first + i), pixels, i * SHAPE.size());
        }
        return new PixelImages(SHAPE, pixels, labels, CLASS_NAMES);
    }
}
