/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.demo;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

import com.google.common.collect.ImmutableList;

import static com.google.common.base.Preconditions.checkArgument;

/** One arm under every seed. */
final class ArmRuns {
    private final ImmutableList<GhostBnRun> runs;

    ArmRuns(List<GhostBnRun> runs) {
        checkArgument(!runs.isEmpty(), "runs of an arm must be at least one, got none");
        this.runs = ImmutableList.copyOf(runs);
    }

    Arm arm() {
        return first().arm();
    }

    /** The run under the first seed. */
    GhostBnRun first() {
        return runs.get(0);
    }

    /** Test accuracies at the end, in the order of the seeds. */
    double[] accuracies() {
        return each(GhostBnRun::accuracy);
    }

    /** A figure of each run, in the order of the seeds. */
    double[] each(ToDoubleFunction<GhostBnRun> figure) {
        return runs.stream().mapToDouble(figure).toArray();
    }

    /** The mean over the seeds, point by point. */
    double[] meanOf(Function<GhostBnRun, double[]> curve) {
        double[] mean = new double[curve.apply(first()).length];
        for (GhostBnRun run : runs) {
            double[] values = curve.apply(run);
            for (int i = 0; i < mean.length; i++) {
                mean[i] += values[i] / runs.size();
            }
        }
        return mean;
    }

    static double mean(double[] values) {
        return Arrays.stream(values).average().orElse(Double.NaN);
    }

    /** Of a sample, with n - 1; NaN for a single value. */
    static double standardDeviation(double[] values) {
        double mean = mean(values);
        double squares = Arrays.stream(values)
                .map(value -> (value - mean) * (value - mean))
                .sum();
        return values.length < 2 ? Double.NaN : Math.sqrt(squares / (values.length - 1));
    }
}
