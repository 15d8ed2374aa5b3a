/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.demo;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

import io.github.dl4jdynamics.spectral.report.LineChart;

/** The results of section eigenloss as charts. */
final class EigenlossCharts {
    /** Singular values below this share of the largest are noise of float weights and would stretch the axis. */
    private static final double SMALLEST = 1e-6;

    private EigenlossCharts() {}

    /** Singular values of one layer before and after, with and without the penalty. */
    static LineChart spectrum(EigenlossResults results, String layer) {
        EigenlossRun plain = results.run(EigenlossArm.PLAIN, 0);
        EigenlossRun penalized = results.penalized().get(0);
        double[] before = plain.before().of(layer);
        double[] index = counted(before.length);
        return LineChart.builder("Singular values of " + layer)
                .xLabel("number")
                .yLabel("singular value")
                .logY()
                .note("First seed. Both trainings start from the same weights.")
                .dashed("before", index, visible(before))
                .line("after, plain", index, visible(plain.after().of(layer)))
                .line("after, penalized", index, visible(penalized.after().of(layer)))
                .build();
    }

    private static double[] visible(double[] values) {
        return Arrays.stream(values)
                .map(value -> value > SMALLEST * values[0] ? value : Double.NaN)
                .toArray();
    }

    static LineChart accuracyByEpoch(EigenlossResults results) {
        double[] epochs = counted(results.plan().epochs());
        return LineChart.builder("Test accuracy by epoch")
                .xLabel("epoch")
                .yLabel("accuracy")
                .note("Mean over the seeds.")
                .line("plain", epochs, meanOf(results.runs(EigenlossArm.PLAIN), EigenlossRun::accuracies))
                .line("penalized", epochs, meanOf(results.penalized(), EigenlossRun::accuracies))
                .build();
    }

    static LineChart accuracyByRank(EigenlossResults results) {
        double[] ranks = Arrays.stream(results.plan().ranks()).asDoubleStream().toArray();
        return LineChart.builder("Test accuracy by kept rank")
                .xLabel("largest rank of a layer")
                .yLabel("accuracy")
                .logX()
                .note("Mean over the seeds; cut after training, not trained further.")
                .line("plain", ranks, meanOf(results.runs(EigenlossArm.PLAIN), EigenlossCharts::cuts))
                .line("penalized", ranks, meanOf(results.penalized(), EigenlossCharts::cuts))
                .build();
    }

    private static double[] cuts(EigenlossRun run) {
        return run.cuts().stream()
                .mapToDouble(EigenlossRun.CutNetwork::accuracy)
                .toArray();
    }

    static LineChart codeVariance(EigenlossResults results) {
        LineChart.Builder chart = LineChart.builder("Share of the code's variance in k components")
                .xLabel("k")
                .yLabel("share")
                .note("Codes of the test images; mean over the seeds.");
        results.latent()
                .forEach(runs ->
                        chart.line(runs.get(0).name(), counted(EigenlossPlan.CODE), meanOf(runs, LatentRun::shares)));
        return chart.build();
    }

    static LineChart reconstruction(EigenlossResults results) {
        LineChart.Builder chart = LineChart.builder("Reconstruction from k components of the code")
                .xLabel("k")
                .yLabel("mean squared error")
                .logY()
                .note("Test images; mean over the seeds. The decoder has only seen whole codes.");
        results.latent()
                .forEach(runs ->
                        chart.line(runs.get(0).name(), counted(EigenlossPlan.CODE), meanOf(runs, LatentRun::losses)));
        return chart.build();
    }

    private static double[] counted(int last) {
        return IntStream.rangeClosed(1, last).asDoubleStream().toArray();
    }

    private static <T> double[] meanOf(List<T> runs, Function<T, double[]> curve) {
        double[] mean = new double[curve.apply(runs.get(0)).length];
        for (T run : runs) {
            double[] values = curve.apply(run);
            for (int i = 0; i < mean.length; i++) {
                mean[i] += values[i] / runs.size();
            }
        }
        return mean;
    }
}
