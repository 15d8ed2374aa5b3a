/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.bench;

import io.github.dl4jdynamics.spectral.report.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Runs benchmarks in rounds and prints ratios.
 *
 * <p>Machines drift, so a round runs every benchmark once, in a JVM of its own, and a ratio is taken within a round; the
 * table gives the median ratio over the rounds and its range.
 */
public final class Benchmarks {

    private Benchmarks() {}

    /**
     * @param args which benchmark ("spectrum", the default, or "overhead"), and the number of rounds (default 3)
     */
    public static void main(String[] args) throws RunnerException {
        List<String> given = new ArrayList<>(Arrays.asList(args));
        given.removeIf(String::isEmpty);
        String which = given.isEmpty() ? "spectrum" : given.get(0);
        int rounds = given.size() > 1 ? Integer.parseInt(given.get(1)) : 3;
        if ("overhead".equals(which)) {
            OverheadBenchmark.run(rounds);
            return;
        }
        Map<String, double[]> times = new LinkedHashMap<>();
        for (int round = 0; round < rounds; round++) {
            Collection<RunResult> results = new Runner(new OptionsBuilder()
                            .include(SpectrumBenchmark.class.getSimpleName())
                            .forks(1)
                            .warmupIterations(2)
                            .warmupTime(TimeValue.seconds(2))
                            .measurementIterations(3)
                            .measurementTime(TimeValue.seconds(2))
                            .jvmArgsAppend("-Xmx3g")
                            .build())
                    .run();
            for (RunResult result : results) {
                String name = result.getParams().getBenchmark();
                times.computeIfAbsent(name.substring(name.lastIndexOf('.') + 1), key -> new double[rounds])[round] =
                        result.getPrimaryResult().getScore();
            }
        }
        double[] gesdd = fastest(times.get("sequentialGesddOneThread"), times.get("sequentialGesddTwoThreads"));
        Table.Builder table = Table.builder("pass", "against", "median ratio", "range", "bound");
        row(table, times, "passDouble", "bareGramDouble", times.get("bareGramDouble"), 1.15);
        row(table, times, "passDouble", "fastest sequential sgesdd", gesdd, 0.8);
        row(table, times, "passFloat", "bareGramFloat", times.get("bareGramFloat"), 1.15);
        row(table, times, "passFloat", "fastest sequential sgesdd", gesdd, 0.5);
        row(table, times, "passFarms", "bareFarms", times.get("bareFarms"), 1.3);
        row(table, times, "passFarmsWindows", "bareFarmsWindows", times.get("bareFarmsWindows"), Double.NaN);
        System.out.println(table.build());
        times.forEach((name, values) -> System.out.printf(Locale.ROOT, "%s %s ms%n", name, Arrays.toString(values)));
        System.out.printf(
                Locale.ROOT, "largest relative deviation of alpha, float: %.2e%n", SpectrumBenchmark.alphaDeviationOfFloat());
    }

    private static double[] fastest(double[] one, double[] two) {
        double[] fastest = one.clone();
        for (int i = 0; i < fastest.length; i++) {
            fastest[i] = Math.min(one[i], two[i]);
        }
        return fastest;
    }

    private static void row(
            Table.Builder table, Map<String, double[]> times, String name, String against, double[] floor, double bound) {
        double[] ratios = times.get(name).clone();
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] /= floor[i];
        }
        Arrays.sort(ratios);
        table.row(
                name,
                against,
                String.format(Locale.ROOT, "%.3f", ratios[ratios.length / 2]),
                String.format(Locale.ROOT, "%.3f..%.3f", ratios[0], ratios[ratios.length - 1]),
                Double.isNaN(bound) ? "" : "<= " + bound);
    }
}
