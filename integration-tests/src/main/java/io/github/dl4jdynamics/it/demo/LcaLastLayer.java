/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.demo;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

import io.github.dl4jdynamics.lca.AllocationHistory;
import io.github.dl4jdynamics.spectral.report.BarChart;
import io.github.dl4jdynamics.spectral.report.LineChart;
import io.github.dl4jdynamics.spectral.report.Table;

import static java.util.stream.Collectors.toList;

/** A network whose last layer is trained in several ways, compared seed by seed. */
final class LcaLastLayer {
    private LcaLastLayer() {}

    /** Losses and accuracy, and their differences from the usual training; negative differences of losses are better. */
    static Table results(List<LcaRuns> arms) {
        Table.Builder table = Table.builder(
                "last layer",
                "loss, last epoch",
                "difference",
                "test loss",
                "difference of it",
                "test accuracy, %",
                "in points");
        LcaRuns usual = arms.get(0);
        for (LcaRuns arm : arms) {
            boolean first = arm == usual;
            ToDoubleFunction<LcaRun> accuracy = run -> 100 * run.score().accuracy();
            ToDoubleFunction<LcaRun> testLoss = run -> run.score().loss();
            table.row(
                    arm.course().lastLayer(),
                    arm.spread("%.4f", LcaRun::lateLoss),
                    first ? null : difference(arm.differences(usual, LcaRun::lateLoss)),
                    arm.spread("%.4f", testLoss),
                    first ? null : difference(arm.differences(usual, testLoss)),
                    arm.spread("%.2f", accuracy),
                    first ? null : LcaRuns.spread("%+.2f", arm.differences(usual, accuracy)));
        }
        return table.build();
    }

    private static String difference(double[] differences) {
        long lower =
                Arrays.stream(differences).filter(difference -> difference < 0).count();
        return LcaRuns.spread("%+.4f", differences) + ", " + lower + " of " + differences.length + " lower";
    }

    /** Allocations to the last layer and to the others. */
    static Table allocations(List<LcaRuns> arms) {
        Table.Builder table = Table.builder(
                "last layer",
                "total of the last layer",
                "p hurts",
                "p helps",
                "after the first epoch",
                "of the others");
        for (LcaRuns arm : arms) {
            int last = arm.layers().indexOf(LcaNetwork.LAST);
            table.row(
                    arm.course().lastLayer(),
                    arm.spread("%+.4f", LcaRun::lastLayerTotal),
                    arm.harm(last).pHurts(),
                    arm.harm(last).pHelps(),
                    arm.spread("%+.4f", LcaLastLayer::afterFirstEpoch),
                    arm.spread("%+.4f", LcaRun::otherLayersTotal));
        }
        return table.build();
    }

    /** What the last layer added to the loss once the coarse learning of the first epoch was over. */
    private static double afterFirstEpoch(LcaRun run) {
        AllocationHistory history = run.history();
        double[] series = history.layerSeries(0)[history.layers().indexOf(LcaNetwork.LAST)];
        int first = series.length / run.course().epochs();
        return Arrays.stream(series, first, series.length)
                .filter(Double::isFinite)
                .sum();
    }

    static LineChart lossChart(List<LcaRuns> arms) {
        LineChart.Builder chart = LineChart.builder("Training loss by the last layer's training: "
                        + arms.get(0).network())
                .xLabel("updates")
                .yLabel("loss on the loss data")
                .logY()
                .note("Means over the seeds.");
        for (LcaRuns arm : arms) {
            chart.line(
                    arm.course().lastLayer().toString(),
                    arm.first().history().updates(),
                    arm.meanOf(run -> run.history().trueLoss(0)));
        }
        return chart.build();
    }

    static LineChart cumulativeChart(List<LcaRuns> arms) {
        LineChart.Builder chart = LineChart.builder("Cumulative allocation of the last layer: "
                        + arms.get(0).network())
                .xLabel("updates")
                .yLabel("loss change since the start")
                .note("Means over the seeds. Rising: the layer hurts.");
        for (LcaRuns arm : arms) {
            int last = arm.layers().indexOf(LcaNetwork.LAST);
            chart.line(
                    arm.course().lastLayer().toString(),
                    arm.first().history().updates(),
                    arm.meanOf(run -> LcaCharts.cumulative(run.history().layerSeries(0)[last])));
        }
        return chart.build();
    }

    static BarChart bars(List<LcaRuns> arms) {
        return BarChart.builder(
                        "Total allocations by the last layer's training: "
                                + arms.get(0).network(),
                        arms.stream()
                                .map(arm -> arm.course().lastLayer().toString())
                                .collect(toList()))
                .bars(
                        "last layer",
                        arms.stream()
                                .mapToDouble(arm -> arm.mean(LcaRun::lastLayerTotal))
                                .toArray())
                .bars(
                        "other layers",
                        arms.stream()
                                .mapToDouble(arm -> arm.mean(LcaRun::otherLayersTotal))
                                .toArray())
                .valueLabel("loss change")
                .note("Means over the seeds.")
                .build();
    }
}
