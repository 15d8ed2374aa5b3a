/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance;

import io.github.dl4jdynamics.spectral.report.SamplingSchedule;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When one network is measured. Epochs end by Deeplearning4j's hooks or, where {@code fit(DataSet)} trains without them, by
 * count or when the caller moves the epoch counter.
 */
final class MeasurementTimes {
    private static final Logger log = LoggerFactory.getLogger(MeasurementTimes.class);

    private final SamplingSchedule schedule;
    private final int iterationsPerEpoch;

    /** Between the hooks of an epoch. */
    private boolean insideEpoch;

    private int lastEpoch;
    private boolean warned;

    /**
     * @param iterationsPerEpoch length of an epoch without hooks, 0 when unknown
     * @param epoch the network's epoch counter now
     */
    MeasurementTimes(SamplingSchedule schedule, int iterationsPerEpoch, int epoch) {
        this.schedule = schedule;
        this.iterationsPerEpoch = iterationsPerEpoch;
        this.lastEpoch = epoch;
    }

    /** Whether a network that starts here is past the warm-up and before the end. */
    boolean includes(int iteration, int epoch) {
        int counted = iterationsPerEpoch == 0 ? 0 : iteration / iterationsPerEpoch;
        return schedule.isActive(iteration, Math.max(epoch, counted));
    }

    void epochStarted() {
        insideEpoch = true;
    }

    /** Whether to measure at the end of an epoch, given its 0-based index. */
    boolean isDueAfterEpoch(int ended) {
        insideEpoch = false;
        lastEpoch = ended + 1;
        return isDue(ended);
    }

    /** Whether the caller has moved the epoch counter past an end that is due; for the start of an iteration. */
    boolean isDueSinceEpochMovedTo(int epoch) {
        if (insideEpoch || iterationsPerEpoch > 0 || epoch == lastEpoch) {
            return false;
        }
        boolean due = false;
        for (int ended = lastEpoch; ended < epoch; ended++) {
            due |= isDue(ended);
        }
        lastEpoch = epoch;
        return due;
    }

    /** Whether to measure before the given 0-based iteration, the one before it just done. */
    boolean isDueBeforeIteration(int next) {
        if (insideEpoch || !schedule.countsEpochs()) {
            return schedule.isDueAtIteration(next);
        }
        if (iterationsPerEpoch == 0) {
            warnOfEpochs();
            return false;
        }
        return next % iterationsPerEpoch == 0 && isDue(next / iterationsPerEpoch - 1);
    }

    /** The end of a warm-up counts as an end that is due. */
    private boolean isDue(int ended) {
        boolean warmedUp = schedule.countsEpochs() && !schedule.isActive(0, ended) && schedule.isActive(0, ended + 1);
        return schedule.isDueAtEpochEnd(ended) || warmedUp;
    }

    private void warnOfEpochs() {
        if (!warned) {
            warned = true;
            log.warn(
                    "the network is trained by fit(DataSet), which ends no epoch, and rates are measured at epoch ends: "
                            + "they change only when the network's epoch counter is moved. Set iterationsPerEpoch(..) or "
                            + "everyIterations(..).");
        }
    }
}
