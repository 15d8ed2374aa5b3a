/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.distance;

import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

import com.google.common.collect.ImmutableList;
import io.github.dl4jdynamics.ghostbn.math.DiffusionFit;
import io.github.dl4jdynamics.ghostbn.math.GrowthFit;
import io.github.dl4jdynamics.spectral.report.LineChart;
import io.github.dl4jdynamics.spectral.report.ReportSection;

/** Draws a history: on a logarithmic axis of time the logarithmic law is a straight line. */
final class WeightDistanceSection {
    /** More would fill the page; the tables have them all. */
    private static final int MOST_CHARTED = 6;

    private static final int CURVE_POINTS = 60;

    private WeightDistanceSection() {}

    static ReportSection of(WeightDistanceHistory history) {
        ImmutableList<WeightDistanceSegment> segments = history.segments();
        ReportSection.Builder section = ReportSection.builder("weight-distance", "Distance from the start")
                .paragraph(
                        "How far the trainable weights are from where the clock started, against the number of updates. "
                                + "Ultra-slow diffusion is a straight line here; every drop of the learning rate starts a new clock.")
                .paragraph(history.cost());
        if (segments.size() > MOST_CHARTED) {
            section.paragraph("Of " + segments.size() + " segments the last " + MOST_CHARTED + " are drawn.");
        }
        for (WeightDistanceSegment segment :
                segments.subList(Math.max(0, segments.size() - MOST_CHARTED), segments.size())) {
            section.chart(whole(segment)).chart(layers(segment));
        }
        return section.table("Fitted laws", history.fits())
                .table("Samples", history.table())
                .build();
    }

    private static LineChart whole(WeightDistanceSegment segment) {
        double[] t = times(segment);
        DiffusionFit fit = segment.fit();
        LineChart.Builder chart = LineChart.builder("All weights, segment " + segment.index())
                .xLabel("updates t")
                .yLabel("distance")
                .logX()
                .note(segment.reason() + ". " + fit)
                .dots("measured", t, distances(segment, WeightDistanceSample::distance));
        if (fit.isFitted()) {
            double[] curve = logSpaced(t[0], t[t.length - 1]);
            chart.line("a + b ln t", curve, values(fit.logarithmic(), curve));
            chart.dashed("power law", curve, values(fit.powerLaw(), curve));
        }
        return chart.build();
    }

    private static LineChart layers(WeightDistanceSegment segment) {
        LineChart.Builder chart = LineChart.builder("Layers, segment " + segment.index())
                .xLabel("updates t")
                .yLabel("distance")
                .logX();
        double[] t = times(segment);
        for (String layer : segment.layers()) {
            chart.line(layer, t, distances(segment, sample -> sample.layerDistances()
                    .get(layer)));
        }
        return chart.build();
    }

    /** Without t = 0, which has no place on the axis. */
    private static List<WeightDistanceSample> drawn(WeightDistanceSegment segment) {
        return segment.samples().stream()
                .filter(sample -> sample.isMeasured() && sample.t() > 0)
                .collect(Collectors.toList());
    }

    private static double[] times(WeightDistanceSegment segment) {
        return drawn(segment).stream().mapToDouble(WeightDistanceSample::t).toArray();
    }

    private static double[] distances(WeightDistanceSegment segment, ToDoubleFunction<WeightDistanceSample> distance) {
        return drawn(segment).stream().mapToDouble(distance).toArray();
    }

    private static double[] logSpaced(double first, double last) {
        double[] t = new double[CURVE_POINTS];
        for (int i = 0; i < t.length; i++) {
            t[i] = first * Math.pow(last / first, i / (CURVE_POINTS - 1.0));
        }
        return t;
    }

    private static double[] values(GrowthFit fit, double[] t) {
        double[] values = new double[t.length];
        for (int i = 0; i < t.length; i++) {
            values[i] = fit.distanceAt(t[i]);
        }
        return values;
    }
}
