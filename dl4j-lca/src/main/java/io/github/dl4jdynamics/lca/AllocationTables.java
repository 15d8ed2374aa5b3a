/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.github.dl4jdynamics.spectral.oracle.ParameterArray;
import io.github.dl4jdynamics.spectral.report.Table;

/** A history as tables. */
final class AllocationTables {
    private AllocationTables() {}

    private static final ImmutableList<String> ARRAY_COLUMNS =
            ImmutableList.of("array", "layer", "key", "shape", "parameters");
    private static final ImmutableList<String> UNIT_COLUMNS = ImmutableList.of("layer", "group", "unit", "gate");
    private static final ImmutableList<String> LAYER_COLUMNS = ImmutableList.of("layer", "type", "parameters");
    private static final ImmutableList<String> VERDICT_COLUMNS =
            ImmutableList.of("p hurts", "p helps", "block correlation", "verdict");

    /** Names of columns next to which data sets have columns of their own, in tables and JSON. */
    static final ImmutableSet<String> NAMES_TAKEN = ImmutableSet.<String>builder()
            .addAll(ARRAY_COLUMNS)
            .addAll(UNIT_COLUMNS)
            .addAll(LAYER_COLUMNS)
            .addAll(VERDICT_COLUMNS)
            .build();

    static Table steps(AllocationHistory history) {
        Table.Builder table = Table.builder(
                "updates_before",
                "updates_after",
                "iteration",
                "epoch",
                "data",
                "loss_before",
                "loss_after",
                "allocated",
                "error",
                "helped",
                "hurt",
                "neither",
                "rule",
                "gradients",
                "milliseconds",
                "status",
                "run_relative_error",
                "run_books",
                "note");
        double[] change = new double[history.dataSets().size()];
        double[] allocated = new double[change.length];
        double[] first = new double[change.length];
        Arrays.fill(first, Double.NaN);
        for (AllocationStep step : history.steps()) {
            if (step.losses().isEmpty()) {
                addRow(table, history, step, null, null);
            }
            for (int data = 0; data < step.losses().size(); data++) {
                LossAllocation loss = step.losses().get(data);
                RunBooks books =
                        step.isAllocated(data) ? booksUpTo(history, step, data, change, allocated, first) : null;
                addRow(table, history, step, loss, books);
            }
        }
        return table.build();
    }

    private static RunBooks booksUpTo(
            AllocationHistory history,
            AllocationStep step,
            int data,
            double[] change,
            double[] allocated,
            double[] first) {
        LossAllocation loss = step.losses().get(data);
        first[data] = Double.isNaN(first[data]) ? loss.lossBefore() : first[data];
        change[data] += loss.change();
        allocated[data] += loss.allocated();
        return RunBooks.upTo(first[data], change[data], allocated[data]);
    }

    private static void addRow(
            Table.Builder table, AllocationHistory history, AllocationStep step, LossAllocation loss, RunBooks books) {
        boolean counted = books != null;
        long all = history.arrays().stream().mapToLong(ParameterArray::length).sum();
        table.row(
                step.updatesBefore(),
                step.updatesAfter(),
                step.iteration(),
                step.epoch(),
                loss == null ? "" : loss.name(),
                loss == null ? null : loss.lossBefore(),
                loss == null ? null : loss.lossAfter(),
                counted ? loss.allocated() : null,
                counted ? loss.error() : null,
                counted ? loss.helped() : null,
                counted ? loss.hurt() : null,
                counted ? all - loss.helped() - loss.hurt() : null,
                step.rule(),
                step.gradients(),
                step.milliseconds(),
                step.status().name(),
                books == null ? null : books.relativeError(),
                books == null ? "" : books.isOff() ? "OFF" : "ok",
                step.note());
    }

    static Table layers(AllocationHistory history) {
        Table.Builder table = Table.builder("updates_after", "iteration", "epoch", "data", "layer", "allocation");
        List<String> layers = history.layers();
        for (int data = 0; data < history.dataSets().size(); data++) {
            double[][] series = history.layerSeries(data);
            for (int t = 0; t < history.steps().size(); t++) {
                AllocationStep step = history.steps().get(t);
                for (int l = 0; l < layers.size(); l++) {
                    table.row(
                            step.updatesAfter(),
                            step.iteration(),
                            step.epoch(),
                            history.dataSets().get(data),
                            layers.get(l),
                            series[l][t]);
                }
            }
        }
        return table.build();
    }

    static Table arrays(AllocationHistory history) {
        List<String> columns = new ArrayList<>(ARRAY_COLUMNS);
        columns.addAll(history.dataSets());
        Table.Builder table = Table.builder(columns.toArray(new String[0]));
        List<double[]> totals = new ArrayList<>();
        for (int data = 0; data < history.dataSets().size(); data++) {
            totals.add(history.arrayTotals(data));
        }
        for (int a = 0; a < history.arrays().size(); a++) {
            ParameterArray array = history.arrays().get(a);
            List<Object> row = new ArrayList<>(
                    List.of(array.name(), array.layer(), array.key(), Arrays.toString(array.shape()), array.length()));
            for (double[] ofData : totals) {
                row.add(ofData[a]);
            }
            table.row(row.toArray());
        }
        return table.build();
    }

    static Table units(AllocationHistory history) {
        List<String> columns = new ArrayList<>(UNIT_COLUMNS);
        columns.addAll(history.dataSets());
        Table.Builder table = Table.builder(columns.toArray(new String[0]));
        List<double[]> totals = new ArrayList<>();
        for (int data = 0; data < history.dataSets().size(); data++) {
            totals.add(history.unitTotals(data));
        }
        for (UnitGroup group : history.groups()) {
            for (int u = 0; u < group.count(); u++) {
                List<Object> row = new ArrayList<>(List.of(
                        group.layer(),
                        group.name(),
                        u % group.neurons(),
                        group.gates().isEmpty() ? "" : group.gates().get(u / group.neurons())));
                for (double[] ofData : totals) {
                    row.add(ofData[group.first() + u]);
                }
                table.row(row.toArray());
            }
        }
        return table.build();
    }

    static Table layerTotals(AllocationHistory history, List<LayerVerdict> verdicts) {
        List<String> columns = new ArrayList<>(LAYER_COLUMNS);
        columns.addAll(history.dataSets());
        columns.addAll(VERDICT_COLUMNS);
        Table.Builder table = Table.builder(columns.toArray(new String[0]));
        List<double[]> totals = new ArrayList<>();
        for (int data = 0; data < history.dataSets().size(); data++) {
            totals.add(history.layerTotals(data));
        }
        for (int l = 0; l < verdicts.size(); l++) {
            LayerVerdict verdict = verdicts.get(l);
            List<Object> row = new ArrayList<>(
                    List.of(verdict.layer(), type(history, verdict.layer()), size(history, verdict.layer())));
            for (double[] ofData : totals) {
                row.add(ofData[l]);
            }
            row.add(verdict.test().pHurts());
            row.add(verdict.test().pHelps());
            row.add(verdict.test().blockCorrelation());
            row.add(verdict.verdict().name().toLowerCase(Locale.ROOT));
            table.row(row.toArray());
        }
        return table.build();
    }

    private static String type(AllocationHistory history, String layer) {
        return history.arrays().stream()
                .filter(array -> array.layer().equals(layer))
                .findFirst()
                .map(ParameterArray::layerType)
                .orElse("");
    }

    private static long size(AllocationHistory history, String layer) {
        return history.arrays().stream()
                .filter(array -> array.layer().equals(layer))
                .mapToLong(ParameterArray::length)
                .sum();
    }
}
