/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.math;

/**
 * Extremes between two destabilisations. Growing while it lasts; {@link NormPhases#periods()} gives copies.
 *
 * @since 0.1
 */
public final class NormPeriod {
    private final long begin;
    private long end;
    private double minWeightNorm = Double.NaN;
    private double maxWeightNorm = Double.NaN;
    private double minEffectiveRate = Double.NaN;
    private double maxEffectiveRate = Double.NaN;
    private double lossPeak = Double.NaN;

    NormPeriod(long begin) {
        this.begin = begin;
        this.end = begin;
    }

    NormPeriod(NormPeriod other) {
        this(other.begin);
        end = other.end;
        minWeightNorm = other.minWeightNorm;
        maxWeightNorm = other.maxWeightNorm;
        minEffectiveRate = other.minEffectiveRate;
        maxEffectiveRate = other.maxEffectiveRate;
        lossPeak = other.lossPeak;
    }

    void add(NormSample sample) {
        end = sample.iteration();
        minWeightNorm = min(minWeightNorm, sample.balance().weightNorm());
        maxWeightNorm = max(maxWeightNorm, sample.balance().weightNorm());
        minEffectiveRate = min(minEffectiveRate, sample.balance().effectiveRate());
        maxEffectiveRate = max(maxEffectiveRate, sample.balance().effectiveRate());
        lossPeak = max(lossPeak, sample.loss());
    }

    private static double min(double known, double value) {
        return value < known || !Double.isFinite(known) ? value : known;
    }

    private static double max(double known, double value) {
        return value > known || !Double.isFinite(known) ? value : known;
    }

    /** 0-based iteration of its first sample. */
    public long begin() {
        return begin;
    }

    /** 0-based iteration of its last sample so far, with which the next period begins. */
    public long end() {
        return end;
    }

    /** Iterations from the first to the last sample. */
    public long length() {
        return end - begin;
    }

    /** Smallest norm of the weights. */
    public double minWeightNorm() {
        return minWeightNorm;
    }

    /** Largest norm of the weights. */
    public double maxWeightNorm() {
        return maxWeightNorm;
    }

    /** Smallest effective rate. */
    public double minEffectiveRate() {
        return minEffectiveRate;
    }

    /** Largest effective rate. */
    public double maxEffectiveRate() {
        return maxEffectiveRate;
    }

    /** Largest loss of a sample, not smoothed; a period that begins at the start of training begins with its peak. */
    public double lossPeak() {
        return lossPeak;
    }
}
