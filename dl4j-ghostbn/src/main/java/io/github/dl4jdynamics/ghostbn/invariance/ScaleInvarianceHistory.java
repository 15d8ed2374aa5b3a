/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.invariance;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.github.dl4jdynamics.ghostbn.math.NormBalance;
import io.github.dl4jdynamics.ghostbn.math.NormEvent;
import io.github.dl4jdynamics.ghostbn.math.NormPeriod;
import io.github.dl4jdynamics.ghostbn.math.NormPhases;
import io.github.dl4jdynamics.spectral.report.Csv;
import io.github.dl4jdynamics.spectral.report.HtmlReport;
import io.github.dl4jdynamics.spectral.report.Json;
import io.github.dl4jdynamics.spectral.report.ReportSection;
import io.github.dl4jdynamics.spectral.report.Table;

/**
 * Norms, phases and periods of one training so far. A snapshot: it does not grow while training goes on.
 *
 * @since 0.1
 */
public final class ScaleInvarianceHistory {
    /** Name of all scale-invariant weights together. */
    public static final String ALL = "all";

    private final String settings;
    private final ImmutableList<GroupVerdict> verdicts;
    private final ImmutableMap<String, String> others;
    private final ImmutableList<ScaleInvarianceSample> samples;
    private final ImmutableList<NormEvent> events;
    private final ImmutableList<NormPeriod> periods;

    private ScaleInvarianceHistory(Builder builder) {
        this.settings = builder.settings;
        this.others = builder.others;
        this.verdicts = ImmutableList.copyOf(builder.verdicts);
        this.samples = ImmutableList.copyOf(builder.samples);
        this.events = ImmutableList.copyOf(builder.events);
        this.periods = ImmutableList.copyOf(builder.periods);
    }

    static ScaleInvarianceHistory empty(String settings) {
        return new Builder(settings, ImmutableMap.of()).build();
    }

    static Builder builder(String settings, ScaleInvariantGroups structure) {
        return new Builder(settings, structure.others());
    }

    /** Samples in time order; those the time budget refused one after the other are one entry, the latest. */
    public ImmutableList<ScaleInvarianceSample> samples() {
        return samples;
    }

    /** The latest sample with numbers. */
    public Optional<ScaleInvarianceSample> last() {
        return samples.reverse().stream()
                .filter(sample -> !sample.failure().isPresent())
                .findFirst();
    }

    /** Candidate groups and what Euler's identity says of them. */
    public ImmutableList<GroupVerdict> verdicts() {
        return verdicts;
    }

    /** Changes of phase of all weights together, in time order. */
    public ImmutableList<NormEvent> events() {
        return events;
    }

    /** Periods of all weights together, in time order, the last one still running. */
    public ImmutableList<NormPeriod> periods() {
        return periods;
    }

    /** Time taken from the training thread by all samples, in milliseconds. */
    public double totalMilliseconds() {
        return samples.stream().mapToDouble(ScaleInvarianceSample::milliseconds).sum();
    }

    /**
     * A row per sample and group, {@link #ALL} first; a sample that failed has one row without a group. What could not be
     * computed is empty, and {@code note} says why.
     */
    public Table table() {
        Table.Builder table = Table.builder(
                "iteration",
                "epoch",
                "milliseconds",
                "loss",
                "phase",
                "group",
                "weight_norm",
                "gradient_norm",
                "rate",
                "decay",
                "effective_rate",
                "effective_gradient_norm",
                "balance_ratio",
                "tangent_of_angle",
                "predicted_next_norm",
                "next_norm",
                "cosine_distance",
                "euler_defect",
                "note");
        for (ScaleInvarianceSample sample : samples) {
            sample.failure()
                    .ifPresent(failure -> table.row(
                            sample.iteration(),
                            sample.epoch(),
                            sample.milliseconds(),
                            null,
                            null,
                            "",
                            null,
                            null,
                            null,
                            null,
                            null,
                            null,
                            null,
                            null,
                            null,
                            null,
                            null,
                            null,
                            failure));
            sample.all().ifPresent(all -> row(table, sample, all));
            sample.groups().forEach(group -> row(table, sample, group));
        }
        return table.build();
    }

