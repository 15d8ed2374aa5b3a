/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.oracle;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;

import com.google.common.collect.ImmutableList;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;
import org.nd4j.linalg.factory.Nd4j;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkNotNull;

/**
 * The examples over which a {@link LossOracle} takes its means, kept in memory as batches that stay the same for every
 * evaluation.
 *
 * <pre>{@code
 * LossData all    = LossData.of(iterator);                  // every row, in the iterator's batches
 * LossData subset = LossData.of(iterator).sample(1000, 42); // a fixed random subset
 * LossData cut    = subset.batches(250);                    // less memory for activations
 * }</pre>
 *
 * <p>Means weigh rows alike, so a short last batch counts for what it holds. With batch normalization on batch statistics
 * the loss depends on the batches. An iterator is read once, from its beginning, and reset afterwards if it can be; its
 * rows are copied. Random numbers of ND4J that it draws meanwhile are the same each time, and the calling thread's go on
 * as if nothing had been read. An iterator with random numbers of its own, such as one that shuffles at each reset, hands
 * out other rows or batches after it was read than before: give training another one.
 * Memory: the rows. Immutable; not to be changed through its arrays.
 */
public final class LossData {
    private final ImmutableList<MultiDataSet> batches;
    private final long rows;

    private LossData(List<MultiDataSet> batches) {
        this(batches, batches.stream().mapToLong(LossData::rows).sum());
    }

    private LossData(List<MultiDataSet> batches, long rows) {
        this.batches = ImmutableList.copyOf(batches);
        this.rows = rows;
    }

    /**
     * All rows of an iterator.
     *
     * @param iterator of labelled batches, with its preprocessor applied
     * @return the rows in the iterator's order and batches
     * @throws IllegalArgumentException if it gives no row, or a batch without features or labels
     */
    public static LossData of(DataSetIterator iterator) {
        checkNotNull(iterator, "loss data must come from an iterator, got null");
        return read(iterator, iterator.resetSupported(), iterator::reset, DataSet::toMultiDataSet);
    }

    /**
     * All rows of an iterator for networks with several inputs or outputs.
     *
     * @param iterator of labelled batches, with its preprocessor applied
     * @return the rows in the iterator's order and batches
     * @throws IllegalArgumentException if it gives no row, or a batch without features or labels
     */
    public static LossData of(MultiDataSetIterator iterator) {
        checkNotNull(iterator, "loss data must come from an iterator, got null");
        return read(iterator, iterator.resetSupported(), iterator::reset, Function.identity());
    }

    /** Iterators and preprocessors that draw rows take their random numbers where dropout will take its own. */
    @SuppressWarnings("try") // the scope is left by closing it
    private static <T> LossData read(
            Iterator<T> iterator, boolean resettable, Runnable reset, Function<T, MultiDataSet> conversion) {
        List<MultiDataSet> batches = new ArrayList<>();
        try (RandomState random = new RandomState()) {
            reset(resettable, reset);
            while (iterator.hasNext()) {
                batches.add(copy(conversion.apply(iterator.next()), batches.size()));
            }
            reset(resettable, reset);
        }
        return checked(batches);
    }

    /**
     * The rows of one data set, as one batch.
     *
     * @param data labelled rows
     * @return the rows in one batch
     * @throws IllegalArgumentException if it has no row, no features or no labels
     */
    public static LossData of(DataSet data) {
        checkNotNull(data, "loss data must be a DataSet, got null");
        return checked(List.of(copy(data.toMultiDataSet(), 0)));
    }

    /**
     * The rows of one data set, as one batch.
     *
     * @param data labelled rows
     * @return the rows in one batch
     * @throws IllegalArgumentException if it has no row, no features or no labels
     */
    public static LossData of(MultiDataSet data) {
        checkNotNull(data, "loss data must be a MultiDataSet, got null");
        return checked(List.of(copy(data, 0)));
    }

    /**
     * The first rows.
     *
     * @param count at least 1; all if there are no more
     * @return rows in their order, in batches as large as the largest here
     */
    public LossData first(int count) {
        checkArgument(count >= 1, "rows of the loss data must be >= 1, got %s", count);
        int[] chosen = new int[(int) Math.min(count, rows)];
        Arrays.setAll(chosen, i -> i);
        return select(chosen, largestBatch());
    }

    /**
     * A fixed random subset, drawn without replacement.
     *
     * @param count at least 1; all if there are no more
     * @param seed the same seed draws the same rows
     * @return rows in their order, in batches as large as the largest here
     */
    public LossData sample(int count, long seed) {
        checkArgument(count >= 1, "rows of the loss data must be >= 1, got %s", count);
        // Not Random, whose first numbers are nearly the same for all small seeds.
        SplittableRandom random = new SplittableRandom(seed);
        int kept = (int) Math.min(count, rows);
        int[] chosen = new int[kept];
        int have = 0;
        for (int row = 0; have < kept; row++) {
            // Each row with the probability that keeps all subsets equally likely (Knuth, algorithm S).
            if (random.nextDouble() * (rows - row) < kept - have) {
                chosen[have++] = row;
            }
        }
        return select(chosen, largestBatch());
    }

