/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.demo;

import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

import io.github.dl4jdynamics.ghostbn.distance.WeightDistanceSample;
import io.github.dl4jdynamics.ghostbn.distance.WeightDistanceSegment;
import io.github.dl4jdynamics.ghostbn.math.DiffusionFit;
import io.github.dl4jdynamics.spectral.report.Csv;
import io.github.dl4jdynamics.spectral.report.LineChart;
import io.github.dl4jdynamics.spectral.report.ReportSection;
import io.github.dl4jdynamics.spectral.report.Table;

/** A small batch, a large one, and the large one with one remedy after the other. */
final class GhostBnSection implements DemoSection {
    private static final String RUNS =
            "The comparison of Hoffer, Hubara and Soudry (NeurIPS 2017). The large batch has "
                    + "the rate and the epochs of the small one; each run below it adds one thing to the run above. Rate, "
                    + "clipping: the rate times the square root of the ratio of the batches, the norm of the gradient at most 5. "
                    + "Ghost BN: training statistics of groups as large as the small batch. As many updates: more epochs, and "
                    + "the steps of the rate stretched with them. All runs of a seed start from the same weights.";

    private static final String READING =
            "In as many epochs a large batch makes fewer updates. Where its training loss "
                    + "is still high at the end it has not yet learned, and its test accuracy says little of how well it "
                    + "generalizes. The last run sees every image many more times than the others, and takes as much longer.";

    @Override
    public ReportSection run(DemoSettings settings, PrintStream out) throws IOException {
        GhostBnTask task = GhostBnTask.of(settings);
        out.printf("%n%s%n", task);
        List<ArmRuns> arms = train(task, settings.seeds(), out);

        Table results = results(arms);
        Table lengths = lengths(arms);
        Table fits = fits(arms);
        out.printf("%n%s%n%s%n%s%n", lengths, results, fits);
        Csv.write(results, settings.report().resolve("ghostbn-results.csv"));
        for (ArmRuns arm : arms) {
            arm.first()
                    .distance()
                    .writeCsv(settings.report().resolve("ghostbn-distance-" + fileName(arm.arm()) + ".csv"));
        }
        return ReportSection.builder("ghostbn", "Ghost batch normalization: large batches")
                .order(20)
                .paragraph(task.toString())
                .paragraph(RUNS)
                .paragraph(READING)
                .paragraph(uncertainty(task, settings.seeds(), arms))
                .table("What was trained", lengths)
                .table("Results", results)
                .chart(lossByUpdates(arms))
                .chart(accuracyByUpdates(arms))
                .chart(accuracyByEpoch(arms))
                .chart(distanceChart(arms))
                .chart(laws(arms.get(0)))
                .chart(laws(arms.get(arms.size() - 1)))
                .table("Laws of the distance up to the first drop of the rate, first seed", fits)
                .build();
    }

    private static List<ArmRuns> train(GhostBnTask task, int seeds, PrintStream out) {
        List<ArmRuns> arms = new ArrayList<>();
        for (Arm arm : task.arms()) {
            List<GhostBnRun> runs = new ArrayList<>();
            for (int seed = 1; seed <= seeds; seed++) {
                runs.add(task.run(arm, seed, out));
            }
            arms.add(new ArmRuns(runs));
        }
        return arms;
    }

    private static String fileName(Arm arm) {
        return arm.name().toLowerCase(Locale.ROOT).replaceAll("[^a-z]+", "-").replaceAll("^-", "");
    }

    private static Table lengths(List<ArmRuns> arms) {
        Table.Builder table =
                Table.builder("run", "batch", "normalization", "first rate", "epochs", "updates", "updates clipped");
        for (ArmRuns runs : arms) {
            Arm arm = runs.arm();
            GhostBnRun run = runs.first();
            table.row(
                    arm.name(),
                    arm.regime().batchSize(),
                    arm.normalizationName(),
                    run.firstRate(),
                    run.net().getEpochCount(),
                    run.net().getIterationCount(),
                    arm.clipped() ? percent(ArmRuns.mean(runs.each(GhostBnRun::clippedShare))) : "not clipped");
        }
        return table.build();
    }

    /** Accuracies in percent and points. */
    private static Table results(List<ArmRuns> arms) {
        int seeds = arms.get(0).accuracies().length;
        List<String> columns = new ArrayList<>(List.of("run", "test accuracy", "over small batch", "over run above"));
        if (seeds > 1) {
            columns.add("standard deviation");
            for (int seed = 1; seed <= seeds; seed++) {
                columns.add("seed " + seed);
            }
        }
        columns.addAll(List.of("training loss", "seconds in fit"));
        Table.Builder table = Table.builder(columns.toArray(new String[0]));
        for (int i = 0; i < arms.size(); i++) {
            ArmRuns runs = arms.get(i);
            double[] accuracies = runs.accuracies();
            double mean = ArmRuns.mean(accuracies);
            List<Object> row = new ArrayList<>(List.of(runs.arm().name(), percent(mean)));
            row.add(i == 0 ? null : points(mean - ArmRuns.mean(arms.get(0).accuracies())));
            row.add(i == 0 ? null : points(mean - ArmRuns.mean(arms.get(i - 1).accuracies())));
            if (seeds > 1) {
                row.add(String.format(Locale.ROOT, "%.2f", 100 * ArmRuns.standardDeviation(accuracies)));
                DoubleStream.of(accuracies).forEach(accuracy -> row.add(percent(accuracy)));
            }
            double[] loss = runs.meanOf(GhostBnRun::trainLoss);
            row.add(loss[loss.length - 1]);
            row.add(ArmRuns.mean(runs.each(GhostBnRun::seconds)));
            table.row(row.toArray());
        }
        return table.build();
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }

