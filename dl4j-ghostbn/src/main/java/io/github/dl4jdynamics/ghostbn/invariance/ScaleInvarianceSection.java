/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.invariance;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.github.dl4jdynamics.spectral.report.LineChart;
import io.github.dl4jdynamics.spectral.report.ReportSection;

/** Draws a history: curves over time, the phase diagram, tables of events, periods and groups. */
final class ScaleInvarianceSection {
    /** More points than pixels only make the page heavy. */
    private static final int MAX_POINTS = 2000;

    private final List<ScaleInvarianceSample> samples;
    private final double[] iterations;
    private final int stride;

    private ScaleInvarianceSection(ScaleInvarianceHistory history) {
        List<ScaleInvarianceSample> measured = history.samples().stream()
                .filter(sample -> sample.all().isPresent())
                .collect(Collectors.toList());
        stride = (measured.size() + MAX_POINTS - 1) / MAX_POINTS;
        samples = IntStream.range(0, measured.size())
                .filter(i -> i % stride == 0 || i == measured.size() - 1)
                .mapToObj(measured::get)
                .collect(Collectors.toList());
        iterations =
                samples.stream().mapToDouble(ScaleInvarianceSample::iteration).toArray();
    }

    static ReportSection of(ScaleInvarianceHistory history) {
        return new ScaleInvarianceSection(history).draw(history);
    }

    private ReportSection draw(ScaleInvarianceHistory history) {
        ReportSection.Builder section = ReportSection.builder("scale-invariance", "Scale-invariant weights");
        if (samples.isEmpty()) {
            section.paragraph("No scale-invariant weights were measured; the table of groups says why.");
        } else {
            double[] rate = values(all -> all.balance().effectiveRate());
            double[] gradient = values(all -> all.balance().effectiveGradientNorm());
            section.paragraph("Phase at the end: "
                            + samples.get(samples.size() - 1).phase() + ". "
                            + "Below a balance ratio of 1 decay outweighs the gradient and the effective rate climbs; "
                            + "above, the norm grows. The ratio is that of plain SGD."
                            + (stride > 1 ? " The charts show one sample in " + stride + "." : ""))
                    .chart(over("Norm of the weights", "norm", values(all -> all.balance()
                                    .weightNorm()))
                            .build())
                    .chart(over("Effective rate", "rate / norm²", rate).logY().build())
                    .chart(over("Effective gradient norm", "gradient norm · norm", gradient)
                            .logY()
                            .build())
                    .chart(over("Balance ratio", "ratio", values(all -> all.balance()
                                    .balanceRatio()))
                            .dashed("balance", iterations, ones())
                            .logY()
                            .build())
                    .chart(over("Turn per update", "1 − cos", values(GroupNorms::cosineDistance))
                            .logY()
                            .build())
                    .chart(ratesOfGroups())
                    .chart(loss())
                    .chart(phaseDiagram(rate, gradient));
        }
        return section.table("Changes of phase", history.eventTable())
                .table("Periods", history.periodTable())
                .table("Groups", history.groupTable())
                .build();
    }

    private LineChart.Builder over(String title, String label, double[] values) {
        return LineChart.builder(title)
                .xLabel("iteration")
                .yLabel(label)
                .line(ScaleInvarianceHistory.ALL, iterations, values);
    }

    /** Groups come in the same order in every sample. */
    private LineChart ratesOfGroups() {
        LineChart.Builder chart = LineChart.builder("Effective rate by group")
                .xLabel("iteration")
                .yLabel("rate / norm²")
                .logY();
        for (int i = 0; i < samples.get(0).groups().size(); i++) {
            int group = i;
            double[] rates = samples.stream()
                    .mapToDouble(sample -> sample.groups().get(group).balance().effectiveRate())
                    .toArray();
            chart.line(samples.get(0).groups().get(i).name(), iterations, rates);
        }
        return chart.build();
    }

    private LineChart loss() {
        double[] loss =
                samples.stream().mapToDouble(ScaleInvarianceSample::loss).toArray();
        return LineChart.builder("Training loss")
                .xLabel("iteration")
                .yLabel("loss")
                .line("batch", iterations, loss)
                .build();
    }

    private static LineChart phaseDiagram(double[] rate, double[] gradient) {
        return LineChart.builder("Phase diagram")
                .xLabel("effective rate")
                .yLabel("effective gradient norm")
                .logX()
                .logY()
                .dots("samples", rate, gradient)
                .dots("first", new double[] {rate[0]}, new double[] {gradient[0]})
                .dots("last", new double[] {rate[rate.length - 1]}, new double[] {gradient[gradient.length - 1]})
                .build();
    }

    private double[] values(ToDoubleFunction<GroupNorms> quantity) {
        return samples.stream()
                .mapToDouble(sample -> quantity.applyAsDouble(sample.all().get()))
                .toArray();
    }

    private double[] ones() {
        double[] ones = new double[iterations.length];
        Arrays.fill(ones, 1);
        return ones;
    }
}
