/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.demo;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

import io.github.dl4jdynamics.lca.AllocationHistory;
import io.github.dl4jdynamics.lca.AllocationStep;
import io.github.dl4jdynamics.lca.RunBooks;
import io.github.dl4jdynamics.spectral.report.BarChart;
import io.github.dl4jdynamics.spectral.report.Table;

/** How well the allocations add up to the change of the loss, and at what cost. */
final class LcaBooks {
    private LcaBooks() {}

    /** Books of the usual runs, by the adaptive rule on training and validation data. */
    static Table usual(LcaResults results) {
        Table.Builder table = Table.builder(
                "network",
                "book error, %",
                "largest of a seed, %",
                "of validation, %",
                "unbalanced",
                "gaps",
                "gradients per step",
                "ms per gradient");
        for (LcaRuns runs : results.standard()) {
            double[] errors = errors(runs, 0);
            table.row(
                    runs.network(),
                    LcaRuns.spread("%.3f", errors),
                    Arrays.stream(errors).max().orElse(Double.NaN),
                    LcaRuns.spread("%.3f", errors(runs, 1)),
                    (int) Arrays.stream(runs.each(run -> run.history().books(0).unbalanced()))
                            .sum(),
                    (int) Arrays.stream(runs.each(run -> run.history().books(0).gaps()))
                            .sum(),
                    runs.spread("%.2f", run -> LcaRun.gradientsPerStep(run.history())),
                    runs.spread("%.0f", LcaRun::millisecondsPerGradient));
        }
        return table.build();
    }

    private static double[] errors(LcaRuns runs, int data) {
        return runs.each(run -> 100 * run.history().books(data).relativeError());
    }

    /** The books of several rules along the same paths. */
    static Table table(LcaResults results) {
        Table.Builder table = Table.builder(
                "network",
                "rate",
                "rule",
                "loss change",
                "book error, %",
                "sum of step errors, %",
                "steps",
                "steps by quadrature",
                "unbalanced",
                "gaps",
                "gradients per step");
        for (LcaRun run : results.books()) {
            for (int rule = 0; rule < run.histories().size(); rule++) {
                AllocationHistory history = run.histories().get(rule);
                RunBooks books = history.books(0);
                table.row(
                        run.course().network(),
                        run.course().rate(),
                        LcaCourse.RULES.get(rule),
                        books.change(),
                        100 * books.relativeError(),
                        100 * books.grossError() / Math.abs(books.change()),
                        books.steps(),
                        quadratures(history),
                        books.unbalanced(),
                        books.gaps(),
                        LcaRun.gradientsPerStep(history));
            }
        }
        return table.build();
    }

    /** For example {@code trapezoid 30, Simpson/2 6}. */
    private static String quadratures(AllocationHistory history) {
        return history.steps().stream()
                .filter(AllocationStep::isAllocated)
                .collect(Collectors.groupingBy(AllocationStep::rule, TreeMap::new, Collectors.counting()))
                .descendingMap()
                .entrySet()
                .stream()
                .map(entry -> entry.getKey() + " " + entry.getValue())
                .collect(Collectors.joining(", "));
    }

    /** Book errors of the rules, in percent of the loss change. */
    static BarChart chart(LcaResults results) {
        List<String> categories = new ArrayList<>();
        Map<String, List<Double>> errors = new LinkedHashMap<>();
        for (LcaRun run : results.books()) {
            categories.add(run.course().network() + ", rate " + run.course().rate());
            for (int rule = 0; rule < run.histories().size(); rule++) {
                AllocationHistory history = run.histories().get(rule);
                errors.computeIfAbsent(LcaCourse.RULES.get(rule), name -> new ArrayList<>())
                        .add(100 * history.books(0).relativeError());
            }
        }
        BarChart.Builder chart = BarChart.builder("Book error of the run", categories)
                .valueLabel("% of the loss change")
                .note("The three rules measure the same path; seed 1.");
        errors.forEach((rule, values) -> chart.bars(
                rule, values.stream().mapToDouble(Double::doubleValue).toArray()));
        return chart.build();
    }
}
