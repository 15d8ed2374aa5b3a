/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.bench;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

import com.google.common.base.Preconditions;
import io.github.dl4jdynamics.spectral.nd4j.BlasThreads;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Times of what takes turns within each invocation of a benchmark, so that a drift of the machine meets all of it.
 *
 * <p>The benchmark counts nanoseconds under names of its own, and invocations. Ratios are of the sums over all rounds.
 */
final class Turns {
    /** Each makes one invocation at least, however long that takes; what happens once only happens in the warm-up. */
    private static final int WARM_UPS = 1;

    private static final int MEASUREMENTS = 2;
    private static final int SECONDS = 6;

    private final TreeMap<Integer, Map<String, Double>> sums = new TreeMap<>();
    private final Map<String, String> others = new TreeMap<>();
    private final int rounds;
    private final int seconds;

    /**
     * Runs the benchmark.
     *
     * @param parameter what the results are told apart by; all other parameters must have one value
     */
    Turns(Class<?> benchmark, String parameter, BenchSettings settings) throws RunnerException {
        rounds = settings.rounds();
        seconds = settings.seconds(SECONDS);
        ChainedOptionsBuilder options = JmhOptions.of(benchmark, WARM_UPS, MEASUREMENTS, seconds)
                .shouldFailOnError(true)
                .timeout(TimeValue.minutes(60));
        settings.parameters().forEach((name, values) -> {
            Preconditions.checkArgument(
                    values.length == 1 || name.equals(parameter) || !hasParameter(benchmark, name),
                    "%s of %s must be one value, got %s",
                    name,
                    benchmark.getSimpleName(),
                    String.join(",", values));
            options.param(name, values);
        });
        for (int round = 0; round < rounds; round++) {
            for (RunResult result : new Runner(options.build()).run()) {
                add(result, parameter);
            }
        }
    }

    private void add(RunResult result, String parameter) {
        BenchmarkParams params = result.getParams();
        params.getParamsKeys().forEach(name -> others.put(name, params.getParam(name)));
        others.remove(parameter);
        Map<String, Double> sum =
                sums.computeIfAbsent(Integer.valueOf(params.getParam(parameter)), value -> new TreeMap<>());
        result.getSecondaryResults().forEach((name, count) -> sum.merge(name, count.getScore(), Double::sum));
    }

    private static boolean hasParameter(Class<?> benchmark, String name) {
        try {
            return benchmark.getField(name).isAnnotationPresent(Param.class);
        } catch (NoSuchFieldException e) {
            return false;
        }
    }

    static long nanos(Runnable work) {
        long start = System.nanoTime();
        work.run();
        return System.nanoTime() - start;
    }

    /** In which circumstances it was measured. */
    String conditions() {
        String given = others.entrySet().stream()
                .map(other -> other.getKey() + " " + other.getValue() + "; ")
                .collect(Collectors.joining());
        return given
                + String.format(
                        Locale.ROOT,
                        "rounds: %d, each %d times %d seconds or one invocation; threads of BLAS: %d",
                        rounds,
                        MEASUREMENTS,
                        seconds,
                        BlasThreads.current());
    }

    /** Of the parameter, ascending. */
    Set<Integer> values() {
        return sums.keySet();
    }

    /** The values as positions in a chart. */
    double[] axis() {
        return values().stream().mapToDouble(Integer::doubleValue).toArray();
    }

    /** Mean of an invocation. */
    double milliseconds(int value, String name) {
        return sums.get(value).get(name) / sums.get(value).get("invocations") / 1e6;
    }

    double ratio(int value, String name, String against) {
        return sums.get(value).get(name) / sums.get(value).get(against);
    }

    /** One for each value. */
    double[] ratios(String name, String against) {
        return values().stream()
                .mapToDouble(value -> ratio(value, name, against))
                .toArray();
    }
}
