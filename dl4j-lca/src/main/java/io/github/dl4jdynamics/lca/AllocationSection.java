/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

import io.github.dl4jdynamics.lca.math.HelpedHistogram;
import io.github.dl4jdynamics.lca.math.HelpingShares;
import io.github.dl4jdynamics.lca.math.PeakSynchronization;
import io.github.dl4jdynamics.lca.math.StepColumns;
import io.github.dl4jdynamics.lca.math.SymmetricRange;
import io.github.dl4jdynamics.spectral.report.BarChart;
import io.github.dl4jdynamics.spectral.report.HeatMap;
import io.github.dl4jdynamics.spectral.report.Histogram;
import io.github.dl4jdynamics.spectral.report.LineChart;
import io.github.dl4jdynamics.spectral.report.ReportSection;

/** Draws a history. */
final class AllocationSection {
    private static final int BINS = 40;

    private AllocationSection() {}

    static ReportSection of(AllocationHistory history, String id, String title) {
        ReportSection.Builder section = ReportSection.builder(id, title)
                .order(30)
                .paragraph(
                        "The change of the loss in each step, allocated to parameters: the mean gradient along the step times "
                                + "the movement. Negative allocations helped. " + history.cost() + ".");
        if (history.steps().stream().noneMatch(AllocationStep::isAllocated)) {
            section.paragraph("No step was allocated.");
            history.steps().forEach(gap -> section.paragraph(gap.toString()));
            return section.paragraph("Settings: " + history.settings()).build();
        }
        for (int data = 0; data < history.dataSets().size(); data++) {
            RunBooks books = history.books(data);
            section.paragraph((books.isOff() ? "BOOKS ARE OFF. " : "")
                    + history.dataSets().get(data) + ": " + books + ".");
        }
        List<LayerVerdict> verdicts = history.analysis().verdicts(0);
        AllocationAnalysis.advice(verdicts).forEach(section::paragraph);
        section.chart(losses(history)).chart(errors(history));
        section.chart(stacked(history)).chart(layerBars(history));
        section.chart(helpingByStep(history));
        if (history.isCounted()) {
            section.chart(helpedByParameter(history));
        }
        for (int data = 1; data < history.dataSets().size(); data++) {
            section.chart(overlay(history, data)).chart(overfit(history, data));
        }
        section.chart(heat(history));
        if (history.steps().stream().anyMatch(step -> !step.classes().isEmpty())) {
            section.chart(classes(history));
        }
        return section.paragraph(synchronization(history))
                .table("Layers", AllocationTables.layerTotals(history, verdicts))
                .table("Parameter arrays", history.arrayTable())
                .paragraph("Settings: " + history.settings())
                .build();
    }

    private static LineChart losses(AllocationHistory history) {
        LineChart.Builder chart = LineChart.builder("True loss and loss put together from the allocations")
                .xLabel("updates")
                .yLabel("loss");
        StringBuilder note = new StringBuilder();
        for (int data = 0; data < history.dataSets().size(); data++) {
            String name = history.dataSets().get(data);
            chart.line(name, history.updates(), history.trueLoss(data))
                    .dashed(name + ", reconstructed", history.updates(), history.reconstructedLoss(data));
            note.append(String.format(
                    Locale.ROOT,
                    "%s: off by %.3g %%. ",
                    name,
                    100 * history.books(data).relativeError()));
        }
        return chart.note(note.toString().trim()).build();
    }

    private static LineChart errors(AllocationHistory history) {
        LineChart.Builder chart =
                LineChart.builder("Book error of each step").xLabel("updates").yLabel("true change - allocated");
        double[] x = Arrays.copyOfRange(history.updates(), 1, history.steps().size() + 1);
        for (int d = 0; d < history.dataSets().size(); d++) {
            int data = d;
            double[] errors = history.steps().stream()
                    .mapToDouble(step ->
                            step.isAllocated(data) ? step.losses().get(data).error() : Double.NaN)
                    .toArray();
            chart.line(history.dataSets().get(data), x, errors);
        }
        return chart.build();
    }

    private static LineChart stacked(AllocationHistory history) {
        LineChart.Builder chart = LineChart.builder("Cumulative allocations of the layers")
                .xLabel("updates")
                .yLabel("loss change since the start")
                .note("Layers below zero helped, layers above zero hurt.");
        double[][] series = history.layerSeries(0);
        for (int l = 0; l < series.length; l++) {
            chart.area(history.layers().get(l), history.updates(), cumulative(series[l]));
        }
        return chart.build();
    }

    private static BarChart layerBars(AllocationHistory history) {
        return BarChart.builder("Total allocation of each layer", history.layers())
                .bars("total", history.layerTotals(0))
                .signed()
                .valueLabel("loss change")
                .build();
    }

    private static Histogram helpingByStep(AllocationHistory history) {
        HelpingShares shares = history.analysis().helping(0);
        double[] percent =
                Arrays.stream(shares.ofMoved()).map(share -> 100 * share).toArray();
        return Histogram.builder("Parameters that help, by step")
                .values("steps", percent, BINS)
                .xLabel("% of the parameters that moved the loss")
                .yLabel("density")
                .note(String.format(
                        Locale.ROOT,
                        "Mean %.2f %%, standard deviation %.2f; of all parameters, those at rest included, %.2f %%.",
                        100 * shares.meanOfMoved(),
                        100 * shares.standardDeviationOfMoved(),
                        100 * shares.meanOfAll()))
                .build();
    }

