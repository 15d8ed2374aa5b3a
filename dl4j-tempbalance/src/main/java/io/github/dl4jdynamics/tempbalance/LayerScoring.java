/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance;

import java.util.List;
import java.util.Set;

import com.google.common.collect.ImmutableSet;
import io.github.dl4jdynamics.spectral.math.SpectrumMetric;
import io.github.dl4jdynamics.spectral.weights.LayerSpectrum;
import io.github.dl4jdynamics.spectral.weights.WeightKind;

/** Score of a layer: the mean of the metric over its weight arrays. */
final class LayerScoring {
    private final ImmutableSet<WeightKind> kinds;
    private final SpectrumMetric metric;

    LayerScoring(Set<WeightKind> kinds, SpectrumMetric metric) {
        this.kinds = ImmutableSet.copyOf(kinds);
        this.metric = metric;
    }

    /** Score of one layer from its rows. */
    Score score(List<LayerSpectrum> rows) {
        double sum = 0;
        double variance = 0;
        int usable = 0;
        String reason = "";
        for (LayerSpectrum row : rows) {
            double value = row.metric(metric);
            if (Double.isFinite(value)) {
                sum += value;
                variance += Math.pow(row.metric(SpectrumMetric.STANDARD_ERROR), 2);
                usable++;
            } else if (row.kind().isPresent() && kinds.contains(row.kind().get())) {
                reason = row.reason().orElse(metric.key() + " is not defined");
            }
        }
        if (usable == 0) {
            return new Score(Double.NaN, Double.NaN, reason);
        }
        double error = metric == SpectrumMetric.ALPHA ? Math.sqrt(variance) / usable : Double.NaN;
        return new Score(sum / usable, error, reason);
    }

    /** Metric of one layer, its standard error, and the reason when some of its weight arrays have none. */
    static final class Score {
        private final double value;
        private final double standardError;
        private final String reason;

        Score(double value, double standardError, String reason) {
            this.value = value;
            this.standardError = standardError;
            this.reason = reason;
        }

        double value() {
            return value;
        }

        double standardError() {
            return standardError;
        }

        String reason() {
            return reason;
        }
    }
}