    private static void row(Table.Builder table, ScaleInvarianceSample sample, GroupNorms group) {
        NormBalance balance = group.balance();
        table.row(
                sample.iteration(),
                sample.epoch(),
                sample.milliseconds(),
                number(sample.loss()),
                group.name().equals(ALL) ? sample.phase() : null,
                group.name(),
                number(balance.weightNorm()),
                number(balance.gradientNorm()),
                number(balance.rate()),
                number(balance.decay()),
                number(balance.effectiveRate()),
                number(balance.effectiveGradientNorm()),
                number(balance.balanceRatio()),
                number(balance.tangentOfAngle()),
                number(Math.sqrt(balance.predictedSquaredNorm())),
                number(group.nextWeightNorm()),
                number(group.cosineDistance()),
                number(group.eulerDefect()),
                group.note());
    }

    /** A row per candidate group, then a row per parameter in none. */
    public Table groupTable() {
        Table.Builder table = Table.builder("parameters", "in_sums", "checks", "worst_euler_defect", "reason");
        verdicts.forEach(verdict -> table.row(
                String.join(" + ", verdict.group().parameters()),
                verdict.isCounted(),
                verdict.checks(),
                number(verdict.worstDefect()),
                verdict.reason()));
        others.forEach((parameter, reason) -> table.row(parameter, false, null, null, reason));
        return table.build();
    }

    /** A row per change of phase. */
    public Table eventTable() {
        Table.Builder table = Table.builder("iteration", "phase", "reason");
        events.forEach(event -> table.row(event.iteration(), event.phase(), event.reason()));
        return table.build();
    }

    /** A row per period, the last one still running. */
    public Table periodTable() {
        Table.Builder table = Table.builder(
                "begin",
                "length",
                "min_weight_norm",
                "max_weight_norm",
                "min_effective_rate",
                "max_effective_rate",
                "loss_peak");
        periods.forEach(period -> table.row(
                period.begin(),
                period.length(),
                number(period.minWeightNorm()),
                number(period.maxWeightNorm()),
                number(period.minEffectiveRate()),
                number(period.maxEffectiveRate()),
                number(period.lossPeak())));
        return table.build();
    }

    /** Writes {@link #table()} as RFC 4180 CSV. */
    public void writeCsv(Path file) throws IOException {
        Csv.write(table(), file);
    }

    /** Writes settings and all tables as JSON. */
    public void writeJson(Path file) throws IOException {
        Map<String, Object> history = new LinkedHashMap<>();
        history.put("settings", settings);
        history.put("groups", groupTable());
        history.put("events", eventTable());
        history.put("periods", periodTable());
        history.put("samples", table());
        Json.write(history, file);
    }

    /** Charts and tables as one section of an {@link HtmlReport}, with the id {@code scale-invariance}. */
    public ReportSection section() {
        return ScaleInvarianceSection.of(this);
    }

    /**
     * Writes {@link #section()} into a report.
     *
     * @param folder of the report; other sections in it stay
     * @return the page
     */
    public Path writeHtml(Path folder) throws IOException {
        return HtmlReport.write(folder, "Scale-invariant weights", section());
    }

    private static Double number(double value) {
        return Double.isNaN(value) ? null : value;
    }

    /** Phase and norms of the latest sample, as a table for people. */
    @Override
    public String toString() {
        if (!last().isPresent()) {
            return "no sample yet";
        }
        ScaleInvarianceSample sample = last().get();
        Table.Builder table = Table.builder(
                "group", "weight_norm", "effective_rate", "effective_gradient_norm", "balance_ratio", "note");
        ImmutableList.Builder<GroupNorms> rows = ImmutableList.builder();
        sample.all().ifPresent(rows::add);
        rows.addAll(sample.groups())
                .build()
                .forEach(group -> table.row(
                        group.name(),
                        number(group.balance().weightNorm()),
                        number(group.balance().effectiveRate()),
                        number(group.balance().effectiveGradientNorm()),
                        number(group.balance().balanceRatio()),
                        group.note()));
        return "iteration " + sample.iteration() + ", " + sample.phase() + "\n" + table.build();
    }

    static final class Builder {
        private final String settings;
        private final ImmutableMap<String, String> others;
        private List<GroupVerdict> verdicts = List.of();
        private List<ScaleInvarianceSample> samples = List.of();
        private List<NormEvent> events = List.of();
        private List<NormPeriod> periods = List.of();

        private Builder(String settings, ImmutableMap<String, String> others) {
            this.settings = settings;
            this.others = others;
        }

        Builder verdicts(List<GroupVerdict> values) {
            verdicts = values;
            return this;
        }

        Builder samples(List<ScaleInvarianceSample> values) {
            samples = values;
            return this;
        }

        Builder phases(NormPhases detector) {
            events = detector.events();
            periods = detector.periods();
            return this;
        }

        ScaleInvarianceHistory build() {
            return new ScaleInvarianceHistory(this);
        }
    }
}