    private static String points(double difference) {
        return String.format(Locale.ROOT, "%+.1f", 100 * difference);
    }

    /** How much of a difference may be chance: p (1 - p) / n is the variance of a share of n images. */
    private static String uncertainty(GhostBnTask task, int seeds, List<ArmRuns> arms) {
        double accuracy = ArmRuns.mean(arms.get(0).accuracies());
        double error = 100 * Math.sqrt(accuracy * (1 - accuracy) / task.testSize());
        return String.format(
                Locale.ROOT,
                "Test accuracies are those at the end. With %,d test images that of the small batch has a standard error of "
                        + "%.1f points from the choice of the images alone. %s",
                task.testSize(),
                error,
                seeds == 1
                        ? "One seed is one draw: under another the runs can come out in another order."
                        : "Tables and curves are means over " + seeds + " seeds of weights and batches.");
    }

    private static LineChart lossByUpdates(List<ArmRuns> arms) {
        LineChart.Builder chart = LineChart.builder("Training loss by updates")
                .xLabel("updates")
                .yLabel("mean cross-entropy")
                .logX()
                .logY()
                .note("Mean of the batches since the point before.");
        for (ArmRuns runs : arms) {
            chart.line(runs.arm().name(), runs.first().updates(), runs.meanOf(GhostBnRun::trainLoss));
        }
        return chart.build();
    }

    private static LineChart accuracyByUpdates(List<ArmRuns> arms) {
        LineChart.Builder chart = LineChart.builder("Test accuracy by updates")
                .xLabel("updates")
                .yLabel("accuracy")
                .logX();
        for (ArmRuns runs : arms) {
            chart.line(runs.arm().name(), runs.first().updates(), runs.meanOf(GhostBnRun::testAccuracy));
        }
        return chart.build();
    }

    private static LineChart accuracyByEpoch(List<ArmRuns> arms) {
        int passes = arms.get(arms.size() - 1).arm().regime().epochMultiplier();
        LineChart.Builder chart = LineChart.builder("Test accuracy by epoch of the recipe")
                .xLabel("epoch of the recipe")
                .yLabel("accuracy")
                .note("One pass over the images; in the last run " + passes + ".");
        for (ArmRuns runs : arms) {
            double[] accuracy = runs.meanOf(GhostBnRun::testAccuracy);
            chart.line(
                    runs.arm().name(),
                    IntStream.rangeClosed(1, accuracy.length).asDoubleStream().toArray(),
                    accuracy);
        }
        return chart.build();
    }

    /** The clock up to the first drop of the rate. */
    private static WeightDistanceSegment firstPhase(ArmRuns runs) {
        return runs.first().distance().segments().get(0);
    }

    private static LineChart distanceChart(List<ArmRuns> arms) {
        LineChart.Builder chart = LineChart.builder("Distance of the weights from their start")
                .xLabel("updates t")
                .yLabel("||w_t - w_0||")
                .logX()
                .note(
                        "Up to the first drop of the rate, first seed. Ultra-slow diffusion, d = a + b ln t, is a straight"
                                + " line; the table below says how straight.");
        for (ArmRuns runs : arms) {
            List<WeightDistanceSample> samples = moved(firstPhase(runs));
            chart.line(runs.arm().name(), times(samples), distances(samples));
        }
        return chart.build();
    }

    private static LineChart laws(ArmRuns runs) {
        WeightDistanceSegment phase = firstPhase(runs);
        List<WeightDistanceSample> samples = moved(phase);
        double[] t = times(samples);
        DiffusionFit fit = phase.fit();
        LineChart.Builder chart = LineChart.builder("Two laws: " + runs.arm().name())
                .xLabel("updates t")
                .yLabel("||w_t - w_0||")
                .logX()
                .note(fit.toString())
                .dots("measured", t, distances(samples));
        if (fit.isFitted()) {
            chart.line(
                            "a + b ln t",
                            t,
                            DoubleStream.of(t)
                                    .map(fit.logarithmic()::distanceAt)
                                    .toArray())
                    .dashed(
                            "power law",
                            t,
                            DoubleStream.of(t).map(fit.powerLaw()::distanceAt).toArray());
        }
        return chart.build();
    }

    private static List<WeightDistanceSample> moved(WeightDistanceSegment segment) {
        return segment.samples().stream()
                .filter(sample -> sample.isMeasured() && sample.t() > 0)
                .collect(Collectors.toList());
    }

    private static double[] times(List<WeightDistanceSample> samples) {
        return samples.stream().mapToDouble(WeightDistanceSample::t).toArray();
    }

    private static double[] distances(List<WeightDistanceSample> samples) {
        return samples.stream().mapToDouble(WeightDistanceSample::distance).toArray();
    }

    private static Table fits(List<ArmRuns> arms) {
        Table.Builder table = Table.builder(
                "run",
                "t of last sample",
                "its distance",
                "b of a + b ln t",
                "R2 of a + b ln t",
                "exponent of power law",
                "R2 of power law");
        for (ArmRuns runs : arms) {
            WeightDistanceSegment phase = firstPhase(runs);
            List<WeightDistanceSample> samples = moved(phase);
            DiffusionFit fit = phase.fit();
            table.row(
                    runs.arm().name(),
                    samples.isEmpty() ? 0 : samples.get(samples.size() - 1).t(),
                    samples.isEmpty() ? null : samples.get(samples.size() - 1).distance(),
                    fit.logarithmic().slope(),
                    fit.logarithmic().rSquaredOfDistance(),
                    fit.powerLaw().slope(),
                    fit.powerLaw().rSquaredOfDistance());
        }
        return table.build();
    }
}
