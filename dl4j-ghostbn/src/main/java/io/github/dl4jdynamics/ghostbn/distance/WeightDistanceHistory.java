/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.distance;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import com.google.common.collect.ImmutableList;
import io.github.dl4jdynamics.ghostbn.math.DiffusionFit;
import io.github.dl4jdynamics.ghostbn.math.GrowthFit;
import io.github.dl4jdynamics.spectral.report.Csv;
import io.github.dl4jdynamics.spectral.report.Json;
import io.github.dl4jdynamics.spectral.report.ReportSection;
import io.github.dl4jdynamics.spectral.report.Table;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * The distances measured so far, in segments. A snapshot: it does not grow while training goes on.
 *
 * @since 0.1
 */
public final class WeightDistanceHistory {
    /** Most rows that {@link #toString} prints. */
    private static final int PRINTED = 40;

    private final String settings;
    private final ImmutableList<WeightDistanceSegment> segments;

    WeightDistanceHistory(String settings, List<WeightDistanceSample> samples) {
        this.settings = settings;
        Map<Integer, List<WeightDistanceSample>> bySegment = samples.stream()
                .collect(Collectors.groupingBy(WeightDistanceSample::segment, LinkedHashMap::new, Collectors.toList()));
        this.segments =
                bySegment.values().stream().map(WeightDistanceSegment::new).collect(ImmutableList.toImmutableList());
    }

    /** Segments in time order; empty before the first update. */
    public ImmutableList<WeightDistanceSegment> segments() {
        return segments;
    }

    /** Samples of all segments in time order; those the time budget refused one after the other are one, the latest. */
    public ImmutableList<WeightDistanceSample> samples() {
        return segments.stream()
                .flatMap(segment -> segment.samples().stream())
                .collect(ImmutableList.toImmutableList());
    }

    /**
     * The laws fitted to one segment, {@link WeightDistanceSegment#fit()}.
     *
     * @param segment 0-based
     * @throws IllegalArgumentException if there is no such segment
     */
    public DiffusionFit fit(int segment) {
        checkArgument(
                segment >= 0 && segment < segments.size(),
                "segment must be in [0, %s), got %s; see segments()",
                segments.size(),
                segment);
        return segments.get(segment).fit();
    }

    /** Time taken from the training thread by all samples, in milliseconds. */
    public double totalMilliseconds() {
        return samples().stream()
                .mapToDouble(WeightDistanceSample::milliseconds)
                .sum();
    }

    /** A row per sample, with a column {@code distance_<layer>} per layer. */
    public Table table() {
        Set<String> layers = new LinkedHashSet<>();
        segments.forEach(segment -> layers.addAll(segment.layers()));
        List<String> columns = new ArrayList<>(List.of("segment", "iteration", "epoch", "t", "rate", "distance"));
        layers.forEach(layer -> columns.add("distance_" + layer));
        columns.addAll(List.of("milliseconds", "note"));
        Table.Builder table = Table.builder(columns.toArray(new String[0]));
        for (WeightDistanceSample sample : samples()) {
            List<Object> row = new ArrayList<>();
            row.add(sample.segment());
            row.add(sample.iteration());
            row.add(sample.epoch());
            row.add(sample.t());
            row.add(number(sample.rate()));
            row.add(sample.isMeasured() ? sample.distance() : null);
            layers.forEach(layer -> row.add(sample.layerDistances().get(layer)));
            row.add(sample.milliseconds());
            row.add(sample.note());
            table.row(row.toArray());
        }
        return table.build();
    }

    /**
     * The fitted laws: two rows per segment for all weights (layer empty) and two per layer. {@code r2} is of the fit's own
     * space, {@code r2_distance} of the distance, which compares the two laws.
     */
    public Table fits() {
        Table.Builder table = Table.builder(
                "segment",
                "layer",
                "law",
                "points",
                "intercept",
                "slope",
                "slope_error",
                "r2",
                "r2_distance",
                "reason");
        for (WeightDistanceSegment segment : segments) {
            rows(table, segment.index(), "", segment.fit());
            segment.layers().forEach(layer -> rows(table, segment.index(), layer, segment.fit(layer)));
        }
        return table.build();
    }

    private static void rows(Table.Builder table, int segment, String layer, DiffusionFit fit) {
        row(table, segment, layer, "logarithmic", fit.logarithmic());
        row(table, segment, layer, "power", fit.powerLaw());
    }

    private static void row(Table.Builder table, int segment, String layer, String law, GrowthFit fit) {
        table.row(
                segment,
                layer,
                law,
                fit.points(),
                number(fit.intercept()),
                number(fit.slope()),
                number(fit.slopeStandardError()),
                number(fit.rSquared()),
                number(fit.rSquaredOfDistance()),
                fit.reason().orElse(null));
    }

    /** Writes {@link #table()} as RFC 4180 CSV. */
    public void writeCsv(Path file) throws IOException {
        Csv.write(table(), file);
    }

    /** Writes settings, segments, samples and fits as JSON. */
    public void writeJson(Path file) throws IOException {
        List<Object> starts = new ArrayList<>();
        for (WeightDistanceSegment segment : segments) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("segment", segment.index());
            json.put("reason", segment.reason());
            starts.add(json);
        }
        Map<String, Object> history = new LinkedHashMap<>();
        history.put("settings", settings);
        history.put("segments", starts);
        history.put("samples", table());
        history.put("fits", fits());
        Json.write(history, file);
    }

    /** A chapter for an HTML report, id {@code weight-distance}: per segment the points and both laws, the fits, the rows. */
    public ReportSection section() {
        return WeightDistanceSection.of(this);
    }

    private static Double number(double value) {
        return Double.isNaN(value) ? null : value;
    }

    /** What it cost, for logs and reports. */
    String cost() {
        long measured =
                samples().stream().filter(WeightDistanceSample::isMeasured).count();
        return String.format(
                Locale.ROOT, "%d samples in %.1f ms of the training thread", measured, totalMilliseconds());
    }

    /** The whole distances (the first and last rows of many), the fitted laws and what it cost, for people. */
    @Override
    public String toString() {
        ImmutableList<WeightDistanceSample> samples = samples();
        if (samples.isEmpty()) {
            return "no sample yet";
        }
        Table.Builder table = Table.builder("segment", "iteration", "epoch", "t", "rate", "distance", "note");
        int leftOut = Math.max(0, samples.size() - PRINTED);
        for (int i = 0; i < samples.size(); i++) {
            if (i < PRINTED / 2 || i >= PRINTED / 2 + leftOut) {
                WeightDistanceSample sample = samples.get(i);
                table.row(
                        sample.segment(),
                        sample.iteration(),
                        sample.epoch(),
                        sample.t(),
                        number(sample.rate()),
                        sample.isMeasured() ? sample.distance() : null,
                        sample.note());
            }
        }
        StringBuilder text = new StringBuilder(table.build().toString());
        if (leftOut > 0) {
            text.append(leftOut).append(" rows in the middle are left out; table() has all\n");
        }
        segments.forEach(segment -> text.append(segment).append('\n'));
        return text.append(cost()).append('\n').toString();
    }
}
