/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.demo;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

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

    /** The books of several rules along the same paths, steps of all seeds counted together. */
    static Table table(LcaResults results) {
        Table.Builder table = Table.builder(
                "network",
                "rate",
                "rule",
                "loss change",
                "book error, %",
                "largest of a seed, %",
                "sum of step errors, %",
                "unbalanced",
                "gaps",
                "gradients per step",
                "steps by quadrature");
        for (LcaRuns runs : results.books()) {
            for (int r = 0; r < LcaCourse.RULES.size(); r++) {
                int rule = r;
                double[] errors = runs.each(run -> relativeError(run, rule));
                table.row(
                        runs.network(),
                        runs.course().rate(),
                        LcaCourse.RULES.get(rule),
                        runs.spread("%+.3f", run -> books(run, rule).change()),
                        LcaRuns.spread("%.3f", errors),
                        Arrays.stream(errors).max().orElse(Double.NaN),
                        runs.spread(
                                "%.2f",
                                run -> 100
                                        * books(run, rule).grossError()
                                        / Math.abs(books(run, rule).change())),
                        (int) Arrays.stream(runs.each(run -> books(run, rule).unbalanced()))
                                .sum(),
                        (int) Arrays.stream(runs.each(run -> books(run, rule).gaps()))
                                .sum(),
                        runs.spread(
                                "%.2f",
                                run -> LcaRun.gradientsPerStep(run.histories().get(rule))),
                        quadratures(runs, rule));
            }
        }
        return table.build();
    }

    private static RunBooks books(LcaRun run, int rule) {
        return run.histories().get(rule).books(0);
    }

    private static double relativeError(LcaRun run, int rule) {
        return 100 * books(run, rule).relativeError();
    }

    /** For example {@code trapezoid 30, Simpson/2 6}. */
    private static String quadratures(LcaRuns runs, int rule) {
        Map<String, Long> counts = runs.runs().stream()
                .flatMap(run -> run.histories().get(rule).steps().stream())
                .filter(AllocationStep::isAllocated)
                .collect(Collectors.groupingBy(AllocationStep::rule, Collectors.counting()));
        return counts.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                .map(entry -> entry.getKey() + " " + entry.getValue())
                .collect(Collectors.joining(", "));
    }

    /** Book errors of the rules, in percent of the loss change. */
    static BarChart chart(LcaResults results) {
        List<String> categories = results.books().stream()
                .map(runs -> runs.network() + ", rate " + runs.course().rate())
                .collect(Collectors.toList());
        BarChart.Builder chart = BarChart.builder("Book error of the run", categories)
                .valueLabel("% of the loss change")
                .note("The three rules measure the same paths; means over the seeds.");
        for (int r = 0; r < LcaCourse.RULES.size(); r++) {
            int rule = r;
            chart.bars(
                    LcaCourse.RULES.get(rule),
                    results.books().stream()
                            .mapToDouble(runs -> runs.mean(run -> relativeError(run, rule)))
                            .toArray());
        }
        return chart.build();
    }
}
