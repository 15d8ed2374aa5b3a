/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.report;

import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkState;

/**
 * Keeps a diagnostic within a fraction of the training time, and says what it cost.
 *
 * <pre>{@code
 * allowed  <=>  spent + spent / measurements <= fraction * (elapsed - spent)
 * }</pre>
 *
 * <p>A measurement is expected to cost as much as the mean of those before. The first is always allowed, for its cost
 * is unknown. {@code elapsed} is wall time since the first call; pauses between two calls of {@code fit} count as
 * training.
 *
 * <pre>{@code
 * if (budget.tryBegin()) {
 *     try {
 *         measure();
 *     } finally {
 *         budget.end();
 *     }
 * }
 * }</pre>
 *
 * <p>For one thread.
 */
public final class TimeBudget {
    private static final long UNSET = Long.MIN_VALUE;
    private static final double NANOS = 1e9;

    private final double fraction;
    private final LongSupplier nanoClock;
    private long origin = UNSET;
    private long begun = UNSET;
    private long spent;
    private int measurements;
    private int skipped;

    private TimeBudget(double fraction, LongSupplier nanoClock) {
        this.fraction = fraction;
        this.nanoClock = nanoClock;
    }

    /**
     * A budget measured by {@link System#nanoTime}.
     *
     * @param fraction time of the diagnostic per time of training, positive; 0.05 slows training by 5 %
     * @return the budget
     * @throws IllegalArgumentException if the fraction is not positive
     */
    public static TimeBudget ofFraction(double fraction) {
        return ofFraction(fraction, System::nanoTime);
    }

    /**
     * A budget measured by a clock of the caller's, for repeatable tests.
     *
     * @param fraction time of the diagnostic per time of training, positive
     * @param nanoClock nanoseconds since any origin, never running backwards
     * @return the budget
     * @throws IllegalArgumentException if the fraction is not positive
     */
    public static TimeBudget ofFraction(double fraction, LongSupplier nanoClock) {
        checkArgument(fraction > 0, "fraction of the training time must be > 0, got %s; 0.05 allows 5 %", fraction);
        return new TimeBudget(fraction, nanoClock);
    }

    /**
     * Allows everything and still counts what it costs.
     *
     * @return the budget
     */
    public static TimeBudget unlimited() {
        return ofFraction(Double.POSITIVE_INFINITY);
    }

    /**
     * Begins a measurement if there is time for it; otherwise counts it as skipped.
     *
     * @return true if the caller shall measure, and call {@link #end()} afterwards
     * @throws IllegalStateException if a measurement is already running
     */
    public boolean tryBegin() {
        long now = now();
        checkNotRunning();
        long training = now - origin - spent;
        boolean allowed = Double.isInfinite(fraction)
                || measurements == 0
                || spent + (double) spent / measurements <= fraction * training;
        if (allowed) {
            begun = now;
        } else {
            skipped++;
        }
        return allowed;
    }

    /**
     * Begins a measurement that is wanted whether there is time for it or not; its time counts like any other.
     *
     * @throws IllegalStateException if a measurement is already running
     */
    public void begin() {
        checkNotRunning();
        begun = now();
    }

    private void checkNotRunning() {
        checkState(begun == UNSET, "a measurement is already running; call end() before the next tryBegin()");
    }

    /**
     * Ends the running measurement and books its time.
     *
     * @throws IllegalStateException if none is running
     */
    public void end() {
        checkState(begun != UNSET, "no measurement is running; call tryBegin() first");
        spent += now() - begun;
        begun = UNSET;
        measurements++;
    }

    /**
     * Time booked so far.
     *
     * @return sum over the ended measurements
     */
    public Duration spent() {
        return Duration.ofNanos(spent);
    }

    /**
     * Number of ended measurements.
     *
     * @return 0 or more
     */
    public int measurements() {
        return measurements;
    }

    /**
     * Number of measurements that the budget refused.
     *
     * @return 0 or more
     */
    public int skipped() {
        return skipped;
    }

    /**
     * What the diagnostic cost, for logs and reports.
     *
     * @return for example {@code 3 measurements in 2.1 s, 1.3 % of the training time, 4 skipped}
     */
    @Override
    public String toString() {
        long training = origin == UNSET ? 0 : now() - origin - spent;
        String share = training <= 0
                ? ""
                : String.format(Locale.ROOT, ", %.1f %% of the training time", 100.0 * spent / training);
        return measurements
                + (measurements == 1 ? " measurement in " : " measurements in ")
                + String.format(Locale.ROOT, "%.3g s", spent / NANOS)
                + share
                + (skipped == 0 ? "" : ", " + skipped + " skipped");
    }

    private long now() {
        long now = nanoClock.getAsLong();
        if (origin == UNSET) {
            origin = now;
        }
        return now;
    }
}
