/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.regime;

import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.ConcurrentMap;

import com.google.common.collect.MapMaker;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.dataset.api.DataSetPreProcessor;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.dataset.api.MultiDataSetPreProcessor;
import org.nd4j.linalg.factory.Nd4j;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * Gives the gradient of a large batch the noise of a small one, by a random weight for each example.
 *
 * <pre>{@code
 * g = (1/M) sum_n z_n g_n,    z_n ~ N(1, sigma^2)      M examples of the batch, g_n gradient of one
 *
 * ExampleWeightedLoss.install(net);
 * trainingData.setPreProcessor(GradientNoise.matching(4096, 128).seed(7));
 * }</pre>
 *
 * <p><b>{@link ExampleWeightedLoss} must be installed</b> in a network whose output layer has weights of its own
 * ({@code OutputLayer}, {@code RnnOutputLayer}, {@code CenterLossOutputLayer}): by itself Deeplearning4j multiplies their
 * pre-activations by the mask too, and the formula does not hold.
 *
 * <p>A preprocessor of <b>training</b> data alone: the weights are written into the labels mask, where an evaluation would
 * take them for the mask. One weight per example, for all its time steps, pixels and outputs, and the same in all segments of
 * truncated backpropagation through time. An existing mask (of any shape with the examples first) is multiplied; the mask
 * array itself is left alone, and a data set that comes again gets fresh weights on its own mask. Without one the new mask is
 * {@code [N, 1]} for labels {@code [N, nOut]} and {@code [N, C, H, W]}, and {@code [N, T]} for {@code [N, nOut, T]}. Labels
 * with the channels last need a mask of their own, of ones.
 *
 * <p>With that, the loss and the gradient of each example are multiplied by its weight, in sums that are then divided by
 * the number of examples, not by the sum of the mask: the formula holds exactly, and the score is
 * {@code (1/M) sum z_n loss_n}. Weights may be negative. A batch of a single example with labels {@code [1, nOut]} and no
 * mask stays without noise: Deeplearning4j's softmax with cross-entropy refuses a {@code [1, 1]} mask. Of masks per output,
 * in the shape of the labels, loss layers without weights ({@code LossLayer}, {@code CnnLossLayer}) apply the weight twice;
 * give them masks per example or position. Layers that ignore labels masks (such as YOLO's) stay without noise; so does the
 * part of the centre loss that moves the centres. Some loss layers fall back on the features mask when there is no labels
 * mask: where both belong together, set both.
 *
 * <p>The random numbers are this object's own (those of dropout are untouched) and depend on the seed and the example's
 * place alone: a resumed run goes on identically from {@link #seed()} and {@link #position()}. Iterators that fetch ahead
 * have taken more examples than the network has trained on. Serialization keeps variance, seed and position.
 *
 * <p>Hoffer, Hubara, Soudry, NeurIPS 2017, arXiv 1705.08741; not in the released code. Thread-safe.
 *
 * @since 0.1
 */
public final class GradientNoise implements DataSetPreProcessor, MultiDataSetPreProcessor {
    private static final long serialVersionUID = 1L;

    private final double variance;
    private final long seed;
    private long position;

    private final transient GaussianSequence gaussians;

    /** Masks made here, by identity, to the mask the data had: iterators may hand out the same object every epoch. */
    private final transient ConcurrentMap<INDArray, Optional<INDArray>> originals;

    private GradientNoise(double variance, long seed, long position) {
        this.variance = variance;
        this.seed = seed;
        this.position = position;
        this.gaussians = new GaussianSequence(seed);
        this.originals = new MapMaker().weakKeys().makeMap();
    }

    /**
     * Noise of the variance that lets a batch of {@code M} have the gradient covariance of one of {@code m}.
     *
     * <pre>{@code
     * sigma^2 = M / m - 1
     * }</pre>
     *
     * <p>Derived here: with the weights, the uncentred second moment of a single example's gradient enters that of the batch
     * with the factor {@code E[z^2] / M = (1 + sigma^2) / M}, and this shall be {@code 1/m}. With equal sizes there is no
     * noise. Meant for the learning rate of the small batch, in place of a scaled one.
     *
     * @throws IllegalArgumentException unless {@code M >= m >= 1}
     */
    public static GradientNoise matching(int batchSize, int referenceBatch) {
        checkArgument(
                referenceBatch >= 1,
                "referenceBatch of the gradient noise must be >= 1, got %s; it counts the examples of a small batch",
                referenceBatch);
        checkArgument(
                batchSize >= referenceBatch,
                "batchSize of the gradient noise must be >= the reference batch, got %s below %s; noise can be added to"
                        + " a gradient, not removed",
                batchSize,
                referenceBatch);
        return ofVariance((double) batchSize / referenceBatch - 1);
    }

    /**
     * Noise of a given variance {@code sigma^2}; 0 leaves the data as it is.
     *
     * @throws IllegalArgumentException unless it is finite and not negative
     */
    public static GradientNoise ofVariance(double variance) {
        checkArgument(
                variance >= 0 && Double.isFinite(variance),
                "variance of the gradient noise must be finite and >= 0, got %s; 0 is no noise",
                variance);
        return new GradientNoise(variance, 0, 0);
    }

    /** New noise of the same variance with another seed (by default 0), from the beginning. */
    public GradientNoise seed(long newSeed) {
        return new GradientNoise(variance, newSeed, 0);
    }

    /**
     * New noise of the same variance and seed, to go on after so many examples.
     *
     * @throws IllegalArgumentException below 0
     */
    public GradientNoise position(long examples) {
        checkArgument(
                examples >= 0,
                "position of the gradient noise must be >= 0, got %s; it counts examples since the beginning",
                examples);
        return new GradientNoise(variance, seed, examples);
    }

    /** The variance of the weights. */
    public double variance() {
        return variance;
    }

    /** The seed of the weights. */
    public long seed() {
        return seed;
    }

    /** Examples weighted so far; not counted while the variance is 0. */
    public synchronized long position() {
        return position;
    }

    /**
     * Multiplies the labels mask by new weights.
     *
     * @throws IllegalArgumentException if there are no labels, or labels or masks of a shape not described above
     */
    @Override
    public void preProcess(DataSet data) {
        INDArray labels = data.getLabels();
        checkLabels(labels != null);
        if (variance > 0) {
            INDArray mask = data.getLabelsMaskArray();
            checkShapes(labels, mask);
            data.setLabelsMaskArray(weighted(labels, mask, weights(labels.size(0))));
        }
    }

    /**
     * Multiplies the labels masks of all outputs by the same new weights.
     *
     * @throws IllegalArgumentException as above, and if the outputs differ in their number of examples
     */
    @Override
    public void preProcess(MultiDataSet data) {
        INDArray[] labels = data.getLabels();
        checkLabels(labels != null && labels.length > 0 && Arrays.stream(labels).allMatch(array -> array != null));
        if (variance == 0) {
            return;
        }
        INDArray[] given = data.getLabelsMaskArrays();
        INDArray[] masks = given == null ? new INDArray[labels.length] : given.clone();
        for (int i = 0; i < labels.length; i++) {
            checkShapes(labels[i], masks[i]);
            checkArgument(
                    labels[i].size(0) == labels[0].size(0),
                    "outputs under gradient noise must have the same number of examples, got %s and %s; use"
                            + " preprocessing of single outputs",
                    labels[0].size(0),
                    labels[i].size(0));
        }
        double[] weights = weights(labels[0].size(0));
        for (int i = 0; i < labels.length; i++) {
            masks[i] = weighted(labels[i], masks[i], weights);
        }
        data.setLabelsMaskArray(masks);
    }

    private static void checkLabels(boolean present) {
        checkArgument(
                present, "data under gradient noise must have labels, got none; set the preprocessor on training data");
    }

    private static void checkShapes(INDArray labels, INDArray mask) {
        checkArgument(
                mask != null || labels.rank() >= 2 && labels.rank() <= 4,
                "labels under gradient noise must have rank 2, 3 or 4, got %s; set a labels mask of ones for others",
                labels.rank());
        checkArgument(
                mask == null || mask.rank() >= 2 && mask.size(0) == labels.size(0),
                "labels mask under gradient noise must have the examples first, [%s, ..], got %s for labels %s",
                labels.size(0),
                mask == null ? null : Arrays.toString(mask.shape()),
                Arrays.toString(labels.shape()));
    }

    private synchronized double[] weights(long examples) {
        double sigma = Math.sqrt(variance);
        double[] weights = new double[Math.toIntExact(examples)];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = 1 + sigma * gaussians.at(position++);
        }
        return weights;
    }

    @SuppressWarnings("try") // the workspace scope is left by closing it
    private INDArray weighted(INDArray labels, INDArray present, double[] weights) {
        INDArray mask = present == null
                ? null
                : originals.getOrDefault(present, Optional.of(present)).orElse(null);
        // Out of workspaces: a data set may outlive the one it is loaded in.
        try (MemoryWorkspace outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
            INDArray noisy = mask == null ? fresh(labels, weights) : multiplied(labels, mask, weights);
            if (noisy != null) {
                originals.put(noisy, Optional.ofNullable(mask));
            }
            return noisy;
        }
    }

    private static INDArray fresh(INDArray labels, double[] weights) {
        if (weights.length == 1 && labels.rank() == 2) {
            // DL4J-M2.1: a [1, 1] mask counts as a mask per output, which softmax with cross-entropy refuses.
            return null;
        }
        INDArray column = column(weights, floating(labels));
        return labels.rank() == 3
                ? Nd4j.ones(column.dataType(), weights.length, labels.size(2)).muliColumnVector(column)
                : column;
    }

    private static INDArray multiplied(INDArray labels, INDArray mask, double[] weights) {
        long[] alongFirst = new long[mask.rank()];
        Arrays.fill(alongFirst, 1);
        alongFirst[0] = weights.length;
        DataType type = mask.dataType().isFPType() ? mask.dataType() : floating(labels);
        return mask.castTo(type).mul(column(weights, type).reshape(alongFirst));
    }

    private static INDArray column(double[] weights, DataType type) {
        return Nd4j.createFromArray(weights).castTo(type).reshape(weights.length, 1);
    }

    private static DataType floating(INDArray labels) {
        return labels.dataType().isFPType() ? labels.dataType() : Nd4j.defaultFloatingPointType();
    }

    /** Makes anew what is not serialized. */
    private Object readResolve() {
        return new GradientNoise(variance, seed, position);
    }

    @Override
    public String toString() {
        return "GradientNoise(variance=" + variance + ", seed=" + seed + ", position=" + position() + ")";
    }
}
