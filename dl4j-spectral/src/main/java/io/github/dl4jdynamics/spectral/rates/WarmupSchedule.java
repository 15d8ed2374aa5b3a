/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.rates;

import java.util.Objects;

import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * Linear warm-up in front of any other schedule.
 *
 * <pre>{@code
 * value(t) = (startFraction + (1 - startFraction) t / length) * schedule(0)    for t < length
 * value(t) = schedule(t - length)                                              for t >= length
 * }</pre>
 *
 * <p>{@code t} is the 0-based iteration or epoch, as {@link ScheduleType} says; a warm-up of whole epochs climbs in
 * steps, one of iterations is smooth. By default ({@link Clock#SHIFTED}) the inner schedule's clock starts when the
 * warm-up is over, as in Hugging Face's {@code get_cosine_schedule_with_warmup} and PyTorch's {@code SequentialLR}: a
 * run of N iterations wants an inner length of N - {@code length}. With {@link Clock#RUNNING} the inner schedule is not
 * shifted and the ramp multiplies it: {@code value(t) = (startFraction + (1 - startFraction) min(t, length) / length) *
 * schedule(t)}.
 *
 * <p>Only the clock that the warm-up itself counts is shifted: in front of a schedule in the other unit, say a warm-up
 * of 500 iterations before a cosine over epochs, both clocks behave alike.
 *
 * <p>The class name and the property names are written into saved models and never change. Immutable if the inner
 * schedule is.
 *
 * <p>Source: Goyal et al., Accurate, Large Minibatch SGD, 2017, arXiv 1706.02677, section 2.2 (gradual warm-up).
 */
public final class WarmupSchedule implements ISchedule {
    private static final long serialVersionUID = 1L;

    /** What the inner schedule sees of the time that the warm-up takes. */
    public enum Clock {
        /** The inner schedule stands at 0 during the warm-up and counts from its end. */
        SHIFTED,
        /** The inner schedule counts from the beginning. */
        RUNNING
    }

    @JsonProperty
    private final ScheduleType scheduleType;

    @JsonProperty
    private final int length;

    @JsonProperty
    private final double startFraction;

    @JsonProperty
    private final Clock clock;

    @JsonProperty
    private final ISchedule schedule;

    /**
     * Warm-up from 0, with the inner schedule's clock shifted.
     *
     * @param scheduleType unit of {@code length}
     * @param length iterations or epochs of warm-up, at least 1
     * @param schedule what follows; not copied
     * @throws IllegalArgumentException if {@code length} is not positive
     */
    public WarmupSchedule(ScheduleType scheduleType, int length, ISchedule schedule) {
        this(scheduleType, length, 0, Clock.SHIFTED, schedule);
    }

    @JsonCreator
    private WarmupSchedule(
            @JsonProperty("scheduleType") ScheduleType scheduleType,
            @JsonProperty("length") int length,
            @JsonProperty("startFraction") double startFraction,
            @JsonProperty("clock") Clock clock,
            @JsonProperty("schedule") ISchedule schedule) {
        checkArgument(scheduleType != null, "scheduleType of WarmupSchedule must be set: ITERATION or EPOCH");
        checkArgument(
                schedule != null,
                "schedule of WarmupSchedule must be set; FixedSchedule keeps one rate after the warm-up");
        checkArgument(clock != null, "clock of WarmupSchedule must be set: SHIFTED or RUNNING");
        checkArgument(
                length >= 1,
                "length of WarmupSchedule must be >= 1, got %s; use the inner schedule itself for no warm-up",
                length);
        checkArgument(
                startFraction >= 0 && startFraction <= 1,
                "startFraction of WarmupSchedule must lie in [0, 1], got %s; it multiplies the inner schedule's value",
                startFraction);
        this.scheduleType = scheduleType;
        this.length = length;
        this.startFraction = startFraction;
        this.clock = clock;
        this.schedule = schedule;
    }

    /**
     * Starts from the defaults: start at 0, shifted clock.
     *
     * @return a builder; {@code scheduleType}, {@code length} and {@code schedule} are required
     */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public double valueAt(int iteration, int epoch) {
        boolean epochs = scheduleType == ScheduleType.EPOCH;
        int t = epochs ? epoch : iteration;
        int inner = clock == Clock.RUNNING ? t : Math.max(0, t - length);
        double value = epochs ? schedule.valueAt(iteration, inner) : schedule.valueAt(inner, epoch);
        return t >= length ? value : (startFraction + (1 - startFraction) * t / length) * value;
    }

    @Override
    public WarmupSchedule clone() {
        return new WarmupSchedule(scheduleType, length, startFraction, clock, schedule.clone());
    }

    // Part of Deeplearning4j's contract: parameters whose updaters are equal, schedule included, share a block.
    @Override
    public boolean equals(Object other) {
        if (!(other instanceof WarmupSchedule)) {
            return false;
        }
        WarmupSchedule that = (WarmupSchedule) other;
        return scheduleType == that.scheduleType
                && length == that.length
                && Double.compare(startFraction, that.startFraction) == 0
                && clock == that.clock
                && schedule.equals(that.schedule);
    }

    @Override
    public int hashCode() {
        return Objects.hash(scheduleType.name(), length, startFraction, clock.name(), schedule);
    }

    @Override
    public String toString() {
        return "WarmupSchedule(scheduleType=" + scheduleType + ", length=" + length + ", startFraction=" + startFraction
                + ", clock=" + clock + ", schedule=" + schedule + ")";
    }

    /** Collects the settings of a {@link WarmupSchedule}. */
    public static final class Builder {
        private ScheduleType scheduleType;
        private int length;
        private double startFraction;
        private double startRate = Double.NaN;
        private Clock clock = Clock.SHIFTED;
        private ISchedule schedule;

        private Builder() {}

        /**
         * Required: the unit of {@code length}.
         *
         * @param scheduleType iterations or epochs
         * @return this
         */
        public Builder scheduleType(ScheduleType scheduleType) {
            this.scheduleType = scheduleType;
            return this;
        }

        /**
         * Required: iterations or epochs of warm-up.
         *
         * @param length at least 1
         * @return this
         */
        public Builder length(int length) {
            this.length = length;
            return this;
        }

        /**
         * Where the ramp starts, as a fraction of the inner schedule's value. Default 0, as in Hugging Face's
         * schedules: the first update then has rate 0 and changes no parameter.
         *
         * @param startFraction between 0 and 1; replaces an earlier {@code startRate}
         * @return this
         */
        public Builder startFraction(double startFraction) {
            this.startFraction = startFraction;
            startRate = Double.NaN;
            return this;
        }

        /**
         * Where the ramp starts, as a rate. Kept as a fraction of the inner schedule's value at iteration 0, epoch 0.
         *
         * @param startRate between 0 and that value; replaces an earlier {@code startFraction}
         * @return this
         * @throws IllegalArgumentException if the rate is negative or not finite
         */
        public Builder startRate(double startRate) {
            checkArgument(
                    startRate >= 0 && Double.isFinite(startRate),
                    "startRate of WarmupSchedule must be finite and >= 0, got %s",
                    startRate);
            this.startRate = startRate;
            return this;
        }

        /**
         * What the inner schedule sees of the warm-up's time. Default {@link Clock#SHIFTED}, the convention of
         * PyTorch's {@code SequentialLR} and of Hugging Face.
         *
         * @param clock shifted or running
         * @return this
         */
        public Builder clock(Clock clock) {
            this.clock = clock;
            return this;
        }

        /**
         * Required: the schedule that follows.
         *
         * @param schedule any schedule; not copied
         * @return this
         */
        public Builder schedule(ISchedule schedule) {
            this.schedule = schedule;
            return this;
        }

        /**
         * Checks the settings and makes the schedule.
         *
         * @return the schedule
         * @throws IllegalArgumentException if a value is missing or out of its range
         */
        public WarmupSchedule build() {
            if (Double.isNaN(startRate) || schedule == null) {
                return new WarmupSchedule(scheduleType, length, startFraction, clock, schedule);
            }
            double peak = schedule.valueAt(0, 0);
            checkArgument(
                    peak > 0 && startRate <= peak,
                    "startRate of WarmupSchedule must not exceed the inner schedule's first value %s, got %s",
                    peak,
                    startRate);
            return new WarmupSchedule(scheduleType, length, startRate / peak, clock, schedule);
        }
    }
}
