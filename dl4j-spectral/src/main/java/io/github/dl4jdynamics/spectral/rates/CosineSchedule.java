/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.rates;

import java.util.Objects;

import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * Cosine annealing: half a cosine from an initial value down to a floor, and the floor from then on.
 *
 * <pre>{@code
 * value(t) = floor + 0.5 (initialValue - floor) (1 + cos(pi t / length))   for t < length
 * value(t) = floor                                                        for t >= length
 * }</pre>
 *
 * <p>{@code t} is the 0-based iteration or epoch, as {@link ScheduleType} says. In units of epochs {@code t} is the
 * number of epochs finished, so the first epoch runs at {@code initialValue} and the last of {@code length} epochs just
 * above the floor. Deeplearning4j counts epochs only in {@code fit(iterator)}; under {@code fit(DataSet)} the epoch
 * stays 0.
 *
 * <p>With a {@code cycleFactor} the schedule restarts at {@code initialValue} instead of resting at the floor: 1
 * repeats cycles of {@code length}, 2 doubles each cycle, and so on.
 *
 * <p>Deviation: PyTorch's {@code CosineAnnealingLR} climbs again after {@code length} (the cosine goes on); this one
 * stays.
 *
 * <p>The class name and the property names are written into saved models and never change. Immutable.
 *
 * <p>Source: Loshchilov, Hutter, SGDR: Stochastic Gradient Descent with Warm Restarts, ICLR 2017, arXiv 1608.03983, eq.
 * (5); {@code cycleFactor} is its {@code T_mult}.
 */
public final class CosineSchedule implements ISchedule {
    private static final long serialVersionUID = 1L;

    @JsonProperty
    private final ScheduleType scheduleType;

    @JsonProperty
    private final double initialValue;

    @JsonProperty
    private final int length;

    @JsonProperty
    private final double floor;

    @JsonProperty
    private final int cycleFactor;

    /**
     * One cycle from {@code initialValue} to 0.
     *
     * @param scheduleType unit of {@code length}
     * @param initialValue value at {@code t = 0}, finite and not negative
     * @param length iterations or epochs until the floor, at least 1
     * @throws IllegalArgumentException if a value is out of its range
     */
    public CosineSchedule(ScheduleType scheduleType, double initialValue, int length) {
        this(scheduleType, initialValue, length, 0, 0);
    }

    @JsonCreator
    private CosineSchedule(
            @JsonProperty("scheduleType") ScheduleType scheduleType,
            @JsonProperty("initialValue") double initialValue,
            @JsonProperty("length") int length,
            @JsonProperty("floor") double floor,
            @JsonProperty("cycleFactor") int cycleFactor) {
        checkArgument(scheduleType != null, "scheduleType of CosineSchedule must be set: ITERATION or EPOCH");
        checkArgument(
                initialValue >= 0 && Double.isFinite(initialValue),
                "initialValue of CosineSchedule must be finite and >= 0, got %s",
                initialValue);
        checkArgument(
                length >= 1,
                "length of CosineSchedule must be >= 1, got %s; it counts iterations or epochs until the floor",
                length);
        checkArgument(
                floor >= 0 && floor <= initialValue,
                "floor of CosineSchedule must lie in [0, initialValue = %s], got %s",
                initialValue,
                floor);
        checkArgument(
                cycleFactor >= 0,
                "cycleFactor of CosineSchedule must be >= 0, got %s; 0 never restarts, 1 repeats equal cycles",
                cycleFactor);
        this.scheduleType = scheduleType;
        this.initialValue = initialValue;
        this.length = length;
        this.floor = floor;
        this.cycleFactor = cycleFactor;
    }

    /**
     * Starts from the defaults: floor 0, no restart.
     *
     * @return a builder; {@code scheduleType}, {@code initialValue} and {@code length} are required
     */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public double valueAt(int iteration, int epoch) {
        long t = scheduleType == ScheduleType.EPOCH ? epoch : iteration;
        long cycle = length;
        if (cycleFactor == 1) {
            t %= cycle;
        } else if (cycleFactor > 1) {
            for (; t >= cycle; cycle *= cycleFactor) {
                t -= cycle;
            }
        }
        return t >= cycle ? floor : floor + 0.5 * (initialValue - floor) * (1 + Math.cos(Math.PI * t / cycle));
    }

    @Override
    public CosineSchedule clone() {
        return new CosineSchedule(scheduleType, initialValue, length, floor, cycleFactor);
    }

    // Part of Deeplearning4j's contract: parameters whose updaters are equal, schedule included, share a block.
    @Override
    public boolean equals(Object other) {
        if (!(other instanceof CosineSchedule)) {
            return false;
        }
        CosineSchedule that = (CosineSchedule) other;
        return scheduleType == that.scheduleType
                && Double.compare(initialValue, that.initialValue) == 0
                && length == that.length
                && Double.compare(floor, that.floor) == 0
                && cycleFactor == that.cycleFactor;
    }

    @Override
    public int hashCode() {
        // The name, not the enum: an enum's hash code differs from run to run.
        return Objects.hash(scheduleType.name(), initialValue, length, floor, cycleFactor);
    }

    @Override
    public String toString() {
        return "CosineSchedule(scheduleType=" + scheduleType + ", initialValue=" + initialValue + ", length=" + length
                + ", floor=" + floor + ", cycleFactor=" + cycleFactor + ")";
    }

    /** Collects the settings of a {@link CosineSchedule}. */
    public static final class Builder {
        private ScheduleType scheduleType;
        private double initialValue = Double.NaN;
        private int length;
        private double floor;
        private int cycleFactor;

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
         * Required: iterations or epochs of the (first) cycle.
         *
         * @param length at least 1
         * @return this
         */
        public Builder length(int length) {
            this.length = length;
            return this;
        }

        /**
         * Value reached at the end of a cycle. Default 0, as in PyTorch ({@code eta_min}).
         *
         * @param floor between 0 and {@code initialValue}
         * @return this
         */
        public Builder floor(double floor) {
            this.floor = floor;
            return this;
        }

        /**
         * How many times longer each cycle is than the one before. Default 0: no restart (ours, the common training
         * regime).
         *
         * @param cycleFactor 0, or at least 1
         * @return this
         */
        public Builder cycleFactor(int cycleFactor) {
            this.cycleFactor = cycleFactor;
            return this;
        }

        /**
         * Checks the settings and makes the schedule.
         *
         * @return the schedule
         * @throws IllegalArgumentException if a value is missing or out of its range
         */
        public CosineSchedule build() {
            return new CosineSchedule(scheduleType, initialValue, length, floor, cycleFactor);
        }
    }
}
