/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.bench;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

import io.github.dl4jdynamics.spectral.report.Table;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;

/** Times of every benchmark of a class, once in each round, and ratios within the rounds. */
final class Rounds {
    private final Map<String, double[]> times = new LinkedHashMap<>();

    /** Runs them all, each in a JVM of its own. */
    Rounds(Class<?> benchmark, int rounds, int secondsPerIteration) throws RunnerException {
        for (int round = 0; round < rounds; round++) {
            Runner runner = new Runner(
                    JmhOptions.of(benchmark, 2, 3, secondsPerIteration).build());
            for (RunResult result : runner.run()) {
                times.computeIfAbsent(name(result.getParams()), key -> new double[rounds])[round] =
                        result.getPrimaryResult().getScore();
            }
        }
    }

    /** Times by round; a benchmark is called by its method and its parameters. */
    double[] times(String name) {
        return times.get(name);
    }

    /** Adds, round by round, the faster of two. */
    void fastest(String name, String first, String second) {
        double[] fastest = times(first).clone();
        for (int i = 0; i < fastest.length; i++) {
            fastest[i] = Math.min(fastest[i], times(second)[i]);
        }
        times.put(name, fastest);
    }

    /** Appends the median ratio and its range. */
    void row(Table.Builder table, String name, String against, String bound) {
        double[] ratios = times(name).clone();
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] /= times(against)[i];
        }
        Arrays.sort(ratios);
        table.row(
                name,
                against,
                String.format(Locale.ROOT, "%.4f", ratios[ratios.length / 2]),
                String.format(Locale.ROOT, "1/%.1f", 1 / ratios[ratios.length / 2]),
                String.format(Locale.ROOT, "%.4f..%.4f", ratios[0], ratios[ratios.length - 1]),
                bound);
    }

    void printTimes() {
        times.forEach((name, values) -> System.out.printf(Locale.ROOT, "%s %s ms%n", name, Arrays.toString(values)));
    }

    private static String name(BenchmarkParams params) {
        String benchmark = params.getBenchmark();
        String method = benchmark.substring(benchmark.lastIndexOf('.') + 1);
        String values = params.getParamsKeys().stream().map(params::getParam).collect(Collectors.joining(" "));
        return values.isEmpty() ? method : method + " " + values;
    }
}
