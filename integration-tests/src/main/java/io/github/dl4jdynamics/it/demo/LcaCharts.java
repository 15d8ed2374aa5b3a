/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.demo;

import java.util.Arrays;

import io.github.dl4jdynamics.spectral.report.BarChart;
import io.github.dl4jdynamics.spectral.report.LineChart;

/** The results of section lca as charts. */
final class LcaCharts {
    /** Steps over which the share that helps is averaged for a line that can be read. */
    private static final int SMOOTHING = 9;

    private LcaCharts() {}

    /** Totals of the layers of one network. */
    static BarChart layers(LcaRuns runs) {
        return BarChart.builder("Total allocation of each layer: " + runs.network(), runs.layers())
                .bars("total", runs.meanOf(run -> run.history().layerTotals(0)))
                .signed()
                .valueLabel("loss change")
                .note("Mean over the seeds.")
                .build();
    }

    static LineChart helping(LcaResults results) {
        LineChart.Builder chart = LineChart.builder("Parameters that help, of those that moved the loss")
                .xLabel("updates")
                .yLabel("%")
                .note("First seed; means over " + SMOOTHING + " steps.");
        for (LcaRuns runs : results.standard()) {
            double[] updates = runs.first().history().updates();
            double[] percent = smooth(LcaTables.helping(runs.first()).ofMoved());
            int shown = Math.min(percent.length, updates.length - 1);
            chart.line(
                    runs.network().toString(),
                    Arrays.copyOfRange(updates, 1, shown + 1),
                    Arrays.copyOf(percent, shown));
        }
        return chart.build();
    }

    private static double[] smooth(double[] shares) {
        double[] means = new double[shares.length];
        for (int t = 0; t < shares.length; t++) {
            int from = Math.max(0, t - SMOOTHING / 2);
            int to = Math.min(shares.length, t + SMOOTHING / 2 + 1);
            means[t] = 100 * ArmRuns.mean(Arrays.copyOfRange(shares, from, to));
        }
        return means;
    }

    /** By how much more the loss fell on the training images than on those for validation. */
    static LineChart validation(LcaResults results) {
        LineChart.Builder chart = LineChart.builder("Validation minus training, all layers")
                .xLabel("updates")
                .yLabel("difference since the start")
                .note("Of the loss changes; means over the seeds. Rising: training data gain more.");
        for (LcaRuns runs : results.standard()) {
            chart.line(
                    runs.network().toString(), runs.first().history().updates(), runs.meanOf(LcaCharts::validationGap));
        }
        return chart.build();
    }

    private static double[] validationGap(LcaRun run) {
        double[] gap = run.history().reconstructedLoss(1);
        double[] training = run.history().reconstructedLoss(0);
        double atStart = gap[0] - training[0];
        Arrays.setAll(gap, t -> gap[t] - training[t] - atStart);
        return gap;
    }

    static double[] cumulative(double[] series) {
        double[] sums = new double[series.length + 1];
        for (int t = 0; t < series.length; t++) {
            sums[t + 1] = sums[t] + (Double.isNaN(series[t]) ? 0 : series[t]);
        }
        return sums;
    }
}
