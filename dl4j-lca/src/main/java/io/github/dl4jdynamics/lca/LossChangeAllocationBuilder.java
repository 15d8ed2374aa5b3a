/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

import io.github.dl4jdynamics.lca.math.PathRule;
import io.github.dl4jdynamics.lca.math.PathRules;
import io.github.dl4jdynamics.spectral.oracle.BatchNormalizationMode;
import io.github.dl4jdynamics.spectral.oracle.LossData;
import io.github.dl4jdynamics.spectral.report.SamplingSchedule;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkNotNull;

/**
 * Settings of a {@link LossChangeAllocationListener}; every one has a default.
 *
 * @since 0.1
 */
public final class LossChangeAllocationBuilder {
    static final String TRAIN = "train";
    static final String VALIDATION = "validation";

    final Map<String, LossData> losses = new LinkedHashMap<>();
    PathRule rule = PathRules.adaptive();
    SamplingSchedule schedule = SamplingSchedule.everyIterations(1);
    double timeBudget = Double.POSITIVE_INFINITY;
    BatchNormalizationMode batchNormalization = BatchNormalizationMode.BATCH_STATISTICS;
    boolean regularization;
    boolean counts = true;
    boolean perClass;
    INDArray basis;
    Path dump;
    Consumer<AllocationDetail> consumer = detail -> {};
    boolean failFast;

    LossChangeAllocationBuilder(LossData data) {
        losses.put(TRAIN, checkNotNull(data, "loss data must not be null; LossData.of(iterator) reads them"));
    }

    private LossChangeAllocationBuilder(LossChangeAllocationBuilder other) {
        losses.putAll(other.losses);
        rule = other.rule;
        schedule = other.schedule;
        timeBudget = other.timeBudget;
        batchNormalization = other.batchNormalization;
        regularization = other.regularization;
        counts = other.counts;
        perClass = other.perClass;
        basis = other.basis;
        dump = other.dump;
        consumer = other.consumer;
        failFast = other.failFast;
    }

    LossChangeAllocationBuilder copy() {
        return new LossChangeAllocationBuilder(this);
    }

    /**
     * A second set, followed at the same points: its allocations say who generalizes. Costs as much as it has rows, and
     * three parameter vectors. Default none.
     */
    public LossChangeAllocationBuilder validation(LossData data) {
        return further(VALIDATION, data);
    }

    /**
     * One more set to follow, with a name for tables and charts. Default none.
     *
     * @param name not blank, and none of the other columns' in tables by array, unit and layer, such as {@code layer}
     * @throws IllegalArgumentException for such names, or if there is a set of that name
     */
    public LossChangeAllocationBuilder further(String name, LossData data) {
        checkNotNull(name, "name of loss data must not be null; 'test' will do");
        checkArgument(!name.isBlank(), "name of loss data must not be blank, got '%s'; 'test' will do", name);
        checkArgument(
                !AllocationTables.NAMES_TAKEN.contains(name),
                "name of loss data must differ from the other columns of tables, %s, got '%s'; 'test' will do",
                AllocationTables.NAMES_TAKEN,
                name);
        checkNotNull(data, "loss data '%s' must not be null; LossData.of(iterator) reads them", name);
        checkArgument(!losses.containsKey(name), "loss data must have names of their own, got '%s' twice", name);
        losses.put(name, data);
        return this;
    }

    /**
     * How the path integral of a step is computed. Default {@link PathRules#adaptive()} (ours); the paper's is
     * {@link PathRules#simpson()}, that of its code {@link PathRules#reference()}.
     */
    public LossChangeAllocationBuilder rule(PathRule rule) {
        this.rule = checkNotNull(rule, "rule must not be null; PathRules.adaptive() is the default");
        return this;
    }

    /**
     * After which updates to end a step, counted from where the listener begins: {@code everyIterations(k)} or
     * {@code logarithmic(n)}. The updates between are one straight segment: its allocations are conservative, but say
     * nothing of what went on inside. Parameters that somebody sets between two updates make a gap where a step has just
     * ended, and are part of the step where not. {@code startingAfter(n)} leaves out the first n updates and {@code
     * stoppingAfter(n)} those after the n-th, with which the open step ends; they are no part of the history. {@code never()}
     * follows nothing. Default every update, as in the paper.
     *
     * @throws IllegalArgumentException for a schedule over epochs, which {@code fit(DataSet)} never ends
     */
    public LossChangeAllocationBuilder schedule(SamplingSchedule schedule) {
        checkNotNull(schedule, "schedule must not be null; SamplingSchedule.everyIterations(1) is the default");
        checkArgument(
                !schedule.countsEpochs(),
                "schedule of LossChangeAllocation must count iterations, got '%s'; use everyIterations(k) with the number "
                        + "of updates in an epoch",
                schedule);
        this.schedule = schedule;
        return this;
    }

    /** Shorthand for {@code schedule(SamplingSchedule.everyIterations(k))}. */
    public LossChangeAllocationBuilder everyIterations(int k) {
        return schedule(SamplingSchedule.everyIterations(k));
    }

