/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.invariance;

import java.util.List;
import java.util.Optional;

import com.google.common.collect.ImmutableList;
import io.github.dl4jdynamics.ghostbn.math.NormPhase;

/**
 * One sampled iteration.
 *
 * @since 0.1
 */
public final class ScaleInvarianceSample {
    private final int iteration;
    private final int epoch;
    private final double loss;
    private final double milliseconds;
    private final NormPhase phase;
    private final Optional<GroupNorms> all;
    private final ImmutableList<GroupNorms> groups;
    private final String failure;

    private ScaleInvarianceSample(Builder builder, String failure) {
        this.iteration = builder.position.iteration();
        this.epoch = builder.position.epoch();
        this.loss = builder.loss;
        this.milliseconds = builder.milliseconds;
        this.phase = builder.phase;
        this.all = Optional.ofNullable(builder.all);
        this.groups = ImmutableList.copyOf(builder.groups);
        this.failure = failure;
    }

    /** 0-based. */
    public int iteration() {
        return iteration;
    }

    /** 0-based. */
    public int epoch() {
        return epoch;
    }

    /** Training loss of the batch before the update, without penalties; NaN for a sample that failed. */
    public double loss() {
        return loss;
    }

    /** Time taken from the training thread. */
    public double milliseconds() {
        return milliseconds;
    }

    /** Phase of all weights together after this sample. */
    public NormPhase phase() {
        return phase;
    }

    /** All scale-invariant weights together; empty if there are none, or the sample failed. */
    public Optional<GroupNorms> all() {
        return all;
    }

    /** Every candidate group, those refused by Euler's identity included. */
    public ImmutableList<GroupNorms> groups() {
        return groups;
    }

    /** Why there is nothing: an error, or the time budget. */
    public Optional<String> failure() {
        return failure.isEmpty() ? Optional.empty() : Optional.of(failure);
    }

    @Override
    public String toString() {
        return "iteration " + iteration + ": " + phase + (failure.isEmpty() ? ", " + all : ", " + failure);
    }

    static final class Builder {
        private final Position position;
        private double loss = Double.NaN;
        private double milliseconds;
        private NormPhase phase = NormPhase.UNDETERMINED;
        private GroupNorms all;
        private List<GroupNorms> groups = List.of();

        Builder(Position position) {
            this.position = position;
        }

        Builder loss(double value) {
            loss = value;
            return this;
        }

        Builder milliseconds(double value) {
            milliseconds = value;
            return this;
        }

        Builder phase(NormPhase value) {
            phase = value;
            return this;
        }

        Builder all(GroupNorms value) {
            all = value;
            return this;
        }

        Builder groups(List<GroupNorms> values) {
            groups = values;
            return this;
        }

        ScaleInvarianceSample build() {
            return new ScaleInvarianceSample(this, "");
        }

        ScaleInvarianceSample failed(String reason) {
            return new ScaleInvarianceSample(this, reason);
        }
    }
}
