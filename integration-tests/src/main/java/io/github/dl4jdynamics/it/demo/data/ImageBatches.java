/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.demo.data;

import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.IntStream;

import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.DataSetPreProcessor;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * Mini-batches of standardised images [n, channels, height, width] and one-hot labels [n, classes], FLOAT, 'c' order.
 *
 * <p>Training batches come in a new random order in every pass, a function of the seed and the number of the pass
 * alone; the last batch of a pass may be smaller. A reset before the first batch of a pass starts no new one, so it
 * does not matter whether {@code fit} resets before or after an epoch. (DL4J's list iterators repeat one order or
 * shuffle by the clock.) Not thread-safe.
 */
@SuppressWarnings("serial") // Serializable only because DL4J's interface is; not meant to be written.
public final class ImageBatches implements DataSetIterator {
    private final PixelImages images;
    private final Standardization standardization;
    private final int batchSize;
    private final Order order;

    private int pass;
    private int next;
    private int[] sequence;
    private Draws draws;
    private DataSetPreProcessor preProcessor;

    private ImageBatches(PixelImages images, Standardization standardization, int batchSize, Order order) {
        checkArgument(batchSize >= 1, "batchSize of the image batches must be >= 1, got %s", batchSize);
        this.images = images;
        this.standardization = standardization;
        this.batchSize = batchSize;
        this.order = order;
        startPass();
    }

    /** Batches in the order of the images. */
    static ImageBatches inOrder(PixelImages images, Standardization standardization, int batchSize) {
        return new ImageBatches(images, standardization, batchSize, Order.GIVEN);
    }

    /** Batches in a new random order each pass. */
    static ImageBatches shuffled(PixelImages images, Standardization standardization, int batchSize, long seed) {
        return new ImageBatches(images, standardization, batchSize, new Order(true, seed, Augmentation.none()));
    }

    /** The same batches with every image changed at random, anew in each pass; starts at pass 0. */
    public ImageBatches augmented(Augmentation augmentation) {
        return new ImageBatches(
                images, standardization, batchSize, new Order(order.shuffled, order.seed, augmentation));
    }

    private void startPass() {
        draws = Draws.of(order.seed, pass);
        sequence = order.shuffled
                ? draws.permutation(images.size())
                : IntStream.range(0, images.size()).toArray();
        next = 0;
    }

    @Override
    public boolean hasNext() {
        return next < sequence.length;
    }

    @Override
    public DataSet next() {
        return next(batchSize);
    }

    /** The next batch of up to {@code size} images instead of the usual number. */
    @Override
    public DataSet next(int size) {
        checkArgument(size >= 1, "size of the next image batch must be >= 1, got %s", size);
        if (!hasNext()) {
            throw new NoSuchElementException("all " + images.size() + " images of this pass are used up; call reset()");
        }
        int[] batch = Arrays.copyOfRange(sequence, next, Math.min(next + size, sequence.length));
        next += batch.length;
        DataSet dataSet = dataSet(batch);
        if (preProcessor != null) {
            preProcessor.preProcess(dataSet);
        }
        return dataSet;
    }

    private DataSet dataSet(int[] batch) {
        ImageShape shape = images.shape();
        int classes = images.classNames().size();
        float[] features = new float[batch.length * shape.size()];
        float[] labels = new float[batch.length * classes];
        for (int i = 0; i < batch.length; i++) {
            write(batch[i], features, i * shape.size());
            labels[i * classes + images.label(batch[i])] = 1;
        }
        return new DataSet(
                Nd4j.create(features, new int[] {batch.length, shape.channels(), shape.height(), shape.width()}, 'c'),
                Nd4j.create(labels, new int[] {batch.length, classes}, 'c'));
    }

    private void write(int image, float[] features, int offset) {
        ImageShape shape = images.shape();
        int[] sources = order.augmentation.sources(shape, draws);
        byte[] pixels = images.pixels();
        int area = sources.length;
        for (int c = 0; c < shape.channels(); c++) {
            int from = images.offset(image) + c * area;
            for (int i = 0; i < area; i++) {
                features[offset + c * area + i] = standardization.of(c, pixels[from + sources[i]]);
            }
        }
    }

    /** Starts the next pass, or does nothing before the first batch of one. */
    @Override
    public void reset() {
        if (next > 0) {
            pass++;
            startPass();
        }
    }

    /** Batches of a pass: images / batch size, rounded up. */
    public int batchesPerPass() {
        return (images.size() + batchSize - 1) / batchSize;
    }

    @Override
    public int batch() {
        return batchSize;
    }

    @Override
    public int inputColumns() {
        return images.shape().size();
    }

    @Override
    public int totalOutcomes() {
        return images.classNames().size();
    }

    @Override
    public List<String> getLabels() {
        return images.classNames();
    }

    @Override
    public boolean resetSupported() {
        return true;
    }

    /** No: a batch is a copy of a few hundred kB, not worth a thread. */
    @Override
    public boolean asyncSupported() {
        return false;
    }

    @Override
    public void setPreProcessor(DataSetPreProcessor preProcessor) {
        this.preProcessor = preProcessor;
    }

    @Override
    public DataSetPreProcessor getPreProcessor() {
        return preProcessor;
    }

    @Override
    public String toString() {
        return "batches of " + batchSize + " from " + images;
    }

    /** How a pass goes through the images. */
    private static final class Order {
        static final Order GIVEN = new Order(false, 0, Augmentation.none());

        final boolean shuffled;
        final long seed;
        final Augmentation augmentation;

        Order(boolean shuffled, long seed, Augmentation augmentation) {
            this.shuffled = shuffled;
            this.seed = seed;
            this.augmentation = augmentation;
        }
    }
}
