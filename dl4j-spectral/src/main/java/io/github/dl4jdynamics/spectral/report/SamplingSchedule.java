/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.report;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * Says at which iterations or at which epoch ends a diagnostic measures; a pure function of the position in training.
 *
 * <p>Counts in one unit, iterations or epochs, in which {@link #startingAfter} and {@link #stoppingAfter} count too; in
 * the other unit nothing is ever due. Immutable.
 */
public final class SamplingSchedule {
    private enum Rule {
        ITERATIONS,
        EPOCHS,
        LOGARITHMIC,
        NEVER
    }

    private final Rule rule;
    private final int n;
    private final int start;
    private final int stop;

    private SamplingSchedule(Rule rule, int n, int start, int stop) {
        this.rule = rule;
        this.n = n;
        this.start = start;
        this.stop = stop;
    }

    /**
     * Due at iterations 0, n, 2n, ...
     *
     * @param n at least 1
     * @return the schedule
     * @throws IllegalArgumentException if n is not positive
     */
    public static SamplingSchedule everyIterations(int n) {
        checkArgument(n >= 1, "everyIterations must be >= 1, got %s; use never() for no measurement", n);
        return new SamplingSchedule(Rule.ITERATIONS, n, 0, Integer.MAX_VALUE);
    }

    /**
     * Due at the end of every n-th epoch: after n, 2n, ... epochs.
     *
     * @param n at least 1
     * @return the schedule
     * @throws IllegalArgumentException if n is not positive
     */
    public static SamplingSchedule everyEpochs(int n) {
        checkArgument(n >= 1, "everyEpochs must be >= 1, got %s; use never() for no measurement", n);
        return new SamplingSchedule(Rule.EPOCHS, n, 0, Integer.MAX_VALUE);
    }

    /**
     * Due at iteration 0 and at iterations evenly spaced on a logarithmic axis: {@code round(10^(j / perDecade))}, j =
     * 0, 1, ...
     *
     * @param perDecade measurements per factor of ten, at least 1; the first ones coincide
     * @return the schedule
     * @throws IllegalArgumentException if perDecade is not positive
     */
    public static SamplingSchedule logarithmic(int perDecade) {
        checkArgument(perDecade >= 1, "measurements per decade must be >= 1, got %s; 5 is a good start", perDecade);
        return new SamplingSchedule(Rule.LOGARITHMIC, perDecade, 0, Integer.MAX_VALUE);
    }

    /**
     * Nothing is ever due.
     *
     * @return the schedule
     */
    public static SamplingSchedule never() {
        return new SamplingSchedule(Rule.NEVER, 1, 0, Integer.MAX_VALUE);
    }

    /**
     * The same schedule, begun later: due when that many iterations or epochs are over, and every n from there.
     *
     * @param count iterations or epochs to leave out, at least 0
     * @return a new schedule
     * @throws IllegalArgumentException if count is negative
     */
    public SamplingSchedule startingAfter(int count) {
        checkArgument(count >= 0, "startingAfter must be >= 0, got %s; it counts iterations or epochs", count);
        return new SamplingSchedule(rule, n, count, stop);
    }

    /**
     * The same schedule, ended when that many iterations or epochs are over.
     *
     * @param count iterations or epochs from the beginning of training, at least 0
     * @return a new schedule
     * @throws IllegalArgumentException if count is negative
     */
    public SamplingSchedule stoppingAfter(int count) {
        checkArgument(count >= 0, "stoppingAfter must be >= 0, got %s; it counts iterations or epochs", count);
        return new SamplingSchedule(rule, n, start, count);
    }

    /**
     * Whether to measure at an iteration.
     *
     * @param iteration 0-based, as {@code iterationDone} gives it
     * @return true if due; always false for a schedule over epochs
     */
    public boolean isDueAtIteration(int iteration) {
        int i = iteration - start;
        if (i < 0 || iteration >= stop) {
            return false;
        }
        return rule == Rule.ITERATIONS ? i % n == 0 : rule == Rule.LOGARITHMIC && isOnLogarithmicGrid(i);
    }

    /**
     * Whether to measure at the end of an epoch.
     *
     * @param epoch 0-based index of the epoch that ends, as {@code getEpochCount()} gives it in {@code onEpochEnd}
     * @return true if due; always false for a schedule over iterations
     */
    public boolean isDueAtEpochEnd(int epoch) {
        int finished = epoch + 1 - start;
        return rule == Rule.EPOCHS && finished >= 0 && epoch < stop && finished % n == 0;
    }

    /**
     * Whether training is between the start and the stop of this schedule: a diagnostic that begins there measures once
     * at the beginning.
     *
     * @param iteration 0-based number of iterations that are over
     * @param epoch 0-based number of epochs that are over
     * @return false also for {@link #never()}
     */
    public boolean isActive(int iteration, int epoch) {
        int position = rule == Rule.EPOCHS ? epoch : iteration;
        return rule != Rule.NEVER && position >= start && position < stop;
    }

    /**
     * Whether the schedule counts epochs.
     *
     * @return false for iterations and never
     */
    public boolean countsEpochs() {
        return rule == Rule.EPOCHS;
    }

    private boolean isOnLogarithmicGrid(int i) {
        return i == 0 || Math.round(Math.pow(10, Math.rint(n * Math.log10(i)) / n)) == i;
    }

    @Override
    public String toString() {
        String text = rule == Rule.NEVER
                ? "never"
                : rule == Rule.LOGARITHMIC
                        ? n + " per decade of iterations"
                        : "every " + n + (rule == Rule.EPOCHS ? " epochs" : " iterations");
        return text + (start == 0 ? "" : " after " + start) + (stop == Integer.MAX_VALUE ? "" : " until " + stop);
    }
}
