/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.invariance;

import io.github.dl4jdynamics.ghostbn.math.NormBalance;

/**
 * Norms of one group, or of all weights together, in one step.
 *
 * @since 0.1
 */
public final class GroupNorms {
    private final String name;
    private final NormBalance balance;
    private final double eulerDefect;
    private final double cosineDistance;
    private final double nextWeightNorm;
    private final String note;

    GroupNorms(String name, GroupReading reading) {
        this.name = name;
        this.balance = reading.balance();
        this.eulerDefect = reading.identity().defect();
        this.cosineDistance = reading.step().cosineDistance();
        this.nextWeightNorm = Math.sqrt(reading.step().nextSquaredNorm());
        this.note = reading.note();
    }

    /** The group's, or {@link ScaleInvarianceHistory#ALL}. */
    public String name() {
        return name;
    }

    /**
     * Norms, rate and decay, and what follows from them. The gradient is that of the batch, averaged, before penalties and
     * clipping. The rate is NaN if the arrays have different ones.
     */
    public NormBalance balance() {
        return balance;
    }

    /** Absolute cosine between weights and gradient, 0 for scale-invariant weights; NaN if one of them is zero. */
    public double eulerDefect() {
        return eulerDefect;
    }

    /** One minus the cosine of the angle that the update turned the weights by; any optimizer, clipping included. */
    public double cosineDistance() {
        return cosineDistance;
    }

    /** Norm of the weights after the update, before constraints. */
    public double nextWeightNorm() {
        return nextWeightNorm;
    }

    /** Why a number is missing or to be taken with care; empty for plain SGD with decay. */
    public String note() {
        return note;
    }

    @Override
    public String toString() {
        return name + ": " + balance + (note.isEmpty() ? "" : " (" + note + ")");
    }
}