    /**
     * The same rows cut into other batches.
     *
     * @param size rows in each batch but the last, at least 1
     * @return rows in their order
     */
    public LossData batches(int size) {
        checkArgument(size >= 1, "rows in a batch of the loss data must be >= 1, got %s", size);
        int[] all = new int[(int) rows];
        Arrays.setAll(all, i -> i);
        return select(all, size);
    }

    /**
     * The rows of each class: losses of which the loss over all rows is the mean, weighted by their numbers of rows. A class
     * is the largest label of a row, 0-based; classes without rows are left out.
     *
     * @param wholeBatches true to keep all rows in the batches and mask those of other classes, so that a layer which
     *     looks at whole batches sees the same ones; false for batches of one class
     * @return at most as many as there are labels, each with the rows of its class
     * @throws IllegalArgumentException unless there is one array of labels, of rank 2, without mask
     */
    public List<LossData> byClass(boolean wholeBatches) {
        List<LossData> classes = new ArrayList<>();
        RowClasses labels = new RowClasses(batches);
        for (int c = 0; c < labels.count(); c++) {
            int[] chosen = labels.rowsOf(c);
            if (chosen.length > 0) {
                classes.add(
                        wholeBatches ? new LossData(labels.masked(c), chosen.length) : select(chosen, largestBatch()));
            }
        }
        return classes;
    }

    /**
     * The class of each row, the largest of its labels.
     *
     * @return 0-based classes in the order of the rows
     * @throws IllegalArgumentException unless there is one array of labels, of rank 2, without mask, in every batch
     */
    public int[] classes() {
        return new RowClasses(batches).ofRows();
    }

    /** Number of rows (examples, not time steps). */
    public long rows() {
        return rows;
    }

    /** The batches, in order. */
    public ImmutableList<MultiDataSet> batches() {
        return batches;
    }

    /** Rows of the largest batch. */
    public int largestBatch() {
        return (int) batches.stream().mapToLong(LossData::rows).max().orElse(0);
    }

    /** Rows of a batch. */
    static long rows(MultiDataSet batch) {
        return batch.getFeatures(0).size(0);
    }

    private LossData select(int[] chosen, int size) {
        List<MultiDataSet> selected = new ArrayList<>();
        for (int from = 0; from < chosen.length; from += size) {
            selected.add(
                    BatchRows.gather(batches, Arrays.copyOfRange(chosen, from, Math.min(chosen.length, from + size))));
        }
        return new LossData(selected);
    }

    private static LossData checked(List<MultiDataSet> batches) {
        checkArgument(
                !batches.isEmpty(),
                "loss data must have at least one row, got an empty iterator; was it reset or used up?");
        return new LossData(batches);
    }

    private static void reset(boolean supported, Runnable reset) {
        if (supported) {
            reset.run();
        }
    }

    @SuppressWarnings("try") // the workspace scope is left by closing it
    private static MultiDataSet copy(MultiDataSet batch, int index) {
        checkArgument(
                isFull(batch.getFeatures()) && isFull(batch.getLabels()),
                "batch %s of the loss data must have features and labels, got features %s and labels %s",
                index,
                shapes(batch.getFeatures()),
                shapes(batch.getLabels()));
        long rows = rows(batch);
        for (INDArray[] arrays : List.of(batch.getFeatures(), batch.getLabels())) {
            for (INDArray array : arrays) {
                checkArgument(
                        array.size(0) == rows,
                        "features and labels of batch %s of the loss data must have as many rows, got features %s and "
                                + "labels %s",
                        index,
                        shapes(batch.getFeatures()),
                        shapes(batch.getLabels()));
            }
        }
        try (MemoryWorkspace outside = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            return new org.nd4j.linalg.dataset.MultiDataSet(
                    BatchRows.copies(batch.getFeatures()),
                    BatchRows.copies(batch.getLabels()),
                    BatchRows.copies(batch.getFeaturesMaskArrays()),
                    BatchRows.copies(batch.getLabelsMaskArrays()));
        }
    }

    private static boolean isFull(INDArray[] arrays) {
        return arrays != null
                && arrays.length > 0
                && Arrays.stream(arrays).allMatch(array -> array != null && array.length() > 0);
    }

    /** Shapes of arrays as messages name them, for example {@code [[4, 3], none]}; {@code none} for null. */
    public static String shapes(INDArray[] arrays) {
        return arrays == null
                ? "none"
                : Arrays.toString(Arrays.stream(arrays)
                        .map(array -> array == null ? "none" : Arrays.toString(array.shape()))
                        .toArray());
    }

    @Override
    public String toString() {
        return rows + " rows in " + batches.size()
                + (batches.size() == 1 ? " batch" : " batches of at most " + largestBatch());
    }
}
