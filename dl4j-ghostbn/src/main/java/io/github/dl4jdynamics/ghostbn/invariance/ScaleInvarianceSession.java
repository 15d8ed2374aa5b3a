/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.invariance;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

import io.github.dl4jdynamics.ghostbn.math.NormPhases;
import io.github.dl4jdynamics.ghostbn.math.NormSample;
import io.github.dl4jdynamics.spectral.report.TimeBudget;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.OptimizationAlgorithm;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The followed network: what was measured, and what is half measured. Called by its training thread. */
final class ScaleInvarianceSession {
    private static final Logger log = LoggerFactory.getLogger(ScaleInvarianceSession.class);

    private final ScaleInvarianceSettings settings;
    private final ScaleInvariantGroups structure;
    private final PausableClock clock = new PausableClock();
    private final TimeBudget budget;
    private final NormPhases phases;
    private final List<GroupVerdict> verdicts = new ArrayList<>();
    private final List<ScaleInvarianceSample> samples = new ArrayList<>();
    private int lastIteration = -1;
    private long counted;
    private boolean lastWasRefused;
    private boolean warnedOfFailure;

    /** Between gradient and update; null at all other times. */
    private Pending pending;

    ScaleInvarianceSession(ScaleInvarianceSettings settings, Model net) {
        this.settings = settings;
        this.structure = ScaleInvariantGroups.of(net);
        this.budget = TimeBudget.ofFraction(settings.timeBudget(), clock);
        this.phases = new NormPhases(settings.thresholds());
        judgeAnew();
        if (!structure.isNormalized()) {
            log.warn(
                    "the network has no batch normalization that is trained: nothing is scale-invariant, nothing is measured");
        } else {
            log.info("ScaleInvarianceListener follows {} candidate groups: {}", verdicts.size(), settings);
        }
    }

    private void judgeAnew() {
        verdicts.clear();
        structure.groups().forEach(group -> verdicts.add(GroupVerdict.pending(group, settings.eulerLimit())));
        counted = -1;
    }

    synchronized ScaleInvarianceHistory history() {
        return ScaleInvarianceHistory.builder(settings.toString(), structure)
                .verdicts(verdicts)
                .samples(samples)
                .phases(phases)
                .build();
    }

    void gradientCalculated(Model net) {
        Position position = Position.of(net);
        boolean again = pending != null && pending.position.iteration() == position.iteration();
        if (again && net.conf().getOptimizationAlgo() != OptimizationAlgorithm.STOCHASTIC_GRADIENT_DESCENT) {
            return; // a line search asks for several gradients; the first is the one at the weights before the step
        }
        abandon();
        if (verdicts.isEmpty() || !settings.schedule().isDueAtIteration(position.iteration())) {
            return;
        }
        if (!budget.tryBegin()) {
            addRefused(new ScaleInvarianceSample.Builder(position).failed("skipped: time budget, " + budget));
            return;
        }
        guarded(position, () -> {
            Pending begun = new Pending(position, clock.getAsLong());
            pending = begun;
            noticeNewBeginning(position);
            begun.loss = Position.dataLoss(net);
            int divisor = Position.divisor(net);
            for (GroupVerdict verdict : verdicts) {
                begun.readings.add(GroupReading.before(net, verdict.group(), position, divisor));
            }
            clock.pause();
        });
    }

    void iterationDone(Model net, int iteration) {
        if (pending == null) {
            return;
        }
        if (pending.position.iteration() != iteration) {
            abandon();
            return;
        }
        clock.resume();
        guarded(pending.position, () -> complete(net));
    }

    /** A pass whose update never came: an exception of the user's, or gradients without a step. */
    private void abandon() {
        if (pending != null) {
            pending = null;
            clock.resume();
            budget.end();
        }
    }

    private synchronized void complete(Model net) {
        Pending done = pending;
        for (int i = 0; i < verdicts.size(); i++) {
            done.readings.get(i).after(net, verdicts.get(i).group());
        }
        judge(done);
        List<GroupReading> parts = new ArrayList<>();
        List<GroupNorms> groups = new ArrayList<>();
        for (int i = 0; i < verdicts.size(); i++) {
            GroupReading reading = done.readings.get(i);
            groups.add(new GroupNorms(verdicts.get(i).group().name(), reading));
            if (verdicts.get(i).isCounted()) {
                parts.add(reading);
            }
        }
        GroupNorms all = parts.isEmpty() ? null : new GroupNorms(ScaleInvarianceHistory.ALL, GroupReading.joint(parts));
        if (all != null) {
            phases.add(NormSample.of(done.position.iteration(), done.loss, all.balance(), all.cosineDistance()));
        }
        ScaleInvarianceSample.Builder sample = new ScaleInvarianceSample.Builder(done.position)
                .loss(done.loss)
                .all(all)
                .groups(groups)
                .phase(phases.phase())
                .milliseconds((clock.getAsLong() - done.begun) / 1e6);
        samples.add(sample.build());
        lastIteration = done.position.iteration();
        lastWasRefused = false;
        pending = null;
        budget.end();
    }

    /** A counter that went back means another training: what was learnt of the old one does not hold. */
    private synchronized void noticeNewBeginning(Position position) {
        if (position.iteration() <= lastIteration) {
            judgeAnew();
            phases.restart(position.iteration(), "the iteration counter went back from " + lastIteration);
        }
    }

    private void judge(Pending done) {
        for (int i = 0; i < verdicts.size(); i++) {
            GroupVerdict verdict = verdicts.get(i);
            if (verdict.checks() < settings.eulerChecks()) {
                verdicts.set(i, verdict.with(done.readings.get(i).identity().defect()));
            }
        }
        long now = verdicts.stream().filter(GroupVerdict::isCounted).count();
        if (counted >= 0 && now != counted) {
            phases.restart(done.position.iteration(), now + " instead of " + counted + " groups are counted");
        }
        if (now != counted) {
            List<GroupVerdict> refused = verdicts.stream()
                    .filter(verdict -> verdict.checks() > 0 && !verdict.isConfirmed())
                    .collect(Collectors.toList());
            if (!refused.isEmpty()) {
                log.warn("groups that are not scale-invariant are left out of the sums: {}", refused);
            }
        }
        counted = now;
    }

    /** One row for all that are refused in a row: a small budget refuses most. */
    private synchronized void addRefused(ScaleInvarianceSample sample) {
        if (lastWasRefused) {
            samples.remove(samples.size() - 1);
        }
        samples.add(sample);
        lastWasRefused = true;
    }

    /** Errors too, since native memory runs out as an {@code OutOfMemoryError}. */
    private void guarded(Position position, Runnable action) {
        try {
            action.run();
        } catch (RuntimeException | Error e) {
            abandon();
            if (settings.failFast()) {
                throw e;
            }
            synchronized (this) {
                samples.add(new ScaleInvarianceSample.Builder(position).failed("failed: " + e));
                lastWasRefused = false;
            }
            if (!warnedOfFailure) {
                warnedOfFailure = true;
                log.warn(
                        "scale invariance could not be measured at iteration {}; training goes on. Logged once.",
                        position.iteration(),
                        e);
            }
        }
    }

    private static final class Pending {
        final Position position;
        final long begun;
        final List<GroupReading> readings = new ArrayList<>();
        double loss;

        Pending(Position position, long begun) {
            this.position = position;
            this.begun = begun;
        }
    }
}
