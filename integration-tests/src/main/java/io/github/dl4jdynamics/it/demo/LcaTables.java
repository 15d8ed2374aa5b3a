/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.demo;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

import io.github.dl4jdynamics.lca.AllocationAnalysis;
import io.github.dl4jdynamics.lca.AllocationHistory;
import io.github.dl4jdynamics.lca.RunBooks;
import io.github.dl4jdynamics.lca.math.HarmTest;
import io.github.dl4jdynamics.lca.math.HelpingShares;
import io.github.dl4jdynamics.lca.math.PeakSynchronization;
import io.github.dl4jdynamics.spectral.report.Table;

/** The results of section lca as tables; {@code a ± b} is the mean over the seeds and their standard deviation. */
final class LcaTables {
    private LcaTables() {}

    /** What was trained. */
    static Table networks(LcaResults results) {
        Table.Builder table = Table.builder(
                "network", "parameters", "layers", "rate", "epochs", "updates", "training loss", "test accuracy, %");
        for (LcaRuns runs : results.standard()) {
            table.row(
                    runs.network(),
                    parameters(runs.first().history()),
                    runs.layers().size(),
                    runs.course().rate(),
                    runs.course().epochs(),
                    runs.first().history().steps().size(),
                    runs.spread("%.4f", LcaRun::finalLoss),
                    runs.spread("%.2f", run -> 100 * run.score().accuracy()));
        }
        return table.build();
    }

    private static long parameters(AllocationHistory history) {
        return history.arrays().stream().mapToLong(array -> array.length()).sum();
    }

    /** Shares of parameters that help, in percent. */
    static Table helping(LcaResults results) {
        Table.Builder table = Table.builder(
                "network",
                "% of all",
                "sd over steps",
                "% of those that moved",
                "sd over steps of it",
                "steps above 50 %");
        for (LcaRuns runs : results.standard()) {
            table.row(
                    runs.network(),
                    runs.spread("%.2f", run -> 100 * helping(run).meanOfAll()),
                    runs.spread("%.2f", run -> 100 * helping(run).standardDeviationOfAll()),
                    runs.spread("%.2f", run -> 100 * helping(run).meanOfMoved()),
                    runs.spread("%.2f", run -> 100 * helping(run).standardDeviationOfMoved()),
                    runs.spread(
                            "%.1f",
                            run -> 100
                                    * Arrays.stream(helping(run).ofMoved())
                                            .filter(share -> share > 0.5)
                                            .count()
                                    / helping(run).iterations()));
        }
        return table.build();
    }

    static HelpingShares helping(LcaRun run) {
        return run.history().analysis().helping(0);
    }

    /** A row for each layer of one network; p over the steps of all seeds together. */
    static Table layers(LcaRuns runs) {
        Table.Builder table = Table.builder(
                "layer", "total", "kernels alone", "share, %", "p hurts", "p helps", "verdict", "hurt in");
        List<String> layers = runs.layers();
        double all = runs.mean(run -> run.history().books(0).allocated());
        for (int l = 0; l < layers.size(); l++) {
            int layer = l;
            ToDoubleFunction<LcaRun> total = run -> run.history().layerTotals(0)[layer];
            HarmTest test = runs.harm(layer);
            table.row(
                    layers.get(l),
                    runs.spread("%+.4f", total),
                    runs.mean(run -> run.kernelTotals()[layer]),
                    100 * runs.mean(total) / all,
                    test.pHurts(),
                    test.pHelps(),
                    verdict(test, layers.size()),
                    Arrays.stream(runs.each(total)).filter(sum -> sum > 0).count() + " of "
                            + runs.runs().size());
        }
        return table.build();
    }

    /** At the listener's level of significance, corrected for the number of layers. */
    private static String verdict(HarmTest test, int layers) {
        double level = AllocationAnalysis.SIGNIFICANCE / layers;
        return test.pHurts() <= level ? "hurts" : test.pHelps() <= level ? "helps" : "undecided";
    }

    /** What biases and batch normalization contributed to the total. */
    static Table kernels(LcaResults results) {
        Table.Builder table = Table.builder("network", "kernels, %", "biases and batch normalization, %");
        for (LcaRuns runs : results.standard()) {
            table.row(
                    runs.network(),
                    runs.spread("%.2f", run -> 100 * (1 - run.shareWithoutKernels())),
                    runs.spread("%.2f", run -> 100 * run.shareWithoutKernels()));
        }
        return table.build();
    }

