/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.demo;

import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

import com.google.common.collect.ImmutableList;
import io.github.dl4jdynamics.lca.math.HarmTest;

/** One course under every seed. */
final class LcaRuns {
    private final ImmutableList<LcaRun> runs;

    private LcaRuns(List<LcaRun> runs) {
        this.runs = ImmutableList.copyOf(runs);
    }

    static LcaRuns train(LcaPlan plan, LcaCourse course, PrintStream out) {
        return new LcaRuns(LongStream.rangeClosed(1, plan.seeds())
                .mapToObj(seed -> LcaRun.train(plan, course, seed, out))
                .collect(Collectors.toList()));
    }

    LcaCourse course() {
        return first().course();
    }

    LcaNetwork network() {
        return course().network();
    }

    ImmutableList<LcaRun> runs() {
        return runs;
    }

    LcaRun first() {
        return runs.get(0);
    }

    /** Names of the layers, input first. */
    ImmutableList<String> layers() {
        return first().history().layers();
    }

    /** A figure of each run, in the order of the seeds. */
    double[] each(ToDoubleFunction<LcaRun> figure) {
        return runs.stream().mapToDouble(figure).toArray();
    }

    /** Mean over the seeds. */
    double mean(ToDoubleFunction<LcaRun> figure) {
        return ArmRuns.mean(each(figure));
    }

    /** Mean over the seeds and, with several, their standard deviation: {@code 0.123 ± 0.004}. */
    String spread(String format, ToDoubleFunction<LcaRun> figure) {
        return spread(format, each(figure));
    }

    /** Differences from other runs, seed by seed, which start from the same weights and see the same batches. */
    double[] differences(LcaRuns others, ToDoubleFunction<LcaRun> figure) {
        double[] own = each(figure);
        double[] theirs = others.each(figure);
        Arrays.setAll(own, i -> own[i] - theirs[i]);
        return own;
    }

    static String spread(String format, double... values) {
        String mean = String.format(Locale.ROOT, format, ArmRuns.mean(values));
        return values.length < 2
                ? mean
                : mean + " ± "
                        + String.format(Locale.ROOT, format, ArmRuns.standardDeviation(values))
                                .replace("+", "");
    }

    /** The mean over the seeds, point by point. */
    double[] meanOf(Function<LcaRun, double[]> curve) {
        double[] mean = new double[curve.apply(first()).length];
        for (LcaRun run : runs) {
            double[] values = curve.apply(run);
            for (int i = 0; i < mean.length; i++) {
                mean[i] += values[i] / runs.size();
            }
        }
        return mean;
    }

    /** The harm test over the steps of all seeds, one after the other. */
    HarmTest harm(int layer) {
        return HarmTest.of(runs.stream()
                .flatMapToDouble(run -> Arrays.stream(run.history().layerSeries(0)[layer]))
                .toArray());
    }
}