    private static Histogram helpedByParameter(AllocationHistory history) {
        HelpedHistogram helped = history.analysis().helpedByParameter(0);
        double[] heights = Arrays.stream(helped.counts()).asDoubleStream().toArray();
        double[] edges = new double[heights.length + 1];
        for (int bin = 0; bin < edges.length; bin++) {
            edges[bin] = 100.0 * bin / heights.length;
        }
        return Histogram.builder("Steps in which a parameter helped")
                .bins("parameters", edges, heights)
                .xLabel("% of the steps")
                .yLabel("parameters")
                .note(String.format(
                        Locale.ROOT,
                        "Mean %.2f %%. %,d parameters never moved the loss.",
                        100 * helped.mean(),
                        helped.neverMoved()))
                .build();
    }

    private static LineChart overlay(AllocationHistory history, int data) {
        String name = history.dataSets().get(data);
        LineChart.Builder chart = LineChart.builder(
                        "Cumulative allocations on " + history.dataSets().get(0) + " and " + name)
                .xLabel("updates")
                .yLabel("loss change since the start");
        double[][] first = history.layerSeries(0);
        double[][] second = history.layerSeries(data);
        for (int l = 0; l < first.length; l++) {
            String layer = history.layers().get(l);
            chart.line(layer, history.updates(), cumulative(first[l]));
            chart.dashed(layer + ", " + name, history.updates(), cumulative(second[l]));
        }
        return chart.build();
    }

    private static LineChart overfit(AllocationHistory history, int data) {
        LineChart.Builder chart = LineChart.builder(history.dataSets().get(data) + " minus "
                        + history.dataSets().get(0))
                .xLabel("updates")
                .yLabel("difference of cumulative allocations")
                .note("Rising: what a layer learns helps " + history.dataSets().get(0) + " more.");
        double[][] first = history.layerSeries(0);
        double[][] second = history.layerSeries(data);
        for (int l = 0; l < first.length; l++) {
            double[] difference = cumulative(second[l]);
            double[] own = cumulative(first[l]);
            for (int t = 0; t < own.length; t++) {
                difference[t] -= own[t];
            }
            chart.line(history.layers().get(l), history.updates(), difference);
        }
        return chart.build();
    }

    /** Neurons against steps, the gates of a recurrent unit taken together. */
    private static HeatMap heat(AllocationHistory history) {
        StepColumns columns = history.unitColumns();
        double[] x = new double[columns.columns()];
        List<double[]> rows = new ArrayList<>();
        for (UnitGroup group : history.groups()) {
            for (int n = 0; n < group.neurons(); n++) {
                rows.add(new double[x.length]);
            }
        }
        for (int c = 0; c < x.length; c++) {
            x[c] = columns.firstStep(c) + 1;
            double[] units = columns.column(c);
            int row = 0;
            for (UnitGroup group : history.groups()) {
                for (double neuron : group.byNeuron(units)) {
                    rows.get(row++)[c] = neuron / columns.stepsIn(c);
                }
            }
        }
        double[][] values = rows.toArray(new double[0][]);
        HeatMap.Builder chart = HeatMap.builder("Neurons and channels over time", x, values)
                .xLabel("step")
                .yLabel("neuron")
                .valueLabel("mean allocation per step")
                .range(SymmetricRange.of(values))
                .ends("helps", "hurts")
                .note("Colours end at the 99th percentile of the sizes. Each column covers " + columns.stepsPerColumn()
                        + (columns.stepsPerColumn() == 1 ? " step." : " steps."));
        history.groups().forEach(group -> chart.group(group.name(), group.neurons()));
        return chart.build();
    }

    private static LineChart classes(AllocationHistory history) {
        LineChart.Builder chart =
                LineChart.builder("Loss of each class").xLabel("updates").yLabel("loss");
        List<AllocationStep> measured = new ArrayList<>();
        history.steps().stream().filter(step -> !step.classes().isEmpty()).forEach(measured::add);
        double[] x = measured.stream().mapToDouble(AllocationStep::updatesAfter).toArray();
        for (int c = 0; c < measured.get(0).classes().size(); c++) {
            int index = c;
            chart.line(
                    measured.get(0).classes().get(c).name(),
                    x,
                    measured.stream()
                            .mapToDouble(step -> step.classes().get(index).lossAfter())
                            .toArray());
        }
        return chart.build();
    }

    private static String synchronization(AllocationHistory history) {
        AllocationAnalysis analysis = history.analysis();
        PeakSynchronization around = analysis.synchronization(0);
        PeakSynchronization within = analysis.synchronizationWithinSegments(0);
        return String.format(
                Locale.ROOT,
                "Do layers learn at the same moments? Peaks of the layers coincide %d times. Layers shifted at random around "
                        + "the whole run coincide %.1f times (p = %.2g), which also counts a common decline; shifted within "
                        + "tenths of the run, which does not, %.1f times (p = %.2g).",
                around.coincidences(),
                around.expectedCoincidences(),
                around.p(),
                within.expectedCoincidences(),
                within.p());
    }

    private static double[] cumulative(double[] series) {
        double[] sums = new double[series.length + 1];
        for (int t = 0; t < series.length; t++) {
            sums[t + 1] = sums[t] + (Double.isNaN(series[t]) ? 0 : series[t]);
        }
        return sums;
    }
}
