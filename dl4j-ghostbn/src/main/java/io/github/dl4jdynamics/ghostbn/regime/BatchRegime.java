/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.regime;

import java.util.Map;
import java.util.Objects;

import com.google.common.collect.ImmutableSortedMap;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkNotNull;

/**
 * Carries a recipe for training with small batches over to large ones: learning rate, length and schedules.
 *
 * <pre>{@code
 * rate'   = rate * f(M / m)          M batch size, m reference batch, f by default the square root
 * epoch e -> e * ceil(M / m)         as many updates as before, so more epochs
 *
 * BatchRegime regime = BatchRegime.of(4096).referenceBatch(128);
 * conf.updater(regime.apply(new Nesterovs(0.1, 0.9)));
 * net.fit(data, regime.epochs(200));
 * }</pre>
 *
 * <p>A schedule counted in epochs is stretched with the training. One counted in iterations is not: with the epochs adapted,
 * an iteration of the large batch stands for one of the small batch. With {@link #adaptEpochs adaptEpochs(false)} it is the
 * other way round: epochs stay, and iteration {@code i} stands for iteration {@code i * M / m}.
 *
 * <p>The multiplier is rounded up, as in the released code, so where m does not divide M a few more updates are made than
 * with the small batch; where M is below m, nothing is shortened.
 *
 * <p>Hoffer, Hubara, Soudry, "Train longer, generalize better: closing the generalization gap in large batch training of
 * neural networks", NeurIPS 2017, arXiv 1705.08741. Immutable.
 *
 * @since 0.1
 */
public final class BatchRegime {
    private final int batchSize;
    private final int referenceBatch;
    private final RateScaling scaling;
    private final boolean adaptEpochs;

    private BatchRegime(int batchSize, int referenceBatch, RateScaling scaling, boolean adaptEpochs) {
        this.batchSize = batchSize;
        this.referenceBatch = referenceBatch;
        this.scaling = scaling;
        this.adaptEpochs = adaptEpochs;
    }

    /**
     * The regime of batches of so many examples, from batches of 128 (the small batch of the released code), with the
     * rate scaled by the square root (the paper's rule) and the epochs adapted (its full recipe; the released code leaves
     * that to a switch).
     *
     * @throws IllegalArgumentException below 1
     */
    public static BatchRegime of(int batchSize) {
        return new BatchRegime(positive("batchSize", batchSize), 128, RateScaling.SQUARE_ROOT, true);
    }

    /**
     * The same with a recipe made for batches of so many examples.
     *
     * @throws IllegalArgumentException below 1
     */
    public BatchRegime referenceBatch(int examples) {
        return new BatchRegime(batchSize, positive("referenceBatch", examples), scaling, adaptEpochs);
    }

    private static int positive(String name, int examples) {
        checkArgument(
                examples >= 1,
                "%s of the batch regime must be >= 1, got %s; it counts the examples of one update",
                name,
                examples);
        return examples;
    }

    /** The same with another rule for the rate. */
    public BatchRegime scaling(RateScaling rule) {
        checkNotNull(rule, "scaling of the batch regime must not be null; RateScaling.NONE keeps the rate");
        return new BatchRegime(batchSize, referenceBatch, rule, adaptEpochs);
    }

    /** The same with as many updates as the small batch made (true, the default) or as many epochs (false). */
    public BatchRegime adaptEpochs(boolean adapt) {
        return new BatchRegime(batchSize, referenceBatch, scaling, adapt);
    }

    /** Examples of one update. */
    public int batchSize() {
        return batchSize;
    }

    /** Examples of one update in the recipe to be carried over. */
    public int referenceBatch() {
        return referenceBatch;
    }

    /** The rule for the rate. */
    public RateScaling scaling() {
        return scaling;
    }

    /** Whether the number of updates is kept rather than the number of epochs. */
    public boolean adaptEpochs() {
        return adaptEpochs;
    }

    /** What learning rates are multiplied by. */
    public double rateFactor() {
        return scaling.factor((double) batchSize / referenceBatch);
    }

    /**
     * The rate for the large batch.
     *
     * @throws IllegalArgumentException unless the rate is finite and not negative
     */
    public double learningRate(double referenceRate) {
        checkArgument(
                referenceRate >= 0 && Double.isFinite(referenceRate),
                "learning rate to scale must be finite and >= 0, got %s; give the rate of the reference batch",
                referenceRate);
        return referenceRate * rateFactor();
    }

    /** What numbers of epochs are multiplied by: {@code ceil(M / m)}; 1 if epochs are not adapted. */
    public int epochMultiplier() {
        return adaptEpochs ? (int) (((long) batchSize + referenceBatch - 1) / referenceBatch) : 1;
    }