    /** Coincidences of peaks. */
    static Table peaks(LcaResults results) {
        Table.Builder table = Table.builder(
                "network",
                "layers",
                "coincidences",
                "expected around the run",
                "p by seed",
                "expected within segments",
                "p by seed within segments");
        for (LcaRuns runs : results.standard()) {
            List<PeakSynchronization> around = runs.runs().stream()
                    .map(run -> run.history().analysis().synchronization(0))
                    .collect(Collectors.toList());
            List<PeakSynchronization> within = runs.runs().stream()
                    .map(run -> run.history().analysis().synchronizationWithinSegments(0))
                    .collect(Collectors.toList());
            table.row(
                    runs.network(),
                    runs.layers().size(),
                    LcaRuns.spread("%.1f", each(around, PeakSynchronization::coincidences)),
                    LcaRuns.spread("%.1f", each(around, PeakSynchronization::expectedCoincidences)),
                    pValues(around),
                    LcaRuns.spread("%.1f", each(within, PeakSynchronization::expectedCoincidences)),
                    pValues(within));
        }
        return table.build();
    }

    private static double[] each(List<PeakSynchronization> tests, ToDoubleFunction<PeakSynchronization> figure) {
        return tests.stream().mapToDouble(figure).toArray();
    }

    private static String pValues(List<PeakSynchronization> tests) {
        return tests.stream()
                .map(test -> String.format(Locale.ROOT, "%.2g", test.p()))
                .collect(Collectors.joining(", "));
    }

    /** Loss changes on both data sets, and the layer that serves them most differently. */
    static Table validation(LcaResults results) {
        Table.Builder table = Table.builder(
                "network", "training", "validation", "validation - training", "largest difference", "of it");
        for (LcaRuns runs : results.standard()) {
            double[] training = runs.meanOf(run -> run.history().layerTotals(0));
            double[] difference = runs.meanOf(LcaTables::layerDifferences);
            int largest = 0;
            for (int l = 1; l < training.length; l++) {
                largest = Math.abs(difference[l]) > Math.abs(difference[largest]) ? l : largest;
            }
            int layer = largest;
            table.row(
                    runs.network(),
                    runs.spread("%+.4f", run -> run.history().books(0).change()),
                    runs.spread("%+.4f", run -> run.history().books(1).change()),
                    runs.spread(
                            "%+.4f",
                            run -> run.history().books(1).change()
                                    - run.history().books(0).change()),
                    runs.layers().get(layer),
                    runs.spread("%+.4f", run -> layerDifferences(run)[layer]));
        }
        return table.build();
    }

    private static double[] layerDifferences(LcaRun run) {
        double[] difference = run.history().layerTotals(1);
        double[] training = run.history().layerTotals(0);
        Arrays.setAll(difference, l -> difference[l] - training[l]);
        return difference;
    }

    /** A row for each run with its bare figures, for a file. */
    static Table runs(LcaResults results) {
        Table.Builder table = Table.builder(
                "network",
                "last_layer",
                "rate",
                "seed",
                "updates",
                "train_loss",
                "train_loss_late",
                "test_loss",
                "test_accuracy",
                "loss_change",
                "book_error",
                "unbalanced",
                "gradients_per_step",
                "helping_of_all",
                "helping_of_moved",
                "last_layer_total",
                "other_layers_total",
                "seconds");
        for (LcaRun run : results.all()) {
            RunBooks books = run.history().books(0);
            table.row(
                    run.course().network(),
                    run.course().lastLayer(),
                    run.course().rate(),
                    run.seed(),
                    run.history().steps().size(),
                    run.finalLoss(),
                    run.lateLoss(),
                    run.score().loss(),
                    run.score().accuracy(),
                    books.change(),
                    books.relativeError(),
                    books.unbalanced(),
                    LcaRun.gradientsPerStep(run.history()),
                    helping(run).meanOfAll(),
                    helping(run).meanOfMoved(),
                    run.lastLayerTotal(),
                    run.otherLayersTotal(),
                    run.seconds());
        }
        return table.build();
    }
}
