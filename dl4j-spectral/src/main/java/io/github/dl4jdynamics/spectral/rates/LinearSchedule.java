/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.rates;

import java.util.Objects;

import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * A straight line from an initial to a final value, and the final value from then on.
 *
 * <pre>{@code
 * value(t) = initialValue + (finalValue - initialValue) min(t, length) / length
 * }</pre>
 *
 * <p>{@code t} is the 0-based iteration or epoch, as {@link ScheduleType} says. Deeplearning4j counts epochs only in
 * {@code fit(iterator)}; under {@code fit(DataSet)} the epoch stays 0. The line may rise or fall.
 *
 * <p>The class name and the property names are written into saved models and never change. Immutable.
 *
 * <p>Source: with {@code finalValue} 0 this is the decay part of Hugging Face's
 * {@code get_linear_schedule_with_warmup}; {@link WarmupSchedule} adds the warm-up.
 */
public final class LinearSchedule implements ISchedule {
    private static final long serialVersionUID = 1L;

    @JsonProperty
    private final ScheduleType scheduleType;

    @JsonProperty
    private final double initialValue;

    @JsonProperty
    private final double finalValue;

    @JsonProperty
    private final int length;

    /**
     * A line from {@code initialValue} to 0.
     *
     * @param scheduleType unit of {@code length}
     * @param initialValue value at {@code t = 0}, finite and not negative
     * @param length iterations or epochs until 0, at least 1
     * @throws IllegalArgumentException if a value is out of its range
     */
    public LinearSchedule(ScheduleType scheduleType, double initialValue, int length) {
        this(scheduleType, initialValue, 0, length);
    }

    @JsonCreator
    private LinearSchedule(
            @JsonProperty("scheduleType") ScheduleType scheduleType,
            @JsonProperty("initialValue") double initialValue,
            @JsonProperty("finalValue") double finalValue,
            @JsonProperty("length") int length) {
        checkArgument(scheduleType != null, "scheduleType of LinearSchedule must be set: ITERATION or EPOCH");
        checkArgument(
                initialValue >= 0 && Double.isFinite(initialValue),
                "initialValue of LinearSchedule must be finite and >= 0, got %s",
                initialValue);
        checkArgument(
                finalValue >= 0 && Double.isFinite(finalValue),
                "finalValue of LinearSchedule must be finite and >= 0, got %s",
                finalValue);
        checkArgument(
                length >= 1,
                "length of LinearSchedule must be >= 1, got %s; it counts iterations or epochs until finalValue",
                length);
        this.scheduleType = scheduleType;
        this.initialValue = initialValue;
        this.finalValue = finalValue;
        this.length = length;
    }

    /**
     * Starts from the default {@code finalValue} 0.
     *
     * @return a builder; {@code scheduleType}, {@code initialValue} and {@code length} are required
     */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public double valueAt(int iteration, int epoch) {
        int t = scheduleType == ScheduleType.EPOCH ? epoch : iteration;
        return t >= length ? finalValue : initialValue + (finalValue - initialValue) * t / length;
    }

    @Override
    public LinearSchedule clone() {
        return new LinearSchedule(scheduleType, initialValue, finalValue, length);
    }

    // Part of Deeplearning4j's contract: parameters whose updaters are equal, schedule included, share a block.
    @Override
    public boolean equals(Object other) {
        if (!(other instanceof LinearSchedule)) {
            return false;
        }
        LinearSchedule that = (LinearSchedule) other;
        return scheduleType == that.scheduleType
                && Double.compare(initialValue, that.initialValue) == 0
                && Double.compare(finalValue, that.finalValue) == 0
                && length == that.length;
    }

    @Override
    public int hashCode() {
        return Objects.hash(scheduleType.name(), initialValue, finalValue, length);
    }

    @Override
    public String toString() {
        return "LinearSchedule(scheduleType=" + scheduleType + ", initialValue=" + initialValue + ", finalValue="
                + finalValue + ", length=" + length + ")";
    }

    /** Collects the settings of a {@link LinearSchedule}. */
    public static final class Builder {
        private ScheduleType scheduleType;
        private double initialValue = Double.NaN;
        private double finalValue;
        private int length;

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
         * Required: the value at {@code t = 0}.
         *
         * @param initialValue finite and not negative
         * @return this
         */
        public Builder initialValue(double initialValue) {
            this.initialValue = initialValue;
            return this;
        }

        /**
         * The value at {@code t = length} and after. Default 0, as in Hugging Face's linear schedule.
         *
         * @param finalValue finite and not negative
         * @return this
         */
        public Builder finalValue(double finalValue) {
            this.finalValue = finalValue;
            return this;
        }

        /**
         * Required: iterations or epochs from the first to the final value.
         *
         * @param length at least 1
         * @return this
         */
        public Builder length(int length) {
            this.length = length;
            return this;
        }

        /**
         * Checks the settings and makes the schedule.
         *
         * @return the schedule
         * @throws IllegalArgumentException if a value is missing or out of its range
         */
        public LinearSchedule build() {
            return new LinearSchedule(scheduleType, initialValue, finalValue, length);
        }
    }
}
