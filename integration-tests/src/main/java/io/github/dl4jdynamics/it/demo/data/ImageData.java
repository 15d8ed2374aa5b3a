/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.demo.data;

import com.google.common.collect.ImmutableList;
import org.nd4j.linalg.dataset.DataSet;

import static com.google.common.base.Preconditions.checkArgument;

/** Images for training and images for testing, of one shape and with the same classes; immutable. */
public final class ImageData {
    private final String origin;
    private final PixelImages train;
    private final PixelImages test;
    private final Standardization standardization;

    private ImageData(String origin, PixelImages train, PixelImages test) {
        this.origin = origin;
        this.train = train;
        this.test = test;
        this.standardization = Standardization.of(train);
    }

    /** A pair; {@code origin} says in words where it comes from. */
    static ImageData of(String origin, PixelImages train, PixelImages test) {
        checkArgument(
                train.shape().equals(test.shape()),
                "training and test images of %s must have one shape, got %s and %s; are both files of one data set?",
                origin,
                train.shape(),
                test.shape());
        return new ImageData(origin, train, test);
    }

    /** Where the images come from, in words. */
    public String origin() {
        return origin;
    }

    /** Images for training. */
    public PixelImages train() {
        return train;
    }

    /** Images for testing. */
    public PixelImages test() {
        return test;
    }

    /** Shape of every image. */
    public ImageShape shape() {
        return train.shape();
    }

    /** Names of the classes, in the order of the labels. */
    public ImmutableList<String> classNames() {
        return train.classNames();
    }

    /**
     * At most so many images of each split, class-balanced; see {@link PixelImages#balancedSubset}.
     *
     * @param trainSize number of training images, at least 1
     * @param testSize number of test images, at least 1
     * @param seed of the choice
     */
    public ImageData atMost(int trainSize, int testSize, long seed) {
        return of(origin, train.balancedSubset(trainSize, seed), test.balancedSubset(testSize, seed));
    }

    /** Training images in a new random order each pass, standardised per channel. */
    public ImageBatches trainBatches(int batchSize, long seed) {
        return ImageBatches.shuffled(train, standardization, batchSize, seed);
    }

    /** Test images in their own order, standardised with the statistics of the training images. */
    public ImageBatches testBatches(int batchSize) {
        return ImageBatches.inOrder(test, standardization, batchSize);
    }

    /** All training images as one batch, in their own order. */
    public DataSet trainSet() {
        return ImageBatches.inOrder(train, standardization, train.size()).next();
    }

    /** All test images as one batch, in their own order. */
    public DataSet testSet() {
        return testBatches(test.size()).next();
    }

    @Override
    public String toString() {
        return origin + ": " + train.size() + " training and " + test.size() + " test images of " + shape() + " in "
                + classNames().size() + " classes";
    }
}
