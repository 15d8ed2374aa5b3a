/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.math;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import com.google.common.collect.ImmutableList;

/**
 * Tells the phases of training with normalisation and weight decay apart, sample by sample.
 *
 * <pre>{@code
 * tau = 1 / (eta lambda)         time constant of the decay, in iterations
 * SHRINKING     smoothed norm falls and smoothed r < 0.9, for 0.05 tau
 * ONSET         smoothed r crosses 1 after SHRINKING
 * DESTABILIZED  (r or mean r since the last sample > 3, or cosine distance > 0.01)
 *               and (loss > 2 min loss or norm^2 > 1.05 min norm^2)
 * new period    after that, r and smoothed r < 1 again and smoothed loss falls
 * EQUILIBRIUM   |smoothed r - 1| < 0.1 for tau
 * }</pre>
 *
 * <p>The mean ratio since the last sample is read off the norm, so that a blow-up of a few steps between two samples is not
 * missed: with {@code q} the growth of {@code norm^2} per step and {@code d = eta lambda},
 *
 * <pre>{@code
 * mean r = sqrt((q - (1 - d)^2) / (1 - (1 - d)^2))
 * }</pre>
 *
 * <p>Moving averages have a window of 0.1 tau; that of the balance ratio {@code r} is geometric, for it spans decades. The
 * minima are those of the smoothed loss and of the norm since {@code r} was first below 1 in the period, so the growth
 * with which training usually begins is no destabilisation. Losses that are not positive leave that test to the norm. All
 * thresholds are ours ({@link NormThresholds}); none is published.
 *
 * <p>Without decay, or with a value that is not finite, the phase is {@code UNDETERMINED} and every span begins anew; an
 * iteration that is not after the last one begins everything anew. Constant time and, but for events and periods, constant
 * memory. For one thread.
 *
 * <p>The story the phases are named after: Lobacheva et al., NeurIPS 2021, arXiv 2106.15739.
 *
 * @since 0.1
 */
public final class NormPhases {
    private static final long NEVER = Long.MAX_VALUE;

    private final NormThresholds thresholds;
    private final List<NormEvent> events = new ArrayList<>();
    private final List<NormPeriod> periods = new ArrayList<>();

    private NormPhase phase = NormPhase.UNDETERMINED;
    private long last = -1;
    private double lastNorm = Double.NaN;
    private long shrinkingSince = NEVER;
    private long balancedSince = NEVER;
    private DecayingMean loss = new DecayingMean();
    private DecayingMean logNorm = new DecayingMean();
    private DecayingMean logRatio = new DecayingMean();

    /** Whether the ratio has been below 1 in this period: only then is there anything to destabilise. */
    private boolean armed;

    private double minLoss;
    private double minNorm;

    /** A detector that has seen nothing yet. */
    public NormPhases(NormThresholds thresholds) {
        this.thresholds = thresholds;
    }

    /** Phase after the latest sample. */
    public NormPhase phase() {
        return phase;
    }

    /** Changes of phase and beginnings of periods, in time order. */
    public ImmutableList<NormEvent> events() {
        return ImmutableList.copyOf(events);
    }

    /** Periods in time order, the last one still running. */
    public ImmutableList<NormPeriod> periods() {
        return periods.stream().map(NormPeriod::new).collect(ImmutableList.toImmutableList());
    }

    /** Begins everything anew but keeps the events and periods so far. */
    public void restart(long iteration, String reason) {
        forget();
        periods.add(new NormPeriod(iteration));
        last = iteration - 1;
        change(iteration, NormPhase.UNDETERMINED, reason);
    }

    /** Takes the next sample and gives the phase after it. */
    public NormPhase add(NormSample sample) {
        long iteration = sample.iteration();
        if (periods.isEmpty()) {
            periods.add(new NormPeriod(iteration));
        } else if (iteration <= last) {
            restart(iteration, "iteration went back from " + last + ", everything begins anew");
        }
        NormBalance balance = sample.balance();
        boolean known = Double.isFinite(sample.loss())
                && Double.isFinite(balance.effectiveRate())
                && Double.isFinite(balance.balanceRatio());
        if (!known) {
            withdraw(sample);
        } else {
            period().add(sample);
            smooth(sample);
            judge(sample);
            lastNorm = balance.weightNorm();
        }
        last = iteration;
        return phase;
    }

    private void withdraw(NormSample sample) {
        if (phase != NormPhase.UNDETERMINED) {
            change(
                    sample.iteration(),
                    NormPhase.UNDETERMINED,
                    sample.balance().decay() > 0
                            ? "loss, norm or gradient is not finite"
                            : "no weight decay, nothing balances the growth");
        }
        forget();
    }

    private void forget() {
        shrinkingSince = NEVER;
        balancedSince = NEVER;
        loss = new DecayingMean();
        logNorm = new DecayingMean();
        logRatio = new DecayingMean();
        armed = false;
        lastNorm = Double.NaN;
    }

    private void smooth(NormSample sample) {
        double window = thresholds.smoothing() / sample.balance().decay();
        double weight = -Math.expm1(-(sample.iteration() - last) / window);
        loss.add(sample.loss(), weight);
        logNorm.add(Math.log(sample.balance().weightNorm()), weight);
        // A gradient of exactly zero would pin the average to minus infinity.
        logRatio.add(Math.log(Math.max(sample.balance().balanceRatio(), Double.MIN_NORMAL)), weight);
    }

