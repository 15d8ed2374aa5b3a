/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.invariance;

import io.github.dl4jdynamics.ghostbn.math.NormThresholds;
import io.github.dl4jdynamics.spectral.report.SamplingSchedule;

/** Settings of a listener, as its builder had them when it was made. */
final class ScaleInvarianceSettings {
    private final SamplingSchedule schedule;
    private final double timeBudget;
    private final double eulerLimit;
    private final int eulerChecks;
    private final NormThresholds thresholds;
    private final boolean failFast;

    ScaleInvarianceSettings(ScaleInvarianceListener.Builder builder) {
        this.schedule = builder.schedule;
        this.timeBudget = builder.timeBudget;
        this.eulerLimit = builder.eulerLimit;
        this.eulerChecks = builder.eulerChecks;
        this.thresholds = builder.thresholds;
        this.failFast = builder.failFast;
    }

    SamplingSchedule schedule() {
        return schedule;
    }

    double timeBudget() {
        return timeBudget;
    }

    double eulerLimit() {
        return eulerLimit;
    }

    int eulerChecks() {
        return eulerChecks;
    }

    NormThresholds thresholds() {
        return thresholds;
    }

    boolean failFast() {
        return failFast;
    }

    @Override
    public String toString() {
        return "schedule=" + schedule + ", timeBudget=" + timeBudget + ", eulerLimit=" + eulerLimit + ", eulerChecks="
                + eulerChecks + ", thresholds=[" + thresholds + "], failFast=" + failFast;
    }
}