    /**
     * Epochs to train with the large batch, or the epoch at which something happens; epochs count from 0.
     *
     * @throws IllegalArgumentException below 0, or if the product exceeds the range of int
     */
    public int epochs(int referenceEpochs) {
        checkArgument(
                referenceEpochs >= 0,
                "number of epochs to adapt must be >= 0, got %s; give the epochs of the reference batch",
                referenceEpochs);
        long epochs = (long) referenceEpochs * epochMultiplier();
        checkArgument(
                epochs <= Integer.MAX_VALUE,
                "adapted number of epochs must fit an int, got %s times %s; use a larger referenceBatch or fewer epochs",
                referenceEpochs,
                epochMultiplier());
        return (int) epochs;
    }

    /** The epochs at which the rate falls, each adapted as by {@link #epochs}; none for none. */
    public int[] decayEpochs(int... referenceEpochs) {
        int[] adapted = new int[referenceEpochs.length];
        for (int i = 0; i < adapted.length; i++) {
            adapted[i] = epochs(referenceEpochs[i]);
        }
        return adapted;
    }

    /**
     * A step schedule, from epoch (counted from 0) to the rate from then on, both adapted.
     *
     * @throws IllegalArgumentException for an epoch or a rate that cannot be adapted
     */
    public ImmutableSortedMap<Integer, Double> steps(Map<Integer, Double> referenceSteps) {
        ImmutableSortedMap.Builder<Integer, Double> adapted = ImmutableSortedMap.naturalOrder();
        referenceSteps.forEach((epoch, rate) -> adapted.put(epochs(epoch), learningRate(rate)));
        return adapted.build();
    }

    /**
     * A step schedule as Deeplearning4j's {@code MapSchedule} over epochs, adapted; for {@code new Sgd(schedule)} and the
     * like.
     *
     * @throws IllegalArgumentException if there is no rate for epoch 0, and as {@link #steps}
     */
    public ISchedule schedule(Map<Integer, Double> referenceSteps) {
        checkArgument(
                referenceSteps.containsKey(0),
                "step schedule to adapt must have a rate from epoch 0 on, got steps at %s; add the initial rate under 0",
                referenceSteps.keySet());
        return new MapSchedule(ScheduleType.EPOCH, steps(referenceSteps));
    }

    /**
     * Any schedule of the rate, adapted: scaled values, time as described above. Saved and loaded with the model if the
     * given schedule can be (Deeplearning4j's {@code RampSchedule} cannot).
     */
    public ISchedule schedule(ISchedule reference) {
        checkNotNull(reference, "schedule to adapt must not be null; use learningRate(..) for a fixed rate");
        return RegimeSchedule.of(this, new Sgd(reference));
    }

    /**
     * A copy of an updater with its rate, or its schedule of the rate, adapted. All else is copied as it is; a schedule of
     * the momentum keeps its own time.
     *
     * @throws IllegalArgumentException if it has no learning rate (AdaDelta, NoOp) or loses its schedule when
     *     cloned (AdaGrad with a schedule)
     */
    public IUpdater apply(IUpdater reference) {
        checkNotNull(reference, "updater to adapt must not be null; for example new Nesterovs(0.1, 0.9)");
        checkArgument(
                reference.hasLearningRate(),
                "updater to adapt must have a learning rate, got %s; use one that has, such as Nesterovs",
                reference.getClass().getSimpleName());
        IUpdater adapted = reference.clone();
        double rate = reference.getLearningRate(0, 0);
        // DL4J-M2.1: AdaGrad.clone() drops the schedule, and Deeplearning4j clones what it is given.
        checkArgument(
                Double.compare(adapted.getLearningRate(0, 0), rate) == 0,
                "updater to adapt must keep its rate when cloned, got %s, which loses its schedule; use a fixed rate with"
                        + " it, or another updater",
                reference.getClass().getSimpleName());
        // The interface cannot be asked for a schedule, but equality can: it is part of the contract of updaters.
        adapted.setLrAndSchedule(rate, null);
        if (adapted.equals(reference)) {
            adapted.setLrAndSchedule(learningRate(rate), null);
        } else {
            adapted.setLrAndSchedule(Double.NaN, RegimeSchedule.of(this, reference));
        }
        return adapted;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof BatchRegime
                && ((BatchRegime) other).batchSize == batchSize
                && ((BatchRegime) other).referenceBatch == referenceBatch
                && ((BatchRegime) other).scaling == scaling
                && ((BatchRegime) other).adaptEpochs == adaptEpochs;
    }

    @Override
    public int hashCode() {
        return Objects.hash(batchSize, referenceBatch, scaling, adaptEpochs);
    }

    @Override
    public String toString() {
        return "BatchRegime(batchSize=" + batchSize + ", referenceBatch=" + referenceBatch + ", scaling=" + scaling
                + ", adaptEpochs=" + adaptEpochs + ")";
    }
}