    private void judge(NormSample sample) {
        long iteration = sample.iteration();
        double ratio = Math.exp(logRatio.mean());
        if (!armed && ratio < 1) {
            arm(sample);
        }
        if (armed) {
            String blow = blowUp(sample);
            minLoss = Math.min(minLoss, loss.mean());
            minNorm = Math.min(minNorm, sample.balance().weightNorm());
            if (phase != NormPhase.DESTABILIZED && !blow.isEmpty()) {
                shrinkingSince = NEVER;
                balancedSince = NEVER;
                change(iteration, NormPhase.DESTABILIZED, blow);
                return;
            }
        }
        double tau = 1 / sample.balance().decay();
        boolean shrinks = ratio < thresholds.shrinkingRatio() && logNorm.isFalling();
        shrinkingSince = shrinks ? Math.min(shrinkingSince, iteration) : NEVER;
        boolean balanced = Math.abs(ratio - 1) < thresholds.equilibriumTolerance();
        balancedSince = balanced ? Math.min(balancedSince, iteration) : NEVER;

        if (phase == NormPhase.DESTABILIZED && ratio < 1 && sample.balance().balanceRatio() < 1 && loss.isFalling()) {
            beginPeriod(sample, ratio);
        }
        if (balanced
                && phase != NormPhase.EQUILIBRIUM
                && lasts(balancedSince, iteration, thresholds.equilibriumSpan() * tau)) {
            change(
                    iteration,
                    NormPhase.EQUILIBRIUM,
                    text("balance ratio %.3g for %d iterations", ratio, iteration - balancedSince));
        } else if (phase == NormPhase.EQUILIBRIUM && Math.abs(ratio - 1) >= 2 * thresholds.equilibriumTolerance()) {
            change(iteration, NormPhase.UNDETERMINED, text("balance ratio left 1, %.3g", ratio));
        } else if (phase == NormPhase.SHRINKING && ratio >= 1) {
            change(iteration, NormPhase.ONSET, text("balance ratio rose to %.3g", ratio));
        } else if (shrinks
                && (phase == NormPhase.UNDETERMINED || phase == NormPhase.ONSET)
                && lasts(shrinkingSince, iteration, thresholds.shrinkingSpan() * tau)) {
            change(
                    iteration,
                    NormPhase.SHRINKING,
                    text("norm falls, balance ratio %.3g for %d iterations", ratio, iteration - shrinkingSince));
        }
    }

    private static boolean lasts(long since, long now, double span) {
        return now - since >= span;
    }

    /** What destabilises, or an empty text. */
    private String blowUp(NormSample sample) {
        double ratio = sample.balance().balanceRatio();
        double norm = sample.balance().weightNorm() / minNorm;
        double since = meanRatioSinceLast(sample);
        String step = "";
        if (ratio > thresholds.blowUpRatio()) {
            step = text("balance ratio %.3g", ratio);
        } else if (since > thresholds.blowUpRatio()) {
            step = text("balance ratio %.3g on average since the last sample", since);
        } else if (sample.cosineDistance() > thresholds.jump()) {
            step = text("cosine distance %.3g", sample.cosineDistance());
        }
        String effect = minLoss > 0 && sample.loss() > thresholds.lossFactor() * minLoss
                ? text("loss %.3g times its minimum", sample.loss() / minLoss)
                : norm * norm > 1 + thresholds.normGrowth()
                        ? text("squared norm %.3g times its minimum", norm * norm)
                        : "";
        return step.isEmpty() || effect.isEmpty() ? "" : step + ", " + effect;
    }

    /** NaN for the first sample, and where the norm fell faster than decay alone can make it fall. */
    private double meanRatioSinceLast(NormSample sample) {
        double decay = sample.balance().decay();
        double norms = sample.balance().weightNorm() / lastNorm;
        double growth = Math.expm1(2 * Math.log(norms) / (sample.iteration() - last));
        double shrinkage = decay * (2 - decay);
        return Math.sqrt((growth + shrinkage) / shrinkage);
    }

    private void beginPeriod(NormSample sample, double ratio) {
        NormPeriod ended = period();
        periods.add(new NormPeriod(sample.iteration()));
        period().add(sample);
        arm(sample);
        change(
                sample.iteration(),
                NormPhase.UNDETERMINED,
                text(
                        "new period after %d iterations: balance ratio %.3g, loss falls; norm was %.4g to %.4g, "
                                + "effective rate %.3g to %.3g, loss up to %.4g",
                        ended.length(),
                        ratio,
                        ended.minWeightNorm(),
                        ended.maxWeightNorm(),
                        ended.minEffectiveRate(),
                        ended.maxEffectiveRate(),
                        ended.lossPeak()));
    }

    private void arm(NormSample sample) {
        armed = true;
        minLoss = loss.mean();
        minNorm = sample.balance().weightNorm();
    }

    private NormPeriod period() {
        return periods.get(periods.size() - 1);
    }

    private void change(long iteration, NormPhase next, String reason) {
        phase = next;
        events.add(new NormEvent(iteration, next, reason));
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