    /**
     * Most time to spend, as a fraction of training time. A step that there is no time for goes on until there is, so
     * books stay balanced and steps become longer. Default unlimited: all steps are asked for.
     */
    public LossChangeAllocationBuilder timeBudget(double fraction) {
        checkArgument(fraction > 0, "timeBudget must be > 0, got %s; 1.0 lets training take twice as long", fraction);
        this.timeBudget = fraction;
        return this;
    }

    /**
     * What batch normalization normalizes with where the loss is measured. Default {@code BATCH_STATISTICS}, as in the
     * reference code; with {@code RUNNING_STATISTICS} the loss is that of inference, and the running mean and variance
     * get allocations like any parameter.
     */
    public LossChangeAllocationBuilder batchNormalization(BatchNormalizationMode mode) {
        batchNormalization = checkNotNull(mode, "batchNormalization must not be null; BATCH_STATISTICS is the default");
        return this;
    }

    /** Whether the loss includes L1, L2, weight decay and the like. Default false, as in the reference code. */
    public LossChangeAllocationBuilder regularization(boolean included) {
        regularization = included;
        return this;
    }

    /**
     * Whether to count for each parameter the steps in which it helped and hurt. Default true; costs a vector of 4-byte
     * numbers for each data set, two from 65,536 steps on, where counting ends if there is no memory for the second.
     */
    public LossChangeAllocationBuilder counts(boolean on) {
        counts = on;
        return this;
    }

    /**
     * Whether to allocate the loss of each class of the first data set too. Its labels must be one-hot, of rank 2. Costs
     * another pass over the data, with batch normalization on batch statistics one for each class, and two parameter
     * vectors for each class; without batch statistics a copy of the data, sorted by class. Default false.
     */
    public LossChangeAllocationBuilder perClass(boolean on) {
        perClass = on;
        return this;
    }

    /**
     * Directions along which to allocate the first data set's loss as well, {@code <b, gbar> <b, theta' - theta>} (POLCA):
     * for example eigenvectors of the Hessian. Default none.
     *
     * @param directions orthonormal rows, [directions, parameters], in the order of the flat parameter vector; copied
     * @throws IllegalArgumentException if the rows are not orthonormal to 1e-3
     */
    @SuppressWarnings("try") // the workspace scope is left by closing it
    public LossChangeAllocationBuilder basis(INDArray directions) {
        checkNotNull(directions, "basis must not be null; leave it out for allocations to parameters alone");
        checkArgument(
                directions.rank() == 2,
                "basis must have shape [directions, parameters], got rank %s",
                directions.rank());
        try (MemoryWorkspace outside = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            INDArray rows = directions.dup('c');
            INDArray gram = rows.mmul(rows.transpose()).castTo(DataType.DOUBLE);
            double off = gram.subi(Nd4j.eye(rows.size(0)).castTo(DataType.DOUBLE))
                    .amaxNumber()
                    .doubleValue();
            checkArgument(
                    off <= 1e-3,
                    "rows of the basis must be orthonormal, got inner products off by %s; take the Q of a QR decomposition",
                    off);
            basis = rows;
        }
        return this;
    }

    /**
     * Writes the allocation of every parameter at every step of the first data set into a folder that NumPy reads; see
     * {@link io.github.dl4jdynamics.lca.dump.AllocationDump}. Grows by 4 bytes per parameter and step.
     * A folder that cannot be used is refused by {@link LossChangeAllocationListener#attach}; a dump that cannot be opened or
     * written later ends, and the note of the next step says so. Default none.
     *
     * @param folder new, or without an earlier dump
     */
    public LossChangeAllocationBuilder dump(Path folder) {
        dump = checkNotNull(folder, "folder of the dump must not be null; leave it out for none");
        return this;
    }

    /**
     * What to do with each step as it is measured, on the training thread; the only place where allocations by unit are
     * shown step by step. An error it throws counts as one of measuring: a gap follows the step, and three in a row end
     * all measuring. Default nothing.
     */
    public LossChangeAllocationBuilder onStep(Consumer<AllocationDetail> consumer) {
        this.consumer = checkNotNull(consumer, "consumer of steps must not be null; leave it out for none");
        return this;
    }

    /** Lets an error of a measurement stop training instead of being logged and marked. Default false; for tests. */
    public LossChangeAllocationBuilder failFast(boolean on) {
        failFast = on;
        return this;
    }

    /** A new listener, for one network. */
    public LossChangeAllocationListener build() {
        return new LossChangeAllocationListener(copy());
    }

    @Override
    public String toString() {
        return "LossChangeAllocation{data=" + losses + ", rule=" + rule + ", schedule=" + schedule + ", timeBudget="
                + timeBudget + ", batchNormalization=" + batchNormalization + ", regularization=" + regularization
                + ", counts=" + counts + ", perClass=" + perClass + ", basis="
                + (basis == null ? "none" : basis.size(0) + " directions") + ", dump=" + (dump == null ? "none" : dump)
                + ", failFast=" + failFast + "}";
    }
}
